"""Laws of metrics: DuckDB gives what the meaning gives, on generated definitions and data."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import metrics as made
from zhijiao.engines.expressions import exact
from zhijiao.engines.metrics import reference
from zhijiao.engines.metrics.columns import Column, settled
from zhijiao.engines.metrics.compiler import sql
from zhijiao.engines.metrics.engines import over_parquet
from zhijiao.engines.metrics.periods import year_of
from zhijiao.engines.metrics.running import compute
from zhijiao.engines.metrics.snapshots import open_folder, open_prepared, prepare
from zhijiao.engines.metrics.types import How
from zhijiao.engines.metrics.values import rounded

TREE = {row["code"]: row for row in made.tree()}


@pytest.mark.parametrize("seed", range(5))
def test_duckdb_gives_what_the_meaning_gives(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    rows = made.data(seed)
    definitions = [made.definition(random, f"d{n}") for n in range(6)]
    by = random.choice([(), (), ("code",), ("code", "person")])
    asked = {
        "levels": ("county", random.choice(("", "city", "school", "firm"))),
        "periods": made.YEARS,
        "by": by,
    }
    meant = made.by_key(reference.compute(definitions, rows, TREE, **asked))
    snapshot = open_folder(made.write_snapshot(tmp_path / "snapshot", made.frames(rows)))
    # Half of them from the files as they are, half from the prepared table, where texts are numbers.
    prepared = seed % 2 == 0
    with open_prepared(prepare(snapshot, tmp_path)) if prepared else over_parquet(snapshot.files) as engine:
        found = made.by_key(compute(definitions, engine, **asked).cells())
    assert found.keys() == meant.keys()
    assert [(cell, found[key]) for key, cell in meant.items() if found[key] != cell] == []


@pytest.mark.parametrize("seed", range(6))
def test_the_query_that_is_shown_gives_the_measures(seed: int, tmp_path: Path) -> None:
    random = Random(100 + seed)
    rows = made.data(seed)
    definition = made.definition(random, "d")
    cells = reference.compute([definition], rows, TREE, levels=["county"], periods=made.YEARS)
    meant = {(cell.member, year_of(cell.period)): tuple(cell.measures.values()) for cell in cells}
    snapshot = open_folder(made.write_snapshot(tmp_path, made.frames(rows)))
    with over_parquet(snapshot.files) as engine:
        shown = engine.rows(sql(definition, engine.tables(), "county", made.YEARS)).rows()
    assert {row[:2]: tuple(map(exact, row[2:])) for row in shown} == meant


@pytest.mark.parametrize("seed", range(4))
def test_what_adds_up_is_all_there_at_every_level(seed: int) -> None:
    """Placed and unplaced together are the whole: no row is dropped in silence."""
    random = Random(seed)
    measure = made.measure(random)
    while measure.how is How.DISTINCT:
        measure = made.measure(random)
    definition = made.definition(random, "d")
    definition = type(definition)("d", {"one": measure}, made.parse("one"), calendar=definition.calendar)
    cells = reference.compute([definition], made.data(seed), TREE, levels=made.LEVELS, periods=made.YEARS)
    for period in {cell.period for cell in cells}:
        totals = {
            level: sum(c.measures["one"] for c in cells if c.level == level and c.period == period)
            for level in made.LEVELS
        }
        assert len(set(totals.values())) == 1


numbers = st.integers(-(10**4), 10**4) | st.integers(-(10**20), 10**20)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5),
    st.integers(0, 3),
    st.sampled_from((1, 100, Fraction(1, 3))),
)
def test_columns_are_rounded_as_single_numbers_are(
    pairs: list[tuple[int, int]], decimals: int, scale: int | Fraction
) -> None:
    def column(at: int) -> Column:
        values = [pair[at] for pair in pairs]
        small = all(abs(value) < 2**62 for value in values)
        return Column.of(np.array(values, dtype=np.int64 if small else object))

    units, known = settled(column(0), column(1), Fraction(scale), decimals)
    for (top, below), unit, is_known in zip(pairs, units.tolist(), known.tolist(), strict=True):
        assert is_known == (below != 0)
        if below:
            assert Decimal(unit).scaleb(-decimals) == rounded(Fraction(top) * scale / below, decimals)


@settings(max_examples=100, deadline=None)
@given(st.decimals(-(10**6), 10**6, places=4), st.integers(0, 3))
def test_rounding_is_half_up(value: Decimal, decimals: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert rounded(Fraction(value), decimals) == expected
