"""A workflow as data: stages of declared kinds, the steps between them, and their clocks.

Parties are abstract names ("reporter", "step.1"): who stands behind a name is the caller's to say, with each step.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

CLOCK = "clock"
"""The party that takes automatic steps: no person, but time that has run out."""


class StageKind(StrEnum):
    """What may happen to a case while it stands in a stage."""

    DRAFT = "draft"
    """Its holder works on it."""
    REVIEW = "review"
    """Somebody else decides."""
    WAIT = "wait"
    """Something is awaited, such as an answer."""
    LOCKED = "locked"
    """Decided. Nothing may be changed; a way out demands a reason."""
    ENDED = "ended"
    """Over. There is no way out."""


CLOSED = frozenset({StageKind.LOCKED, StageKind.ENDED})
"""Kinds of stages at which a case may rest for good."""
HANDED_IN_FROM = frozenset({StageKind.DRAFT, StageKind.WAIT})
"""Kinds of stages whose leaver hands the case in: the one from whom `separate` steps are kept."""


@dataclass(frozen=True)
class Clock:
    """How long a stage may take: days after the day it was entered, which is not counted."""

    days: int
    working: bool = True
    """Working days; else days of the calendar."""
    grace: int = 0
    """Days of the same kind after the due day before it counts as overdue."""
    roll: bool = False
    """A term in calendar days that ends on a day off ends on the next working day instead."""


@dataclass(frozen=True)
class Stage:
    """Where a case can stand, and whose move it is there."""

    id: str
    name: str
    kind: StageKind
    holder: str
    clock: Clock | None = None


@dataclass(frozen=True)
class Transition:
    """A step from one stage to another. Its id is unique among the steps of its source: `return` may leave several."""

    id: str
    name: str
    source: str
    target: str
    by: str
    """The party that may take it."""
    reason: bool = False
    """Words or a reason code are demanded."""
    guards: tuple[str, ...] = ()
    """Names of facts that must be true."""
    separate: bool = False
    """Not by the person who handed the case in (审定分离): see `History.author`."""
    automatic: bool = False
    """Taken by the clock of the source when its term has run out; `by` is then `CLOCK`."""


@dataclass(frozen=True)
class Party:
    """A party's name on the screen."""

    id: str
    name: str


@dataclass(frozen=True)
class Fact:
    """A fact that steps ask for, and what to do when it is not true, as a clause: 先上传佐证材料."""

    id: str
    remedy: str


@dataclass(frozen=True)
class Flow:
    """A workflow. `faults` says whether it is sound; nothing else here checks it."""

    id: str
    name: str
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...]
    start: str
    parties: tuple[Party, ...] = ()
    """Names for messages; when any is given, all are."""
    facts: tuple[Fact, ...] = ()
    """Facts that guards may name; when any is given, all are."""

    def stage(self, stage_id: str) -> Stage:
        """The stage of this id. Raises `Refused` when there is none."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise Refused(Refusal.NO_SUCH_STEP, f"流程“{self.name}”里没有环节“{stage_id}”；请刷新页面后再试。")

    def leaving(self, stage_id: str) -> tuple[Transition, ...]:
        """The steps that leave a stage, as declared."""
        return tuple(t for t in self.transitions if t.source == stage_id)

    def transition(self, stage_id: str, transition_id: str) -> Transition | None:
        """The step of this id that leaves the stage, if there is one."""
        return next((t for t in self.leaving(stage_id) if t.id == transition_id), None)

    def party_name(self, party: str) -> str | None:
        """A party's name on the screen, if the flow gives one."""
        return next((p.name for p in self.parties if p.id == party), None)

    def remedy(self, fact: str) -> str | None:
        """What to do to make a fact true, if the flow says so."""
        return next((f.remedy for f in self.facts if f.id == fact), None)


class Refusal(StrEnum):
    """Why a step was refused."""

    NO_SUCH_STEP = "no_such_step"
    WRONG_PARTY = "wrong_party"
    REASON_MISSING = "reason_missing"
    GUARD_FAILED = "guard_failed"
    SAME_PERSON = "same_person"
    LOCKED = "locked"


class Refused(ValueError):
    """A step that may not be taken. Its text is a Chinese sentence that names stage, step and remedy."""

    def __init__(self, code: Refusal, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True)
class Event:
    """Somebody took a step. `person` is None for the clock."""

    transition: str
    person: str | None
    parties: Collection[str]
    reason: str | None = None
    facts: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Passage:
    """One step of a history: what was done, from where to where."""

    event: Event
    transition: Transition
    source: Stage
    target: Stage


@dataclass(frozen=True)
class History:
    """What happened to one case, in order."""

    flow: Flow
    passages: tuple[Passage, ...] = ()

    @property
    def stage(self) -> Stage:
        """Where the case stands now."""
        return self.passages[-1].target if self.passages else self.flow.stage(self.flow.start)

    @property
    def author(self) -> str | None:
        """Who handed it in: the person of the last step out of a DRAFT or WAIT stage. `separate` steps are not theirs."""
        for passage in reversed(self.passages):
            if passage.source.kind in HANDED_IN_FROM and passage.event.person is not None:
                return passage.event.person
        return None


@dataclass(frozen=True)
class ChainStep:
    """One level of an approval chain: the party that decides, what the step is called on screen, its term."""

    party: str
    name: str
    clock: Clock | None = None


@dataclass(frozen=True)
class Fault:
    """Something unsound in a flow: a code, where it stands, and Chinese words with the remedy."""

    code: str
    where: str
    words: str
