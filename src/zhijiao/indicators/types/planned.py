"""Targets that an organisation's own plan sets. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhijiao.policy.types import Op


@dataclass(frozen=True)
class PlannedTarget:
    """A bound that a plan sets its organisation. `starts` is None where only the end is named."""

    indicator: str
    period: str
    starts: date | None
    ends: date
    op: Op
    value: Decimal
    unit: str
