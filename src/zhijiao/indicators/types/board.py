"""What the board says: a row per indicator, a verdict with its reason, the state of the plan. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from zhijiao.indicators.types.computed import ComputedPoint
from zhijiao.indicators.types.live import Live
from zhijiao.lib.dates import first_day, last_day
from zhijiao.policy.types import Answer, Document, Indicator, Op, Reported

STRENGTH = ("same", "other_name", "component", "aggregate", "other_population", "self_statement", "step")
"""Ways in which a published fact may compare, the most telling first."""


class Verdict(StrEnum):
    """How a published figure stands to its target."""

    MET = "met"
    MET_IF_SAME = "met_if_same"
    PARTLY = "partly"
    AGGREGATE_ONLY = "aggregate_only"
    NOT_COMPARABLE = "not_comparable"
    NOT_REPORTED = "not_reported"
    NOT_MET = "not_met"
    NOT_DUE = "not_due"

    @property
    def words(self) -> str:
        """The verdict as the screen says it."""
        return VERDICT_WORDS[self]

    @property
    def meaning(self) -> str:
        """One sentence that explains the verdict to a reader of the legend."""
        return VERDICT_MEANINGS[self]


VERDICT_WORDS: Mapping[Verdict, str] = {
    Verdict.MET: "达到",
    Verdict.MET_IF_SAME: "同类则达到",
    Verdict.PARTLY: "部分达到",
    Verdict.AGGREGATE_ONLY: "只有合计",
    Verdict.NOT_COMPARABLE: "不可比",
    Verdict.NOT_REPORTED: "未见公布",
    Verdict.NOT_MET: "未达到",
    Verdict.NOT_DUE: "未到期",
}

VERDICT_MEANINGS: Mapping[Verdict, str] = {
    Verdict.MET: "公布的数与目标同一口径，且达到目标。",
    Verdict.MET_IF_SAME: "公布的数叫法不同；若与目标是同一件事，则已达到。",
    Verdict.PARTLY: "目标含几个部分，公布并达到的只是其中一部分。",
    Verdict.AGGREGATE_ONLY: "只公布了包含本项在内的合计数，没有分项。",
    Verdict.NOT_COMPARABLE: "公布的内容与目标不是同一口径，不能比较。",
    Verdict.NOT_REPORTED: "已到期，未见公布对应的数。",
    Verdict.NOT_MET: "公布的数与目标同一口径，没有达到目标。",
    Verdict.NOT_DUE: "目标期未满，尚无可判定达到的数。",
}


WAY_WORDS: Mapping[str, str] = {"computed": "计算", "reported": "报送", "published": "公布"}
WAY_MEANINGS: Mapping[str, str] = {
    "computed": "由各单位交来的业务记录按口径计算，可以逐级查看到学校和专业。",
    "reported": "由责任单位报送、逐级审定。",
    "published": "取自公开发布的资料，注明出处。",
}
"""Where the figure of an indicator comes from."""


@dataclass(frozen=True)
class Actual:
    """A figure as it was published or approved, in its own unit."""

    value: Decimal
    unit: str
    op: Op
    as_of: str
    reported: Reported


@dataclass(frozen=True)
class Fact:
    """A fact beside the way it compares. `live`: reported and approved on the platform, not published elsewhere. `computed`:
    computed on the platform from records."""

    reported: Reported
    answer: Answer
    live: bool = False
    computed: bool = False


@dataclass(frozen=True)
class Closing:
    """The life of the plan that set a target, seen from a day."""

    document: Document
    ends_on: date | None
    closes_on: date | None
    closed: bool

    def admits(self, reported: Reported) -> bool:
        """Whether a fact counts: it speaks of a time inside the horizon and was public by the closing day."""
        if self.ends_on is None or self.closes_on is None:
            return True
        inside = first_day(reported.as_of) <= self.ends_on
        return inside and last_day(reported.published) <= self.closes_on

    @property
    def words(self) -> str:
        """One word for the state of the plan."""
        if self.ends_on is None:
            return "无规划期"
        return "已收官" if self.closed else "规划期内"


@dataclass(frozen=True)
class Row:
    """One indicator on the board. `facts` and `late` were published; `live` was approved on the platform; `computed` follows
    from records, newest period first; `best` is the fact on which the verdict rests, of any of these."""

    indicator: Indicator
    parent: str | None
    depth: int
    verdict: Verdict
    reason: str
    actual: Actual | None
    change: Decimal | None
    facts: tuple[Fact, ...]
    late: tuple[Fact, ...]
    closing: Closing
    source: str | None
    live: Live | None = None
    best: Fact | None = None
    computed: tuple[ComputedPoint, ...] = ()

    @property
    def way(self) -> str:
        """Where the figure of this indicator comes from: computed, reported, or published."""
        if self.best is not None:
            return "computed" if self.best.computed else "reported" if self.best.live else "published"
        if self.computed:
            return "computed"
        return "reported" if self.live is not None else ""

    @property
    def way_words(self) -> str:
        """The way in one word; empty where there is no figure."""
        return WAY_WORDS.get(self.way, "")

    @property
    def carried_over(self) -> bool:
        """Open when its plan closed: to be carried into a successor plan by decision, never overdue."""
        open_ = self.verdict not in (Verdict.MET, Verdict.MET_IF_SAME)
        return self.closing.closed and open_


@dataclass(frozen=True)
class Board:
    """The board of one pack on one day."""

    pack: str
    version: str
    on: date
    rows: tuple[Row, ...]
    headline: tuple[Row, ...]
    closings: tuple[Closing, ...]

    @property
    def counts(self) -> dict[Verdict, int]:
        """Verdicts over the headline indicators; every verdict is listed, also with nought."""
        return count(self.headline)

    def row(self, indicator_id: str) -> Row:
        """The row of an indicator. Raises KeyError."""
        return self._by_id[indicator_id]

    @property
    def _by_id(self) -> dict[str, Row]:
        found = self.__dict__.get("_rows_by_id")
        if found is None:
            found = {row.indicator.id: row for row in self.rows}
            object.__setattr__(self, "_rows_by_id", found)
        return found


def count(rows: Iterable[Row]) -> dict[Verdict, int]:
    """Rows by verdict; every verdict is listed, also with nought."""
    verdicts = [row.verdict for row in rows]
    return {verdict: verdicts.count(verdict) for verdict in Verdict}
