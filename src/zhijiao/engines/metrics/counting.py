"""Counts from slices of bits: what the compiler's first stage gives, for measures that count rows by conditions on coded columns.

Whatever asks for more (sums, different values, other rows, computed numbers, texts too varied to be codes) is left to SQL.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, floor
from typing import Any, NoReturn

import numpy as np
import polars as pl

from zhijiao.engines.expressions import Expr, ExpressionError, Field, Kind, Schema, text
from zhijiao.engines.expressions.lowering import lower
from zhijiao.engines.expressions.relations import schema_of
from zhijiao.engines.expressions.types import Literal, Name
from zhijiao.engines.metrics.compiler import DATED, LEAVING, PLACE, ROWS, Enums, Reading, Source, Tables
from zhijiao.engines.metrics.periods import first_day, year_in, year_on
from zhijiao.engines.metrics.slices import Bits, Block, Cut, CutTable
from zhijiao.engines.metrics.types import (
    KIND,
    ORGANISATION,
    Active,
    Calendar,
    During,
    How,
    Measure,
    Standing,
    Timing,
    Yearly,
)

MOST_PERIODS = 100
"""Periods up to which each is looked at by itself; dates that span more are better grouped than looked for."""


class Unsliced(Exception):
    """A condition that the slices cannot decide."""


@dataclass(frozen=True, eq=False)
class Truth:
    """A condition: on which rows of a block it is true, and on which false; on the others it is missing."""

    true: Callable[[Block], Bits]
    false: Callable[[Block], Bits]

    def __and__(self, other: Truth) -> Truth:
        return Truth(lambda b: self.true(b) & other.true(b), lambda b: self.false(b) | other.false(b))

    def __or__(self, other: Truth) -> Truth:
        return Truth(lambda b: self.true(b) | other.true(b), lambda b: self.false(b) & other.false(b))

    def __invert__(self) -> Truth:
        return Truth(self.false, self.true)

    def __eq__(self, other: object) -> Any:
        raise Unsliced

    __ne__ = __eq__
    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, eq=False)
class Held:
    """A text, a number or a date of the row."""

    cut: Cut

    def among(self, numbers: Sequence[int]) -> Truth:
        """Whether it is one of these."""

        def found(block: Block) -> Bits:
            bits = block.none
            for number in numbers:
                bits |= block.equal(self.cut, number)
            return bits

        return self.where(found)

    def where(self, found: Callable[[Block], Bits]) -> Truth:
        """A condition that is missing where the value is."""
        return Truth(found, lambda block: block.known(self.cut) & ~found(block))

    def number(self, value: object, rounding: Callable[[Any], int]) -> int:
        """The column's number of a value; one between two is rounded."""
        if self.cut.kind == "date" and isinstance(value, date):
            return value.toordinal() - self.cut.low + 1
        if self.cut.kind == "whole" and isinstance(value, int | Decimal):
            return rounding(value) - self.cut.low + 1
        raise Unsliced

    def __ge__(self, other: object) -> Truth:
        least = self.number(other, ceil)
        return self.where(lambda block: block.at_least(self.cut, least))

    def __gt__(self, other: object) -> Truth:
        least = self.number(other, floor) + 1
        return self.where(lambda block: block.at_least(self.cut, least))

    def __lt__(self, other: object) -> Truth:
        return ~(self >= other)

    def __le__(self, other: object) -> Truth:
        return ~(self > other)

    def __eq__(self, other: object) -> Any:
        number = self.number(other, floor)
        return self.among([number] if number == self.number(other, ceil) else [])

    def __ne__(self, other: object) -> Any:
        return ~(self == other)

    __hash__ = None  # type: ignore[assignment]


class _Conditions:
    """What a step of an expression is on slices."""

    def __init__(self, columns: Mapping[str, Cut], enums: Mapping[str, Sequence[str]]) -> None:
        self.columns, self.enums = columns, enums

    def held(self, name: str) -> Held:
        if name not in self.columns:
            raise Unsliced
        return Held(self.columns[name])

    def field(self, name: str) -> Held | Truth:
        held = self.held(name)
        if held.cut.kind != "truth":
            return held
        return Truth(lambda block: block.equal(held.cut, 2), lambda block: block.equal(held.cut, 1))

    def bare(self, expr: Name | Literal) -> Any:
        return self.held(expr.id) if isinstance(expr, Name) else expr.value

    def number(self, name: str, field: Field) -> Held:
        return self.held(name)

    def fixed(self, value: str | int | date) -> Any:
        if not isinstance(value, bool):
            return value
        one, other = (lambda block: block.all), (lambda block: block.none)
        return Truth(one, other) if value else Truth(other, one)

    def among(self, column: Any, values: list[Any]) -> Truth:
        if not isinstance(column, Held):
            raise Unsliced
        return column.among([column.number(value, floor) for value in values])

    def field_among(self, name: str, values: list[str]) -> Truth:
        held = self.held(name)
        if name not in self.enums:
            raise Unsliced
        known = {value: number for number, value in enumerate(self.enums[name], 1)}
        return held.among([known[value] for value in values if value in known])

    def missing(self, column: Any) -> Truth:
        if isinstance(column, Held):
            cut = column.cut
            return Truth(lambda block: block.missing(cut), lambda block: block.known(cut))
        if isinstance(column, Truth):
            return Truth(
                lambda block: block.all & ~(column.true(block) | column.false(block)),
                lambda block: column.true(block) | column.false(block),
            )
        raise Unsliced

    def choose(self, condition: Any, then: Any, otherwise: Any) -> Truth:
        if not all(isinstance(each, Truth) for each in (condition, then, otherwise)):
            raise Unsliced
        met: Callable[[Block], Bits] = condition.true
        return Truth(
            lambda block: (met(block) & then.true(block)) | (~met(block) & otherwise.true(block)),
            lambda block: (met(block) & then.false(block)) | (~met(block) & otherwise.false(block)),
        )

    def written(self, *_: Any) -> NoReturn:
        raise Unsliced

    wider = product = negative = no_number = call = written


@dataclass(frozen=True)
class _Group:
    """Rows that enter a period, or leave it."""

    period: int | None
    leaving: bool
    rows: Bits


class Counter:
    """What can be counted from the slices of a prepared table."""

    def __init__(self, slices: Mapping[str, CutTable], enums: Enums, tables: Tables) -> None:
        self.slices, self.enums = slices, enums
        self.schemas = {
            name: Schema({**schema_of(tables[name]), KIND: Field(Kind.TEXT)})
            for name in slices
            if name in tables
        }
        self.conditions: dict[tuple[str, str], Truth | None] = {}

    def takes(self, measure: Measure, calendar: Calendar) -> bool:
        """Whether a measure can be counted here."""
        if measure.dataset not in self.schemas or measure.place != ORGANISATION:
            return False
        if measure.how is not How.ROWS or measure.having:
            return False
        if not self._is_dated(self.slices[measure.dataset], measure.timing, calendar):
            return False
        return measure.where is None or self.condition(measure.dataset, measure.where) is not None

    def condition(self, dataset: str, where: Expr) -> Truth | None:
        """A condition on slices; None where they cannot decide it, or where it does not fit the data set."""
        key = (dataset, text(where))
        if key not in self.conditions:
            engine: Any = _Conditions(self.slices[dataset].columns, self.enums.get(dataset, {}))
            try:
                found = lower(where, self.schemas[dataset], engine)
            except (Unsliced, ExpressionError):
                found = None
            self.conditions[key] = found if isinstance(found, Truth) else None
        return self.conditions[key]

    def _is_dated(self, table: CutTable, timing: Timing, calendar: Calendar) -> bool:
        if isinstance(timing, Yearly):
            cut = table.columns.get(timing.field)
            return cut is not None and cut.kind in ("text", "whole") and cut.top <= MOST_PERIODS
        names = [timing.field] if isinstance(timing, During) else [timing.since, timing.until]
        return all(
            name in table.columns
            and table.columns[name].kind == "date"
            and len(_years(table.columns[name], calendar)) <= MOST_PERIODS
            for name in names
        )

    def finest(self, reading: Reading) -> pl.DataFrame:
        """As `Compiler.finest`; an organisation and period may have several rows, which the second stage adds up."""
        table = self.slices[reading.source.dataset]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return pl.concat(pool.map(lambda block: self._of_block(block, table, reading), table.blocks()))

    def _of_block(self, block: Block, table: CutTable, reading: Reading) -> pl.DataFrame:
        groups = list(_groups(block, table.columns, reading.source, self.enums))
        rows = np.stack([group.rows for group in groups])
        sign = np.array([[-1 if group.leaving else 1] for group in groups])
        counts = {ROWS: (sign * block.counted(rows)).ravel()}
        kept = counts[ROWS] != 0
        met = np.empty_like(rows)
        for name, measure in reading.additive.items():
            truth = None if measure.where is None else self.condition(measure.dataset, measure.where)
            if truth is None:
                counts[name] = counts[ROWS]
            else:
                np.bitwise_and(rows, truth.true(block), out=met)
                counts[name] = (sign * block.counted(met)).ravel()
        width = len(block.organisations)
        dated = pl.Series(DATED, [group.period for group in groups], dtype=pl.Int32)
        frame = pl.DataFrame(
            {
                PLACE: pl.Series(block.organisations, dtype=pl.String).gather(
                    np.tile(np.arange(width), len(groups))
                ),
                DATED: dated.gather(np.repeat(np.arange(len(groups)), width)),
                **counts,
            }
        )
        if isinstance(reading.source.timing, Active):
            leaving = np.repeat([group.leaving for group in groups], width)
            frame = frame.with_columns(pl.Series(LEAVING, leaving, dtype=pl.Int8))
        return frame.filter(kept)


def _groups(block: Block, columns: Mapping[str, Cut], source: Source, enums: Enums) -> Iterator[_Group]:
    match source.timing:
        case Yearly(field=name):
            yield from _yearly(block, columns[name], enums.get(source.dataset, {}).get(name, ()))
        case During(field=name):
            yield _Group(None, False, block.missing(columns[name]))
            yield from _dated(block, columns[name], source.calendar, block.all)
        case Standing(since=since, until=until) | Active(since=since, until=until):
            begun, over = columns[since], columns[until]
            # A row that is over before it begins is in force on no day.
            valid = block.missing(over) | block.missing(begun) | block.above(over, begun)
            yield _Group(None, False, block.missing(begun) & valid)
            yield from _dated(block, begun, source.calendar, valid)
            ended = valid & block.known(begun) & block.known(over)
            # In force until the day before: gone from the period after that day's.
            late = 1 if isinstance(source.timing, Active) else 0
            yield from _dated(block, over, source.calendar, ended, leaving=True, late=late)


def _yearly(block: Block, cut: Cut, values: Sequence[str]) -> Iterator[_Group]:
    years: dict[int, list[int]] = {}
    for number in range(1, cut.top + 1):
        year = cut.low + number - 1 if cut.kind == "whole" else year_in(values[number - 1])
        if year is not None:
            years.setdefault(year, []).append(number)
    rest = block.all
    for year, numbers in years.items():
        rows = Held(cut).among(numbers).true(block)
        rest = rest & ~rows
        if rows.any():
            yield _Group(year, False, rows)
    yield _Group(None, False, rest)


def _dated(
    block: Block, cut: Cut, calendar: Calendar, within: Bits, *, leaving: bool = False, late: int = 0
) -> Iterator[_Group]:
    """Rows by the period of a day; with `late`, of the day before, and one period later."""
    for year in _years(cut, calendar):
        # As numbers of the column: the first day of the period, and of the next one.
        first = first_day(year, calendar).toordinal() - cut.low + 1 + late
        after = first_day(year + 1, calendar).toordinal() - cut.low + 1 + late
        rows = block.between(cut, first, after - 1) & within
        if rows.any():
            yield _Group(year + late, leaving, rows)


def _years(cut: Cut, calendar: Calendar) -> range:
    """The periods that a column of dates may fall into, and one before for the day before."""
    first = year_on(date.fromordinal(cut.low + cut.least - 1), calendar)
    last = year_on(date.fromordinal(cut.low + cut.top - 1), calendar)
    return range(first - 1, last + 1)
