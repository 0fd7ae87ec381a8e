"""Reads: plans within the scope of the transaction, one plan whole, what the plan before left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.workdays import china
from zhijiao.engines.workflow import Flow, Stage, StageKind, Transition, available, due
from zhijiao.indicators.queries import board
from zhijiao.planning.impact import impact
from zhijiao.planning.models import Carry, Edition, Plan, PlanStep, Remark
from zhijiao.planning.rules import facts, undecided
from zhijiao.planning.storage import content_of
from zhijiao.planning.types import Content, Decision, OpenThing, PlanKind, ThingKind
from zhijiao.policy import queries as policy
from zhijiao.policy.types import PackIndex, flow_of
from zhijiao.supervision.queries import task_lines
from zhijiao.supervision.types import TaskState

__all__ = ["PlanView", "available_steps", "flow_for", "has_work", "impact", "open_things", "plan", "plans"]


@dataclass(frozen=True)
class PlanView:
    """A plan with everything that its page shows."""

    row: Plan
    flow: Flow
    stage: Stage
    content: Content | None
    editions: Sequence[Edition]
    steps: Sequence[PlanStep]
    remarks: Sequence[Remark]
    things: Sequence[OpenThing]
    due: date | None
    facts: dict[str, bool]

    @property
    def locked(self) -> bool:
        """Whether the text may not be changed now."""
        return self.stage.kind is not StageKind.DRAFT


def plans(*, tenant: str, kind: PlanKind | None = None, open_only: bool = False) -> QuerySet[Plan]:
    """Plans that the transaction may see, newest first."""
    found = Plan.objects.filter(tenant=tenant).select_related("organisation").order_by("-id")
    if kind is not None:
        found = found.filter(kind=kind)
    if open_only:
        found = found.exclude(stage="closed")
    return found


def plan(plan_id: int, *, on: date) -> PlanView:
    """One plan. Raises `Invisible`."""
    row = Plan.objects.filter(pk=plan_id).first()
    if row is None:
        raise Invisible(f"没有编号为 {plan_id} 的方案。")
    flow = flow_for(row)
    stage = flow.stage(row.stage)
    editions = list(row.editions.order_by("-number"))
    remarks = list(row.remarks.order_by("id"))
    things = open_things(row, on)
    content = content_of(editions[0]) if editions else None
    return PlanView(
        row=row,
        flow=flow,
        stage=stage,
        content=content,
        editions=editions,
        steps=list(row.steps.order_by("number")),
        remarks=remarks,
        things=things,
        due=due(stage, row.entered, china()),
        facts=facts(
            content,
            unanswered=sum(1 for remark in remarks if not remark.reply),
            before_undecided=len(undecided(things)),
            left_undecided=_left_undecided(row, on),
        ),
    )


def _left_undecided(row: Plan, on: date) -> int:
    """How many things of a plan still have no decision in the plan that follows it; without one, all of them."""
    after = Plan.objects.filter(follows=row).first()
    return len(_of_plan(row)) if after is None else len(undecided(open_things(after, on)))


def flow_for(row: Plan) -> Flow:
    """The procedure under which a plan was begun, from the pack version of that day."""
    index = index_for(row)
    return flow_of(index.procedures[row.procedure])


def index_for(row: Plan) -> PackIndex:
    """The pack version under which a plan was begun."""
    index = policy.index(row.pack, row.pack_version)
    assert index is not None, "installed versions are never removed"
    return index


def parties_of(row: Plan, by: Actor) -> frozenset[str]:
    """As what an actor may act on a plan: its author's organisation, its reviewer, its approver, a party that is consulted."""
    acts = set()
    if by.may(Permission.WRITE_PLANS, row.organisation_id):
        acts.add("author")
    reviewer = row.reviewer_id if row.reviewer_id is not None else row.organisation_id
    if by.may(Permission.APPROVE_PLANS, reviewer) or (
        row.kind == PlanKind.LOCAL and by.may(Permission.REVIEW, reviewer)
    ):
        acts |= {"reviewer", "approver"}
    return frozenset(acts)


def available_steps(view: PlanView, by: Actor) -> list[Transition]:
    """The steps that an actor may take now."""
    return available(
        view.flow,
        view.row.stage,
        parties=parties_of(view.row, by),
        facts=view.facts,
        same_person=by.user == view.row.author,
    )


def open_things(row: Plan, on: date) -> list[OpenThing]:
    """What the plan before left open, with the decisions so far. Empty for a plan that follows none."""
    decided = {(carry.kind, carry.thing): carry for carry in Carry.objects.filter(plan=row)}
    found = []
    for kind, thing, title, stands in _left_open(row, on):
        carry = decided.get((kind.value, thing))
        found.append(
            OpenThing(
                kind=kind,
                id=thing,
                title=title,
                where_it_stands=stands,
                decision=Decision(carry.decision) if carry else None,
                words=carry.words if carry else "",
                decided_by=carry.by_name if carry else "",
                decided_at=carry.at if carry else None,
            )
        )
    return found


def _left_open(row: Plan, on: date) -> list[tuple[ThingKind, str, str, str]]:
    if row.follows is not None:
        return _of_plan(row.follows)
    if row.follows_document:
        return _of_document(index_for(row), row.follows_document, on)
    return []


def _of_document(index: PackIndex, document: str, on: date) -> list[tuple[ThingKind, str, str, str]]:
    """Indicators and task items of a closed document that were not reached."""
    made = board(index, on)
    left = [
        (ThingKind.INDICATOR, r.indicator.id, r.indicator.name, f"收官时“{r.verdict.words}”")
        for r in made.rows
        if r.closing.document.id == document and r.carried_over
    ]
    left += [
        (ThingKind.ITEM, line.item.id, line.item.name, f"收官时“{line.state.words}”")
        for line in task_lines(index, made.closings, on)
        if line.row.document == document and line.state is TaskState.CARRIED_OVER
    ]
    return left


def _of_plan(before: Plan) -> list[tuple[ThingKind, str, str, str]]:
    """Targets and items of the plan before, as its last edition lists them."""
    edition = before.editions.order_by("-number").first()
    if edition is None:
        return []
    content, index = content_of(edition), index_for(before)
    left = [
        (
            ThingKind.PLAN_TARGET,
            f"{target.indicator}@{target.period}",
            index.indicators[target.indicator].name
            if target.indicator in index.indicators
            else target.indicator,
            f"原目标 {target.op} {target.value}{target.unit}{f'（{target.period}年）' if target.period else ''}",
        )
        for target in content.targets
    ]
    left += [
        (ThingKind.PLAN_ITEM, f"item-{place}", item.title, f"原定 {item.due or '未写时限'}")
        for place, item in enumerate(content.items)
    ]
    return left


def has_work(pack: str) -> bool:
    """Whether somebody works on a real plan under a pack. Asked before a changed pack is taken; runs in bulk."""
    return Plan.objects.filter(tenant="real", pack=pack).exists()
