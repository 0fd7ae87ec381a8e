"""What an expression means, on one row. The other engines are proved equal to this.

A missing value makes a comparison, an arithmetic and a function missing. `and` is false as soon as one part is false, `or` true as
soon as one is true, whatever is missing beside it. Numbers are exact: nothing is rounded, and a division by zero is missing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhijiao.engines.expressions.types import (
    Among,
    Arithmetic,
    Between,
    Call,
    Choice,
    Compare,
    Expr,
    Literal,
    Logic,
    Missing,
    Name,
    Negative,
    Not,
    Number,
    Value,
)

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(expr: Expr, row: Mapping[str, Any]) -> Value:
    """The value of a checked expression on a row. A field that the row lacks is missing; a float is a `TypeError`."""
    match expr:
        case Literal(value=value):
            return exact(value)
        case Name(id=name):
            return exact(row.get(name))
        case Logic(op=op, parts=parts):
            return _logic(op == "and", [evaluate(each, row) for each in parts])
        case Not(of=of):
            met = evaluate(of, row)
            return None if met is None else not met
        case Compare(op=op, left=left, right=right):
            return _strict(_COMPARE[op], evaluate(left, row), evaluate(right, row))
        case Among(of=of, values=values):
            found = evaluate(of, row)
            return None if found is None else found in [exact(each.value) for each in values]
        case Between(of=of, low=low, high=high):
            found = evaluate(of, row)
            above = _strict(operator.le, evaluate(low, row), found)
            return _logic(True, [above, _strict(operator.le, found, evaluate(high, row))])
        case Missing(of=of, present=present):
            return (evaluate(of, row) is not None) == present
        case Arithmetic(op=op, left=left, right=right):
            return _strict(_ARITHMETIC[op], evaluate(left, row), evaluate(right, row))
        case Negative(of=of):
            return _strict(operator.sub, 0, evaluate(of, row))
        case Call(function=function, arguments=arguments):
            return _strict(_FUNCTIONS[function], *[evaluate(each, row) for each in arguments])
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return evaluate(then if evaluate(condition, row) is True else otherwise, row)


def exact(value: Any) -> Any:
    """A `Value` as it is computed with: whole numbers as int, other numbers as Fraction."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is not exact: give an int, a Decimal or a Fraction")
    if isinstance(value, datetime):
        raise TypeError(f"{value!r} is a time of day: give a date")
    if isinstance(value, Decimal):
        value = Fraction(value)
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else value
    return value


def full_years(birth: date, on: date) -> int:
    """Years completed on a day; the birthday itself counts. Born on 29 February: completed on 1 March of a common year."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _strict(function: Callable[..., Any], *values: Value) -> Any:
    return None if any(value is None for value in values) else exact(function(*values))


def _logic(every: bool, parts: list[Value]) -> bool | None:
    """SQL's three values: the deciding one wins, then the missing one."""
    if any(part is (not every) for part in parts):
        return not every
    return None if any(part is None for part in parts) else every


def _divided(left: Number, right: Number) -> Number | None:
    return None if right == 0 else Fraction(left) / Fraction(right)


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "year": lambda day: day.year,
    "age": full_years,
    "days": lambda first, last: (last - first).days,
    "starts_with": lambda value, start: value.startswith(start),
    "contains": lambda value, part: part in value,
    "length": len,
}
