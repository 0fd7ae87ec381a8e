"""Generated metrics and data sets with everything that makes engines differ: gaps, ties, edges of years, strangers. Seeded."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from zhijiao.engines.expressions import parse
from zhijiao.engines.metrics.types import (
    Across,
    Active,
    Calendar,
    Cell,
    Definition,
    During,
    Having,
    How,
    Measure,
    Standing,
    Take,
    Timing,
    Window,
    Yearly,
)

LEVELS = ("", "city", "county", "school", "firm")
YEARS = (2020, 2021, 2022, 2023)
EVENTS = {
    "organisation": pl.String,
    "other": pl.String,
    "day": pl.Date,
    "year": pl.Int64,
    "label": pl.String,
    "code": pl.String,
    "person": pl.String,
    "amount": pl.Decimal(38, 2),
    "score": pl.Int32,
    "flag": pl.Boolean,
}
SPANS = {
    "organisation": pl.String,
    "since": pl.Date,
    "until": pl.Date,
    "person": pl.String,
    "code": pl.String,
    "amount": pl.Decimal(16, 2),
}
TREE = dict.fromkeys(("code", "name", "kind", "parent", "city", "county", "school"), pl.String)
_DAYS = [
    date(2019, 12, 31),
    date(2020, 1, 1),
    date(2020, 7, 31),
    date(2020, 8, 1),
    date(2021, 2, 28),
    date(2021, 7, 31),
    date(2021, 12, 31),
    date(2022, 1, 1),
    date(2022, 8, 1),
    date(2023, 1, 1),
    date(2023, 12, 31),
    date(2024, 1, 1),
]
_CONDITIONS = (
    'code = "a"',
    'code in ("a", "b")',
    'not code = "a"',
    "amount > 0",
    "amount is missing or code is present",
    'organisation_kind = "school"',
    'organisation_kind != "school" or code = "b"',
    "amount between -1 and 1",
    'code = "never"',
)
_FORMULAS = (
    "one",
    "one / two",
    "one / (one + two)",
    "one - two",
    "(one - two) / two",
    "one * 2 / two + 0.5",
    "one / two / one",
)


def tree() -> list[dict[str, Any]]:
    """Two cities, counties, schools and firms; one school without a county, one county without schools."""
    rows = [_place("C1", "city"), _place("C2", "city")]
    rows += [_place(f"K{n}", "county", city=f"C{1 + n % 2}") for n in range(4)]
    rows += [_place(f"S{n}", "school", city=f"C{1 + n % 2}", county=f"K{n % 4}") for n in range(6)]
    rows += [
        _place("S9", "school", city="C1"),
        _place("F1", "firm", city="C2", county="K1"),
        _place("F2", "firm", city="C1"),
    ]
    return rows


def _place(code: str, kind: str, city: str | None = None, county: str | None = None) -> dict[str, Any]:
    row: dict[str, Any] = {"code": code, "name": f"示例{code}", "kind": kind, "parent": county or city}
    row |= {"city": city, "county": county, "school": None}
    return row | ({kind: code} if kind in ("city", "county", "school") else {})


def events(random: Random, count: int) -> list[dict[str, Any]]:
    """Dated rows."""
    return [
        {
            "organisation": _organisation(random),
            "other": _organisation(random),
            "day": _or_none(random, random.choice(_DAYS)),
            "year": _or_none(random, random.choice((2019, *YEARS))),
            "label": random.choice(["2021", "2022-2023", "2023学年", "", "old", "２０２１", None]),
            "code": _or_none(random, random.choice("abc")),
            "person": _or_none(random, random.choice(["p1", "p2", "p3", "p4"])),
            "amount": _or_none(random, _money(random)),
            "score": _or_none(random, random.randint(-3, 5)),
            "flag": _or_none(random, random.random() < 0.5),
        }
        for _ in range(count)
    ]


def spans(random: Random, count: int) -> list[dict[str, Any]]:
    """Rows in force for a while; some over before they begin."""
    return [
        {
            "organisation": _organisation(random),
            "since": _or_none(random, random.choice(_DAYS)),
            "until": None if random.random() < 0.4 else random.choice(_DAYS),
            "person": _or_none(random, random.choice(["p1", "p2", "p3"])),
            "code": _or_none(random, random.choice("abc")),
            "amount": _or_none(random, _money(random)),
        }
        for _ in range(count)
    ]


def data(seed: int, count: int = 40) -> dict[str, list[dict[str, Any]]]:
    """Both data sets."""
    random = Random(seed)
    return {"events": events(random, count), "spans": spans(random, count)}


def definition(random: Random, name: str) -> Definition:
    """Any metric over these data sets."""
    measures = {"one": measure(random), "two": measure(random)}
    window = random.choice(
        [Window(), Window(), Window(last=2), Window(last=3), Window(since=2021), Window(since=2022)]
    )
    across = Across("county", random.choice(list(Take))) if random.random() < 0.15 else None
    return Definition(
        name,
        measures,
        parse(random.choice(_FORMULAS)),
        random.choice([Fraction(1), Fraction(100), Fraction(1, 3), Fraction(10000)]),
        random.randint(0, 3),
        random.choice(list(Calendar)),
        window,
        across=across,
    )


def measure(random: Random) -> Measure:
    """Any measure."""
    dataset = random.choice(("events", "spans"))
    how = random.choice(list(How))
    field = {How.ROWS: None, How.DISTINCT: random.choice(("person", "code")), How.SUM: "amount"}[how]
    if dataset == "events" and how is How.SUM and random.random() < 0.4:
        field = "score"
    having = (_having(random),) if random.random() < 0.2 else ()
    place = "other" if dataset == "events" and random.random() < 0.2 else "organisation"
    where = parse(random.choice(_CONDITIONS)) if random.random() < 0.7 else None
    return Measure(dataset, how, timing(random, dataset), field, where, having, place)


def timing(random: Random, dataset: str) -> Timing:
    """Any timing that a data set allows."""
    if dataset == "events":
        return random.choice([During("day"), Yearly("year"), Yearly("label")])
    return random.choice([During("since"), Standing("since", "until"), Active("since", "until")])


def _having(random: Random) -> Having:
    dataset = random.choice(("events", "spans"))
    where = parse(random.choice(_CONDITIONS)) if random.random() < 0.5 else None
    own = random.choice(("organisation", "person"))
    return Having(dataset, own, own, timing(random, dataset), where)


def frames(made: dict[str, list[dict[str, Any]]]) -> dict[str, pl.DataFrame]:
    """The data sets and the tree with the types that a snapshot has."""
    return {
        "events": pl.DataFrame(made["events"], schema=EVENTS),
        "spans": pl.DataFrame(made["spans"], schema=SPANS),
        "organisations": pl.DataFrame(tree(), schema=TREE),
    }


def write_snapshot(folder: Path, tables: dict[str, pl.DataFrame], snapshot: str = "s1") -> Path:
    """A snapshot's folder, as far as the engine reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
        files[name] = {"file": f"{name}.parquet", "rows": frame.height, "sha256": ""}
    placed = files.pop("organisations")
    manifest = {
        "format": "zhijiao-snapshot/1",
        "id": snapshot,
        "as_at": "2024-01-01",
        "tree_on": "2024-01-01",
    }
    manifest |= {"organisations": placed, "datasets": files}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def by_key(cells: list[Cell]) -> dict[tuple[Any, ...], Cell]:
    """Cells by what they are the value of."""
    found = {(cell.metric, cell.level, cell.member, cell.groups, cell.period): cell for cell in cells}
    assert len(found) == len(cells), "two values for the same thing"
    return found


def _organisation(random: Random) -> str | None:
    return random.choice([*(row["code"] for row in tree()), "S0", "S1", "S2", "stranger", None])


def _or_none(random: Random, value: Any) -> Any:
    return None if random.random() < 0.12 else value


def _money(random: Random) -> Decimal:
    cents = random.choice([0, 50, -50, 5, -5, random.randint(-(10**6), 10**6), 12345678901234])
    return Decimal(cents).scaleb(-2)
