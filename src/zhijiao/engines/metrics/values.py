"""The one place where a metric is divided and rounded. Engines hand over exact measures; nothing before this rounds.

A formula is kept as a fraction of two whole computations, a/b + c as (a + c·b)/b, so that only one division is left at the end.
Rounding is half up, away from zero: 0.05 becomes 0.1 and -0.05 becomes -0.1 at one decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhijiao.engines.expressions import Expr
from zhijiao.engines.expressions.types import Arithmetic, Literal, Name, Negative
from zhijiao.engines.metrics.types import Amount, Definition, Reason


def fraction(formula: Expr, measures: Mapping[str, Amount]) -> tuple[Amount, Amount]:
    """What stands above and below the line. Below is 0 when anything is divided by 0."""
    match formula:
        case Literal(value=value):
            assert isinstance(value, int | Decimal)
            return exact(value), 1
        case Name(id=name):
            return measures[name], 1
        case Negative(of=of):
            top, below = fraction(of, measures)
            return -top, below
        case Arithmetic(op=op, left=left, right=right):
            return combined(op, fraction(left, measures), fraction(right, measures))
    raise TypeError(formula)


def combined(op: str, one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any]:
    """Two fractions added, subtracted, multiplied or divided."""
    (top, below), (top2, below2) = one, other
    if op == "*":
        return top * top2, below * below2
    if op == "/":
        # Divided by a fraction without a value is without a value.
        return top * below2, below * top2 * (below2 != 0)
    if below is below2 or (isinstance(below, int) and below == below2 == 1):
        return (top + top2 if op == "+" else top - top2), below
    left, right = top * below2, top2 * below
    return (left + right if op == "+" else left - right), below * below2


def settle(definition: Definition, top: Amount, below: Amount) -> tuple[Decimal | None, Reason | None]:
    """The value of a fraction: scaled and rounded, or the reason why there is none."""
    if below == 0:
        return None, Reason.ZERO
    return rounded(Fraction(top) * definition.scale / Fraction(below), definition.decimals), None


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Half up, away from zero."""
    scaled = abs(value) * 10**decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-units if value < 0 else units).scaleb(-decimals)


def exact(value: int | Decimal | Fraction) -> Amount:
    """A number in its simplest exact form."""
    made = Fraction(value)
    return made.numerator if made.denominator == 1 else made
