"""Reads: office work on somebody, as one person may see it. Call inside the person's scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.tree import Tree
from zhijiao.core.workdays import china
from zhijiao.engines.workflow import CLOCK, Flow, StageKind, available
from zhijiao.supervision.actions.proceedings import flow_in, held, roles_of
from zhijiao.supervision.models import Problem, Proceeding, ProceedingStep
from zhijiao.supervision.queries.files import names_of
from zhijiao.supervision.queries.inspection import ProblemLine, problem_line
from zhijiao.supervision.queries.work import Who, who
from zhijiao.supervision.rules import proceedings as rules
from zhijiao.supervision.rules.proceedings import Taken
from zhijiao.supervision.store import acts_for
from zhijiao.supervision.types import FACTS, SIDES, ProceedingKind, Side


@dataclass(frozen=True)
class ProceedingLine:
    """A case in a list. `turn`: whose move it is; `mine`: whether the person can make it."""

    id: int
    number: str
    kind: ProceedingKind
    title: str
    issuer: Who
    subjects: tuple[Who, ...]
    stage: str
    stage_name: str
    entered: date
    due: date | None
    certain: bool
    late: bool
    closed: bool
    turn: Side | None
    mine: bool
    item: int | None
    opened: date
    revision: int


@dataclass(frozen=True)
class StepLine:
    """A step that was taken. `files`: number and name."""

    id: int
    number: int
    name: str
    source: str
    target: str
    party: str
    words: str
    files: tuple[tuple[int, str], ...]
    due: date | None
    by_name: str
    by_organisation: Who | None
    automatic: bool
    at: datetime
    on: date


@dataclass(frozen=True)
class Choice:
    """A step that the person can take now."""

    id: str
    name: str
    target: str
    asks_words: bool
    names_due: bool
    ends: bool


@dataclass(frozen=True)
class ProceedingView:
    """A case in full."""

    line: ProceedingLine
    pack: str
    procedure: str
    procedure_name: str
    words: str
    demand: str
    indicator: str
    team: tuple[tuple[str, str], ...]
    origin: int | None
    followers: tuple[tuple[int, str], ...]
    stages: tuple[tuple[str, str, bool], ...]
    """The stages of the procedure: name, who acts there, whether the case stands there."""
    steps: tuple[StepLine, ...]
    choices: tuple[Choice, ...]
    problems: tuple[ProblemLine, ...]
    acknowledged: tuple[Who, ...]
    waiting_for: tuple[Who, ...]
    upper: Who | None
    objection: bool
    may_edit: bool
    may_add_problems: bool


def proceeding_lines(
    actor: Actor, standing: Tree, *, on: date, item: int | None = None
) -> list[ProceedingLine]:
    """The cases that the person sees, newest first."""
    found = Proceeding.objects.filter(tenant=actor.tenant).order_by("-opened_at", "-id")
    if item is not None:
        found = found.filter(item=item)
    return [_line(row, actor, standing, on) for row in found]


def proceeding_view(actor: Actor, standing: Tree, proceeding: int, *, on: date) -> ProceedingView:
    """One case. Raises Invisible."""
    row = Proceeding.objects.filter(pk=proceeding, tenant=actor.tenant).first()
    if row is None:
        raise Invisible("没有这份文书。")
    flow = flow_in(row)
    steps = list(row.steps.order_by("number"))
    names = names_of(file for step in steps for file in step.files)
    line = _line(row, actor, standing, on)
    issues = actor.may(Permission.SUPERVISE, row.organisation_id)
    unsent = not set(row.parties) & set(row.subjects)
    waits = line.turn is Side.SUBJECT and len(row.subjects) > 1
    return ProceedingView(
        line=line,
        pack=row.pack,
        procedure=row.procedure,
        procedure_name=flow.name,
        words=row.words,
        demand=row.demand,
        indicator=row.indicator,
        team=tuple((member["name"], member["duty"]) for member in row.team),
        origin=row.origin_id,
        followers=tuple((f.pk, f.number) for f in row.followers.order_by("id")),
        stages=tuple(
            (stage.name, flow.party_name(stage.holder) or "", stage.id == row.stage) for stage in flow.stages
        ),
        steps=tuple(_step(step, flow, names, standing) for step in steps),
        choices=() if row.closed else _choices(row, actor, steps),
        problems=tuple(
            problem_line(p, actor, standing, on)
            for p in Problem.objects.filter(proceeding=row).order_by("organisation", "number")
        ),
        acknowledged=tuple(who(standing, o) for o in row.acknowledged),
        waiting_for=tuple(who(standing, o) for o in row.subjects if o not in row.acknowledged)
        if waits
        else (),
        upper=who(standing, row.upper_id) if row.upper_id is not None else None,
        objection=rules.objection(flow, row.stage),
        may_edit=issues and unsent and line.turn is Side.ISSUER,
        may_add_problems=issues and not row.closed,
    )


def due_cases(actor: Actor, standing: Tree, *, on: date) -> list[ProceedingLine]:
    """Open cases in which it is the person's move, the most urgent first."""
    lines = [line for line in proceeding_lines(actor, standing, on=on) if line.mine and not line.closed]
    return sorted(lines, key=lambda line: line.due or date.max)


def _line(row: Proceeding, actor: Actor, standing: Tree, on: date) -> ProceedingLine:
    flow, roles = flow_in(row), roles_of(row)
    stage = flow.stage(row.stage)
    turn = rules.whose_turn(flow, row.stage)
    acting = rules.may_act(flow, roles, held(actor, roles))
    # It is the person's move where they act for the side that holds the stage; others may have a step, but nobody waits.
    mine = flow.stage(row.stage).holder in acting and _not_yet(row, turn, actor)
    return ProceedingLine(
        id=row.pk,
        number=row.number,
        kind=ProceedingKind(row.kind),
        title=row.title,
        issuer=who(standing, row.organisation_id),
        subjects=tuple(who(standing, subject) for subject in row.subjects),
        stage=row.stage,
        stage_name=stage.name,
        entered=row.entered,
        due=row.due,
        certain=row.due is None or china().is_certain(row.due),
        late=not row.closed and row.due is not None and on > row.due,
        closed=row.closed,
        turn=turn,
        mine=mine and not row.closed,
        item=row.item_id,
        opened=row.opened_at.date(),
        revision=row.revision,
    )


def _not_yet(row: Proceeding, turn: Side | None, actor: Actor) -> bool:
    """Whether one of the person's organisations still has to take its share of a step of several units."""
    if turn is not Side.SUBJECT or len(row.subjects) == 1:
        return True
    return _not_yet_subject(row, actor) or actor.may(Permission.SUPERVISE, row.organisation_id)


def _choices(row: Proceeding, actor: Actor, steps: list[ProceedingStep]) -> tuple[Choice, ...]:
    """Steps that the person may take, words and files granted: what is missing then, the form says."""
    flow, roles = flow_in(row), roles_of(row)
    author = rules.author_of(flow, [Taken(step.source, step.by) for step in steps])
    open_ = available(
        flow,
        row.stage,
        parties=rules.may_act(flow, roles, held(actor, roles)),
        facts=dict.fromkeys(FACTS, True),
        same_person=author is not None and author == actor.user,
    )
    return tuple(
        Choice(
            id=t.id,
            name=t.name,
            target=flow.stage(t.target).name,
            asks_words=rules.asks_words(flow, row.stage, t.id),
            names_due=rules.names_due(flow, row.stage, t.id),
            ends=flow.stage(t.target).kind is StageKind.ENDED,
        )
        for t in open_
        if SIDES[t.by] is not Side.SUBJECT or _not_yet_subject(row, actor)
    )


def _not_yet_subject(row: Proceeding, actor: Actor) -> bool:
    return len(row.subjects) == 1 or any(
        s not in row.acknowledged and acts_for(actor, Permission.PROGRESS, s) for s in row.subjects
    )


def _step(step: ProceedingStep, flow: Flow, names: Mapping[int, str], standing: Tree) -> StepLine:
    return StepLine(
        id=step.pk,
        number=step.number,
        name=step.name,
        source=flow.stage(step.source).name,
        target=flow.stage(step.target).name,
        party=flow.party_name(step.party) or ("期满自动" if step.party == CLOCK else step.party),
        words=step.words,
        files=tuple((file, names[file]) for file in step.files if file in names),
        due=step.due,
        by_name=step.by_name,
        by_organisation=who(standing, step.by_organisation_id) if step.by_organisation_id else None,
        automatic=step.party == CLOCK,
        at=step.at,
        on=step.on,
    )
