"""A whole input as arrays: what the kernel and the verifier both work on. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from zhijiao.engines.expressions import ExpressionError, names, parse
from zhijiao.engines.matching.types import Case, Cell, Rules

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Shorts = npt.NDArray[np.int16]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

COMMON, ABSENT = 0, -1
"""`choice_rank` of a unit that follows the common chain, and of somebody who does not stand in the unit's own order."""

_KINDS: dict[str, type[np.generic]] = {
    "origin_set": np.int32,
    "cell_unit": np.int32,
    "choice_start": np.int64,
    "choice_batch": np.int16,
    "choice_order": np.int32,
    "choice_unit": np.int32,
    "choice_adjust": np.bool_,
    "choice_rank": np.int32,
    "choice_review": np.int32,
    "unit_own": np.bool_,
}


@dataclass(frozen=True)
class Unit:
    """What a choice names, in a batch (its number)."""

    batch: int
    school: str
    major: str


@dataclass(frozen=True)
class Market:
    """n applicants, m choices, c cells, u units. Choices stand by applicant, then by batch, then by order.

    Applicants stand in the order of their ids (by code point); cells in the order of `plan.csv`.
    """

    rules: Rules
    ids: Sequence[str]
    """Of the n applicants, ascending."""
    columns: Mapping[str, Floats]
    """float64[n] each, `total` among them. A number is the decimal that its shortest writing shows; NaN: missing."""
    origin_sets: tuple[frozenset[str], ...]
    origin_set: Ints
    """int32[n]: which of `origin_sets` are the applicant's origins."""
    cells: tuple[Cell, ...]
    units: tuple[Unit, ...]
    """In the order of their first cell in the plan, then those without a cell."""
    cell_unit: Ints
    """int32[c]: number of the unit."""
    choice_start: Longs
    """int64[n+1]: the choices of applicant i are those from choice_start[i] up to choice_start[i+1]."""
    choice_batch: Shorts
    """int16[m]: number of the batch."""
    choice_order: Ints
    """int32[m]: as the applicant numbered it, 1 first."""
    choice_unit: Ints
    """int32[m]: number of the unit."""
    choice_adjust: Bools
    """bool[m]: agrees to any other major of the school (two stages)."""
    choice_rank: Ints
    """int32[m]: rank in the unit's own order, `COMMON` or `ABSENT`. In two stages: of the school's own order."""
    choice_review: Ints
    """int32[m]: which of `review_reasons` the school returned her with; -1: none. In two stages: on all choices of the school."""
    review_reasons: tuple[str, ...] = ()
    given_up: frozenset[tuple[int, int]] = frozenset()
    """Number of the applicant and of the batch."""
    unit_own: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    """bool[u]: the unit (in two stages: its school) has an order of its own."""

    def __post_init__(self) -> None:
        """Bring every array into the form that compiled code is made for; those that have it are kept, not copied."""
        for name, kind in _KINDS.items():
            object.__setattr__(self, name, np.require(getattr(self, name), kind, ["C", "W"]))
        columns = {name: np.require(each, np.float64, ["C", "W"]) for name, each in self.columns.items()}
        object.__setattr__(self, "columns", columns)

    @property
    def batch_numbers(self) -> dict[str, int]:
        """Number of each batch by its id."""
        return {batch.id: number for number, batch in enumerate(self.rules.batches)}

    @cached_property
    def choice_applicant(self) -> Ints:
        """int32[m]: whose choice it is."""
        counts = np.diff(self.choice_start)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    @cached_property
    def unit_batch(self) -> Shorts:
        """int16[u]: number of the batch."""
        return np.array([unit.batch for unit in self.units], dtype=np.int16)

    @cached_property
    def unit_school(self) -> Ints:
        """int32[u]: a number of the school within its batch (the first unit of the school)."""
        first: dict[tuple[int, str], int] = {}
        return np.array(
            [first.setdefault((unit.batch, unit.school), number) for number, unit in enumerate(self.units)],
            dtype=np.int32,
        )


def mentioned(rules: Rules) -> set[str]:
    """The columns that the rules speak of; expressions that cannot be read are left out."""
    found: set[str] = set()
    for text in (*(step.expression for step in rules.order), *(limit.require for limit in rules.limits)):
        with suppress(ExpressionError):
            found |= names(parse(text))
    return found


def market_of(case: Case) -> Market:
    """The market of plain data, for small cases. The order of `case.applicants` leaves no trace."""
    rules = case.rules
    batches = {batch.id: number for number, batch in enumerate(rules.batches)}
    numbers: dict[Unit, int] = {}
    for cell in case.cells:
        numbers.setdefault(Unit(batches[cell.batch], cell.school, cell.major), len(numbers))
    cell_unit = [numbers[Unit(batches[cell.batch], cell.school, cell.major)] for cell in case.cells]
    people = sorted(case.applicants, key=lambda each: each.id)
    order_of = {each.id: number for number, each in enumerate(people)}
    reviews = {(each.batch, each.school, each.major, each.applicant): each.reason for each in case.reviews}
    reasons = sorted(set(reviews.values()))
    sets: dict[frozenset[str], int] = {}
    starts = [0]
    rows: list[tuple[int, int, int, bool, int, int]] = []
    for person in people:
        sets.setdefault(person.origins, len(sets))
        for number, batch in enumerate(rules.batches):
            for choice in sorted(person.choices.get(batch.id, ()), key=lambda each: each.order):
                unit = numbers.setdefault(Unit(number, choice.school, choice.major), len(numbers))
                major = "" if batch.stages == 2 else choice.major
                own = case.priorities.get((choice.school, major))
                rank = COMMON if own is None else own.get(person.id, ABSENT)
                reason = reviews.get((batch.id, choice.school, major, person.id))
                review = -1 if reason is None else reasons.index(reason)
                rows.append((number, choice.order, unit, choice.adjust, rank, review))
        starts.append(len(rows))
    known = {name for person in people for name in person.columns}
    columns = sorted(known | mentioned(rules) | {"total"})
    own_units = [
        (unit.school, "" if rules.batches[unit.batch].stages == 2 else unit.major) in case.priorities
        for unit in numbers
    ]

    def column(at: int, kind: type) -> npt.NDArray[np.generic]:
        return np.array([row[at] for row in rows], dtype=kind)

    return Market(
        rules=rules,
        ids=tuple(each.id for each in people),
        columns={
            name: np.array([each.columns.get(name, np.nan) for each in people], dtype=np.float64)
            for name in columns
        },
        origin_sets=tuple(sets),
        origin_set=np.array([sets[each.origins] for each in people], dtype=np.int32),
        cells=case.cells,
        units=tuple(numbers),
        cell_unit=np.array(cell_unit, dtype=np.int32),
        choice_start=np.array(starts, dtype=np.int64),
        choice_batch=column(0, np.int16),  # type: ignore[arg-type]
        choice_order=column(1, np.int32),  # type: ignore[arg-type]
        choice_unit=column(2, np.int32),  # type: ignore[arg-type]
        choice_adjust=column(3, np.bool_),  # type: ignore[arg-type]
        choice_rank=column(4, np.int32),  # type: ignore[arg-type]
        choice_review=column(5, np.int32),  # type: ignore[arg-type]
        review_reasons=tuple(reasons),
        given_up=frozenset((order_of[applicant], batches[batch]) for applicant, batch in case.given_up),
        unit_own=np.array(own_units, dtype=np.bool_),
    )


__all__ = ["ABSENT", "COMMON", "Market", "Unit", "market_of"]
