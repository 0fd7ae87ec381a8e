"""From a checked expression to the columns of an engine, once for all engines.

A number is two columns of stated widths, above and below the line. Fractions are never divided out: a/b < c is computed as a < c·b
with b made positive and a zero made missing, so that no engine's own division or rounding takes part.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any, Protocol, TypeAlias

from zhijiao.engines.expressions.checking import checked, computed
from zhijiao.engines.expressions.evaluating import evaluate
from zhijiao.engines.expressions.types import (
    Among,
    Arithmetic,
    Between,
    Call,
    Choice,
    Compare,
    Expr,
    Field,
    Kind,
    Literal,
    Logic,
    Missing,
    Name,
    Negative,
    Not,
    Schema,
    mapped,
    names,
)
from zhijiao.engines.expressions.widths import DAYS, ONE, YEAR, Width, written

Column: TypeAlias = Any
"""A column of the engine: it understands binary + - *, < <= > >= == != and & | ~."""


class Engine(Protocol):
    """What differs between engines."""

    def field(self, name: str) -> Column:
        """A text, date or truth value of the row."""

    def bare(self, expr: Name | Literal) -> Column:
        """A number as the engine itself has it, for a comparison with another such."""

    def number(self, name: str, field: Field) -> Column:
        """A number of the row, as a whole number that counts units of the field's last digit. So are all below."""

    def written(self, value: int | Decimal, width: Width) -> Column:
        """A number of the expression."""

    def fixed(self, value: str | int | date) -> Column:
        """A text, date or truth value (a bool, which Python counts among the integers) of the expression."""

    def wider(self, column: Column, width: Width, to: Width) -> Column:
        """The same number with room for the digits of `to`."""

    def among(self, column: Column, values: list[Any]) -> Column:
        """Whether a text, date or truth value is one of those listed."""

    def field_among(self, name: str, values: list[str]) -> Column:
        """The same of a text field of the row."""

    def missing(self, column: Column) -> Column:
        """Whether there is no value."""

    def choose(self, condition: Column, then: Column, otherwise: Column) -> Column:
        """One column where the condition is met, the other elsewhere."""

    def product(self, left: Column, width: Width, right: Column, width2: Width) -> Column:
        """The product of two numbers, whole."""

    def negative(self, column: Column) -> Column:
        """A number with its sign turned."""

    def no_number(self, width: Width) -> Column:
        """A missing number."""

    def call(self, function: str, columns: list[Column]) -> Column:
        """year, days, starts_with, contains or length; `month_day` gives month·100 + day."""


@dataclass(frozen=True)
class Num:
    """A number: a column over a positive column, with their widths. No column below stands for 1."""

    top: Column
    width: Width
    below: Column | None = None
    below_width: Width | None = None


def lower(expr: Expr, schema: Schema, engine: Engine, wanted: Kind | None = None) -> Column | Num:
    """The column of an expression; numbers as `Num`. Raises `ExpressionError` when it does not pass the check."""
    return _Lowering(schema, engine).any(_folded(checked(expr, schema, wanted)))


def _folded(expr: Expr) -> Expr:
    """The expression with what is certain worked out, since engines treat columns of one value in their own ways."""
    expr = mapped(expr, _folded)
    match expr:
        case Literal() | Name():
            return expr
        case Logic(op=op, parts=parts):
            decided = op == "or"
            if any(isinstance(part, Literal) and part.value is decided for part in parts):
                return Literal(decided, expr.at)
            open_ = tuple(part for part in parts if not isinstance(part, Literal))
            if not open_:
                return Literal(not decided, expr.at)
            return open_[0] if len(open_) == 1 else replace(expr, parts=open_)
        case Choice(condition=Literal(value=value), then=then, otherwise=otherwise):
            return then if value else otherwise
    found = None if names(expr) else evaluate(expr, {})
    return Literal(found, expr.at) if isinstance(found, bool | int | str | date) else expr


class _Lowering:
    def __init__(self, schema: Schema, engine: Engine) -> None:
        self.schema = schema
        self.engine = engine

    def any(self, expr: Expr) -> Column | Num:
        return self.number(expr) if self.is_number(expr) else self.plain(expr)

    def is_number(self, expr: Expr) -> bool:
        match expr:
            case Name(id=name):
                return self.schema[name].kind is Kind.NUMBER
            case Literal(value=value):
                return isinstance(value, int | Decimal) and not isinstance(value, bool)
            case Arithmetic() | Negative():
                return True
            case Call(function=function):
                return function in ("year", "age", "days", "length")
            case Choice(then=then):
                return self.is_number(then)
        return False

    def plain(self, expr: Expr) -> Column:
        """A text, a date or a truth value."""
        engine = self.engine
        match expr:
            case Name(id=name):
                return engine.field(name)
            case Literal(value=value):
                assert not isinstance(value, Decimal)
                return engine.fixed(value)
            case Logic(op=op, parts=parts):
                joining = operator.and_ if op == "and" else operator.or_
                return reduce(joining, [self.plain(part) for part in parts])
            case Not(of=of):
                return ~self.plain(of)
            case Compare(op="=", left=Name(id=name), right=Literal(value=str() as value)):
                return engine.field_among(name, [value])
            case Compare(op="!=", left=Name(id=name), right=Literal(value=str() as value)):
                return ~engine.field_among(name, [value])
            case Compare(op=op, left=left, right=right):
                return self.compare(_SIGNS[op], left, right)
            case Among(of=of, values=values):
                return self.among(of, values)
            case Between(of=of, low=low, high=high):
                return self.compare(operator.ge, of, low) & self.compare(operator.le, of, high)
            case Missing(of=of, present=present):
                gone = self.missing(of)
                return ~gone if present else gone
            case Choice(condition=condition, then=then, otherwise=otherwise):
                return engine.choose(self.plain(condition), self.plain(then), self.plain(otherwise))
            case Call(function=function, arguments=arguments):
                return engine.call(function, [self.plain(each) for each in arguments])
        raise TypeError(expr)

    def compare(self, sign: Callable[[Any, Any], Column], left: Expr, right: Expr) -> Column:
        if not self.is_number(left):
            return sign(self.plain(left), self.plain(right))
        if isinstance(left, Name | Literal) and isinstance(right, Name | Literal):
            return sign(self.engine.bare(left), self.engine.bare(right))
        one, other = self.number(left), self.number(right)
        # a/b < c/d exactly when a·d < c·b, since b and d are positive.
        first, width = self.times((one.top, one.width), (other.below, other.below_width))
        second, width2 = self.times((other.top, other.width), (one.below, one.below_width))
        common = width.join(width2)
        return sign(self.engine.wider(first, width, common), self.engine.wider(second, width2, common))

    def among(self, of: Expr, values: tuple[Literal, ...]) -> Column:
        if self.is_number(of):
            return reduce(operator.or_, [self.compare(operator.eq, of, value) for value in values])
        if isinstance(of, Name) and self.schema[of.id].kind is Kind.TEXT:
            return self.engine.field_among(of.id, [str(value.value) for value in values])
        return self.engine.among(self.plain(of), [value.value for value in values])

    def missing(self, of: Expr) -> Column:
        if not self.is_number(of):
            return self.engine.missing(self.plain(of))
        number = self.number(of)
        gone = self.engine.missing(number.top)
        return gone if number.below is None else gone | self.engine.missing(number.below)

    def number(self, expr: Expr) -> Num:
        engine = self.engine
        match expr:
            case Name(id=name):
                field = self.schema[name]
                return Num(engine.number(name, field), Width(field.digits, field.scale))
            case Literal(value=value):
                assert isinstance(value, int | Decimal)
                return Num(engine.written(value, written(value)), written(value))
            case Negative(of=of):
                number = self.number(of)
                return replace(number, top=engine.negative(number.top))
            case Arithmetic(op=op, left=left, right=right):
                return self.arithmetic(op, self.number(left), self.number(right))
            case Call(function="age", arguments=(birth, on)):
                return self.age(self.plain(birth), self.plain(on))
            case Call(function=function, arguments=arguments):
                columns = [self.plain(each) for each in arguments]
                return Num(engine.call(function, columns), DAYS if function == "days" else YEAR)
            case Choice(condition=condition, then=then, otherwise=otherwise):
                return self.choice(self.plain(condition), self.number(then), self.number(otherwise))
        raise TypeError(expr)

    def arithmetic(self, op: str, one: Num, other: Num) -> Num:
        if op == "/":
            return self.divided(one, other)
        if op == "*":
            top, width = self.times((one.top, one.width), (other.top, other.width))
        else:
            first, width1 = self.times((one.top, one.width), (other.below, other.below_width))
            second, width2 = self.times((other.top, other.width), (one.below, one.below_width))
            width = width1.plus(width2)
            first, second = self.engine.wider(first, width1, width), self.engine.wider(second, width2, width)
            top = first + second if op == "+" else first - second
        below, below_width = self.below(one, other)
        return Num(top, width, below, below_width)

    def divided(self, one: Num, other: Num) -> Num:
        """Turn the divisor's sign upwards, so that what is below stays positive; a zero becomes missing."""
        engine = self.engine
        zero = engine.wider(engine.written(0, ONE), ONE, other.width)
        divisor = engine.wider(other.top, other.width, other.width)
        positive = engine.choose(
            divisor > zero,
            divisor,
            engine.choose(divisor < zero, engine.negative(divisor), engine.no_number(other.width)),
        )
        top, width = self.times((one.top, one.width), (other.below, other.below_width))
        top = engine.wider(top, width, width)
        top = engine.choose(divisor < zero, engine.negative(top), top)
        below, below_width = (positive, other.width)
        if one.below is not None and one.below_width is not None:
            below, below_width = self.times((one.below, one.below_width), (positive, other.width))
        return Num(top, width, below, below_width)

    def below(self, one: Num, other: Num) -> tuple[Column | None, Width | None]:
        if one.below is None:
            return other.below, other.below_width
        if other.below is None:
            return one.below, one.below_width
        assert one.below_width is not None
        return self.times((one.below, one.below_width), (other.below, other.below_width))

    def times(
        self, one: tuple[Column, Width], other: tuple[Column | None, Width | None]
    ) -> tuple[Column, Width]:
        (left, width), (right, width2) = one, other
        if right is None or width2 is None:
            return left, width
        return self.engine.product(left, width, right, width2), width.times(width2)

    def choice(self, condition: Column, one: Num, other: Num) -> Num:
        engine = self.engine
        width = one.width.join(other.width)
        top = engine.choose(
            condition, engine.wider(one.top, one.width, width), engine.wider(other.top, other.width, width)
        )
        if one.below is None and other.below is None:
            return Num(top, width)
        unit = engine.written(1, ONE)
        below_width = (one.below_width or ONE).join(other.below_width or ONE)
        first = engine.wider(unit if one.below is None else one.below, one.below_width or ONE, below_width)
        second = engine.wider(
            unit if other.below is None else other.below, other.below_width or ONE, below_width
        )
        return Num(top, width, engine.choose(condition, first, second), below_width)

    def age(self, birth: Column, on: Column) -> Num:
        """Full years: the years between, less one before the birthday of the year."""
        call = self.engine.call
        early = call("month_day", [on]) < call("month_day", [birth])
        years = call("year", [on]) - call("year", [birth])
        less = self.engine.choose(early, self.engine.written(1, ONE), self.engine.written(0, ONE))
        return Num(years - less, YEAR)


_SIGNS: dict[str, Callable[[Any, Any], Column]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

__all__ = ["Engine", "Num", "computed", "lower"]
