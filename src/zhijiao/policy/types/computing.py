"""From a pack's computed definition to what the metric engines run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from zhijiao.engines.expressions import Field, Kind, Schema, names
from zhijiao.engines.metrics.reading import definition_from, formula_from
from zhijiao.engines.metrics.types import Definition, Example
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
