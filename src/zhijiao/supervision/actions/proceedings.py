"""Verbs: open a case, take its steps, let the clock take those that are its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max

from zhijiao.core import events
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission, Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.audit import record
from zhijiao.core.inbox import holders, notify
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import StoredFile
from zhijiao.core.tree import Tree, tree
from zhijiao.core.workdays import china
from zhijiao.engines.workflow import (
    CLOCK,
    Flow,
    Stage,
    StageKind,
    Transition,
    as_mapping,
    from_mapping,
    lapse,
    last_date,
)
from zhijiao.engines.workflow import Refused as StepRefused
from zhijiao.engines.workflow import step as next_stage
from zhijiao.lib.dates import in_chinese
from zhijiao.policy import queries as policy
from zhijiao.policy.types.flows import flow_of
from zhijiao.supervision.actions.units import WORKERS
from zhijiao.supervision.models import Problem, Proceeding, ProceedingStep, WorkItem
from zhijiao.supervision.rules import proceedings as rules
from zhijiao.supervision.rules.proceedings import Roles, Taken
from zhijiao.supervision.store import acts_for, realm
from zhijiao.supervision.types import (
    ESCALATED,
    PERMISSIONS,
    SIDES,
    Opening,
    Outdated,
    ProblemState,
    ProceedingKind,
    Refused,
    Side,
    Step,
)

STEPPED = "supervision.stepped"
"""Told after each step: `{"proceeding": id, "stage": …}`."""
_LOCK = 0x7A6A_7072
_OFFICERS = (Role.OFFICE, Role.DEPARTMENT)
_ROLES = {
    Side.ISSUER: _OFFICERS,
    Side.SIGNER: (Role.LEADER,),
    Side.SUBJECT: WORKERS,
    Side.UPPER: _OFFICERS,
}


def open_proceedings(
    *,
    kind: ProceedingKind,
    opening: Opening,
    organisation: int,
    pack: str,
    by: Actor,
    at: datetime,
    on: date,
) -> list[int]:
    """Open a case on each of the units concerned; a circular is one case on all of them. Returns the ids.

    Raises Refused, NotAllowed, Invisible.
    """
    with acting(by):
        by.require(Permission.SUPERVISE, organisation)
        index = policy.index(pack)
        if index is None:
            raise Refused("本单位所在地还没有装入政策包，不知道按什么程序办理。")
        procedure = rules.procedure_for(index, kind)
        flow = flow_of(procedure)
        strange = rules.strangers(flow)
        if strange:
            raise Refused(
                f"程序“{flow.name}”里的“{'、'.join(strange)}”平台不认识，请在政策包里改用平台的写法。"
            )
        standing = tree(by.tenant, on)
        _check_opening(opening, organisation, standing)
        groups = [opening.subjects] if kind is ProceedingKind.CIRCULAR else [(s,) for s in opening.subjects]
        upper = standing.nearest(realm(standing, organisation).id, (OrganisationKind.GOVERNMENT,))
        made = []
        for subjects in groups:
            row = Proceeding.objects.create(
                tenant=by.tenant,
                number=_number(kind, organisation, on),
                pack=pack,
                pack_version=index.version,
                procedure=procedure.id,
                kind=kind,
                flow=as_mapping(flow),
                organisation_id=organisation,
                upper_id=upper.id if upper is not None else None,
                subjects=list(subjects),
                item_id=opening.item,
                indicator=opening.indicator,
                origin_id=opening.origin,
                title=opening.title.strip(),
                words=opening.words.strip(),
                demand=opening.demand.strip(),
                team=[{"name": name, "duty": duty} for name, duty in opening.team],
                stage=flow.start,
                entered=on,
                due=rules.due_of(flow, flow.start, on, None, china()),
                opened_at=at,
                opened_by=by.name,
            )
            _record(
                row,
                "open",
                f"{kind.words}立案：{row.number} {row.title}",
                by,
                at,
                {"subjects": list(subjects)},
            )
            made.append(row.pk)
        return made


def edit_proceeding(
    *, proceeding: int, opening: Opening, seen: int | None = None, by: Actor, at: datetime, on: date
) -> None:
    """Change the letter while it has not been issued. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = _locked(proceeding, seen)
        by.require(Permission.SUPERVISE, row.organisation_id)
        if (
            set(row.parties) & set(row.subjects)
            or rules.whose_turn(flow_in(row), row.stage) is not Side.ISSUER
        ):
            raise Refused("文书已经送审或发出，不能再改；需要更正的，请退回修改或另行发文。")
        _check_opening(opening, row.organisation_id, tree(by.tenant, on))
        if len(opening.subjects) > 1 and row.kind != ProceedingKind.CIRCULAR:
            raise Refused("一份文书只发给一个单位；要发给多个单位，请分别新建。", "subjects")
        row.title, row.words, row.demand = (
            opening.title.strip(),
            opening.words.strip(),
            opening.demand.strip(),
        )
        row.subjects = list(opening.subjects)
        row.team = [{"name": name, "duty": duty} for name, duty in opening.team]
        row.revision += 1
        row.save()
        _record(row, "edit", f"修改文书：{row.number} {row.title}", by, at, {})


def take_step(
    *,
    proceeding: int,
    step: Step,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> int | None:
    """Take a step. Returns the id of the circular that is drafted where a notice is escalated, else None.

    Raises Refused (also Outdated), Invisible.
    """
    with acting(by):
        row = _locked(proceeding, seen)
        flow, roles = flow_in(row), roles_of(row)
        parties = rules.may_act(flow, roles, held(by, roles))
        target = _target(row, flow, step, parties, by)
        _check_step(row, flow, step, on)
        if target.kind is StageKind.ENDED and flow.stage(row.stage).kind is StageKind.REVIEW:
            _check_problems(row, target.id)
        transition = flow.transition(row.stage, step.transition)
        assert transition is not None
        as_organisation = _acting_for(row, roles, SIDES[transition.by], by)
        return _move(row, flow, roles, step, transition.by, target.id, as_organisation, by, at, on)


def lapse_proceedings(*, by: Actor, at: datetime, on: date) -> int:
    """Take the steps that the clock takes; return how many. For system actors. Safe to run twice."""
    if not by.everything:
        raise Refused("期满自动办理由系统进行。")
    taken = 0
    with bulk():
        waiting = list(
            Proceeding.objects.filter(tenant=by.tenant, closed=False, due__lt=on)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    for pk in waiting:
        with bulk():
            row = Proceeding.objects.select_for_update().get(pk=pk)
            # A term that ran out while nobody looked starts the next one on its own day, so a pause costs nobody time.
            while (ran_out := _ran_out(row, on)) is not None:
                step, day = ran_out
                _move(row, flow_in(row), roles_of(row), Step(step.id), CLOCK, step.target, None, by, at, day)
                taken += 1
    return taken


def flow_in(row: Proceeding) -> Flow:
    """The procedure in which a case runs."""
    return from_mapping(row.flow)


def roles_of(row: Proceeding) -> Roles:
    """The organisations behind the sides of a case."""
    return Roles(row.organisation_id, tuple(row.subjects), row.upper_id)


def may_for(by: Actor, side: Side, permission: Permission, organisation: int) -> bool:
    """Whether somebody may act for an organisation on a side. The unit concerned answers itself, and the body above decides
    itself: nobody does it in their place."""
    if side in (Side.SUBJECT, Side.UPPER) and permission is not Permission.SIGN:
        return acts_for(by, permission, organisation)
    return by.may(permission, organisation)


def held(by: Actor, roles: Roles) -> dict[Side, list[int]]:
    """By side, the organisations at which somebody has its permission."""
    held = {
        side: [o for o in roles.behind(side) if may_for(by, side, permission, o)]
        for side, permission in PERMISSIONS.items()
    }
    if roles.upper is None:
        held[Side.UPPER] = [o for o in roles.behind(Side.UPPER) if by.may(Permission.SIGN, o)]
    return held


# -- shared ----------------------------------------------------------------------------------------


def _ran_out(row: Proceeding, on: date) -> tuple[Transition, date] | None:
    """The step that the clock takes by a day, and the day after the term on which it counts as taken."""
    flow = flow_in(row)
    clock = flow.stage(row.stage).clock
    step = None if row.closed else lapse(flow, row.stage, row.entered, on, china())
    if step is None or clock is None:
        return None
    return step, last_date(row.entered, clock, china()) + timedelta(days=1)


def _locked(proceeding: int, seen: int | None) -> Proceeding:
    row = Proceeding.objects.select_for_update().filter(pk=proceeding).first()
    if row is None:
        raise Invisible("没有这份文书。")
    if seen is not None and seen != row.revision:
        raise Outdated(f"“{row.title}”")
    return row


def _target(row: Proceeding, flow: Flow, step: Step, parties: set[str], by: Actor) -> Stage:
    problems = [
        ProblemState(s) for s in Problem.objects.filter(proceeding=row).values_list("state", flat=True)
    ]
    taken = [
        Taken(source, person) for source, person in row.steps.order_by("number").values_list("source", "by")
    ]
    author = rules.author_of(flow, taken)
    try:
        return next_stage(
            flow,
            row.stage,
            step.transition,
            parties=parties,
            facts=rules.facts_of(step.words, step.files, problems),
            reason=step.words,
            same_person=author is not None and author == by.user,
        )
    except StepRefused as refused:
        raise Refused(
            refused.words, "words" if refused.code in ("reason_missing", "guard_failed") else ""
        ) from refused


def _acting_for(row: Proceeding, roles: Roles, side: Side, by: Actor) -> int:
    """The organisation for which the person acts; of several units concerned, one that has not acknowledged."""
    permission = Permission.SIGN if side is Side.UPPER and roles.upper is None else PERMISSIONS[side]
    mine = [o for o in roles.behind(side) if may_for(by, side, permission, o)]
    open_ = (
        [o for o in mine if o not in row.acknowledged]
        if side is Side.SUBJECT and len(row.subjects) > 1
        else mine
    )
    if not open_:
        raise Refused("本单位已经办过这一步，正在等其他单位；不用再办。")
    return open_[0]


def _move(
    row: Proceeding,
    flow: Flow,
    roles: Roles,
    step: Step,
    party: str,
    target: str,
    as_organisation: int | None,
    by: Actor,
    at: datetime,
    on: date,
) -> int | None:
    transition = flow.transition(row.stage, step.transition)
    assert transition is not None
    side = SIDES.get(party)
    if side is Side.SUBJECT and len(row.subjects) > 1:
        row.acknowledged = sorted({*row.acknowledged, *([as_organisation] if as_organisation else [])})
        if set(row.acknowledged) < set(row.subjects):
            target = row.stage
        else:
            row.acknowledged = []
    moved = target != row.stage
    named = step.due or (_last_problem(row) if rules.names_due(flow, row.stage, step.transition) else None)
    due = rules.due_of(flow, target, on, named, china()) if moved else row.due
    ProceedingStep.objects.create(
        proceeding=row,
        number=row.steps.count() + 1,
        transition=transition.id,
        name=transition.name,
        source=row.stage,
        target=target,
        party=party,
        words=step.words.strip(),
        files=list(step.files),
        due=due if moved else None,
        by=by.user,
        by_name=by.name,
        by_organisation_id=as_organisation,
        at=at,
        on=on,
    )
    row.stage, row.due, row.revision = target, due, row.revision + 1
    if moved:
        row.entered = on
        row.closed = flow.stage(target).kind is StageKind.ENDED
        row.parties = sorted({*row.parties, *(rules.sees(flow, target, roles) - {row.organisation_id})})
    row.save()
    _record(
        row,
        "step",
        f"{row.number}：{transition.name}",
        by,
        at,
        {"step": transition.id, "stage": target, "due": due},
    )
    events.tell(STEPPED, {"proceeding": row.pk, "stage": target}, at=at)
    if not moved:
        return None
    _tell(row, flow, roles, transition.name, at)
    if target == ESCALATED:
        return _escalate(row, step.words, by, at, on)
    return None


def _escalate(row: Proceeding, words: str, by: Actor, at: datetime, on: date) -> int:
    title = f"关于“{row.title}”办理情况的通报"
    (made,) = open_proceedings(
        kind=ProceedingKind.CIRCULAR,
        opening=Opening(
            title=title[:200],
            words=f"{in_chinese(row.opened_at.date().isoformat())}发出的“{row.title}”（{row.number}）没有按要求办理。{words}",
            subjects=tuple(row.subjects),
            demand=row.demand,
            item=row.item_id,
            indicator=row.indicator,
            origin=row.pk,
        ),
        organisation=row.organisation_id,
        pack=row.pack,
        by=by,
        at=at,
        on=on,
    )
    return made


def _tell(row: Proceeding, flow: Flow, roles: Roles, what: str, at: datetime) -> None:
    """Tell those whose turn it is; when it is over, the units concerned."""
    side = rules.whose_turn(flow, row.stage)
    wanted = side or Side.SUBJECT
    for organisation in roles.behind(wanted):
        notify(
            holders(organisation, _ROLES[wanted]),
            key=f"proceeding:{row.pk}:{row.revision}",
            subject=f"{what}：{row.title}",
            body=f"请在 {row.due:%Y-%m-%d} 前办理。" if row.due is not None else "",
            link=f"/desk/notices/{row.pk}",
            at=at,
        )


def _check_opening(opening: Opening, organisation: int, standing: Tree) -> None:
    if organisation not in standing.nodes:
        raise Invisible("没有这个单位。")
    if not opening.title.strip():
        raise Refused("请写标题。", "title")
    if not opening.words.strip():
        raise Refused("请写正文：什么事、什么情况、依据什么。", "words")
    if not opening.subjects:
        raise Refused("请选择发给哪个单位。", "subjects")
    top = realm(standing, organisation)
    reach = {node.id for node in standing.below(top.id)}
    if opening.item is not None:
        item = WorkItem.objects.filter(pk=opening.item).first()
        if item is None:
            raise Invisible("没有这个事项。")
        reach |= set(item.parties)
    outside = [s for s in opening.subjects if s not in reach or s == organisation]
    if outside:
        names = "、".join(standing.nodes[o].name if o in standing.nodes else str(o) for o in outside)
        raise Refused(f"“{names}”不在“{top.name}”的督办范围内（或就是本单位），请从列表中选择。", "subjects")


def _check_step(row: Proceeding, flow: Flow, step: Step, on: date) -> None:
    if step.due is not None and step.due < on:
        raise Refused(f"期限 {step.due} 早于今天 {on}，请改为今天或以后的日期。", "due")
    if (
        step.due is None
        and rules.demands_due(flow, row.stage, step.transition)
        and _last_problem(row) is None
    ):
        raise Refused("请写明下一步的期限。", "due")
    if len(StoredFile.objects.filter(pk__in=step.files)) != len(set(step.files)):
        raise Refused("有一份附件不是为这份文书上传的，请重新上传。", "files")


def _last_problem(row: Proceeding) -> date | None:
    """The day by which the whole problem sheet is to be put right; it serves where no other day is named."""
    left = Problem.objects.filter(proceeding=row).exclude(state=ProblemState.SETTLED)
    return left.aggregate(last=Max("due"))["last"]


def _check_problems(row: Proceeding, target: str) -> None:
    if target == ESCALATED:
        return
    left = Problem.objects.filter(proceeding=row).exclude(state=ProblemState.SETTLED).count()
    if left:
        raise Refused(f"问题清单还有 {left} 条没有复查销号，请逐条复查后再办。")


def _number(kind: ProceedingKind, organisation: int, on: date) -> str:
    """The next number of a kind of letter of an organisation in a year: 督办〔2026〕3号."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK % 2**31, organisation % 2**31])
    prefix = f"{kind.words}〔{on.year}〕"
    taken = Proceeding.objects.filter(organisation=organisation, number__startswith=prefix).count()
    return f"{prefix}{taken + 1}号"


def _record(
    row: Proceeding, verb: str, summary: str, by: Actor, at: datetime, detail: dict[str, object]
) -> None:
    record(
        by=by,
        at=at,
        action=f"supervision.proceeding_{verb}",
        organisation=row.organisation_id,
        object_kind="proceeding",
        object_id=row.pk,
        summary=summary,
        detail=detail,
    )
