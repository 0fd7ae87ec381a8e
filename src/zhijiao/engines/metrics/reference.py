"""What a metric means, row by row in plain Python. Slow and obvious; the other engines are proved equal to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from zhijiao.engines.expressions import Expr, evaluate, exact
from zhijiao.engines.metrics.across import taken
from zhijiao.engines.metrics.periods import first_day, written, year_in, year_on
from zhijiao.engines.metrics.types import (
    KIND,
    ORGANISATION,
    WHOLE,
    Active,
    Amount,
    Calendar,
    Cell,
    Definition,
    During,
    Having,
    How,
    Measure,
    Standing,
    Timing,
    Window,
    Yearly,
)
from zhijiao.engines.metrics.values import fraction, settle

Row: TypeAlias = Mapping[str, Any]
Data: TypeAlias = Mapping[str, Sequence[Row]]
Tree: TypeAlias = Mapping[str, Mapping[str, str | None]]
"""Organisations by code, each with its `kind` and, by level, its ancestor or itself."""
_Key: TypeAlias = tuple[str | None, tuple[Any, ...]]


def compute(
    definitions: Iterable[Definition],
    data: Data,
    tree: Tree,
    *,
    levels: Collection[str],
    periods: Collection[int],
    by: Sequence[str] = (),
) -> list[Cell]:
    """Every value of these metrics at these levels and periods, broken down by some fields.

    A cell is there when a row of one of its data sets falls into it, whether or not it meets a condition.
    """
    cells = []
    for definition in definitions:
        made = [
            cell
            for level in levels
            for period in periods
            for cell in _cells(definition, data, tree, level, period, by)
        ]
        cells += taken(definition, made, tree)
    return cells


def _cells(
    definition: Definition, data: Data, tree: Tree, level: str, period: int, by: Sequence[str]
) -> Iterator[Cell]:
    calendar, window = definition.calendar, definition.window
    found: dict[str, dict[_Key, Amount]] = {}
    seen: set[_Key] = set()
    for name, measure in definition.measures.items():
        rows: dict[_Key, list[Row]] = defaultdict(list)
        for row in _in_time(data.get(measure.dataset, ()), measure.timing, calendar, window, period):
            rows[_member(row, measure.place, tree, level), tuple(row.get(field) for field in by)].append(row)
        seen |= rows.keys()
        others = [_matching(each, data, tree, calendar, window, period) for each in measure.having]
        found[name] = {key: _measured(measure, others, group, tree) for key, group in rows.items()}
    for member, groups in seen:
        measures = {name: by_key.get((member, groups), 0) for name, by_key in found.items()}
        top, below = fraction(definition.value, measures)
        value, reason = settle(definition, top, below)
        yield Cell(
            definition.id,
            level,
            member,
            groups,
            written(period, calendar),
            measures,
            top,
            below,
            value,
            reason,
        )


def _member(row: Row, place: str, tree: Tree, level: str) -> str | None:
    if level == WHOLE:
        return WHOLE
    organisation = tree.get(row.get(place) or "", {})
    if level in organisation:
        return organisation[level]
    # A level that is no column of the tree is a kind of organisation, which is its own member.
    return row.get(place) if organisation.get("kind") == level else None


def _measured(
    measure: Measure, others: list[tuple[Having, set[Any]]], rows: Iterable[Row], tree: Tree
) -> Amount:
    taken_rows = [
        row
        for row in rows
        if _meets(measure.where, row, tree)
        and all(row.get(having.own) in values for having, values in others)
    ]
    if measure.how is How.ROWS:
        return len(taken_rows)
    field = measure.field or ""
    values = [exact(row[field]) for row in taken_rows if row.get(field) is not None]
    total: Amount = exact(sum(values)) if measure.how is How.SUM else len(set(values))
    return total


def _meets(where: Expr | None, row: Row, tree: Tree) -> bool:
    if where is None:
        return True
    if KIND not in row:
        row = {**row, KIND: tree.get(row.get(ORGANISATION) or "", {}).get("kind")}
    return evaluate(where, row) is True


def _matching(
    having: Having, data: Data, tree: Tree, calendar: Calendar, window: Window, period: int
) -> tuple[Having, set[Any]]:
    """The values that a row may have to find its match; a missing one matches nothing."""
    rows = _in_time(data.get(having.dataset, ()), having.timing, calendar, window, period)
    values = {row.get(having.theirs) for row in rows if _meets(having.where, row, tree)}
    return having, values - {None}


def _in_time(
    rows: Iterable[Row], timing: Timing, calendar: Calendar, window: Window, period: int
) -> Iterator[Row]:
    """The rows that count in a period."""
    first = period
    if not isinstance(timing, Standing):
        first = period - (window.last or 1) + 1 if window.since is None else window.since
    for row in rows:
        if _is_in(row, timing, calendar, first, period):
            yield row


def _is_in(row: Row, timing: Timing, calendar: Calendar, first: int, last: int) -> bool:
    match timing:
        case During(field=field):
            day = row.get(field)
            return day is not None and first <= year_on(day, calendar) <= last
        case Yearly(field=field):
            year = year_in(row.get(field))
            return year is not None and first <= year <= last
        case Standing(since=since, until=until):
            return _in_force(row.get(since), row.get(until), first_day(last + 1, calendar), None)
        case Active(since=since, until=until):
            starts = first_day(first, calendar)
            return first <= last and _in_force(
                row.get(since), row.get(until), first_day(last + 1, calendar), starts
            )


def _in_force(since: date | None, until: date | None, after: date, starts: date | None) -> bool:
    """Begun before `after`, and not over: on the day before `after`, or on `starts` where that is given."""
    if since is None or since >= after or (until is not None and until <= since):
        return False
    return until is None or (until >= after if starts is None else until > starts)
