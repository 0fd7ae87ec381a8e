"""Verbs: the targets of a plan become its organisation's, are replaced when it is amended, and end with it.

They run inside the step of the plan, whose domain has asked for the permission; the database asks again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from zhijiao.core.access.actor import Actor
from zhijiao.core.audit import record
from zhijiao.indicators.models import TargetShare
from zhijiao.indicators.types.planned import PlannedTarget

CONFIRMED, ENDED = "confirmed", "ended"


def set_planned_targets(
    *,
    plan: int,
    pack: str,
    organisation: int,
    parties: Sequence[int],
    targets: Sequence[PlannedTarget],
    basis: str,
    by: Actor,
    at: datetime,
) -> int:
    """Bring the shares of a plan in line with what it says now; return how many changed. What is as it was stays, what is
    gone or different is ended, never overwritten."""
    with transaction.atomic():
        standing = {_key(row): row for row in _in_force(plan)}
        wanted = {
            (t.indicator, t.period, t.op, t.value.normalize(), t.unit, t.starts, t.ends): t for t in targets
        }
        gone = [row for key, row in standing.items() if key not in wanted]
        for row in gone:
            _end(row, "方案修订", at)
        new = TargetShare.objects.bulk_create(
            TargetShare(
                tenant=by.tenant,
                pack=pack,
                indicator=target.indicator,
                organisation_id=organisation,
                parties=sorted(set(parties)),
                period=target.period,
                starts=target.starts,
                ends=target.ends,
                op=target.op,
                value=target.value,
                unit=target.unit,
                basis=basis[:300],
                plan=plan,
                state=CONFIRMED,
                made_by=by.name[:80],
                made_at=at,
                confirmed_by=by.name[:80],
                confirmed_at=at,
            )
            for key, target in wanted.items()
            if key not in standing
        )
        if new or gone:
            _record(
                plan,
                organisation,
                by,
                at,
                f"按方案设定目标：新增 {len(new)} 项、终止 {len(gone)} 项",
                "set_planned_targets",
            )
        return len(new) + len(gone)


def end_planned_targets(*, plan: int, reason: str, by: Actor, at: datetime) -> int:
    """End the shares of a plan that is over; return how many."""
    with transaction.atomic():
        rows = list(_in_force(plan))
        for row in rows:
            _end(row, reason, at)
        if rows:
            summary = f"方案了结，终止目标 {len(rows)} 项"
            _record(plan, rows[0].organisation_id, by, at, summary, "end_planned_targets")
        return len(rows)


def _in_force(plan: int) -> Sequence[TargetShare]:
    return list(TargetShare.objects.select_for_update().filter(plan=plan, state=CONFIRMED).order_by("id"))


def _key(row: TargetShare) -> tuple[object, ...]:
    return (row.indicator, row.period, row.op, row.value.normalize(), row.unit, row.starts, row.ends)


def _end(row: TargetShare, reason: str, at: datetime) -> None:
    row.state, row.ended_at, row.ended_for = ENDED, at, reason[:300]
    row.save(update_fields=["state", "ended_at", "ended_for"])


def _record(plan: int, organisation: int, by: Actor, at: datetime, summary: str, verb: str) -> None:
    record(
        by=by,
        at=at,
        action=f"indicators.{verb}",
        organisation=organisation,
        object_kind="plan",
        object_id=plan,
        summary=summary,
    )
