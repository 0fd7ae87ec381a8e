"""Metrics computed by an engine: DuckDB in this process, or Spark. Both run the SQL that the compiler makes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import ibis
import numpy as np
import polars as pl

from zhijiao.engines.metrics.across import asked_of, needed_for, taken
from zhijiao.engines.metrics.columns import Array, Column, fraction, settled
from zhijiao.engines.metrics.compiler import (
    MEMBER,
    PERIOD,
    ROWS,
    TREE,
    Compiler,
    Plan,
    Reading,
    Tables,
    plan,
)
from zhijiao.engines.metrics.periods import written
from zhijiao.engines.metrics.types import (
    Active,
    Cell,
    Definition,
    During,
    MetricError,
    Reason,
    Standing,
    Undated,
    Window,
    Yearly,
)


class Engine(Protocol):
    """What runs SQL on the data sets."""

    dialect: str

    def tables(self) -> Tables:
        """Columns of every data set, and of the tree."""

    def hold(self, name: str, sql: str) -> None:
        """Compute a query once, and keep its rows under a name until `drop`."""

    def drop(self, name: str) -> None:
        """Forget what was kept under a name."""

    def rows(self, sql: str) -> pl.DataFrame:
        """The rows of a query."""


@dataclass(frozen=True, eq=False)
class Block:
    """The values of one metric at one level, column by column."""

    definition: Definition
    level: str
    members: Sequence[str | None]
    groups: Sequence[Sequence[Any]]
    """A column for each breakdown field."""
    years: Array
    measures: Mapping[str, Column]
    numerators: Column
    denominators: Column
    units: Array
    """Values in units of the last decimal."""
    known: Array
    """Where there is a value."""

    def __len__(self) -> int:
        return len(self.years)

    def cells(self) -> Iterator[Cell]:
        """One by one."""
        definition = self.definition
        for row, member in enumerate(self.members):
            known = bool(self.known[row])
            yield Cell(
                definition.id,
                self.level,
                member,
                tuple(column[row] for column in self.groups),
                written(int(self.years[row]), definition.calendar),
                {name: column.number(row) for name, column in self.measures.items()},
                self.numerators.number(row),
                self.denominators.number(row),
                Decimal(int(self.units[row])).scaleb(-definition.decimals) if known else None,
                None if known else Reason.ZERO,
            )


@dataclass(frozen=True)
class Outcome:
    """What was computed: blocks, each metric's levels one after the other, and the rows that belong to no period."""

    blocks: tuple[Block, ...]
    undated: tuple[Undated, ...]
    tree: Mapping[str, Mapping[str, str | None]]

    def cells(self) -> list[Cell]:
        """Every value, those that stand for several members taken from below."""
        cells: list[Cell] = []
        by_metric: dict[str, list[Block]] = {}
        for block in self.blocks:
            by_metric.setdefault(block.definition.id, []).append(block)
        for blocks in by_metric.values():
            made = [cell for block in blocks for cell in block.cells()]
            cells += taken(blocks[0].definition, made, self.tree)
        return cells


def compute(
    definitions: Sequence[Definition],
    engine: Engine,
    *,
    levels: Collection[str],
    periods: Collection[int],
    by: Sequence[str] = (),
) -> Outcome:
    """The values of these metrics at these levels and periods (the years in which they start), broken down by some fields."""
    tables = engine.tables()
    made = plan(definitions, tables)
    _breakdown_fits(made, tables, by)
    return _Run(
        definitions, engine, made, Compiler(made, tables, by), list(levels), sorted(set(periods)), by
    ).outcome()


def compute_what_fits(
    definitions: Sequence[Definition],
    engine: Engine,
    *,
    levels: Collection[str],
    periods: Collection[int],
    by: Sequence[str] = (),
) -> tuple[list[Cell], list[Undated], dict[str, str]]:
    """Values at the levels where each metric makes sense, rows without a period, and why some metrics could not be computed."""
    fit, skipped = fitting(definitions, engine.tables(), by)
    cells: list[Cell] = []
    undated: dict[tuple[str, str], Undated] = {}
    together: dict[tuple[str, ...], list[Definition]] = {}
    for definition in fit:
        needed = needed_for(definition, asked_of(definition, levels))
        together.setdefault(tuple(needed), []).append(definition)
    for needed_levels, several in together.items():
        outcome = compute(several, engine, levels=needed_levels, periods=periods, by=by)
        cells += [cell for cell in outcome.cells() if cell.level in levels]
        undated |= {(each.dataset, each.field): each for each in outcome.undated}
    order = {definition.id: place for place, definition in enumerate(fit)}
    return sorted(cells, key=lambda cell: place_of(cell, order)), list(undated.values()), skipped


def place_of(cell: Cell, order: Mapping[str, int]) -> tuple[Any, ...]:
    """Where a value stands in a list: by metric, level, period, member and group, what has none last."""
    groups = tuple((value is None, str(value)) for value in cell.groups)
    return order[cell.metric], cell.level, cell.period, cell.member is None, cell.member or "", groups


def fitting(
    definitions: Sequence[Definition], tables: Tables, by: Sequence[str] = ()
) -> tuple[list[Definition], dict[str, str]]:
    """The metrics that these data sets can answer, and for each other the reason why not."""
    fit, skipped = [], {}
    for definition in definitions:
        try:
            made = plan([definition], tables)
            _breakdown_fits(made, tables, by)
            Compiler(made, tables, by).check()
        except MetricError as error:
            skipped[definition.id] = str(error)
        else:
            fit.append(definition)
    return fit, skipped


def _breakdown_fits(made: Plan, tables: Tables, by: Sequence[str]) -> None:
    for reading in made.readings:
        missing = [name for name in by if name not in tables[reading.source.dataset]]
        if missing:
            raise MetricError(
                f"数据集 {reading.source.dataset} 没有字段 {missing[0]}，不能按它分开看；换一个字段，或只选有它的指标"
            )


class _Run:
    def __init__(
        self,
        definitions: Sequence[Definition],
        engine: Engine,
        made: Plan,
        compiler: Compiler,
        levels: list[str],
        years: list[int],
        by: Sequence[str],
    ) -> None:
        self.definitions = definitions
        self.engine = engine
        self.plan = made
        self.compiler = compiler
        self.levels = levels
        self.years = years
        self.keys = [MEMBER, PERIOD, *by]
        self.by = list(by)
        self.frames: dict[tuple[int, str, Window], list[pl.DataFrame]] = {}

    def outcome(self) -> Outcome:
        held = [f"finest_{number}" for number in range(len(self.plan.readings))]
        try:
            for name, reading in zip(held, self.plan.readings, strict=True):
                self.engine.hold(name, self.sql(self.compiler.finest(reading)))
            blocks = [
                self.block(definition, level) for definition in self.definitions for level in self.levels
            ]
            return Outcome(tuple(blocks), tuple(self.undated(held)), tree_of(self.engine))
        finally:
            for name in held:
                self.engine.drop(name)

    def sql(self, table: Any) -> str:
        return str(ibis.to_sql(table, dialect=self.engine.dialect, pretty=False))

    def frames_of(self, number: int, level: str, window: Window) -> list[pl.DataFrame]:
        """What a reading gives at a level: its columns that add up, then each that does not."""
        reading = self.plan.readings[number]
        key = (number, level, window)
        if key not in self.frames:
            finest = self.compiler.finest(reading)
            kept = ibis.table(finest.schema(), name=f"finest_{number}")
            tables = [self.compiler.rolled(reading, kept, level, window, self.years)]
            tables += [
                self.compiler.direct(reading, name, level, window, self.years) for name in reading.direct
            ]
            self.frames[key] = [self.engine.rows(self.sql(table)) for table in tables]
        return self.frames[key]

    def block(self, definition: Definition, level: str) -> Block:
        numbers = sorted({self.plan.found[definition.id, name][0] for name in definition.measures})
        frames = [frame for n in numbers for frame in self.frames_of(n, level, definition.window)]
        columns = {name: self.plan.found[definition.id, name][1] for name in definition.measures}
        wanted = list(dict.fromkeys(columns.values()))
        together = _joined(frames, self.keys, wanted)
        measures = {name: _column(together[column]) for name, column in columns.items()}
        top, below = fraction(definition.value, measures)
        units, known = settled(top, below, definition.scale, definition.decimals)
        return Block(
            definition,
            level,
            together[MEMBER].to_list(),
            [together[name].to_list() for name in self.by],
            together[PERIOD].to_numpy(),
            measures,
            top,
            below,
            units,
            known,
        )

    def undated(self, held: list[str]) -> Iterator[Undated]:
        seen = set()
        for name, reading in zip(held, self.plan.readings, strict=True):
            field = _dating(reading)
            where = (reading.source.dataset, field)
            if where in seen:
                continue
            seen.add(where)
            finest = ibis.table(self.compiler.finest(reading).schema(), name=name)
            lost = finest.filter(finest[PERIOD].isnull())
            rows = self.engine.rows(self.sql(lost.aggregate(rows=lost[ROWS].sum().cast("int64"))))[
                "rows"
            ].item()
            if rows:
                yield Undated(*where, int(rows))


def _dating(reading: Reading) -> str:
    match reading.source.timing:
        case During(field=name) | Yearly(field=name):
            return name
        case Standing(since=since) | Active(since=since):
            return since


def _joined(frames: list[pl.DataFrame], keys: list[str], wanted: list[str]) -> pl.DataFrame:
    """One row per member, period and group that has rows at all; a measure without a row there is 0."""
    if len(frames) == 1:
        return frames[0].select(*keys, *wanted)
    kept = [
        frame.select(*keys, *(name for name in (ROWS, *wanted) if name in frame.columns)) for frame in frames
    ]
    together = pl.concat(kept, how="diagonal_relaxed").group_by(keys).agg(pl.col(ROWS, *wanted).sum())
    return together.filter(pl.col(ROWS) > 0).select(*keys, *wanted)


def _column(series: pl.Series) -> Column:
    scale = 0
    if isinstance(series.dtype, pl.Decimal):
        scale, series = series.dtype.scale, series.to_physical()
    largest: Any = series.abs().max() or 0
    if series.dtype == pl.Int64 or largest < 2**62:
        return Column.of(series.cast(pl.Int64).to_numpy(), scale)
    return Column.of(np.array(series.to_list(), dtype=object), scale)


def tree_of(engine: Engine) -> dict[str, dict[str, str | None]]:
    """The organisations by code."""
    rows = engine.rows(f"SELECT * FROM {TREE}").to_dicts()
    return {row["code"]: row for row in rows}
