"""Values of whole columns at once: the same division and rounding as `values`, on arrays of whole numbers.

Every column knows how large its numbers can be; where a step could pass 64 bits it goes on with Python's own integers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from zhijiao.engines.expressions import Expr
from zhijiao.engines.expressions.types import Arithmetic, Literal, Name, Negative
from zhijiao.engines.metrics.values import combined, exact

_LIMIT = 2**62
Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Column:
    """Exact numbers: whole numbers that count units of the last digit, `scale` digits after the point."""

    units: Array
    scale: int
    bound: int
    """No number is larger than this, nor smaller than its negative."""

    @classmethod
    def of(cls, units: Array, scale: int = 0) -> Column:
        """A column as it comes from an engine."""
        bound = max(abs(int(units.max())), abs(int(units.min()))) if len(units) else 0
        return cls(units, scale, bound)

    @classmethod
    def constant(cls, value: Decimal | int, like: Column) -> Column:
        """The same number in every row."""
        scale = max(-int(Decimal(value).as_tuple().exponent), 0)
        unit = int(Decimal(value).scaleb(scale))
        return _made([like], lambda _: np.full(len(like.units), unit), scale, abs(unit))

    def finer(self, scale: int) -> Column:
        """The same numbers with more digits after the point."""
        factor = 10 ** (scale - self.scale)
        return (
            self if factor == 1 else _made([self], lambda units: units * factor, scale, self.bound * factor)
        )

    def __add__(self, other: Column) -> Column:
        one, two = _aligned(self, other)
        return _made([one, two], lambda a, b: a + b, one.scale, one.bound + two.bound)

    def __sub__(self, other: Column) -> Column:
        return self + -other

    def __neg__(self) -> Column:
        return Column(-self.units, self.scale, self.bound)

    def __mul__(self, other: Column) -> Column:
        return _made([self, other], lambda a, b: a * b, self.scale + other.scale, self.bound * other.bound)

    def __ne__(self, other: object) -> Any:
        """Row by row, as arrays compare: 1 where it differs, else 0."""
        return _made([self], lambda units: (units != other).astype(np.int64), 0, 1)

    def number(self, row: int) -> int | Fraction:
        """The number of one row."""
        return exact(Fraction(int(self.units[row]), 10**self.scale))


def _aligned(one: Column, other: Column) -> tuple[Column, Column]:
    scale = max(one.scale, other.scale)
    return one.finer(scale), other.finer(scale)


def _made(columns: list[Column], step: Any, scale: int, bound: int) -> Column:
    """A column computed in 64 bits, or in Python's integers where those may not do."""
    arrays = [column.units for column in columns]
    if bound >= _LIMIT:
        arrays = [units.astype(object) for units in arrays]
    return Column(step(*arrays), scale, bound)


def fraction(formula: Expr, measures: Mapping[str, Column]) -> tuple[Column, Column]:
    """What stands above and below the line, as `values.fraction` has it for one row."""
    first = next(iter(measures.values()))
    match formula:
        case Literal(value=value):
            assert isinstance(value, int | Decimal)
            return Column.constant(value, first), Column.constant(1, first)
        case Name(id=name):
            return measures[name], Column.constant(1, first)
        case Negative(of=of):
            top, below = fraction(of, measures)
            return -top, below
        case Arithmetic(op=op, left=left, right=right):
            one, other = fraction(left, measures), fraction(right, measures)
            if (
                op in "+-"
                and one[1].bound == other[1].bound == 1
                and (one[1].units == 1).all()
                and (other[1].units == 1).all()
            ):
                return (one[0] + other[0] if op == "+" else one[0] - other[0]), one[1]
            top, below = combined(op, one, other)
            return top, below
    raise TypeError(formula)


def settled(
    top: Column, below: Column, scale: Fraction, decimals: int
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Values in units of the last decimal, and where there is one. Half up, away from zero."""
    top, below = _aligned(top, below)
    up = scale.numerator * 10**decimals
    down = scale.denominator
    if 2 * top.bound * up + below.bound * down >= _LIMIT or 2 * below.bound * down >= _LIMIT:
        top = Column(top.units.astype(object), top.scale, top.bound)
        below = Column(below.units.astype(object), below.scale, below.bound)
    known = (below.units != 0).astype(bool)
    above, under = top.units * up, np.where(known, below.units, 1) * down
    size = (2 * abs(above) + abs(under)) // (2 * abs(under))
    negative = (above < 0) != (under < 0)
    return np.where(negative, -size, size), known
