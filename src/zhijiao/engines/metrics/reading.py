"""Definitions out of plain mappings, as a pack has them. Every error names the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhijiao.engines.expressions import Expr, ExpressionError, names, parse
from zhijiao.engines.expressions.types import Arithmetic, Literal, Name, Negative, children
from zhijiao.engines.metrics.periods import year_of
from zhijiao.engines.metrics.types import (
    ORGANISATION,
    Across,
    Active,
    Calendar,
    Definition,
    During,
    Example,
    Having,
    How,
    Measure,
    MetricError,
    Standing,
    Take,
    Timing,
    Window,
    Yearly,
)
from zhijiao.engines.reading import Entry, ReadingError, as_number

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIMINGS = ("during", "year", "standing", "active")
# What a pack says about a metric beside what is computed; its own reader looks at these.
_TOLD_ELSEWHERE = ("unit", "beside", "assumes", "disclosure", "name", "note")


def definition_from(metric_id: str, mapping: object, path: str = "metric") -> Definition:
    """A definition. Raises `ReadingError`."""
    entry = Entry(mapping, path)
    measures = {
        name: _measure(Entry(value, f"{path}.measures.{name}"))
        for name, value in Entry(entry.get("measures"), entry.at("measures")).value.items()
    }
    made = Definition(
        metric_id,
        measures,
        formula_from(entry.get("value"), entry.at("value"), measures),
        scale=Fraction(entry.number("scale")) if entry.has("scale") else Fraction(1),
        decimals=entry.whole("decimals", 0),
        calendar=entry.one_of("calendar", Calendar) if entry.has("calendar") else Calendar.YEAR,
        window=_window(entry),
        levels=entry.texts("levels"),
        across=_across(entry),
        absent_is_zero=entry.has("absent") and entry.text("absent") == "zero",
        examples=tuple(_example(each) for each in entry.entries("examples")),
    )
    entry.close(_TOLD_ELSEWHERE)
    return made


def formula_from(value: object, where: str, measures: Mapping[str, Measure]) -> Expr:
    """The arithmetic of a value over its measures. Raises `ReadingError`."""
    formula = _parsed(str(value), where)
    _arithmetic_only(formula, where)
    unknown = sorted(names(formula) - set(measures))
    if unknown:
        raise ReadingError(where, f"没有名为 {unknown[0]} 的计量；可用的是 {'、'.join(measures)}")
    return formula


def _arithmetic_only(formula: Expr, where: str) -> None:
    number = isinstance(formula, Literal) and type(formula.value) in (int, Decimal)
    if not (number or isinstance(formula, Name | Arithmetic | Negative)):
        raise ReadingError(where, "这里只能写计量的名称、数和 + - * / ( )；条件写在计量的 where 里")
    for each in children(formula):
        _arithmetic_only(each, where)


def _parsed(text: str, where: str) -> Expr:
    try:
        return parse(text)
    except ExpressionError as error:
        raise ReadingError(where, f"“{text}”{error}") from None


def _condition(entry: Entry) -> Expr | None:
    return _parsed(entry.text("where"), entry.at("where")) if entry.has("where") else None


def _measure(entry: Entry) -> Measure:
    how, field = _how(entry)
    made = Measure(
        entry.text("in"),
        how,
        _timing(entry),
        field,
        _condition(entry),
        tuple(_having(each) for each in entry.entries("having")),
        entry.text("place", ORGANISATION),
    )
    entry.close()
    return made


def _how(entry: Entry) -> tuple[How, str | None]:
    if entry.has("count") == entry.has("sum"):
        raise ReadingError(entry.path, "count 和 sum 要写一个，也只能写一个")
    if entry.has("sum"):
        return How.SUM, entry.text("sum")
    counted = entry.text("count")
    return (How.ROWS, None) if counted == "rows" else (How.DISTINCT, counted)


def _timing(entry: Entry) -> Timing:
    given = [key for key in _TIMINGS if entry.has(key)]
    if len(given) != 1:
        raise ReadingError(
            entry.path, f"{'、'.join(_TIMINGS)} 要写一个，也只能写一个，说明按什么日期归入时期"
        )
    key = given[0]
    if key in ("during", "year"):
        return During(entry.text(key)) if key == "during" else Yearly(entry.text(key))
    fields = entry.texts(key)
    if len(fields) != 2:
        raise ReadingError(entry.at(key), "要写两个日期字段：[起始日期, 终止日期]")
    return Standing(*fields) if key == "standing" else Active(*fields)


def _having(entry: Entry) -> Having:
    matched = entry.words("match")
    if len(matched) != 1:
        raise ReadingError(entry.at("match"), "写成 {本行的字段: 对方的字段}，一对")
    own, theirs = matched[0]
    made = Having(entry.text("in"), own, theirs, _timing(entry), _condition(entry))
    entry.close()
    return made


def _window(entry: Entry) -> Window:
    if not entry.has("window"):
        return Window()
    value = entry.get("window")
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 1:
            raise ReadingError(entry.at("window"), "累计的时期数至少是 1")
        return Window(last=value)
    below = Entry(value, entry.at("window"))
    start = below.text("from")
    below.close()
    try:
        return Window(since=year_of(start))
    except MetricError as error:
        raise ReadingError(below.at("from"), str(error)) from None


def _across(entry: Entry) -> Across | None:
    if not entry.has("across"):
        return None
    below = Entry(entry.get("across"), entry.at("across"))
    made = Across(below.text("level"), below.one_of("take", Take))
    below.close()
    return made


def _example(entry: Entry) -> Example:
    rows = Entry(entry.get("rows"), entry.at("rows"))
    kinds = dict(entry.words("organisations"))
    made = Example(
        {name: tuple(_row(each, kinds) for each in rows.entries(name)) for name in rows.value},
        str(entry.get("period")),
        entry.number("value") if entry.has("value") else None,
        entry.text("why") if entry.has("why") else None,
        entry.number("numerator") if entry.has("numerator") else None,
        entry.number("denominator") if entry.has("denominator") else None,
        kinds,
        entry.text("name", ""),
    )
    entry.close(("beside",))
    return made


def _row(entry: Entry, kinds: Mapping[str, str]) -> Mapping[str, Any]:
    row = {str(name): _plain(value, entry.at(str(name))) for name, value in entry.value.items()}
    kind = kinds.get(str(row.get(ORGANISATION)))
    return row if kind is None or "organisation_kind" in row else {**row, "organisation_kind": kind}


def _plain(value: object, where: str) -> Any:
    """A value as a data set would hold it: text that is a date is a date, a number is exact."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ReadingError(where, f"没有“{value}”这一天") from None
    if isinstance(value, float):
        return as_number(value, where)
    return value


__all__ = ["definition_from", "formula_from"]
