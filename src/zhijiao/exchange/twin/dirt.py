"""Realistic dirt in what schools send, each spot of it written down, so that checks can be scored against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import numpy as np
import polars as pl

from zhijiao.exchange.twin.draws import generator
from zhijiao.exchange.types.standard import Dataset, FieldType, Role

ENDED_MAJOR = "051400"
"""A code of the catalogue before 2021."""
CROSSED: dict[str, tuple[str, str]] = {
    "trainings": ("person_times", "persons"),
    "school_staffing": ("dual_teachers", "specialist_teachers"),
    "internship_posts": ("matched_posts", "posts"),
    "earmarked_funds": ("spent", "amount"),
}
"""Two fields of a row of which the first must not pass (or, for person-times, fall below) the second."""
TRAVELLERS = frozenset({"students", "teachers"})
"""Data sets in which one person at two schools at once is a fault."""


@dataclass(frozen=True)
class Spot:
    """One fault: the file, the row as an editor counts it (the heading is row 1), the field, what it was and is now."""

    file: str
    dataset: str
    organisation: str
    row: int
    field: str
    kind: str
    was: str
    now: str


@dataclass
class Dirt:
    """Spoils a share of the rows of every file. Kinds: check_digit, missing, impossible_date, ended_code, contradiction,
    shifted_decimal, duplicate (a person who stands at another school too)."""

    rate: float
    seed: int
    spots: list[Spot] = field(default_factory=list)
    _elsewhere: dict[str, pl.DataFrame] = field(default_factory=dict)

    def spoil(self, dataset: Dataset, organisation: str, file: str, text: pl.DataFrame) -> pl.DataFrame:
        """The rows of a file, all as text, with faults. Columns are field ids."""
        rng = generator(self.seed, "dirt", dataset.id, organisation)
        edits: dict[str, dict[int, str]] = defaultdict(dict)
        ways = self._ways(dataset, text)
        for row in sorted(rng.permutation(text.height)[: round(text.height * self.rate)].tolist()):
            kind, where, change = ways[int(rng.integers(0, len(ways)))]
            was = text[where][row]
            if was is None or (now := change(was, row)) == was:
                continue
            edits[where][row] = now
            self.spots.append(Spot(file, dataset.id, organisation, row + 2, where, kind, was, now))
        for where, cells in edits.items():
            series = text[where].scatter(list(cells), list(cells.values()))
            text = text.with_columns(series.alias(where))
        return self._with_travellers(rng, dataset, organisation, file, text)

    def _ways(self, dataset: Dataset, text: pl.DataFrame) -> list[tuple[str, str, Callable[[str, int], str]]]:
        ways: list[tuple[str, str, Callable[[str, int], str]]] = []
        for f in dataset.fields:
            if f.role in (Role.ORGANISATION, Role.PERIOD) or text[f.id].null_count() == text.height:
                continue
            if f.role is Role.PERSON:
                ways += [("check_digit", f.id, _other_check)] * 3
            elif f.mandatory and f.id not in dataset.key:
                ways.append(("missing", f.id, lambda was, row: ""))
            if f.type is FieldType.TIME and f.id not in dataset.key:
                ways.append(("impossible_date", f.id, lambda was, row: f"{was[:4]}-02-30"))
            if f.role is Role.MAJOR and f.id not in dataset.key:
                ways.append(("ended_code", f.id, lambda was, row: ENDED_MAJOR))
            if f.type is FieldType.MONEY or f.decimals:
                ways.append(("shifted_decimal", f.id, lambda was, row: _shifted(was)))
        if dataset.id in CROSSED and set(CROSSED[dataset.id]) <= set(text.columns):
            first, second = CROSSED[dataset.id]
            bounds = text[second].to_list()
            less = dataset.id == "trainings"
            ways += [("contradiction", first, lambda was, row: _beyond(bounds[row], was, less=less))] * 3
        return ways or [("missing", dataset.fields[-1].id, lambda was, row: "")]

    def _with_travellers(
        self, rng: np.random.Generator, dataset: Dataset, organisation: str, file: str, text: pl.DataFrame
    ) -> pl.DataFrame:
        if dataset.id not in TRAVELLERS:
            return text
        own = dataset.the(Role.ORGANISATION)
        person = dataset.the(Role.PERSON)
        assert own is not None
        assert person is not None
        others = self._elsewhere.get(dataset.id)
        many = round(text.height * self.rate / 5)
        self._elsewhere[dataset.id] = text.head(200)
        if others is None or not many:
            return text
        at = rng.permutation(others.height)[:many]
        guests = others[at.tolist()].with_columns(pl.lit(organisation).alias(own.id))
        for n, number in enumerate(guests[person.id].to_list()):
            row = text.height + n + 2
            self.spots.append(Spot(file, dataset.id, organisation, row, person.id, "duplicate", "", number))
        return pl.concat([text, guests])

    def as_json(self) -> dict[str, object]:
        """The content of dirt.json."""
        return {"rate": self.rate, "spots": [asdict(spot) for spot in self.spots]}


def _other_check(was: str, row: int) -> str:
    """Another last sign."""
    return was[:-1] + ("1" if was[-1] != "1" else "2")


def _shifted(was: str) -> str:
    """The decimal point two places too far right."""
    whole, _, rest = was.partition(".")
    return f"{whole}{rest.ljust(2, '0')[:2]}.00" if whole.strip("0") else was


def _beyond(bound: str | None, was: str, *, less: bool) -> str:
    if bound is None:
        return was
    value = float(bound)
    if less:
        return str(int(value) - 1) if value >= 1 else was
    return f"{value * 2 + 10:.2f}" if "." in was else str(int(value) * 2 + 10)
