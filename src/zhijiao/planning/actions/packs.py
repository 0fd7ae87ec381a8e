"""Verbs: accept a pack's new version with what becomes of running work, or decline it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import Tenant
from zhijiao.core.tree import tree
from zhijiao.indicators.actions.closing import close_removed
from zhijiao.planning.offers import gone_items
from zhijiao.planning.types import GoneDecision, PlanFault
from zhijiao.policy import actions as policy_actions
from zhijiao.policy import queries as policy
from zhijiao.supervision.actions import carry_over, drop


def accept_version(
    *,
    pack: str,
    version: str,
    at_place: int,
    decisions: Mapping[str, GoneDecision],
    reason: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Make the version that waits current. Of work on rows that it no longer has, each item is carried on or closed, by
    `decisions` (item of the pack → decision); all in one transaction. New duties begin with their next period, approved
    figures stay under the definition by which they were approved, drafts of figures no longer owed are closed.

    Raises PlanFault where an item has no decision, Invisible where the version no longer waits or is of another place,
    NotAllowed.
    """
    by.require(Permission.ACCEPT_PACKS, at_place)
    _check_office(by, pack, at_place, at)
    old, new = policy.index(pack), policy.index(pack, version)
    with transaction.atomic():
        policy_actions.accept_pack(pack=pack, version=version, at_place=at_place, by=by, at=at, reason=reason)
        if old is None or new is None:
            return
        gone = gone_items(old, new, by.tenant)
        missing = [item.title for item in gone if item.key not in decisions]
        if missing:
            raise PlanFault(
                f"新版不再列入的任务中，还有 {len(missing)} 项没有决定怎样处理：{'、'.join(f'“{t}”' for t in missing[:5])}。"
            )
        label = new.pack.manifest.version
        under = f"政策包{label}版不再列入，接受新版时决定继续办理"
        for item in gone:
            if decisions[item.key] is GoneDecision.CARRY:
                carry_over(
                    items=[item.id],
                    due=_still(item.due, at),
                    under=under,
                    by=by,
                    at=at,
                    on=timezone.localdate(at),
                )
        closed = [item.id for item in gone if decisions[item.key] is GoneDecision.CLOSE]
        if closed:
            drop(items=closed, reason=f"政策包{label}版不再列入，接受新版时决定了结", by=by, at=at)
        close_removed(
            pack=pack,
            obligations={obligation.id for obligation in new.pack.obligations},
            reason=f"政策包{label}版不再要求报送",
            organisation=at_place,
            by=by,
            at=at,
        )


def decline_version(*, pack: str, version: str, at_place: int, reason: str, by: Actor, at: datetime) -> None:
    """Leave the current version in force, with a reason for who writes the pack. Raises PlanFault, Invisible, NotAllowed."""
    _check_office(by, pack, at_place, at)
    if not reason.strip():
        raise PlanFault("不接受新版本要写明原因，供编写政策包的人修改。")
    policy_actions.decline_pack(
        pack=pack, version=version, at_place=at_place, by=by, at=at, reason=reason.strip()
    )


def _check_office(by: Actor, pack: str, at_place: int, at: datetime) -> None:
    """A version counts for everybody in its place: no county decides it, and whoever sits in the examples looks only."""
    if by.tenant is not Tenant.REAL:
        raise PlanFault("演示账号只能看新版动到什么；接受或不接受，由真实的统筹办公室办理。")
    place = tree(by.tenant, timezone.localdate(at)).place(pack)
    if place is None or place.id != at_place:
        raise Invisible(f"这个单位不管理政策包“{pack}”的版本。")


def _still(due: date | None, at: datetime) -> date | None:
    """The due day, where it is not over yet; what is over goes on without one until the office sets it."""
    return due if due is not None and due >= timezone.localdate(at) else None
