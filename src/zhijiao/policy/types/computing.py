"""From a pack's computed definition to what the metric engines run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from zhijiao.engines.expressions import Field, Kind, Schema, names
from zhijiao.engines.metrics.periods import year_of
from zhijiao.engines.metrics.reading import definition_from, formula_from
from zhijiao.engines.metrics.reference import compute
from zhijiao.engines.metrics.types import ORGANISATION, WHOLE, Definition, Example, Reason
from zhijiao.lib.numbers import plain
from zhijiao.policy.types.metrics import Cell, Metric, MetricExample
from zhijiao.policy.types.objects import Indicator

BESIDE = "#"
"""Between an indicator and the id of a figure that stands beside its own: `plan.target.1#with_study`."""


def definitions(indicator: Indicator) -> tuple[Definition, ...]:
    """The figure of an indicator, then those beside it; none when it is not computed. Raises `engines.reading.ReadingError`."""
    metric = indicator.metric
    return () if metric is None else (_own(indicator.id, metric), *_beside(indicator.id, metric))


def _own(name: str, metric: Metric) -> Definition:
    # Whatever decides no value (examples, remarks) is no part of what the engines run.
    told = metric.model_dump(
        by_alias=True, exclude_none=True, exclude={"examples", "assumes", "disclosure", "beside", "unit"}
    )
    for measure in told["measures"].values():
        measure.pop("name", None)
    if metric.window is not None and metric.window.years is not None:
        told["window"] = metric.window.years
    return definition_from(name, told)


def _beside(name: str, metric: Metric) -> Iterator[Definition]:
    own = _own(name, metric)
    for beside in metric.beside:
        formula = formula_from(beside.value, "metric.beside", own.measures)
        used = names(formula)
        yield Definition(
            f"{name}{BESIDE}{beside.id}",
            {measure: own.measures[measure] for measure in own.measures if measure in used},
            formula,
            scale=own.scale if beside.scale is None else Fraction(beside.scale),
            decimals=own.decimals if beside.decimals is None else beside.decimals,
            calendar=own.calendar,
            window=own.window,
            levels=own.levels,
            across=own.across,
        )


def examples(metric: Metric, records: Mapping[str, Schema]) -> tuple[Example, ...]:
    """The worked examples with their rows as the data standard types them. Raises KeyError, ValueError for a cell that does not fit."""
    return tuple(_example(example, records) for example in metric.examples)


def failures(indicator: Indicator, records: Mapping[str, Schema]) -> Iterator[tuple[int, str]]:
    """The worked examples that do not come out: which one (from 0), and what came out instead."""
    metric = indicator.metric
    if metric is None:
        return
    for number, (example, told) in enumerate(zip(examples(metric, records), metric.examples, strict=True)):
        for definition in definitions(indicator):
            beside = definition.id.partition(BESIDE)[2]
            wanted = told.beside.get(beside) if beside else told.value
            value, reason = _came_out(definition, example)
            if value != wanted:
                yield (
                    number,
                    f"{f'并列数 {beside} ' if beside else ''}应得{_said(wanted)}，算出{_said(value)}",
                )
            elif not beside and value is None and reason != told.why:
                yield number, f"没有值的原因应是{told.why}，算出的是{reason}"


def _came_out(definition: Definition, example: Example) -> tuple[Decimal | None, str]:
    """The value of an example's rows together, each organisation standing for itself at every level below."""
    codes = {str(row[ORGANISATION]) for rows in example.rows.values() for row in rows if ORGANISATION in row}
    own = definition.across.level if definition.across else None
    tree = {code: {"kind": example.kinds.get(code), **({own: code} if own else {})} for code in codes}
    levels = [WHOLE, own] if own else [WHOLE]
    cells = compute([definition], example.rows, tree, levels=levels, periods=[year_of(example.period)])
    whole = next((cell for cell in cells if cell.level == WHOLE), None)
    return (None, Reason.NO_DATA) if whole is None else (whole.value, whole.reason or "")


def _said(value: Decimal | None) -> str:
    return "没有值" if value is None else f" {plain(value)}"


def _example(example: MetricExample, records: Mapping[str, Schema]) -> Example:
    rows = {
        name: tuple(
            {field: _typed(cell, records[name][field]) for field, cell in row.items()} for row in rows
        )
        for name, rows in example.rows.items()
    }
    return Example(
        rows, example.period, example.value, example.why, kinds=example.organisations, name=example.name
    )


def _typed(cell: Cell, field: Field) -> Any:
    """A cell as its field holds it: a day, an exact number, a text."""
    if cell is None or isinstance(cell, bool):
        return cell
    if field.kind is Kind.DATE:
        return date.fromisoformat(cell)
    if field.kind is Kind.NUMBER:
        try:
            number = Decimal(cell)
        except InvalidOperation:
            raise ValueError(f"{cell} is no number") from None
        return int(number) if number == number.to_integral_value() and not field.scale else number
    return cell
