"""Expressions on Ibis tables, and so as SQL of DuckDB and Spark. Imported only where tables are computed."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from zhijiao.engines.expressions.lowering import Column, Num, lower
from zhijiao.engines.expressions.types import Expr, Field, Kind, Literal, Name, Schema
from zhijiao.engines.expressions.widths import WHOLE, Width


def to_ibis(
    expr: Expr,
    table: ir.Table,
    schema: Schema | None = None,
    enums: Mapping[str, Sequence[str]] | None = None,
) -> ir.Value:
    """The column of an expression on a table. A quotient is not a column: compare it, or it is a `TypeError`.

    `schema`: the fields' units, codes and digits; without it, what the table's own types say. `enums`: texts that DuckDB stores as
    numbers, with their values in order; they are compared as numbers, which is several times as fast. Raises `ExpressionError`.
    """
    found = lower(expr, schema or schema_of(table.schema()), _Ibis(table, enums or {}))
    if not isinstance(found, Num):
        return found
    if found.below is not None:
        raise TypeError("a quotient has no exact column: compare it with a number")
    top, width = found.top, found.width
    if width.scale == 0:
        return top
    unit = ibis.literal(Decimal(1).scaleb(-width.scale), type=f"decimal({width.scale}, {width.scale})")
    longer = _cast(top, ibis.dtype(f"decimal({width.total + width.scale}, {width.scale})"))
    return _cast(longer * unit, ibis.dtype(f"decimal({width.total}, {width.scale})"))


def schema_of(schema: ibis.Schema) -> Schema:
    """The fields of a table as its types have them; columns of other types, such as floats, are left out."""
    fields = {name: field for name, kind in schema.items() if (field := field_of(kind)) is not None}
    return Schema(fields)


def field_of(kind: Any) -> Field | None:
    """The field that a column of this type holds."""
    if kind.is_boolean():
        return Field(Kind.BOOL)
    if kind.is_string():
        return Field(Kind.TEXT)
    if kind.is_date():
        return Field(Kind.DATE)
    if kind.is_integer():
        return Field(Kind.NUMBER, digits=min(len(str(2 ** (kind.nbytes * 8 - 1))), WHOLE))
    if kind.is_decimal():
        # Snapshots declare 38 digits for every decimal; a number that really had more than 18 would fail loudly when computed with.
        return Field(Kind.NUMBER, digits=min(kind.precision, WHOLE) - kind.scale, scale=kind.scale)
    return None


def _type(digits: int) -> Any:
    return ibis.dtype("int64" if digits <= WHOLE else f"decimal({digits}, 0)")


def _cast(column: Any, kind: Any) -> Any:
    """The column in a type. Always said, for what Ibis takes an engine's type to be is not always so."""
    return ops.Cast(column, to=kind).to_expr()


_SEVERAL = 12
"""Numbers up to which comparing with each is quicker than looking up a list."""


@ibis.udf.scalar.builtin(name="enum_code")
def _enum_code(text: str) -> int:  # type: ignore[empty-body]
    """The number that DuckDB stores for a text."""


class _Ibis:
    """A number is a whole number that counts units of its last digit: 64 bits while it surely fits, else a decimal."""

    def __init__(self, table: ir.Table, enums: Mapping[str, Sequence[str]]) -> None:
        self.table = table
        self.enums = enums

    def field(self, name: str) -> Column:
        return self.table[name]

    def bare(self, expr: Name | Literal) -> Column:
        return self.table[expr.id] if isinstance(expr, Name) else ibis.literal(expr.value)

    def number(self, name: str, field: Field) -> Column:
        width = Width(field.digits, field.scale)
        column = self.table[name]
        if width.scale == 0:
            return _cast(column, _type(width.total))
        longer = ibis.dtype(f"decimal({max(width.total, WHOLE) + 1}, {width.scale})")
        return _cast(_cast(column, longer) * 10**width.scale, _type(width.total))

    def written(self, value: int | Decimal, width: Width) -> Column:
        return ibis.literal(int(Decimal(value).scaleb(width.scale)), type=_type(width.total))

    def fixed(self, value: str | int | date) -> Column:
        return ibis.literal(value)

    def wider(self, column: Column, width: Width, to: Width) -> Column:
        made = _cast(column, _type(to.total))
        return made * 10 ** (to.scale - width.scale) if to.scale > width.scale else made

    def product(self, left: Column, width: Width, right: Column, width2: Width) -> Column:
        digits, digits2 = width.total, width2.total
        if digits + digits2 <= WHOLE:
            return _cast(left, _type(WHOLE)) * _cast(right, _type(WHOLE))
        # DuckDB stays with 64 bits unless a factor is longer.
        return _cast(left, f"decimal({max(digits, WHOLE + 1)}, 0)") * _cast(right, f"decimal({digits2}, 0)")

    def negative(self, column: Column) -> Column:
        return -column

    def among(self, column: Column, values: list[Any]) -> Column:
        return column.isin(values)

    def field_among(self, name: str, values: list[str]) -> Column:
        column = self.table[name]
        if name not in self.enums:
            return column.isin(values) if len(values) > 1 else column == values[0]
        known = {value: number for number, value in enumerate(self.enums[name])}
        number = _enum_code(column)
        # A value that the column never has: false, and still missing where the column is.
        numbers = [known[value] for value in values if value in known] or [-1]
        return (
            reduce(operator.or_, [number == each for each in numbers])
            if len(numbers) <= _SEVERAL
            else number.isin(numbers)
        )

    def missing(self, column: Column) -> Column:
        return column.isnull()

    def choose(self, condition: Column, then: Column, otherwise: Column) -> Column:
        return ibis.ifelse(condition, then, otherwise)

    def no_number(self, width: Width) -> Column:
        return ibis.null(_type(width.total))

    def call(self, function: str, columns: list[Column]) -> Column:
        first = columns[0]
        match function:
            case "year":
                return first.year().cast("int64")
            case "month_day":
                return first.month().cast("int64") * 100 + first.day().cast("int64")
            case "days":
                return columns[1].delta(first, unit="day").cast("int64")
            case "starts_with":
                return first.startswith(columns[1])
            case "contains":
                return first.contains(columns[1])
            case "length":
                return first.length().cast("int64")
        raise ValueError(function)
