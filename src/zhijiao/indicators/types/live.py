"""Figures that were approved on the platform, as the board of a place sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from zhijiao.indicators.types.reporting import FigureView

Made = Literal["own", "sum", "ratio", "lowest"]
"""How the figure of a place comes about: reported by the place itself, or from those of its reporters."""

MADE_WORDS = {
    "own": "本级填报",
    "sum": "各单位相加",
    "ratio": "分子之和除以分母之和",
    "lowest": "取最低的一家",
}


@dataclass(frozen=True)
class Cell:
    """The standing figures of one indicator under one obligation for one period, added up: what the database counts."""

    indicator: str
    obligation: str
    period: str
    starts: date
    ends: date
    approved: int
    total: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    lowest: Decimal | None
    known_from: datetime
    restated: bool
    definitions: Sequence[str]
    """The hashes of the definitions under which the figures were approved."""


@dataclass(frozen=True)
class Point:
    """The figure of a place for one period. `value` is there once every reporter's figure is approved; of a cumulative
    indicator it is the sum up to this period."""

    period: str
    period_words: str
    as_of: str
    """The time that the figure speaks of, as precise as published figures are."""
    starts: date
    ends: date
    made: Made
    approved: int
    owed: int
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    known_from: datetime
    restated: bool
    same_definition: bool
    own_value: Decimal | None
    """The period's own amount of a cumulative indicator; else the value."""

    @property
    def complete(self) -> bool:
        """Whether every figure of the period is approved."""
        return self.approved >= self.owed > 0

    @property
    def words(self) -> str:
        """How far it is: 9/10 已核定."""
        return f"{self.approved}/{self.owed}已核定"


@dataclass(frozen=True)
class Live:
    """What was approved for one indicator. `points` newest first; `shown` the one that the verdict looks at: the newest
    whole period inside the target's time; `running` a newer one that is not whole yet."""

    unit: str
    points: tuple[Point, ...]
    shown: Point | None
    running: Point | None


@dataclass(frozen=True)
class Part:
    """One reporter's figure inside a place's, or its absence."""

    organisation: int
    organisation_name: str
    obligation: str
    figure: FigureView | None
