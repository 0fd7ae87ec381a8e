"""Every computed definition of the shipped packs gives what its worked examples say, row by row in Python and in DuckDB.

The examples stand in the packs, in `metric.examples` of each indicator: rows in, value out, to be checked by hand. In DuckDB all
examples are computed at once, each as a city of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.support.packs import shipped
from zhijiao.engines.expressions import Field, Kind, Schema
from zhijiao.engines.metrics import reference, running
from zhijiao.engines.metrics.engines import DuckEngine
from zhijiao.engines.metrics.periods import year_of
from zhijiao.engines.metrics.types import Cell, Definition, Example, Reason
from zhijiao.exchange.queries.fields import schemas
from zhijiao.policy.types import Indicator
from zhijiao.policy.types.computing import BESIDE, definitions, examples

LEVELS = ("city", "county", "school", "enterprise")
OF_ORGANISATIONS = ("organisation", "enterprise")
"""Fields of the examples that name organisations."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Given:
    """An example in a city of its own, so that all can be computed together."""

    city: str
    indicator: Indicator
    example: Example
    rows: Mapping[str, list[Row]]
    tree: Mapping[str, Mapping[str, str | None]]

    def wanted(self, definition: Definition) -> Decimal | None:
        """The value that the example promises."""
        if BESIDE not in definition.id:
            return self.example.value
        assert self.indicator.metric is not None
        told = next(e for e in self.indicator.metric.examples if e.name == self.example.name)
        return told.beside[definition.id.split(BESIDE)[1]]


def _indicators() -> Iterator[Indicator]:
    shelf = shipped()
    for pack in shelf.ids():
        yield from (i for i in shelf.load(pack).indicators if i.metric is not None)


INDICATORS = list(_indicators())


def _given(indicator: Indicator, records: Mapping[str, Schema], together: bool) -> Iterator[Given]:
    """The examples. `together`: organisations are told apart by their city, but for those that a condition names."""
    assert indicator.metric is not None
    for number, example in enumerate(examples(indicator.metric, records)):
        city = f"{indicator.id}/{number}"
        conditions = " ".join(m.where or "" for m in indicator.metric.measures.values())

        def called(code: str, city: str = city, conditions: str = conditions) -> str:
            return f"{city}/{code}" if together and f'"{code}"' not in conditions else code

        def own(row: Row, called: Callable[[str], str] = called) -> Row:
            return {
                name: called(value) if name in OF_ORGANISATIONS and value is not None else value
                for name, value in row.items()
            }

        rows = {name: [own(row) for row in each] for name, each in example.rows.items()}
        codes = {
            str(row["organisation"])
            for each in example.rows.values()
            for row in each
            if "organisation" in row
        }
        tree: Mapping[str, Mapping[str, str | None]] = {
            called(code): {
                "kind": example.kinds.get(code),
                "city": city,
                **dict.fromkeys(LEVELS[1:], called(code)),
            }
            for code in codes
        }
        yield Given(city, indicator, example, rows, tree)


def _same(cells: list[Cell], given: Given, definition: Definition) -> None:
    year = str(year_of(given.example.period))
    found = [c for c in cells if c.level == "city" and c.member == given.city and c.period[:4] == year]
    value = found[0].value if found else None
    said = f"{definition.id}《{given.example.name}》"
    assert (said, value) == (said, given.wanted(definition))
    if given.example.why and BESIDE not in definition.id:
        reason = found[0].reason if found else Reason.NO_DATA
        assert (said, reason) == (said, given.example.why)


@pytest.fixture(scope="module")
def records() -> Mapping[str, Schema]:
    return schemas()


def _levels(definition: Definition) -> list[str]:
    return ["city", definition.across.level] if definition.across else ["city"]


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda i: i.id)
def test_examples_row_by_row(indicator: Indicator, records: Mapping[str, Schema]) -> None:
    for definition in definitions(indicator):
        for given in _given(indicator, records, together=False):
            cells = reference.compute(
                [definition],
                given.rows,
                given.tree,
                levels=_levels(definition),
                periods=[year_of(given.example.period)],
            )
            _same(cells, given, definition)


def test_examples_in_duckdb(records: Mapping[str, Schema]) -> None:
    batches: list[list[Given]] = [[]]
    for given in (each for i in INDICATORS for each in _given(i, records, together=True)):
        # An organisation that a condition names cannot be in two cities: its next example waits for the next batch.
        free = next(
            (b for b in batches if not any(given.tree.keys() & other.tree.keys() for other in b)), None
        )
        if free is None:
            batches.append(free := [])
        free.append(given)
    for batch in batches:
        wanted = {d.id: d for given in batch for d in definitions(given.indicator)}.values()
        cells: list[Cell] = []
        with _engine(batch, records) as engine:
            for levels in {tuple(_levels(d)) for d in wanted}:
                cells += running.compute(
                    [d for d in wanted if tuple(_levels(d)) == levels],
                    engine,
                    levels=levels,
                    periods=sorted({year_of(given.example.period) for given in batch}),
                ).cells()
        by_place: dict[tuple[str, str | None], list[Cell]] = {}
        for cell in cells:
            by_place.setdefault((cell.metric, cell.member), []).append(cell)
        for given in batch:
            for definition in definitions(given.indicator):
                _same(by_place.get((definition.id, given.city), []), given, definition)


def _engine(batch: list[Given], records: Mapping[str, Schema]) -> DuckEngine:
    connection = duckdb.connect()
    rows: dict[str, list[Row]] = {name: [] for name in records}
    tree: dict[str, Mapping[str, str | None]] = {}
    for given in batch:
        tree |= given.tree
        for name, each in given.rows.items():
            rows[name] += each
    for name, schema in records.items():
        _table(connection, name, pl.DataFrame(rows[name], schema={f: _type(schema[f]) for f in schema}))
    columns = ("code", "kind", *LEVELS)
    _table(
        connection,
        "organisations",
        pl.DataFrame(
            [{"code": code, **node} for code, node in tree.items()],
            schema=dict.fromkeys(columns, pl.String()),
        ),
    )
    return DuckEngine(connection)


def _table(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("given", frame)
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
    connection.unregister("given")


def _type(field: Field) -> pl.DataType:
    match field.kind:
        case Kind.DATE:
            return pl.Date()
        case Kind.NUMBER:
            return pl.Decimal(38, field.scale) if field.scale else pl.Int64()
    return pl.String()


def test_every_definition_has_a_normal_case_and_a_border() -> None:
    few = [
        i.id
        for i in INDICATORS
        if i.metric and (len(i.metric.examples) < 2 or all(e.value is None for e in i.metric.examples))
    ]
    assert not few


def test_every_ratio_says_what_becomes_of_an_empty_denominator() -> None:
    silent = [
        i.id
        for i in INDICATORS
        if i.metric and "/" in i.metric.value and all(e.value is not None for e in i.metric.examples)
    ]
    assert not silent


def test_how_many_of_the_127_targets_are_computed() -> None:
    shelf = shipped()
    targets: dict[str, bool] = {}
    for pack in shelf.ids():
        value = shelf.load(pack)
        computed = {i.id: i.metric is not None for i in value.indicators}
        for i in value.indicators:
            whole = i.parts is not None and all(computed[part] for part in i.parts.of)
            for clause in i.clauses:
                targets[clause] = targets.get(clause, False) or computed[i.id] or whole
        kinds = {c.id: c.kind for c in value.clauses}
        targets = {c: yes for c, yes in targets.items() if kinds.get(c, "target") == "target"}
    assert len(targets) == 127
    assert sum(targets.values()) >= 100
