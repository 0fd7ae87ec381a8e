"""Conditions within a row, in the expression language, over typed columns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from zhijiao.engines.expressions import names, parse
from zhijiao.engines.expressions.frames import schema_of, to_polars
from zhijiao.exchange.types import Dataset, Field, FieldType, RowCheck


@dataclass(frozen=True)
class Broken:
    """A condition that rows break, by their places."""

    check: RowCheck
    places: list[int]


def typed(field: Field) -> pl.DataType:
    """The column type of a field."""
    if field.type is FieldType.TIME:
        return pl.Date()
    if field.type is FieldType.MONEY:
        return pl.Decimal(38, 2)
    if field.type is FieldType.NUMBER:
        return pl.Decimal(38, field.decimals) if field.decimals else pl.Int64()
    return pl.String()


def asked(dataset: Dataset) -> frozenset[str]:
    """The fields that conditions of a data set speak of."""
    return frozenset(name for check in dataset.checks for name in names(parse(check.when))) & set(
        dataset.by_id
    )


def broken(values: pl.DataFrame, dataset: Dataset) -> list[Broken]:
    """The conditions of a data set that some row breaks. `values` are canonical texts by field id."""
    checks = [(check, parse(check.when)) for check in dataset.checks]
    if not checks or not values.height:
        return []
    wanted = {name for _, expr in checks for name in names(expr)} & set(values.columns)
    frame = values.select(_typed(dataset.by_id[name]) for name in sorted(wanted))
    schema = schema_of(frame.schema)
    results = frame.select(
        to_polars(expr, schema).alias(str(number))
        for number, (_, expr) in enumerate(checks)
        if names(expr) <= wanted
    )
    return [Broken(checks[int(column.name)][0], places) for column in results if (places := _false(column))]


def _typed(field: Field) -> pl.Expr:
    column = pl.col(field.id)
    if field.type is FieldType.TIME:
        return column.str.to_date("%Y-%m-%d", strict=False)
    kind = typed(field)
    return column if kind == pl.String else column.cast(kind, strict=False)


def _false(column: pl.Series) -> list[int]:
    return (~column).fill_null(False).arg_true().to_list()
