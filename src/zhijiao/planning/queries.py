"""Reads: plans within the scope of the transaction, one plan whole, what the plan before left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import Tenant
from zhijiao.core.workdays import china
from zhijiao.engines.workflow import Flow, Stage, StageKind, Transition, available, due
from zhijiao.planning.carrying import (
    counts_of,
    decided_things,
    effective,
    left_undecided,
    open_things,
    succession,
    succession_of,
)
from zhijiao.planning.impact import impact
from zhijiao.planning.models import Edition, Plan, PlanStep, Remark
from zhijiao.planning.offers import Waiting, waiting
from zhijiao.planning.rules import facts, read_targets, undecided
from zhijiao.planning.store import content_of, flow_for, index_for
from zhijiao.planning.types import Content, OpenThing, PlanKind, Proposal

__all__ = [
    "Plan",
    "PlanView",
    "Waiting",
    "authors_of",
    "available_steps",
    "content_of",
    "counts_of",
    "decided_things",
    "editions_compared",
    "effective",
    "flow_for",
    "has_work",
    "impact",
    "index_for",
    "open_things",
    "parties_of",
    "plan",
    "plans",
    "proposed_targets",
    "succession",
    "succession_of",
    "waiting",
]


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
    authors: frozenset[int]

    @property
    def locked(self) -> bool:
        """Whether the text may not be changed now."""
        return self.stage.kind is not StageKind.DRAFT


def plans(*, tenant: str, kind: PlanKind | None = None, open_only: bool = False) -> QuerySet[Plan]:
    """Plans that the transaction may see, newest first."""
    found = Plan.objects.filter(tenant=tenant).order_by("-id")
    if kind is not None:
        found = found.filter(kind=kind)
    if open_only:
        found = found.exclude(stage_kind=StageKind.ENDED)
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
        authors=authors_of(row),
        facts=facts(
            content,
            unanswered=sum(1 for remark in remarks if not remark.reply),
            before_undecided=len(undecided(things)),
            left_undecided=left_undecided(row, on),
        ),
    )


def authors_of(row: Plan) -> frozenset[int]:
    """Everybody who wrote at what the plan says now: since it last came into force, or from its beginning."""
    written = Edition.objects.filter(plan=row)
    if row.edition_in_force is not None and row.edition > row.edition_in_force:
        written = written.filter(number__gt=row.edition_in_force)
    return frozenset({row.author, *written.values_list("by", flat=True)})


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
        same_person=by.user in view.authors,
    )


def proposed_targets(view: PlanView, text: str) -> list[Proposal]:
    """How the lines of a text with a number in them are understood, by the indicators of the plan's pack."""
    return read_targets(text, index_for(view.row).indicators.values())


def editions_compared(view: PlanView, old: int, new: int) -> tuple[Edition, Edition]:
    """Two editions of a plan by number. Raises `Invisible`."""
    by_number = {edition.number: edition for edition in view.editions}
    if old not in by_number or new not in by_number:
        raise Invisible(f"“{view.row.title}”没有第 {old} 稿或第 {new} 稿。")
    return by_number[old], by_number[new]


def has_work(pack: str) -> bool:
    """Whether somebody works on a real plan under a pack. Asked before a changed pack is taken; runs in bulk."""
    return Plan.objects.filter(tenant=Tenant.REAL, pack=pack).exists()
