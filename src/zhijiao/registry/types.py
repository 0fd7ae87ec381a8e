"""What crosses the door of the registry: standings, what became of organisations, and why a change was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import OrganisationKind

CHANGED = "registry.changed"
"""Told by every verb: `{"tenant": …, "organisations": [ids], "on": the first day concerned}`."""

ALWAYS = date(2000, 1, 1)
"""From when an organisation stands whose founding nobody has written down."""


class SuccessionKind(StrEnum):
    """How an organisation ended or came from another."""

    MERGED = "merged"
    SPLIT = "split"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        """As screens say it."""
        return {"merged": "并入", "split": "分出", "closed": "撤销"}[self.value]


class RegistryRefused(Refusal):
    """A change that would break the tree, or that contradicts it. Nothing was changed. `field` names the form's field."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Stand:
    """What the organisation `code` is called, is and stands under (`parent`: a code), from `starts` until before `ends`."""

    code: str
    name: str
    kind: OrganisationKind
    parent: str | None
    starts: date
    ends: date | None = None
    short: str = ""
    basis: str = ""

    def covers(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.starts <= on and (self.ends is None or on < self.ends)


@dataclass(frozen=True)
class Passage:
    """`source` passed into `target` (by code) on a day; closed without a successor where there is no target."""

    source: str
    target: str | None
    kind: SuccessionKind
    on: date
    basis: str


@dataclass(frozen=True)
class Part:
    """An organisation that a split brings forth. `takes` are the codes of those below the old one that move to it."""

    code: str
    name: str
    kind: OrganisationKind
    short: str = ""
    takes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incumbent:
    """Who holds the post `post` at the organisation `code`, from `starts` until before `ends`."""

    code: str
    post: str
    name: str
    phone: str
    starts: date
    ends: date | None = None
    basis: str = ""

    def covers(self, on: date) -> bool:
        """Whether the person is in office on a day."""
        return self.starts <= on and (self.ends is None or on < self.ends)


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place of a workbook, and what to do. `row` counts from 1; 0 means the sheet as a whole."""

    sheet: str
    row: int
    column: str
    message: str
    remedy: str

    @property
    def words(self) -> str:
        """Both sentences."""
        return f"{self.message}。{self.remedy}。"


class ImportRefused(RegistryRefused):
    """A workbook with faults, all of them at once. Nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"工作簿有 {len(faults)} 处要改正，没有导入。", "file")
        self.faults = tuple(faults)


class PlanChanged(RegistryRefused):
    """Since the plan was shown, the register or the workbook changed. Nothing was changed now."""

    def __init__(self) -> None:
        super().__init__("看过计划以后，登记的内容或工作簿有了变化，没有导入。请重新核对计划再导入。", "file")


class Effect(StrEnum):
    """What a line of a workbook does."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    CLOSED = "closed"
    MERGED = "merged"
    SPELLED = "spelled"
    APPOINTED = "appointed"
    UNCHANGED = "unchanged"

    @property
    def words(self) -> str:
        """As screens say it."""
        return _EFFECT_WORDS[self]


_EFFECT_WORDS = {
    Effect.NEW: "新设",
    Effect.CHANGED: "变更",
    Effect.MOVED: "移动",
    Effect.CLOSED: "撤销",
    Effect.MERGED: "并入",
    Effect.SPELLED: "加别名",
    Effect.APPOINTED: "任职",
    Effect.UNCHANGED: "不变",
}


@dataclass(frozen=True)
class PlanLine:
    """What will happen to one organisation or post, in words. `late`: the day lies in the past."""

    sheet: str
    row: int
    effect: Effect
    code: str
    name: str
    words: str
    late: bool = False


@dataclass(frozen=True)
class Plan:
    """What applying a workbook will do. `hash` covers what is there now and what will be: it is asked for again when the plan
    is applied, so that nobody applies what they have not seen."""

    lines: tuple[PlanLine, ...]
    hash: str

    @property
    def counts(self) -> dict[Effect, int]:
        """How many lines of each effect there are."""
        return {e: n for e in Effect if (n := sum(line.effect is e for line in self.lines))}

    @property
    def empty(self) -> bool:
        """Whether nothing will change."""
        return all(line.effect is Effect.UNCHANGED for line in self.lines)


@dataclass(frozen=True)
class Planted:
    """What planting a pack's organisations did: how many are new, and how many spellings."""

    pack: str
    organisations: int
    aliases: int
    place: int | None

    @property
    def changed(self) -> bool:
        """Whether anything was new."""
        return bool(self.organisations or self.aliases)
