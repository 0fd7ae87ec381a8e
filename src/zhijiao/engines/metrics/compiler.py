"""Metrics as Ibis tables, and so as SQL of DuckDB and Spark. Imported only where metrics are computed.

Two stages. Rows that are only counted or added up are grouped once by organisation and period, every different condition counted once
whichever metrics share it; the few thousand rows that come out are rolled up to each level, and over windows. What does not add up
(different values, conditions on other rows) is counted from the rows at each level.
A stock adds up too: a row enters at its first period and leaves at its last, and the sum so far is what is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, TypeAlias

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from zhijiao.engines.expressions import Expr, ExpressionError, Field, Kind, Schema, names, text
from zhijiao.engines.expressions.relations import schema_of, to_ibis
from zhijiao.engines.metrics.periods import SCHOOL_STARTS
from zhijiao.engines.metrics.types import (
    KIND,
    ORGANISATION,
    WHOLE,
    Active,
    Calendar,
    Definition,
    During,
    Having,
    How,
    Measure,
    MetricError,
    Standing,
    Timing,
    Window,
    Yearly,
)

PLACES = "places_held"
"""The places of one level, while an engine computes it."""
TREE = "organisations"
"""The table of organisations: code, kind, and a column for each level."""
MEMBER, PERIOD, PLACE, DATED, ROWS, LEAVING = "member_", "period_", "place_", "dated_", "rows_", "leaving_"
Enums: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]
"""By data set and column: the values of a text that is stored as a number, in the order of the numbers."""
Tables: TypeAlias = Mapping[str, ibis.Schema]
"""Columns of the data sets, and of the tree, by name."""


@dataclass(frozen=True)
class Source:
    """What can be read together: one data set, dated and placed in one way."""

    dataset: str
    timing: Timing
    calendar: Calendar
    place: str
    sliced: bool = False
    """Whether it is counted from slices of bits, not by SQL."""


@dataclass
class Reading:
    """What is to be read of a source: the columns that add up, and the measures that do not."""

    source: Source
    additive: dict[str, Measure] = field(default_factory=dict)
    direct: dict[str, Measure] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """How a set of metrics is computed: the readings, and where each measure of each metric is found."""

    readings: tuple[Reading, ...]
    found: Mapping[tuple[str, str], tuple[int, str]]
    """(metric, measure) → number of the reading and column."""


def plan(
    definitions: Sequence[Definition],
    tables: Tables,
    sliced: Callable[[Measure, Calendar], bool] = lambda *_: False,
) -> Plan:
    """Share what can be shared. `sliced` says what can be counted from slices of bits.

    Raises `MetricError` where a definition does not fit the data sets.
    """
    readings: dict[Source, Reading] = {}
    columns: dict[tuple[Source, Any], str] = {}
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for definition in definitions:
        for name, measure in definition.measures.items():
            calendar = definition.calendar
            source = Source(
                measure.dataset, measure.timing, calendar, measure.place, sliced(measure, calendar)
            )
            reading = readings.setdefault(source, Reading(source))
            adds_up = measure.how is not How.DISTINCT and not measure.having
            where = None if measure.where is None else text(measure.where)
            same = (source, (measure.how, measure.field, where, measure.having))
            if same not in columns:
                columns[same] = f"m{len(columns)}_"
                _fits(definition, name, measure, tables)
                (reading.additive if adds_up else reading.direct)[columns[same]] = measure
            found[definition.id, name] = (list(readings).index(source), columns[same])
    return Plan(tuple(readings.values()), found)


def _fits(definition: Definition, name: str, measure: Measure, tables: Tables) -> None:
    where = f"指标 {definition.id} 的计量 {name}"
    selections: list[Measure | Having] = [measure, *measure.having]
    for each in selections:
        if each.dataset not in tables:
            raise MetricError(f"{where}：快照里没有数据集 {each.dataset}；有的是 {'、'.join(sorted(tables))}")
        columns = tables[each.dataset]
        wanted = [*_time_fields(each.timing)]
        wanted += [each.theirs] if isinstance(each, Having) else [each.place, *filter(None, [each.field])]
        for own in wanted + [having.own for having in (each.having if isinstance(each, Measure) else ())]:
            if own not in columns:
                raise MetricError(
                    f"{where}：数据集 {each.dataset} 没有字段 {own}；有的是 {'、'.join(columns)}"
                )
        if isinstance(each.timing, During | Standing | Active):
            for day in _time_fields(each.timing):
                if not columns[day].is_date():
                    raise MetricError(f"{where}：{each.dataset} 的 {day} 不是日期，不能用来归入时期")
    if measure.how is How.SUM:
        kind = tables[measure.dataset][measure.field or ""]
        if not (kind.is_integer() or kind.is_decimal()):
            raise MetricError(f"{where}：{measure.dataset} 的 {measure.field} 不是精确的数，不能求和")


def _time_fields(timing: Timing) -> tuple[str, ...]:
    match timing:
        case During(field=name) | Yearly(field=name):
            return (name,)
        case Standing(since=since, until=until) | Active(since=since, until=until):
            return (since, until)


class Compiler:
    """Expressions of a plan over tables that exist only by name and columns."""

    def __init__(
        self, plan: Plan, tables: Tables, by: Sequence[str] = (), enums: Enums | None = None
    ) -> None:
        self.plan = plan
        self.enums = enums or {}
        asked = [each for reading in plan.readings for each in _selections(reading)]
        self.asks_kind = {
            each.dataset for each in asked if each.where is not None and KIND in names(each.where)
        }
        self.tables = tables
        self.by = list(by)

    def check(self) -> None:
        """Whether every condition makes sense on its data set. Raises `MetricError`."""
        for reading in self.plan.readings:
            for each in _selections(reading):
                if each.where is not None:
                    self.condition(self.rows(each.dataset), each.dataset, each.where)

    # — the first stage —

    def finest(self, reading: Reading) -> ir.Table:
        """One row per place, period and breakdown: how many rows, and every column that adds up.

        For spans, rows that enter and rows that leave, the latter counted negatively.
        """
        rows = self.rows(reading.source.dataset)
        source = reading.source
        match source.timing:
            case During() | Yearly():
                return self.grouped(rows, self.period(rows, source), reading, leaving=False)
            case Standing(since=since, until=until) | Active(since=since, until=until):
                begun, over = rows[since], rows[until]
                # A row that is over before it begins is in force on no day.
                valid = rows.filter(over.isnull() | (over > begun) | begun.isnull())
                entering = self.grouped(valid, _year(valid[since], source.calendar), reading, leaving=False)
                ended = valid.filter(valid[until].notnull() & valid[since].notnull())
                left = _year(ended[until], source.calendar)
                if isinstance(source.timing, Active):
                    # In force until the day before: gone from the period after that day's.
                    left = _year(ended[until] - ibis.interval(days=1), source.calendar) + 1
                return ibis.union(entering, self.grouped(ended, left, reading, leaving=True))

    def grouped(self, rows: ir.Table, period: ir.Value, reading: Reading, *, leaving: bool) -> ir.Table:
        def signed(value: ir.Value) -> ir.Value:
            return -value if leaving else value

        sums = {
            name: _cast(signed(self.added(rows, measure)), self.sum_type(measure))
            for name, measure in reading.additive.items()
        }
        keys = {
            PLACE: rows[reading.source.place],
            DATED: _cast(period, "int32"),
            **{name: rows[name] for name in self.by},
        }
        if isinstance(reading.source.timing, Active):
            keys[LEAVING] = ibis.literal(int(leaving))
        counted = _cast(signed(rows.count()), "int64")
        return rows.group_by(**keys).aggregate(**{ROWS: counted}, **sums)

    def added(self, rows: ir.Table, measure: Measure) -> ir.Value:
        """The rows that meet a condition, counted or added up."""
        met = self.condition(rows, measure.dataset, measure.where)
        if measure.how is How.ROWS:
            return rows.count() if met is None else _count_if(met).coalesce(0)
        value = rows[measure.field]
        taken = value if met is None else ibis.ifelse(met, value, ibis.null(value.type()))
        return taken.sum().coalesce(0)

    def sum_type(self, measure: Measure) -> str:
        if measure.how is How.ROWS:
            return "int64"
        kind = self.tables[measure.dataset][measure.field or ""]
        return f"decimal(38, {kind.scale if kind.is_decimal() else 0})"

    def finest_of(self, reading: Reading) -> dict[str, str]:
        """The columns of the first stage, with their types, where it is counted from slices."""
        leaving = {LEAVING: "int8"} if isinstance(reading.source.timing, Active) else {}
        counts = dict.fromkeys((ROWS, *reading.additive), "int64")
        return {PLACE: "string", DATED: "int32", **leaving, **counts}

    # — the second stage —

    def rolled(
        self, reading: Reading, finest: ir.Table, level: str | None, window: Window, years: Sequence[int]
    ) -> ir.Table:
        """One row per member of a level, period and breakdown, from the first stage.

        A row whose `ROWS` is 0 says that all that entered has left: nothing is there.
        """
        calendar = _years(years)
        last, dated = calendar[PERIOD], finest[DATED]
        begins = _window_start(last, window)
        match reading.source.timing:
            case During() | Yearly():
                meets = [dated <= last, dated >= begins]
            case Standing():
                meets = [dated <= last]
            case Active():
                meets = [dated <= ibis.ifelse(finest[LEAVING] == 1, begins, last), begins <= last]
        placed = self.placed(finest.join(calendar, meets), PLACE, level)
        summed = {name: self.sum_type(measure) for name, measure in reading.additive.items()}
        return placed.group_by([MEMBER, PERIOD, *self.by]).aggregate(_sums(placed, {ROWS: "int64", **summed}))

    def direct(
        self, reading: Reading, name: str, level: str | None, window: Window, years: Sequence[int]
    ) -> ir.Table:
        """One row per member of a level, period and breakdown, of a measure that does not add up."""
        measure = reading.direct[name]
        source = reading.source
        met = self.condition(self.rows(source.dataset), source.dataset, measure.where)
        rows = self.rows(source.dataset) if met is None else self.rows(source.dataset).filter(met)
        spread = self.spread(rows, source.timing, source.calendar, window, years)
        for having in measure.having:
            spread = self.matched(spread, having, source.calendar, window, years)
        placed = self.placed(spread, source.place, level)
        if measure.how is How.ROWS:
            value = placed.count()
        elif measure.how is How.SUM:
            value = placed[measure.field].sum().coalesce(0)
        else:
            value = placed[measure.field].nunique()
        kind = "int64" if measure.how is How.DISTINCT else self.sum_type(measure)
        return placed.group_by([MEMBER, PERIOD, *self.by]).aggregate(**{name: _cast(value, kind)})

    def spread(
        self, rows: ir.Table, timing: Timing, calendar: Calendar, window: Window, years: Sequence[int]
    ) -> ir.Table:
        """Each row once for every period in which it counts."""
        all_years = _years(years)
        last = all_years[PERIOD]
        begins = _window_start(last, window)
        match timing:
            case During() | Yearly():
                period = self.period(rows, Source("", timing, calendar, ""))
                return rows.join(all_years, [period <= last, period >= begins])
            case Standing(since=since, until=until):
                begun, over = rows[since], rows[until]
                gone = over.isnull() | ((_year(over, calendar) > last) & (over > begun))
                return rows.join(all_years, [_year(begun, calendar) <= last, gone])
            case Active(since=since, until=until):
                begun, over = rows[since], rows[until]
                end = _year(over - ibis.interval(days=1), calendar)
                gone = over.isnull() | ((end >= begins) & (over > begun))
                return rows.join(all_years, [_year(begun, calendar) <= last, begins <= last, gone])

    def matched(
        self, spread: ir.Table, having: Having, calendar: Calendar, window: Window, years: Sequence[int]
    ) -> ir.Table:
        """The rows that have a match in another selection of the same period."""
        rows = self.rows(having.dataset)
        met = self.condition(rows, having.dataset, having.where)
        if met is not None:
            rows = rows.filter(met)
        others = self.spread(rows, having.timing, calendar, window, years)
        others = others.select(same_=others[PERIOD], theirs_=others[having.theirs]).distinct()
        return spread.semi_join(
            others, [spread[PERIOD] == others.same_, spread[having.own] == others.theirs_]
        )

    # — what both stages use —

    def rows(self, dataset: str) -> ir.Table:
        """A data set, with the kind of each row's organisation where a condition asks for it."""
        table = ibis.table(self.tables[dataset], name=dataset)
        if dataset not in self.asks_kind or KIND in table.columns or ORGANISATION not in table.columns:
            return table
        tree = ibis.table(self.tables[TREE], name=TREE).select(owner_="code", **{KIND: "kind"})
        return table.left_join(tree, table[ORGANISATION] == tree.owner_)

    def period(self, rows: ir.Table, source: Source) -> ir.Value:
        """The year in which the period of an event starts."""
        if isinstance(source.timing, Yearly):
            return _year_in(rows[source.timing.field])
        assert isinstance(source.timing, During)
        return _year(rows[source.timing.field], source.calendar)

    def placed(self, table: ir.Table, place: str, level: str | None) -> ir.Table:
        """The table with the member of a level that each row counts for. Without a level: of the one whose places are held."""
        if level == WHOLE:
            return table.mutate(**{MEMBER: ibis.literal("")})
        known = (
            ibis.table({"code_": "string", MEMBER: "string"}, name=PLACES)
            if level is None
            else self.places(level)
        )
        return table.left_join(known, table[place] == known.code_)

    def places(self, level: str) -> ir.Table:
        """The member of a level that each organisation belongs to."""
        columns = self.tables[TREE]
        tree = ibis.table(columns, name=TREE)
        is_kind = ibis.ifelse(tree.kind == level, tree.code, ibis.null("string"))
        return tree.select(code_=tree.code, **{MEMBER: tree[level] if level in columns else is_kind})

    def condition(self, rows: ir.Table, dataset: str, where: Expr | None) -> ir.Value | None:
        if where is None:
            return None
        try:
            return to_ibis(where, rows, self.schema(dataset), self.enums.get(dataset))
        except ExpressionError as error:
            raise MetricError(f"数据集 {dataset} 的条件“{text(where)}”：{error}") from None

    def schema(self, dataset: str) -> Schema:
        return Schema({**schema_of(self.tables[dataset]), KIND: Field(Kind.TEXT, "机构类型")})


def _selections(reading: Reading) -> list[Measure | Having]:
    """Everything of a reading that has a condition."""
    found: list[Measure | Having] = []
    for measure in {**reading.additive, **reading.direct}.values():
        found += [measure, *measure.having]
    return found


@ibis.udf.agg.builtin(name="count_if")
def _count_if(met: bool) -> int:  # type: ignore[empty-body]
    """Both engines count a condition fastest by this name."""


def _cast(value: Any, kind: str) -> Any:
    return ops.Cast(value, to=ibis.dtype(kind)).to_expr()


def _sums(table: ir.Table, columns: Mapping[str, str]) -> dict[str, ir.Value]:
    # DuckDB counts a condition that is missing on every row as missing.
    return {name: _cast(table[name].sum().coalesce(0), kind) for name, kind in columns.items()}


def _year(day: ir.Value, calendar: Calendar) -> ir.Value:
    year = _cast(day.year(), "int32")
    return year - _cast(day.month() < SCHOOL_STARTS, "int32") if calendar is Calendar.SCHOOL else year


def _year_in(value: ir.Value) -> ir.Value:
    if value.type().is_integer():
        return _cast(value, "int32")
    start = value.cast("string").substr(0, 4)
    digits = reduce(
        lambda one, two: one & two, [start.substr(n, 1).isin(list("0123456789")) for n in range(4)]
    )
    return ibis.ifelse(digits, start, ibis.null("string")).cast("int32")


def _years(years: Sequence[int]) -> ir.Table:
    return (
        ibis.array([ibis.literal(year, type="int32") for year in sorted(set(years))])
        .unnest()
        .name(PERIOD)
        .as_table()
    )


def _window_start(last: ir.Value, window: Window) -> ir.Value:
    """The first period that counts together with a last one."""
    if window.since is not None:
        return ibis.literal(window.since, type="int32")
    return last - ((window.last or 1) - 1)


def single(
    definition: Definition, tables: Tables, level: str, years: Sequence[int], by: Sequence[str] = ()
) -> ir.Table:
    """One metric at one level as one table: the members, the periods and the measures."""
    made = plan([definition], tables)
    compiler = Compiler(made, tables, by)
    pieces: list[ir.Table] = []
    kinds: dict[str, str] = {}
    for reading in made.readings:
        for name, measure in {**reading.additive, **reading.direct}.items():
            kinds[name] = "int64" if measure.how is How.DISTINCT else compiler.sum_type(measure)
    keys = [MEMBER, PERIOD, *by]
    for reading in made.readings:
        rolled = compiler.rolled(reading, compiler.finest(reading), level, definition.window, years)
        pieces.append(rolled)
        pieces += [compiler.direct(reading, name, level, definition.window, years) for name in reading.direct]
    if len(pieces) == 1:
        together = pieces[0].filter(pieces[0][ROWS] > 0)
    else:
        filled = [
            piece.select(
                *keys,
                **{
                    name: _cast(piece[name] if name in piece.columns else ibis.literal(0), kind)
                    for name, kind in {ROWS: "int64", **kinds}.items()
                },
            )
            for piece in pieces
        ]
        union = ibis.union(*filled)
        together = union.group_by(keys).aggregate(_sums(union, {ROWS: "int64", **kinds}))
        together = together.filter(together[ROWS] > 0)
    measures = {name: together[made.found[definition.id, name][1]] for name in definition.measures}
    return together.select(
        member=together[MEMBER], period=together[PERIOD], **{n: together[n] for n in by}, **measures
    )


def sql(
    definition: Definition,
    tables: Tables,
    level: str,
    years: Sequence[int],
    by: Sequence[str] = (),
    dialect: str = "duckdb",
) -> str:
    """The query of one metric at one level, to be read: it gives the measures; the division follows it."""
    return str(ibis.to_sql(single(definition, tables, level, years, by), dialect=dialect, pretty=True))


__all__ = ["Compiler", "Plan", "Reading", "Source", "plan", "single", "sql"]
