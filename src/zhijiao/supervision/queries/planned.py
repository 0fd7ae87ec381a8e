"""Reads for plans: what became of a plan's items, and the work that hangs on a pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Count

from zhijiao.core.kinds import Tenant
from zhijiao.policy.types import PackIndex
from zhijiao.supervision.models import Assignment, Proceeding, WorkItem
from zhijiao.supervision.types import AssignmentState, ItemState, Source


def items_of_plan(plan: int) -> list[WorkItem]:
    """The work items of a plan, those at work first."""
    return list(
        WorkItem.objects.filter(source=Source.PLAN, key__startswith=f"plan-{plan}-").order_by(
            "-state", "due", "id"
        )
    )


def done_items_of_plan(plan: int) -> set[str]:
    """The titles of a plan's items whose parts are all confirmed."""
    rows = items_of_plan(plan)
    open_ = set(
        Assignment.objects.filter(item__in=rows)
        .exclude(state__in=(AssignmentState.DONE, AssignmentState.RELEASED))
        .values_list("item_id", flat=True)
    )
    worked = set(Assignment.objects.filter(item__in=rows).values_list("item_id", flat=True))
    return {row.title for row in rows if row.pk in worked - open_}


def items_of_pack(pack: str, tenant: Tenant, keys: Iterable[str]) -> list[WorkItem]:
    """Work items of the pack's own rows that are still at work."""
    return list(
        WorkItem.objects.filter(
            tenant=tenant, pack=pack, source=Source.PACK, key__in=set(keys), state=ItemState.OPEN
        ).order_by("id")
    )


def has_work(pack: str) -> bool:
    """Whether somebody has reported on a real item of a pack, or proceeds under it. Asked before a changed pack is taken;
    runs in bulk."""
    reported = Assignment.objects.filter(item__tenant=Tenant.REAL, item__pack=pack, entries_count__gt=0)
    return reported.exists() or Proceeding.objects.filter(tenant=Tenant.REAL, pack=pack).exists()


def work_under(index: PackIndex, tenant: Tenant) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """(room, object) of a pack → how many parts and proceedings hang on it, in words. Runs in bulk: numbers only."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    parts = Assignment.objects.filter(
        item__tenant=tenant, item__pack=index.id, item__source=Source.PACK, item__state=ItemState.OPEN
    ).exclude(state="released")
    for key, number in parts.values_list("item__key").annotate(number=Count("id")):
        found["tasks", key]["承担任务的单位"] = number
    for key, number in (
        parts.filter(entries_count__gt=0).values_list("item__key").annotate(number=Count("id"))
    ):
        found["tasks", key]["已报进展的单位"] = number
    proceedings = Proceeding.objects.filter(tenant=tenant, pack=index.id)
    for procedure, number in proceedings.values_list("procedure").annotate(number=Count("id")):
        found["procedures", procedure]["按此办理的督查事项"] = number
    return found
