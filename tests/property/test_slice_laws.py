"""Laws of slices: what is counted from bits is what SQL counts and what the meaning gives, on generated conditions and rows."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.support import metrics as made
from zhijiao.engines.expressions import parse
from zhijiao.engines.metrics import reference, slices, slicing
from zhijiao.engines.metrics.counting import Counter
from zhijiao.engines.metrics.engines import DuckEngine
from zhijiao.engines.metrics.running import compute
from zhijiao.engines.metrics.snapshots import open_folder, open_prepared, prepare
from zhijiao.engines.metrics.types import (
    Active,
    Calendar,
    Definition,
    During,
    How,
    Measure,
    Standing,
    Timing,
    Window,
    Yearly,
)

TREE = {row["code"]: row for row in made.tree()}
_EVENTS = (
    'code = "a"',
    'code != "b"',
    'code in ("a", "never")',
    'code = "never"',
    "code is missing",
    "flag",
    "flag is present",
    "score >= 0",
    "score < 2.5",
    "score = 3",
    "score = 0.5",
    "score in (1, 4)",
    "score between -2 and 100",
    "score is missing",
    'day >= date("2021-07-31")',
    'day < date("2019-01-01")',
    'day != date("2022-01-01")',
    'day in (date("2020-01-01"), date("2030-01-01"))',
    "day is missing",
    'organisation_kind = "school"',
    'if code = "a" then flag else score > 0',
    'label in ("old", "")',
)
_SPANS = (
    'code in ("b", "c")',
    'since > date("2020-12-31")',
    "until is missing",
    'until <= date("2021-07-31")',
    'organisation_kind != "school"',
)


def _condition(random: Random, simple: tuple[str, ...], depth: int = 2) -> str:
    if depth == 0 or random.random() < 0.3:
        return random.choice(simple)
    one, two = (_condition(random, simple, depth - 1) for _ in range(2))
    return random.choice([f"({one}) and ({two})", f"({one}) or ({two})", f"not ({one})"])


def _definition(random: Random, name: str) -> Definition:
    measures = {}
    for part in ("one", "two"):
        timing: Timing = random.choice(
            [
                During("day"),
                Yearly("year"),
                Yearly("label"),
                During("since"),
                Standing("since", "until"),
                Active("since", "until"),
            ]
        )
        is_span = "since" in vars(timing).values()
        where = parse(_condition(random, _SPANS if is_span else _EVENTS))
        dataset = "spans" if is_span else "events"
        measures[part] = Measure(dataset, How.ROWS, timing, None, where if random.random() < 0.9 else None)
    window = random.choice([Window(), Window(last=2), Window(since=2021)])
    return Definition(
        name, measures, parse("one / two"), decimals=2, calendar=random.choice(list(Calendar)), window=window
    )


@pytest.fixture(autouse=True)
def _small_data_sets_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicing, "LEAST_ROWS", 0)


def _opened(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> DuckEngine:
    snapshot = open_folder(made.write_snapshot(folder / "snapshot", made.frames(rows)))
    return open_prepared(prepare(snapshot, folder))


@pytest.mark.parametrize("seed", range(4))
def test_bits_count_what_sql_and_the_meaning_count(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "BLOCK", (1, 5, 40, 1 << 14)[seed])
    random = Random(seed)
    rows = made.data(seed, count=(30, 400, 1500, 400)[seed])
    definitions = [_definition(random, f"d{n}") for n in range(8)]
    asked: dict[str, Any] = {"levels": made.LEVELS, "periods": made.YEARS}
    with _opened(tmp_path, rows) as engine:
        counter = Counter(engine.slices, engine.enums(), engine.tables())
        assert all(counter.takes(m, d.calendar) for d in definitions for m in d.measures.values())
        counted = compute(definitions, engine, **asked)
        engine.slices = {}
        by_sql = compute(definitions, engine, **asked)
    assert made.by_key(counted.cells()) == made.by_key(by_sql.cells())
    assert set(counted.undated) == set(by_sql.undated)
    if len(rows["events"]) <= 400:
        meant = reference.compute(definitions, rows, TREE, **asked)
        assert made.by_key(counted.cells()) == made.by_key(meant)


@pytest.mark.parametrize(
    ("measure", "is_taken"),
    [
        (Measure("events", How.ROWS, During("day")), True),
        (Measure("events", How.ROWS, During("day"), place="other"), False),
        (Measure("events", How.DISTINCT, During("day"), "person"), False),
        (Measure("events", How.SUM, During("day"), "score"), False),
        (Measure("events", How.ROWS, During("day"), None, parse("score + 1 > 2")), False),
        (Measure("events", How.ROWS, During("day"), None, parse("amount > 0")), False),
        (Measure("events", How.ROWS, During("day"), None, parse("code = label")), False),
        (Measure("events", How.ROWS, During("day"), None, parse("flag = true")), False),
        (Measure("events", How.ROWS, During("day"), None, parse("unknown = 1")), False),
        (Measure("nowhere", How.ROWS, During("day")), False),
    ],
)
def test_what_bits_cannot_decide_is_left_to_sql(measure: Measure, is_taken: bool, tmp_path: Path) -> None:
    with _opened(tmp_path, made.data(1)) as engine:
        counter = Counter(engine.slices, engine.enums(), engine.tables())
        assert counter.takes(measure, Calendar.YEAR) is is_taken


def test_a_prepared_file_without_its_slices_is_counted_by_sql(tmp_path: Path) -> None:
    definitions = [_definition(Random(5), "d")]
    with _opened(tmp_path, made.data(5)) as engine:
        assert engine.slices
        counted = compute(definitions, engine, levels=["county"], periods=made.YEARS).cells()
    for file in tmp_path.glob("*.slices"):
        file.unlink()
    with _opened(tmp_path, made.data(5)) as engine:
        assert not engine.slices
        by_sql = compute(definitions, engine, levels=["county"], periods=made.YEARS).cells()
    assert made.by_key(by_sql) == made.by_key(counted)


def test_a_small_data_set_is_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicing, "LEAST_ROWS", 41)
    rows = made.data(1, count=40)
    with _opened(tmp_path, rows | {"events": rows["events"] * 2}) as engine:
        assert set(engine.slices) == {"events"}
