"""How somebody's marks compare with last year's line. Pure, and no promise: this year's line follows from this year's choices."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum

NEAR = Decimal(10)
"""Marks below last year's line that still count as near."""


class Reach(StrEnum):
    """Where marks stand against last year's line."""

    ABOVE = "above"
    NEAR = "near"
    BELOW = "below"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        """The comparison as pages say it."""
        return {"above": "去年够", "near": "去年差一点", "below": "去年不够", "unknown": "没有去年的线"}[
            self.value
        ]


def compare(*, total: Decimal, last: str) -> Reach:
    """Marks against a line as the plan keeps it (empty: none)."""
    try:
        line = Decimal(last)
    except InvalidOperation:
        return Reach.UNKNOWN
    if total >= line:
        return Reach.ABOVE
    return Reach.NEAR if total >= line - NEAR else Reach.BELOW
