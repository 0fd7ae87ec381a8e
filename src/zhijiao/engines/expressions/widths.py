"""How many digits a number may need, so that no engine ever overflows or rounds: DuckDB and Spark keep 38."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

WIDEST = 37
"""Digits that a result may need; one less than 38, because Spark adds one to a product."""
WHOLE = 18
"""Digits that surely fit into a 64-bit integer."""


@dataclass(frozen=True)
class Width:
    """Digits before and after the point."""

    digits: int
    scale: int = 0

    @property
    def total(self) -> int:
        return max(self.digits + self.scale, 1)

    def plus(self, other: Width) -> Width:
        """Of a sum or difference."""
        return Width(max(self.digits, other.digits) + 1, max(self.scale, other.scale))

    def times(self, other: Width) -> Width:
        """Of a product."""
        return Width(self.digits + other.digits, self.scale + other.scale)

    def join(self, other: Width) -> Width:
        """Of whichever of two numbers."""
        return Width(max(self.digits, other.digits), max(self.scale, other.scale))

    def shift(self, scale: int) -> Width:
        """Of the same number with more digits after the point."""
        return Width(self.digits, max(self.scale, scale))


ONE = Width(1)
YEAR = Width(5)
DAYS = Width(7)


def written(value: int | Decimal) -> Width:
    """Of a number as written."""
    sign = Decimal(value).as_tuple()
    exponent = int(sign.exponent)
    return Width(max(len(sign.digits) + exponent, 1), max(-exponent, 0))
