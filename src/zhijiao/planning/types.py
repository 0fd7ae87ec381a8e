"""What crosses the door of this domain. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from zhijiao.core.errors import Refusal
from zhijiao.policy.types import Op


class PlanKind(StrEnum):
    """Whose plan it is: its procedure in the pack goes by the same name."""

    LOCAL = "plan_review"  # a county's or a school's own plan, reviewed and filed above (一县一策、一校一案)
    PLACE = (
        "plan"  # the plan of the place itself: consultation, approval, in force, closed, followed by the next
    )

    @property
    def words(self) -> str:
        """The kind as screens say it."""
        return {PlanKind.LOCAL: "县校方案", PlanKind.PLACE: "本地规划方案"}[self]


class Decision(StrEnum):
    """What the next plan does with something that the last one left open."""

    CARRY = "carry"
    MERGE = "merge"
    DROP = "drop"
    DONE = "done"

    @property
    def words(self) -> str:
        """The decision as screens say it."""
        return {
            Decision.CARRY: "结转",
            Decision.MERGE: "并入其他事项",
            Decision.DROP: "不再列入",
            Decision.DONE: "核实已完成",
        }[self]


class Reply(StrEnum):
    """What became of a remark."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    DECLINED = "declined"

    @property
    def words(self) -> str:
        """The answer as screens say it."""
        return {Reply.ADOPTED: "采纳", Reply.PARTLY: "部分采纳", Reply.DECLINED: "未采纳"}[self]


class PlanFault(Refusal):
    """A plan, or a step with it, that cannot be taken as it is. Nothing has changed."""


class Clash(PlanFault):
    """Somebody else has changed the plan since it was opened. Nothing has changed; what was typed is kept by the page."""


@dataclass(frozen=True)
class PlanTarget:
    """A target that a plan sets: an indicator of the pack with a bound, for a year or the plan's whole period."""

    indicator: str
    op: Op
    value: Decimal
    unit: str
    period: str  # YYYY, or empty for the whole period of the plan


@dataclass(frozen=True)
class PlanItem:
    """A piece of work that a plan sets its own organisation."""

    title: str
    deliverable: str
    due: date | None
    serves: str = ""  # the task item of the pack that it serves, if it says so


@dataclass(frozen=True)
class Content:
    """What an edition of a plan says."""

    body: str
    targets: tuple[PlanTarget, ...] = ()
    items: tuple[PlanItem, ...] = ()
    file: int | None = None


@dataclass(frozen=True)
class Counts:
    """How many things that a closed document or plan left open were decided in each way, by the plan after it."""

    plan: int
    title: str
    in_force: bool
    by_decision: Mapping[Decision, int]

    @property
    def words(self) -> str:
        """The counts as a board says them: 结转 3 项、不再列入 1 项."""
        return "、".join(f"{d.words} {n} 项" for d, n in self.by_decision.items() if n)


@dataclass(frozen=True)
class Proposal:
    """A line of a plan's text as it was understood: a target, or why it was not."""

    line: str
    target: PlanTarget | None
    name: str = ""
    trouble: str = ""


class ThingKind(StrEnum):
    """What a plan can leave open."""

    INDICATOR = "indicator"
    ITEM = "item"
    PLAN_TARGET = "plan_target"
    PLAN_ITEM = "plan_item"

    @property
    def words(self) -> str:
        """The kind as screens say it."""
        return "指标" if self in (ThingKind.INDICATOR, ThingKind.PLAN_TARGET) else "任务"


@dataclass(frozen=True)
class OpenThing:
    """An indicator or a task that the last plan left open, and what was decided about it."""

    kind: ThingKind
    id: str
    title: str
    where_it_stands: str
    decision: Decision | None = None
    words: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Touched:
    """Something of a pack that a new version changes, and what people have already done under it."""

    room: str
    id: str
    name: str
    change: str  # added | removed | changed
    fields: tuple[str, ...] = ()
    work: Mapping[str, int] = field(default_factory=dict)

    @property
    def at_work(self) -> int:
        """How many rows of people's work hang on it."""
        return sum(self.work.values())


class GoneDecision(StrEnum):
    """What becomes of work on a row that a new version of a pack no longer has."""

    CLOSE = "close"
    CARRY = "carry"

    @property
    def words(self) -> str:
        """The decision as screens say it."""
        return {GoneDecision.CLOSE: "随新版了结", GoneDecision.CARRY: "继续办到原时限"}[self]


@dataclass(frozen=True)
class GoneItem:
    """Work on a row that a new version of a pack no longer has: the work item, the row's item, how many units work on it."""

    id: int
    key: str
    title: str
    due: date | None
    units: int


@dataclass(frozen=True)
class Impact:
    """What accepting a new version of a pack would touch."""

    pack: str
    old: str
    new: str
    touched: tuple[Touched, ...]
    verdicts: Sequence[tuple[str, str, str, str]] = ()  # indicator, name, verdict now, verdict then

    def of(self, room: str) -> list[Touched]:
        """What is touched in one room of the pack."""
        return [touched for touched in self.touched if touched.room == room]
