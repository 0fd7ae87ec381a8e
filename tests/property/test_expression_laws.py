"""Laws of the expression language: every engine gives what the meaning gives."""

from __future__ import annotations

from random import Random

import duckdb
import ibis
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.expressions import IBIS_TYPES, SCHEMA, condition, expression, row
from zhijiao.engines.expressions import ExpressionError, Fault, Kind, check, evaluate, parse, text, words
from zhijiao.engines.expressions.frames import to_polars
from zhijiao.engines.expressions.relations import to_ibis

POLARS_TYPES = {
    "code": pl.String,
    "note": pl.String,
    "whole": pl.Int32,
    "other": pl.Int32,
    "money": pl.Decimal(8, 2),
    "day": pl.Date,
    "end": pl.Date,
    "flag": pl.Boolean,
}
TABLE = ibis.table(IBIS_TYPES, name="made")
SEEDS = range(40)
CONDITIONS = 25
ROWS = 40


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_and_sql_give_what_rows_give(seed: int) -> None:
    random = Random(seed)
    rows = [row(random) for _ in range(ROWS)]
    frame = pl.DataFrame(rows, schema=POLARS_TYPES)
    conditions = [condition(random) for _ in range(CONDITIONS)]
    meant = {text(expr): [evaluate(expr, each) for each in rows] for expr in conditions}

    by_column = {
        text(expr): frame.with_columns(found=to_polars(expr, SCHEMA))["found"] for expr in conditions
    }
    assert {said: column.to_list() for said, column in by_column.items()} == meant

    chosen = TABLE.select(**{f"x{n}": to_ibis(expr, TABLE, SCHEMA) for n, expr in enumerate(conditions)})
    with duckdb.connect() as connection:
        connection.register("made", frame.to_arrow())
        by_sql = connection.execute(ibis.to_sql(chosen, dialect="duckdb")).pl()
    assert {text(expr): by_sql[f"x{n}"].to_list() for n, expr in enumerate(conditions)} == meant


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(list(Kind)))
def test_a_tree_survives_its_text_and_can_be_said(seed: int, kind: Kind) -> None:
    random = Random(seed)
    expr = expression(random, kind)
    assert parse(text(expr)) == expr
    assert words(expr, SCHEMA)
    found = check(expr, SCHEMA)
    assert (found.type is None) == bool(found.faults)
    if found.type is not None:
        assert found.type.kind is kind
        evaluate(expr, row(random))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from('abn01. ()<>=!+-*/,"\\甲（'), max_size=40) | st.text(max_size=20))
@example("(" * 3000)
@example("not " * 900 + "flag")
@example("-" * 3000 + "1")
@example("1" + "+1" * 1900)
@example("if a then " * 300)
@example("0" * 3000)
def test_any_text_is_read_or_refused_with_a_place(said: str) -> None:
    faults = _faults(said)
    assert all(0 <= fault.at <= len(said) and fault.words and fault.remedy for fault in faults)


def _faults(said: str) -> tuple[Fault, ...]:
    try:
        return check(parse(said), SCHEMA).faults
    except ExpressionError as refused:
        return refused.faults


@pytest.mark.parametrize("left", ["true", "false", "flag"])
@pytest.mark.parametrize("right", ["true", "false", "flag"])
def test_a_missing_part_decides_only_what_is_open(left: str, right: str) -> None:
    """Kleene's tables, with `flag` missing."""
    values = {"true": True, "false": False, "flag": None}
    one, other = values[left], values[right]
    both = False if False in (one, other) else None if None in (one, other) else True
    either = True if True in (one, other) else None if None in (one, other) else False
    assert evaluate(parse(f"{left} and {right}"), {}) is both
    assert evaluate(parse(f"{left} or {right}"), {}) is either
