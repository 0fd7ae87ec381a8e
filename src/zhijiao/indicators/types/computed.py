"""Computed figures as pages and programs see them. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

MARKER_WORDS: Mapping[str, str] = {
    "primary": "人数少，不公布",
    "base": "基数少，不公布",
    "dominant": "单个对象占比过高，不公布",
    "complementary": "为防止推算，不公布",
    "closed": "不对外公布",
}
"""Why a figure is not for everybody."""


@dataclass(frozen=True)
class Computation:
    """A run: the definitions of a pack version over a snapshot."""

    id: int
    pack: str
    version: str
    snapshot: str
    known_at: datetime
    tree_on: date
    marked: str
    engine: str
    made_at: datetime
    seconds: float
    unplaced: Mapping[str, int]
    undated: Mapping[str, int]
    notes: tuple[str, ...]
    current: bool  # its results are there

    @property
    def short(self) -> str:
        """The first signs of the snapshot's id."""
        return self.snapshot[:12]


@dataclass(frozen=True)
class ResultView:
    """A computed figure of an organisation for a period; `hidden` says why there is no number for this reader."""

    id: int
    run: int
    indicator: str
    part: str
    definition: str
    level: str
    organisation: int
    parent: int | None
    major: str
    period: str
    starts: date
    ends: date
    measures: Mapping[str, str]
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    reason: str
    marker: str
    disclosed: bool

    @property
    def hidden(self) -> str:
        """The marker in words; empty for a figure that anybody may read."""
        return MARKER_WORDS.get(self.marker, "")


@dataclass(frozen=True)
class ComputedPoint:
    """What was computed for a place and a period, as its board sees it."""

    result: int
    period: str
    as_of: str
    starts: date
    ends: date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    reason: str
    known_at: datetime
    snapshot: str
    marked: str
    same_definition: bool


@dataclass(frozen=True)
class Compared:
    """A computed figure beside the one that was reported and approved for the same organisation and period."""

    result: ResultView
    figure: int
    report: int
    reported: Decimal
    approved_as: str
    known_from: datetime

    @property
    def difference(self) -> Decimal | None:
        """Computed less reported."""
        return None if self.result.value is None else self.result.value - self.reported


@dataclass(frozen=True)
class ChangeView:
    """A figure that came out another way than in the run before."""

    indicator: str
    part: str
    organisation: int
    major: str
    period: str
    old: Decimal | None
    new: Decimal | None
    old_numerator: Decimal | None
    old_denominator: Decimal | None
    new_numerator: Decimal | None
    new_denominator: Decimal | None
    cause: str
    known_at: datetime
    before_known_at: datetime
    snapshot: str
    before_snapshot: str
