"""Verbs: begin a plan, save an edition, take a step, remark and reply, decide what is carried over.

Each is one transaction with its audit line; what a plan sets in motion when it is filed or comes into force (targets that
join the tree, work items) happens in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from zhijiao.core import events
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import ROLES, Permission, Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.core.inbox import holders, notify
from zhijiao.core.kinds import Tenant
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.core.workdays import china
from zhijiao.engines.workflow import Refused, Stage, StageKind, lapse, step
from zhijiao.planning import effects, rules, store
from zhijiao.planning.models import Carry, Edition, Plan, PlanStep, Remark
from zhijiao.planning.queries import PlanView, flow_for, index_for, open_things, parties_of, plan
from zhijiao.planning.types import Clash, Content, Decision, PlanFault, PlanKind, Reply, ThingKind
from zhijiao.policy import queries as policy
from zhijiao.policy.types import PackIndex, Procedure, Unit, flow_of

_WRITERS = tuple(role for role in Role if Permission.WRITE_PLANS in ROLES[role].permissions)
_APPROVERS = tuple(
    role for role in Role if {Permission.APPROVE_PLANS, Permission.REVIEW} & ROLES[role].permissions
)
PLAN_IN_FORCE = "planning.in_force"
"""Told when a plan is filed or comes into force: `{"plan": …, "organisation": …}`."""


def begin_plan(
    *,
    kind: PlanKind,
    organisation: int,
    pack: str,
    title: str,
    starts: date,
    ends: date,
    by: Actor,
    at: datetime,
    follows: int | None = None,
    follows_document: str = "",
) -> Plan:
    """Begin a plan for an organisation under the current version of its pack. Raises `PlanFault`, `NotAllowed`."""
    by.require(Permission.WRITE_PLANS, organisation)
    index = policy.index(pack)
    procedure = index.procedure_of(kind.value) if index else None
    if index is None or procedure is None:
        raise PlanFault(
            f"政策包“{pack}”没有“{kind.words}”的办理程序，不能开始；请在政策包的 procedures.yaml 中补上。"
        )
    if ends <= starts:
        raise PlanFault(f"规划期的终止日（{ends}）应晚于起始日（{starts}）。")
    if not title.strip():
        raise PlanFault("请填写方案名称。")
    if follows_document and follows_document not in index.documents:
        raise PlanFault(f"政策包里没有编号为“{follows_document}”的文件。")
    standing = tree(by.tenant, timezone.localdate(at))
    _check_place(standing, organisation, index, kind, follows_document)
    reviewer = _reviewer(procedure, index, standing, organisation, kind)
    flow = flow_of(procedure)
    with transaction.atomic():
        if Plan.objects.filter(
            tenant=by.tenant, pack=pack, organisation_id=organisation, kind=kind, title=title.strip()
        ).exists():
            raise PlanFault(f"已有名为“{title.strip()}”的方案，请打开它继续，或换一个名称。")
        if follows is not None and not Plan.objects.filter(pk=follows, organisation_id=organisation).exists():
            raise Invisible("没有这份上一期方案。")
        row = Plan.objects.create(
            tenant=by.tenant,
            pack=pack,
            pack_version=index.version,
            procedure=procedure.id,
            kind=kind,
            organisation_id=organisation,
            reviewer_id=reviewer,
            parties=_parties(standing, organisation, reviewer, kind),
            title=title.strip(),
            starts=starts,
            ends=ends,
            stage=flow.start,
            stage_kind=flow.stage(flow.start).kind,
            entered=timezone.localdate(at),
            author=by.user or 0,
            author_name=by.name,
            follows_id=follows,
            follows_document=follows_document,
            created_at=at,
        )
        _record(row, by, at, "planning.begin_plan", f"开始编制“{row.title}”")
        return row


def save_edition(*, plan_id: int, content: Content, revision: int, by: Actor, at: datetime) -> Edition:
    """Save what a plan says as its next edition. `revision` is the one that was opened: a later one is not overwritten."""
    with transaction.atomic():
        row = _locked(plan_id, revision)
        by.require(Permission.WRITE_PLANS, row.organisation_id)
        if flow_for(row).stage(row.stage).kind is not StageKind.DRAFT:
            raise PlanFault(
                f"“{row.title}”正在“{flow_for(row).stage(row.stage).name}”，不能修改；退回或重新打开后再改。"
            )
        faults = rules.content_faults(content, index_for(row).indicators, row.starts, row.ends)
        if faults:
            raise PlanFault("\n".join(faults))
        edition = Edition.objects.create(
            plan=row,
            number=row.edition + 1,
            body=content.body,
            targets=store.targets_as_json(content),
            items=store.items_as_json(content),
            file=content.file,
            by=by.user or 0,
            by_name=by.name,
            at=at,
        )
        row.edition, row.revision = edition.number, row.revision + 1
        row.author, row.author_name = by.user or 0, by.name
        row.save()
        _record(row, by, at, "planning.save_edition", f"保存“{row.title}”第 {edition.number} 稿")
        return edition


def take_step(
    *, plan_id: int, transition_id: str, revision: int, by: Actor, at: datetime, reason: str = ""
) -> Plan:
    """Take a step of the plan's procedure. Raises `PlanFault` with what is missing, `NotAllowed`, `Invisible`."""
    with transaction.atomic():
        row = _locked(plan_id, revision)
        view = plan(plan_id, on=timezone.localdate(at))
        try:
            target = step(
                view.flow,
                row.stage,
                transition_id,
                parties=parties_of(row, by),
                facts=view.facts,
                reason=reason,
                same_person=by.user in view.authors,
            )
        except Refused as refused:
            raise PlanFault(refused.words) from refused
        if view.content is None:
            raise PlanFault(f"“{row.title}”还没有内容，请先编写并保存，再办理。")
        if target.kind is StageKind.LOCKED:
            _check_promise(view, by)
        _move(row, transition_id, target, by=by, at=at, reason=reason)
        return row


def lapse_terms(*, at: datetime) -> int:
    """Take the automatic steps whose term has run out, over all plans; return how many. Safe to run again."""
    on = timezone.localdate(at)
    clock = Actor.system("期满自动办理")
    with bulk():
        waiting = list(Plan.objects.exclude(stage="closed").values_list("pk", flat=True))
    taken = 0
    for plan_id in waiting:
        with bulk():
            row = _locked(plan_id)
            flow = flow_for(row)
            due = lapse(flow, row.stage, row.entered, on, china())
            if due is None:
                continue
            _move(row, due.id, flow.stage(due.target), by=clock, at=at, reason="")
            taken += 1
    return taken


def remark(*, plan_id: int, organisation: int, text: str, place: str = "", by: Actor, at: datetime) -> Remark:
    """Give an opinion on a plan that is out for consultation, in the name of an organisation."""
    by.require(Permission.VIEW, organisation)
    if by.audits:
        raise NotAllowed(Permission.WRITE_PLANS)
    with transaction.atomic():
        row = _locked(plan_id)
        stage = flow_for(row).stage(row.stage)
        if stage.kind is not StageKind.WAIT:
            raise PlanFault(f"“{row.title}”现在处于“{stage.name}”，不在征求意见期间。")
        if not text.strip():
            raise PlanFault("请写明意见。")
        made = Remark.objects.create(
            plan=row,
            organisation_id=organisation,
            edition=row.edition,
            place=place[:80],
            text=text.strip(),
            by_name=by.name,
            at=at,
        )
        _record(row, by, at, "planning.remark", f"对“{row.title}”提出意见")
        return made


def reply(*, remark_id: int, answer: Reply, words: str, by: Actor, at: datetime) -> Remark:
    """Answer a remark, once. What is not adopted in full has to be explained."""
    with transaction.atomic():
        made = Remark.objects.select_for_update().select_related("plan").filter(pk=remark_id).first()
        if made is None:
            raise Invisible("没有这条意见。")
        by.require(Permission.WRITE_PLANS, made.plan.organisation_id)
        if made.reply:
            raise PlanFault(f"这条意见已由{made.replied_by}答复，不能再改。")
        if answer is not Reply.ADOPTED and not words.strip():
            raise PlanFault(f"“{answer.words}”要说明理由。")
        made.reply, made.reply_words = answer.value, words.strip()
        made.replied_by, made.replied_at = by.name, at
        made.save()
        _record(made.plan, by, at, "planning.reply", f"答复对“{made.plan.title}”的意见：{answer.words}")
        return made


def decide_open(
    *,
    plan_id: int,
    decisions: Mapping[tuple[ThingKind, str], tuple[Decision, str]],
    by: Actor,
    at: datetime,
) -> Sequence[Carry]:
    """Decide what becomes of things that the plan before left open; several at once, all or none. A decision is final."""
    with transaction.atomic():
        row = _locked(plan_id)
        by.require(Permission.APPROVE_PLANS, row.organisation_id)
        open_ = {(thing.kind, thing.id): thing for thing in open_things(row, timezone.localdate(at))}
        faults = [fault for key, made in decisions.items() if (fault := _decision_fault(open_, key, made))]
        if faults:
            raise PlanFault("\n".join(faults))
        made_now = [
            Carry.objects.create(
                plan=row,
                kind=kind,
                thing=thing,
                title=open_[kind, thing].title,
                decision=decision,
                words=words.strip()[:500],
                by=by.user or 0,
                by_name=by.name,
                at=at,
            )
            for (kind, thing), (decision, words) in decisions.items()
        ]
        if row.in_force:
            effects.put_in_force(row, by=by, at=at)
        _record(
            row, by, at, "planning.decide_open", f"对“{row.title}”之前未完成的 {len(made_now)} 项作出决定"
        )
        return made_now


def _decision_fault(
    open_: Mapping[tuple[ThingKind, str], object], key: tuple[ThingKind, str], made: tuple[Decision, str]
) -> str:
    thing = open_.get(key)
    if thing is None:
        return f"“{key[1]}”不在上一规划期未完成的事项中。"
    if getattr(thing, "decision", None) is not None:
        return f"“{getattr(thing, 'title', key[1])}”已有决定，不能再改。"
    decision, words = made
    if decision is not Decision.CARRY and not words.strip():
        return f"“{getattr(thing, 'title', key[1])}”决定为“{decision.words}”，要说明理由或去向。"
    return ""


def _locked(plan_id: int, revision: int | None = None) -> Plan:
    row = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if row is None:
        raise Invisible(f"没有编号为 {plan_id} 的方案。")
    if revision is not None and row.revision != revision:
        raise Clash(
            f"“{row.title}”在您打开之后已被修改（您看到的是第 {revision} 次修改，现在是第 {row.revision} 次），"
            "没有保存。请看过新的内容后再办理。"
        )
    return row


def _move(row: Plan, transition_id: str, target: Stage, *, by: Actor, at: datetime, reason: str) -> None:
    """Write a step down and bring the plan to its new stage."""
    PlanStep.objects.create(
        plan=row,
        number=row.steps.count() + 1,
        transition=transition_id,
        source=row.stage,
        target=target.id,
        edition=row.edition,
        by=by.user,
        by_name=by.name,
        at=at,
        reason=reason[:500],
    )
    row.stage, row.entered, row.revision = target.id, timezone.localdate(at), row.revision + 1
    row.stage_kind = target.kind
    if target.kind is StageKind.LOCKED:
        row.filed_number = row.filed_number or f"{row.pack}-{at:%Y}-{row.pk:04d}"
        row.in_force, row.edition_in_force = True, row.edition
        row.disclosed = row.kind == PlanKind.PLACE and row.tenant == Tenant.REAL
    elif target.kind is StageKind.ENDED:
        row.in_force = False
    row.save()
    _record(row, by, at, f"planning.{transition_id}", f"“{row.title}”：{target.name}", reason=reason)
    _tell_holder(row, target, at)
    if target.kind is StageKind.ENDED:
        effects.end(row, f"{target.name}（{reason}）" if reason else target.name, by=by, at=at)
    if target.kind is StageKind.LOCKED:
        effects.put_in_force(row, by=by, at=at)
        events.tell(PLAN_IN_FORCE, {"plan": row.pk, "organisation": row.organisation_id}, at=at)


def _check_promise(view: PlanView, by: Actor) -> None:
    """What holds of every plan in force, whatever its procedure asks for."""
    faults = rules.lock_faults(
        approver=by.user,
        authors=view.authors,
        unanswered=sum(1 for remark in view.remarks if not remark.reply),
        before_undecided=len(rules.undecided(view.things)),
    )
    if faults:
        raise PlanFault("\n".join(faults))


def _tell_holder(row: Plan, stage: Stage, at: datetime) -> None:
    """A note to whom the plan waits for now, or to its authors where it has come back or is decided."""
    reviewing = stage.kind is StageKind.REVIEW
    where = row.reviewer_id if reviewing and row.reviewer_id is not None else row.organisation_id
    notify(
        holders(where, _APPROVERS if reviewing else _WRITERS),
        key=f"plan:{row.pk}:{row.revision}",
        subject=f"“{row.title}”：{stage.name}",
        link=f"/desk/plans/{row.pk}",
        at=at,
    )


def _check_place(
    standing: Tree, organisation: int, index: PackIndex, kind: PlanKind, follows_document: str
) -> None:
    """A place's plan sets the targets of its pack and needs no reviewer, so only the place itself has one; nobody plans under
    the pack of another place."""
    place = standing.place(index.id)
    name = index.pack.manifest.place
    if kind is PlanKind.PLACE and (place is None or place.id != organisation):
        raise PlanFault(f"“{kind.words}”由“{name}”自己编制；请为县（市、区）或学校编制本单位的方案。")
    if place is None or place.id not in {organisation, *(node.id for node in standing.above(organisation))}:
        raise PlanFault(f"单位不在“{name}”的组织树里，不能按它的政策包编制方案。")
    if kind is not PlanKind.PLACE and follows_document:
        raise PlanFault(f"接替政策文件的是“{name}”自己的方案；本单位的方案可以接替本单位的上一期方案。")


def _reviewer(
    procedure: Procedure, index: PackIndex, standing: Tree, organisation: int, kind: PlanKind
) -> int | None:
    """Who reviews: the unit that the procedure names as reviewer, else the organisation above; a place's own plan is
    approved within the place."""
    if kind is PlanKind.PLACE:
        return None
    named = index.unit(procedure.parties.get("reviewer", ""))
    if isinstance(named, Unit) and named.id in standing.by_code:
        return standing.by_code[named.id].id
    above = next(iter(standing.above(organisation)), None)
    return above.id if above else None


def _parties(standing: Tree, organisation: int, reviewer: int | None, kind: PlanKind) -> list[int]:
    """Who may see a plan besides its organisation: who reviews it; a place's plan is open to everybody under the place."""
    if kind is PlanKind.LOCAL:
        return [reviewer] if reviewer is not None else []
    everybody: list[Node] = list(standing.below(organisation)) if organisation in standing.nodes else []
    return [node.id for node in everybody if node.id != organisation]


def _record(row: Plan, by: Actor, at: datetime, action: str, summary: str, **detail: str) -> None:
    record(
        by=by,
        at=at,
        action=action,
        organisation=row.organisation_id,
        object_kind="plan",
        object_id=row.pk,
        summary=summary,
        detail={"stage": row.stage, "edition": row.edition, **detail},
    )
