"""The version of a pack that waits: what it touches, and the work on rows that it no longer has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.engines.workflow import StageKind
from zhijiao.indicators.queries import planned as figures
from zhijiao.planning.impact import impact
from zhijiao.planning.models import Plan
from zhijiao.planning.types import GoneItem, Impact
from zhijiao.policy import queries as policy
from zhijiao.policy.queries import Offered
from zhijiao.policy.types import PackIndex
from zhijiao.supervision.queries import planned as work


@dataclass(frozen=True)
class Waiting:
    """A version that waits, beside the current one."""

    offered: Offered
    old: PackIndex
    new: PackIndex
    impact: Impact
    gone: Sequence[GoneItem]


def waiting(pack: str, at_place: int, *, by: Actor, on: date) -> Waiting | None:
    """What waits for a decision about a pack; None where nothing does. Raises NotAllowed. Counts run over everybody's work,
    as numbers only."""
    by.require(Permission.ACCEPT_PACKS, at_place)
    offered = policy.offer(pack)
    if offered is None:
        return None
    old, new = policy.index(pack), policy.index(pack, offered.version)
    if old is None or new is None:
        raise Invisible(f"没有政策包“{pack}”。")
    with bulk():
        found = impact(old, new, on=on, work=_work(old, by.tenant))
        gone = gone_items(old, new, by.tenant)
    return Waiting(offered, old, new, found, gone)


def gone_items(old: PackIndex, new: PackIndex, tenant: Tenant) -> list[GoneItem]:
    """Items at work whose rows a new version no longer has."""
    rows = work.items_of_pack(old.id, tenant, set(old.items) - set(new.items))
    return [GoneItem(row.pk, row.key, row.title, row.due, len(row.parties)) for row in rows]


def _work(index: PackIndex, tenant: Tenant) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for counted in (figures.work_under(index, tenant), work.work_under(index, tenant), _plans(index, tenant)):
        for key, counts in counted.items():
            found[key].update(counts)
    return found


def _plans(index: PackIndex, tenant: Tenant) -> dict[tuple[str, str], dict[str, int]]:
    running = Plan.objects.filter(tenant=tenant, pack=index.id).exclude(stage_kind=StageKind.ENDED)
    counted = running.values_list("procedure").annotate(number=Count("id"))
    return {("procedures", procedure): {"办理中的方案": number} for procedure, number in counted}
