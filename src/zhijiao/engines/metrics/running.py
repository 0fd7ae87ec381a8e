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
    DATED,
    MEMBER,
    PERIOD,
    PLACES,
    ROWS,
    TREE,
    Compiler,
    Enums,
    Plan,
    Reading,
    Tables,
    plan,
)
from zhijiao.engines.metrics.counting import Counter
from zhijiao.engines.metrics.periods import written
from zhijiao.engines.metrics.slices import CutTable
from zhijiao.engines.metrics.types import (
    WHOLE,
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
    slices: Mapping[str, CutTable]
    """Data sets that are cut into slices of bits as well."""

    def tables(self) -> Tables:
        """Columns of every data set, and of the tree."""

    def enums(self) -> Enums:
        """Text columns that are stored as numbers, with their values in the order of the numbers."""

    def hold(self, name: str, sql: str) -> None:
        """Compute a query once, and keep its rows under a name until `drop`."""

    def hold_rows(self, name: str, rows: pl.DataFrame) -> None:
        """Keep these rows under a name until `drop`."""

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
    tables, enums = engine.tables(), engine.enums()
    counter = Counter({} if by else engine.slices, enums, tables)
    made = plan(definitions, tables, counter.takes)
    _breakdown_fits(made, tables, by)
    return _Run(
        definitions,
        engine,
        made,
        Compiler(made, tables, by, enums),
        counter,
        list(levels),
        sorted(set(periods)),
        by,
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
        counter: Counter,
        levels: list[str],
        years: list[int],
        by: Sequence[str],
    ) -> None:
        self.definitions = definitions
        self.engine = engine
        self.plan = made
        self.compiler = compiler
        self.counter = counter
        self.levels = levels
        self.years = years
        self.keys = [MEMBER, PERIOD, *by]
        self.by = list(by)
        self.kept: list[Any] = []
        """The first stage's tables, as the engine holds them."""
        self.frames: dict[tuple[int, str, Window], list[pl.DataFrame]] = {}
        self.queries: dict[tuple[int, bool, Window], list[str]] = {}

    def outcome(self) -> Outcome:
        held = [f"finest_{number}" for number in range(len(self.plan.readings))]
        try:
            for name, reading in zip(held, self.plan.readings, strict=True):
                self.kept.append(self.first_stage(name, reading))
            for level in self.levels:
                if level != WHOLE:
                    self.engine.hold(PLACES, self.sql(self.compiler.places(level)))
                for definition in self.definitions:
                    for number in self.numbers_of(definition):
                        self.read(number, level, definition.window)
            blocks = [
                self.block(definition, level) for definition in self.definitions for level in self.levels
            ]
            return Outcome(tuple(blocks), tuple(self.undated()), tree_of(self.engine))
        finally:
            for name in [*held, PLACES]:
                self.engine.drop(name)

    def first_stage(self, name: str, reading: Reading) -> Any:
        """A reading's first stage, held under a name."""
        if reading.source.sliced:
            columns = self.compiler.finest_of(reading)
            self.engine.hold_rows(name, self.counter.finest(reading).select(*columns))
            return ibis.table(columns, name=name)
        finest = self.compiler.finest(reading)
        self.engine.hold(name, self.sql(finest))
        return ibis.table(finest.schema(), name=name)

    def sql(self, table: Any) -> str:
        return str(ibis.to_sql(table, dialect=self.engine.dialect, pretty=False))

    def numbers_of(self, definition: Definition) -> list[int]:
        """The readings that a metric needs."""
        return sorted({self.plan.found[definition.id, name][0] for name in definition.measures})

    def read(self, number: int, level: str, window: Window) -> None:
        """What a reading gives at the level whose places are held: its columns that add up, then each that does not."""
        if (number, level, window) not in self.frames:
            queries = self.queries_of(number, level == WHOLE, window)
            self.frames[number, level, window] = [self.engine.rows(query) for query in queries]

    def queries_of(self, number: int, whole: bool, window: Window) -> list[str]:
        """The same for every level but the whole, which asks for no places."""
        if (number, whole, window) not in self.queries:
            reading, level = self.plan.readings[number], WHOLE if whole else None
            tables = [self.compiler.rolled(reading, self.kept[number], level, window, self.years)]
            tables += [
                self.compiler.direct(reading, name, level, window, self.years) for name in reading.direct
            ]
            self.queries[number, whole, window] = [self.sql(table) for table in tables]
        return self.queries[number, whole, window]

    def block(self, definition: Definition, level: str) -> Block:
        window = definition.window
        frames = [frame for n in self.numbers_of(definition) for frame in self.frames[n, level, window]]
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

    def undated(self) -> Iterator[Undated]:
        seen = set()
        for finest, reading in zip(self.kept, self.plan.readings, strict=True):
            field = _dating(reading)
            where = (reading.source.dataset, field)
            if where in seen:
                continue
            seen.add(where)
            lost = finest.filter(finest[DATED].isnull())
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
        return frames[0].filter(pl.col(ROWS) > 0).select(*keys, *wanted)
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
