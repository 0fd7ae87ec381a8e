"""What a plan sets in motion when it is filed or comes into force, and ends when it is over: targets and work items of its
organisation, through the verbs of their domains, in the transaction of the step."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.indicators.actions.planned import end_planned_targets, set_planned_targets
from zhijiao.planning.carrying import carried_content, dropped_items, effective
from zhijiao.planning.models import Plan
from zhijiao.planning.store import index_for
from zhijiao.planning.types import PlanKind
from zhijiao.supervision.actions.planned import end_planned_items, set_planned_items, settle_left_items
from zhijiao.supervision.types.planned import PlannedItem


def put_in_force(row: Plan, *, by: Actor, at: datetime) -> None:
    """Targets and items as the plan says them now, with what it carried over. What an earlier edition set and this one does
    not is ended with its history."""
    index = index_for(row)
    targets, items = effective(row)
    asked_by = row.reviewer_id if row.reviewer_id is not None else row.organisation_id
    set_planned_targets(
        plan=row.pk,
        pack=row.pack,
        organisation=row.organisation_id,
        parties=row.parties if row.kind == PlanKind.LOCAL else (),
        targets=targets,
        basis=basis_of(row),
        by=by,
        at=at,
    )
    set_planned_items(
        plan=row.pk,
        index=index,
        asked_by=asked_by,
        # A place does not do the work itself: its office names who leads.
        lead=row.organisation_id if row.kind == PlanKind.LOCAL else None,
        items=[
            PlannedItem(item.title, item.deliverable, item.due, item.serves, carried)
            for item, carried in items
        ],
        number=row.filed_number,
        title=row.title,
        ends=row.ends,
        by=by,
        at=at,
        on=timezone.localdate(at),
    )
    for keys, reason in dropped_items(row):
        settle_left_items(keys=keys, pack=row.pack, reason=reason, by=by, at=at)


def end(row: Plan, reason: str, *, by: Actor, at: datetime) -> None:
    """The plan is over: its targets and what is left of its items end. What was carried on lives in the plan after it."""
    words = f"“{row.title}”{reason or '已了结'}"
    end_planned_targets(plan=row.pk, reason=words, by=by, at=at)
    end_planned_items(plan=row.pk, reason=words, by=by, at=at)


def basis_of(row: Plan) -> str:
    """On what its targets rest, as lists say it."""
    return f"《{row.title}》（{row.filed_number}）"


__all__ = ["basis_of", "carried_content", "end", "put_in_force"]
