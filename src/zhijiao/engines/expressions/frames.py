"""Expressions on polars frames: whole columns at once, for checks of tables. Imported only where tables are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from zhijiao.engines.expressions.lowering import Column, Num, lower
from zhijiao.engines.expressions.types import Expr, Field, Kind, Literal, Name, Schema
from zhijiao.engines.expressions.widths import WHOLE, Width


def to_polars(expr: Expr, schema: Schema) -> pl.Expr:
    """The column of an expression: a truth value, a text, a date or a number. Raises `ExpressionError`.

    A quotient is not a column: compare it, or it is a `TypeError`.
    """
    found = lower(expr, schema, _Polars())
    if not isinstance(found, Num):
        return found
    if found.below is not None:
        raise TypeError("a quotient has no exact column: compare it with a number")
    if found.width.scale == 0:
        return found.top
    # Scaled by a decimal of one, which keeps every digit.
    return found.top.cast(pl.Decimal(38, 0)) * pl.lit(Decimal(1).scaleb(-found.width.scale))


def schema_of(columns: Mapping[str, Any]) -> Schema:
    """The fields of a frame as its types have them; columns of other types, such as floats, are left out."""
    fields = {name: field for name, kind in columns.items() if (field := _field(kind)) is not None}
    return Schema(fields)


def _field(kind: Any) -> Field | None:
    if kind == pl.Boolean:
        return Field(Kind.BOOL)
    if kind == pl.String or isinstance(kind, pl.Categorical | pl.Enum):
        return Field(Kind.TEXT)
    if kind == pl.Date:
        return Field(Kind.DATE)
    if isinstance(kind, pl.Decimal):
        return Field(Kind.NUMBER, digits=min(kind.precision or 38, WHOLE) - kind.scale, scale=kind.scale)
    return Field(Kind.NUMBER, digits=WHOLE) if kind.is_integer() else None


class _Polars:
    """A number is a 128-bit integer that counts units of its last digit."""

    def field(self, name: str) -> Column:
        return pl.col(name)

    def bare(self, expr: Name | Literal) -> Column:
        """Whole numbers and decimals compare exactly."""
        if isinstance(expr, Name):
            return pl.col(expr.id)
        return pl.lit(expr.value)

    def number(self, name: str, field: Field) -> Column:
        if field.scale == 0:
            return pl.col(name).cast(pl.Int128)
        return pl.col(name).cast(pl.Decimal(38, field.scale)).to_physical().cast(pl.Int128)

    def written(self, value: int | Decimal, width: Width) -> Column:
        return pl.lit(int(Decimal(value).scaleb(width.scale)), dtype=pl.Int128)

    def fixed(self, value: str | int | date) -> Column:
        return pl.lit(value)

    def wider(self, column: Column, width: Width, to: Width) -> Column:
        more = to.scale - width.scale
        return column * pl.lit(10**more, dtype=pl.Int128) if more else column

    def among(self, column: Column, values: list[Any]) -> Column:
        return column.is_in(values)

    def field_among(self, name: str, values: list[str]) -> Column:
        return pl.col(name).is_in(values)

    def missing(self, column: Column) -> Column:
        return column.is_null()

    def choose(self, condition: Column, then: Column, otherwise: Column) -> Column:
        return pl.when(condition).then(then).otherwise(otherwise)

    def product(self, left: Column, width: Width, right: Column, width2: Width) -> Column:
        return left * right

    def negative(self, column: Column) -> Column:
        return pl.lit(0, dtype=pl.Int128) - column  # polars does not negate 128 bits

    def no_number(self, width: Width) -> Column:
        return pl.lit(None, dtype=pl.Int128)

    def call(self, function: str, columns: list[Column]) -> Column:
        first = columns[0]
        match function:
            case "year":
                return first.dt.year().cast(pl.Int128)
            case "month_day":
                return first.dt.month().cast(pl.Int128) * 100 + first.dt.day().cast(pl.Int128)
            case "days":
                return (columns[1] - first).dt.total_days().cast(pl.Int128)
            case "starts_with":
                return first.str.starts_with(columns[1])
            case "contains":
                return first.str.contains(columns[1], literal=True)
            case "length":
                return first.str.len_chars().cast(pl.Int128)
        raise ValueError(function)
