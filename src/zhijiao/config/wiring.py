"""The one list of who hears what.

A floor may call those below it, never those above. What has to travel upwards is registered here, by the only floor
that may know everybody: an event stored with its transaction and heard after commit, a check that joins /healthz.
"""

from __future__ import annotations

from zhijiao.core.access.scope import bulk
from zhijiao.core.accounts.notices import hear as send_notices
from zhijiao.core.events import Handler, subscribe
from zhijiao.core.guarded import row_security
from zhijiao.core.health import Check, register_check
from zhijiao.core.inbox import NOTIFIED
from zhijiao.exchange.actions.profiling import profile_after_apply
from zhijiao.exchange.actions.snapshots import MADE as SNAPSHOT_MADE
from zhijiao.exchange.actions.snapshots import PRUNED as SNAPSHOTS_PRUNED
from zhijiao.exchange.types.batches import APPLIED
from zhijiao.indicators.actions import compute_after_snapshot, forget_after_pruning, open_after_change
from zhijiao.indicators.queries import planned as figures
from zhijiao.planning import queries as planning
from zhijiao.policy import queries as policy
from zhijiao.policy.actions import PACK_INSTALLED, register_keeper
from zhijiao.registry.actions import plant_installed
from zhijiao.registry.types import CHANGED as REGISTRY_CHANGED
from zhijiao.supervision.actions import follow_after_change
from zhijiao.supervision.queries import planned as work


def installed_packs() -> dict[str, str]:
    """Return the version of each installed pack, short: what a person reads out on the phone."""
    return {pack.id: pack.version[:12] for pack in policy.packs()}


def people_work_under(pack: str) -> bool:
    """Whether anybody has figures, tasks or plans at work under a pack: a changed version then waits to be accepted."""
    with bulk():
        return figures.has_work(pack) or work.has_work(pack) or planning.has_work(pack)


# These look at everything under the packs or the tree, so the newest of several changes is enough.
LATEST: tuple[Handler, ...] = (open_after_change, follow_after_change, profile_after_apply)

# (event name, who hears it)
SUBSCRIPTIONS: tuple[tuple[str, Handler], ...] = (
    (NOTIFIED, send_notices),
    (PACK_INSTALLED, plant_installed),
    (PACK_INSTALLED, open_after_change),
    (PACK_INSTALLED, follow_after_change),
    (REGISTRY_CHANGED, open_after_change),
    (REGISTRY_CHANGED, follow_after_change),
    (APPLIED, profile_after_apply),
    (SNAPSHOT_MADE, compute_after_snapshot),
    (SNAPSHOTS_PRUNED, forget_after_pruning),
)

# (name in /healthz, what answers for it)
HEALTH_CHECKS: tuple[tuple[str, Check], ...] = (("packs", installed_packs), ("row_security", row_security))


def connect() -> None:
    """Join the lists to the floors below. Called once, when Django is ready."""
    for event, handler in SUBSCRIPTIONS:
        subscribe(event, handler, latest=handler in LATEST)
    for name, check in HEALTH_CHECKS:
        register_check(name, check)
    register_keeper(people_work_under)
