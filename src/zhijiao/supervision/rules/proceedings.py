"""Office work on somebody: which procedure, who may act as whom, what is true of a step. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zhijiao.engines.workflow import CLOCK, Flow, StageKind, WorkingCalendar
from zhijiao.engines.workflow import due as stage_due
from zhijiao.policy.types import PackIndex, Procedure
from zhijiao.supervision.types import (
    FACTS,
    NOTHING_TO_RECTIFY,
    SIDES,
    WRITTEN,
    ProblemState,
    ProceedingKind,
    Refused,
    Side,
)


@dataclass(frozen=True)
class Roles:
    """The organisations behind the sides of a case."""

    issuer: int
    subjects: tuple[int, ...]
    upper: int | None = None

    def behind(self, side: Side) -> tuple[int, ...]:
        """The organisations of a side. Without a body above, the issuer's own signer decides on objections."""
        if side is Side.SUBJECT:
            return self.subjects
        if side is Side.UPPER and self.upper is not None:
            return (self.upper,)
        return (self.issuer,)


@dataclass(frozen=True)
class Taken:
    """A step that was taken, as far as the next one asks: from which stage, by whom."""

    source: str
    person: int | None


def procedure_for(index: PackIndex, kind: ProceedingKind) -> Procedure:
    """The procedure of a kind, of the nearest pack that writes one. Raises Refused."""
    for pack in index.family:
        for procedure in pack.procedures:
            if procedure.kind == kind.value:
                return procedure
    raise Refused(f"{index.pack.manifest.place}的政策包没有写“{kind.words}”的办理程序，先在政策包里补上。")


def strangers(flow: Flow) -> list[str]:
    """Parties and facts of a flow that mean nothing here; such a flow cannot be run."""
    parties = {t.by for t in flow.transitions} | {s.holder for s in flow.stages}
    facts = {guard for t in flow.transitions for guard in t.guards}
    return sorted((parties - SIDES.keys() - {CLOCK}) | (facts - FACTS))


def facts_of(words: str, files: Collection[int], problems: Sequence[ProblemState]) -> dict[str, bool]:
    """What is true when a step is taken that says these words and brings these files."""
    written = bool(words.strip()) or bool(files)
    all_answered = all(state is not ProblemState.OPEN for state in problems)
    return {
        **dict.fromkeys(WRITTEN, written),
        "rectification-written": written and all_answered,
        NOTHING_TO_RECTIFY: all(state is ProblemState.SETTLED for state in problems),
    }


def author_of(flow: Flow, steps: Sequence[Taken]) -> int | None:
    """Who handed the case in last: `separate` steps are not theirs."""
    for taken in reversed(steps):
        if taken.person is not None and flow.stage(taken.source).kind in (StageKind.DRAFT, StageKind.WAIT):
            return taken.person
    return None


def due_of(flow: Flow, stage: str, on: date, named: date | None, calendar: WorkingCalendar) -> date | None:
    """By when a stage that is entered on a day is to be left: its clock's day, else the day that was named."""
    return stage_due(flow.stage(stage), on, calendar) or named


def sees(flow: Flow, stage: str, roles: Roles) -> set[int]:
    """The organisations that get to see a case when it enters a stage: whoever can act there."""
    moving = {flow.stage(stage).holder, *(t.by for t in flow.leaving(stage))} - {CLOCK}
    return {organisation for party in moving for organisation in roles.behind(SIDES[party])}


def whose_turn(flow: Flow, stage: str) -> Side | None:
    """Which side has to act in a stage; None when the case is over."""
    here = flow.stage(stage)
    return None if here.kind is StageKind.ENDED else SIDES[here.holder]


def objection(flow: Flow, stage: str) -> bool:
    """Whether the unit concerned can turn to the body above from a stage."""
    return any(
        SIDES.get(t.by) is Side.SUBJECT and SIDES.get(flow.stage(t.target).holder) is Side.UPPER
        for t in flow.leaving(stage)
    )


def asks_words(flow: Flow, stage: str, transition: str) -> bool:
    """Whether a step needs words or a file."""
    taken = flow.transition(stage, transition)
    return taken is not None and (taken.reason or bool(set(taken.guards) & WRITTEN))


def names_due(flow: Flow, stage: str, transition: str) -> bool:
    """Whether a step leads to a stage in which somebody else is awaited without a clock, so that a day has to be named."""
    taken = flow.transition(stage, transition)
    if taken is None:
        return False
    target = flow.stage(taken.target)
    return target.kind is StageKind.WAIT and target.clock is None


def demands_due(flow: Flow, stage: str, transition: str) -> bool:
    """Whether the day has to be named: where the unit concerned then has to write something. Reading needs no term."""
    if not names_due(flow, stage, transition):
        return False
    taken = flow.transition(stage, transition)
    assert taken is not None
    return any(
        SIDES.get(t.by) is Side.SUBJECT and bool(set(t.guards) & WRITTEN) for t in flow.leaving(taken.target)
    )


def may_act(flow: Flow, roles: Roles, holds: Mapping[Side, Collection[int]]) -> set[str]:
    """The parties as which somebody may act: `holds` are the organisations at which they have each side's permission."""
    return {
        party.id
        for party in flow.parties
        if party.id in SIDES and set(roles.behind(SIDES[party.id])) & set(holds[SIDES[party.id]])
    }
