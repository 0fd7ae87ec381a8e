"""Work that was asked for: by whom it is owed, and how it goes. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from zhijiao.core.kinds import OrganisationKind


class Source(StrEnum):
    """Where a work item comes from."""

    PACK = "pack"
    INSTRUCTION = "instruction"
    MINUTES = "minutes"
    PLAN = "plan"

    @property
    def words(self) -> str:
        """The source as screens say it."""
        return SOURCE_WORDS[self]


SOURCE_WORDS: Mapping[Source, str] = {
    Source.PACK: "政策文件",
    Source.INSTRUCTION: "批示交办",
    Source.MINUTES: "会议纪要",
    Source.PLAN: "县校方案、规划方案",
}


class Duty(StrEnum):
    """What a unit has to do with an item. In order of strength: who leads is not also a member."""

    LEAD = "lead"
    MEMBER = "member"
    JOINT = "joint"

    @property
    def words(self) -> str:
        """The duty as screens say it."""
        return DUTY_WORDS[self]


DUTY_WORDS: Mapping[Duty, str] = {Duty.LEAD: "牵头", Duty.MEMBER: "分别落实", Duty.JOINT: "配合"}


class Rhythm(StrEnum):
    """How often an item comes round."""

    MONTH = "month"
    TERM = "term"
    YEAR = "year"

    @property
    def words(self) -> str:
        """The rhythm as screens say it."""
        return RHYTHM_WORDS[self]


RHYTHM_WORDS: Mapping[Rhythm, str] = {Rhythm.MONTH: "每月", Rhythm.TERM: "每学期", Rhythm.YEAR: "每年"}


class Rollup(StrEnum):
    """How the light of an item follows from those of its units."""

    LEAD = "lead"
    ALL = "all"
    SHARE = "share"

    @property
    def words(self) -> str:
        """The rule as screens say it."""
        return ROLLUP_WORDS[self]


ROLLUP_WORDS: Mapping[Rollup, str] = {
    Rollup.LEAD: "看牵头单位",
    Rollup.ALL: "各单位都完成才算完成",
    Rollup.SHARE: "完成的单位达到一定比例才算完成",
}


class ItemState(StrEnum):
    """Whether an item is still worked on."""

    OPEN = "open"
    DROPPED = "dropped"

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return {"open": "在办", "dropped": "不再办理"}[self.value]


class AssignmentState(StrEnum):
    """Where a unit's part stands. Of a rhythmic item it speaks of `period`."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    RELEASED = "released"

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return ASSIGNMENT_WORDS[self]


ASSIGNMENT_WORDS: Mapping[AssignmentState, str] = {
    AssignmentState.OPEN: "在办",
    AssignmentState.CLAIMED: "已报完成，待确认",
    AssignmentState.DONE: "已确认完成",
    AssignmentState.RELEASED: "不再承担",
}


class EntryKind(StrEnum):
    """What a line of an assignment's ledger says."""

    PROGRESS = "progress"
    CLAIM = "claim"
    CONFIRM = "confirm"
    RETURN = "return"
    RELEASE = "release"
    RESUME = "resume"

    @property
    def words(self) -> str:
        """The line as screens say it."""
        return ENTRY_WORDS[self]


ENTRY_WORDS: Mapping[EntryKind, str] = {
    EntryKind.PROGRESS: "报进展",
    EntryKind.CLAIM: "报完成",
    EntryKind.CONFIRM: "确认完成",
    EntryKind.RETURN: "退回",
    EntryKind.RELEASE: "不再承担",
    EntryKind.RESUME: "重新承担",
}


class Colour(StrEnum):
    """The light of an assignment or an item."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"

    @property
    def words(self) -> str:
        """The light as screens say it."""
        return COLOUR_WORDS[self]

    @property
    def meaning(self) -> str:
        """One sentence that explains the light."""
        return COLOUR_MEANINGS[self]


COLOUR_WORDS: Mapping[Colour, str] = {
    Colour.GREEN: "正常",
    Colour.YELLOW: "关注",
    Colour.RED: "滞后",
    Colour.GREY: "不计",
}

COLOUR_MEANINGS: Mapping[Colour, str] = {
    Colour.GREEN: "已完成，或按时报了进展、时间来得及。",
    Colour.YELLOW: "临近时限、进展偏慢、久未更新、等待确认或请求协调。",
    Colour.RED: "过了时限没有完成，或很久没有任何进展。",
    Colour.GREY: "没有时限、规划期已结束或不再承担，不作评价。",
}


@dataclass(frozen=True)
class Light:
    """A light with its reason, and what would turn it green (empty where nothing would)."""

    colour: Colour
    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class Place:
    """An organisation as rules see it."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    parent: int | None


@dataclass(frozen=True)
class Addressee:
    """To whom an item is addressed: a unit as a document spells it, an organisation, or all of some kinds under one."""

    duty: Duty
    unit: str = ""
    organisation: int | None = None
    kinds: tuple[OrganisationKind, ...] = ()
    under: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain, for the table."""
        kinds = [kind.value for kind in self.kinds]
        return {
            "duty": self.duty.value,
            "unit": self.unit,
            "organisation": self.organisation,
            "kinds": kinds,
            "under": self.under,
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Addressee:
        """Inverse of `as_json`."""
        return cls(
            Duty(plain["duty"]),
            plain["unit"],
            plain["organisation"],
            tuple(OrganisationKind(kind) for kind in plain["kinds"]),
            plain["under"],
        )


@dataclass(frozen=True)
class Nobody:
    """An addressee behind whom no organisation was found: it waits on the office's list until somebody says who is meant."""

    unit: str
    duty: Duty
    why: str


@dataclass(frozen=True)
class Expansion:
    """Who is meant by the addressees of an item on a day."""

    duties: Mapping[int, Duty]
    nobody: tuple[Nobody, ...] = ()

    @property
    def lead(self) -> int | None:
        """The one that leads, if there is one."""
        return next((o for o, duty in self.duties.items() if duty is Duty.LEAD), None)


@dataclass(frozen=True)
class Part:
    """How one unit's part stands, as the rules of lights need it. `last` is the day of the newest line of progress."""

    duty: Duty
    state: AssignmentState
    started: date
    percent: int | None = None
    last: date | None = None
    help_wanted: bool = False
    period: str = ""
    done_period: str = ""


@dataclass(frozen=True)
class Terms:
    """When an item is due, and how often. `closed_on`: its plan has ended and nobody has decided to carry it over."""

    due: date | None
    every: Rhythm | None = None
    closed_on: date | None = None
    dropped: bool = False


@dataclass(frozen=True)
class Thresholds:
    """From when a light changes, in days of the calendar unless said otherwise."""

    near: int = 14
    """So many days before the due day an item without a claim turns yellow."""
    quiet: int = 45
    """Without a line of progress for longer than this: yellow."""
    silent: int = 120
    """Longer than this: red."""
    behind: int = 25
    """Percentage points by which progress may trail the time that has passed."""


@dataclass(frozen=True)
class Report:
    """What a unit reports. `evidence`: ids of stored files."""

    words: str
    percent: int | None = None
    done: bool = False
    problems: str = ""
    help_wanted: str = ""
    period: str = ""
    evidence: tuple[int, ...] = field(default=())


@dataclass(frozen=True)
class Instruction:
    """Work that a person or a meeting ordered. `rollup` None: as the addressees suggest."""

    title: str
    deliverable: str
    source: Source
    number: str
    dated: date
    addressees: tuple[Addressee, ...]
    source_title: str = ""
    due: date | None = None
    every: Rhythm | None = None
    rollup: Rollup | None = None
    share: int = 100
    evidence: tuple[str, ...] = ()
    scan: int | None = None


NO_UNIT = Nobody("", Duty.LEAD, "文件没有写明责任单位")
