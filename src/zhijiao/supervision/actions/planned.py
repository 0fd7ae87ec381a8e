"""Verbs: the items of a plan become work items, follow the plan when it is amended, and end with it.

They run inside the step of the plan, whose domain has asked for the permission; the database asks again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from zhijiao.core import events
from zhijiao.core.access.actor import Actor
from zhijiao.core.audit import record
from zhijiao.policy.types import PackIndex
from zhijiao.supervision.actions.starting import STARTED
from zhijiao.supervision.actions.units import join
from zhijiao.supervision.models import Assignment, WorkItem
from zhijiao.supervision.types import (
    NO_UNIT,
    Addressee,
    AssignmentState,
    Duty,
    ItemState,
    Rollup,
    Source,
)
from zhijiao.supervision.types.planned import PlannedItem
from zhijiao.supervision.types.starting import Joining


def set_planned_items(
    *,
    plan: int,
    index: PackIndex,
    asked_by: int,
    lead: int | None,
    items: Sequence[PlannedItem],
    number: str,
    title: str,
    ends: date,
    by: Actor,
    at: datetime,
    on: date,
) -> int:
    """Bring the work items of a plan in line with what it says now; return how many are new. `asked_by` looks after them:
    who filed the plan, or the place itself. Without a `lead` the office names one."""
    with transaction.atomic():
        left = [
            item for item in items if not (item.carried and _goes_on(item, index.id, title, ends, by, at))
        ]
        known = {row.key: row for row in _of_plan(plan)}
        wanted = {_key(plan, item.title): item for item in left}
        for key, row in known.items():
            if key not in wanted:
                _drop(row, f"“{title}”修订后不再列入", by, at)
        made = []
        for key, item in wanted.items():
            fields = _fields(item, index)
            if key in known:
                _follow(known[key], fields, title, by, at)
                continue
            row = WorkItem.objects.create(
                tenant=by.tenant,
                pack=index.id,
                pack_version=index.version,
                source=Source.PLAN,
                key=key,
                number=number[:80],
                source_title=title[:200],
                dated=on,
                organisation_id=asked_by,
                lead_id=lead,
                parties=[lead] if lead is not None else [],
                addressees=[Addressee(Duty.LEAD, organisation=lead).as_json()] if lead is not None else [],
                nobody=[] if lead is not None else [_NOBODY],
                rollup=Rollup.LEAD,
                started=on,
                started_by=by.name[:80],
                **fields,
            )
            if lead is not None:
                join(row, [Joining(key, lead, Duty.LEAD)], by, at, on)
            _record(row, by, at, "start_from_plan", f"按“{title}”立项“{row.title}”")
            made.append(row.pk)
        if made:
            events.tell(STARTED, {"tenant": by.tenant.value, "items": made}, at=at)
        return len(made)


def end_planned_items(*, plan: int, reason: str, by: Actor, at: datetime) -> int:
    """End what a plan that is over left undone; return how many. What is done stays done."""
    with transaction.atomic():
        ended = [row for row in _of_plan(plan) if row.state == ItemState.OPEN and not _is_done(row)]
        for row in ended:
            _drop(row, reason, by, at)
        return len(ended)


def settle_left_items(*, keys: Iterable[str], pack: str, reason: str, by: Actor, at: datetime) -> int:
    """Stop work on items of the pack that a plan decided not to go on with; return how many were at work."""
    with transaction.atomic():
        rows = _of_pack(pack, keys, by)
        for row in rows:
            _drop(row, reason, by, at)
        return len(rows)


_NOBODY = {"unit": NO_UNIT.unit, "duty": NO_UNIT.duty.value, "why": "方案没有写明责任单位"}


def _goes_on(item: PlannedItem, pack: str, under: str, ends: date, by: Actor, at: datetime) -> bool:
    """Go on with the pack's own item under the next plan; False where nobody has worked on it."""
    rows = _of_pack(pack, [item.serves], by) if item.serves else []
    for row in rows:
        if row.carried_under == under:
            continue
        row.closed_on, row.due, row.inferred = None, item.due or ends, False
        row.carried_under, row.state, row.dropped_because = under[:200], ItemState.OPEN, ""
        row.revision += 1
        row.save()
        _record(row, by, at, "carry_over", f"“{row.title}”结转到“{under}”")
    return bool(rows)


def _of_plan(plan: int) -> list[WorkItem]:
    return list(
        WorkItem.objects.select_for_update(of=("self",))
        .filter(source=Source.PLAN, key__startswith=f"plan-{plan}-")
        .order_by("id")
    )


def _of_pack(pack: str, keys: Iterable[str], by: Actor) -> list[WorkItem]:
    return list(
        WorkItem.objects.select_for_update(of=("self",))
        .filter(tenant=by.tenant, pack=pack, source=Source.PACK, key__in=set(keys))
        .order_by("id")
    )


def _key(plan: int, title: str) -> str:
    """An item of a plan is known by its words."""
    return f"plan-{plan}-{hashlib.sha256(title.strip().encode()).hexdigest()[:16]}"


def _fields(item: PlannedItem, index: PackIndex) -> dict[str, Any]:
    row, served = index.items.get(item.serves, (None, None))
    return {
        "row": row.id if row is not None else "",
        "document": row.document if row is not None else "",
        "title": item.title.strip()[:200],
        "deliverable": item.deliverable,
        "due": item.due,
        "clauses": list(served.clauses) if served is not None else [],
        "indicators": list(served.indicators) if served is not None else [],
    }


def _follow(row: WorkItem, fields: dict[str, Any], title: str, by: Actor, at: datetime) -> None:
    changed = {
        name: [getattr(row, name), value] for name, value in fields.items() if getattr(row, name) != value
    }
    again = row.state == ItemState.DROPPED
    if not changed and not again:
        return
    for name, (_, value) in changed.items():
        setattr(row, name, value)
    row.state, row.dropped_because, row.revision = ItemState.OPEN, "", row.revision + 1
    row.save()
    _record(row, by, at, "follow_plan", f"“{row.title}”随“{title}”修订", changed)


def _drop(row: WorkItem, reason: str, by: Actor, at: datetime) -> None:
    if row.state == ItemState.DROPPED:
        return
    row.state, row.dropped_because, row.revision = ItemState.DROPPED, reason[:300], row.revision + 1
    row.save(update_fields=["state", "dropped_because", "revision"])
    _record(row, by, at, "drop", f"“{row.title}”：{reason}")


def _is_done(row: WorkItem) -> bool:
    states = set(Assignment.objects.filter(item=row).values_list("state", flat=True))
    return bool(states) and states <= {AssignmentState.DONE, AssignmentState.RELEASED}


def _record(
    row: WorkItem, by: Actor, at: datetime, verb: str, summary: str, detail: dict[str, Any] | None = None
) -> None:
    record(
        by=by,
        at=at,
        action=f"supervision.{verb}",
        organisation=row.organisation_id,
        object_kind="work_item",
        object_id=row.pk,
        summary=summary,
        detail=detail,
    )
