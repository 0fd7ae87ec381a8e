"""Verb: take a workbook of organisations and people in office; and the plan of it beforehand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Alias
from zhijiao.registry import queries
from zhijiao.registry.actions.officers import load_offices, save_offices
from zhijiao.registry.actions.store import Change, changing, load, save, spell
from zhijiao.registry.rules.planning import Planner
from zhijiao.registry.rules.reading import Read, read
from zhijiao.registry.types import ImportRefused, Plan, PlanChanged

MANAGE = Permission.MANAGE_ORGANISATIONS


def plan_workbook(*, content: bytes, by: Actor, at: datetime) -> Plan:
    """What applying this workbook would do now. Changes nothing. Raises ImportRefused with every fault, UnreadableBook,
    NotAllowed."""
    by.require(MANAGE)
    found = read(content)
    with bulk():
        return _plan(load(by.tenant), found, by, timezone.localdate(at))[0]


def apply_workbook(*, content: bytes, expect: str, by: Actor, at: datetime) -> Plan:
    """Do what the plan with the hash `expect` says, whole or not at all. A second time it changes nothing.

    Raises PlanChanged where the register or the workbook is no longer what the plan was made from; ImportRefused, UnreadableBook,
    NotAllowed.
    """
    by.require(MANAGE)
    found = read(content)
    with changing(by) as change:
        plan, planner = _plan(change, found, by, timezone.localdate(at))
        if plan.hash != expect:
            raise PlanChanged
        if plan.empty:
            return plan
        said = "，".join(f"{effect.words} {n}" for effect, n in plan.counts.items())
        save(change, by=by, at=at, action="registry.import", summary=f"导入单位：{said}", at_node=None)
        for code, names in planner.aliases.items():
            spell(change, code, names)
        seated = save_offices(planner.offices, change.tenant, change.ids)
        if seated or planner.aliases:
            record(
                by=by,
                at=at,
                action="registry.import",
                summary=f"导入在岗人员 {seated} 人，别名 {len(planner.aliases)} 个单位",
                detail={"officers": seated, "aliases": planner.aliases},
            )
        return plan


def _plan(change: Change, found: Read, by: Actor, today: date) -> tuple[Plan, Planner]:
    def may(code: str | None) -> bool:
        if code is None:
            return by.everything
        node = change.ids.get(code)
        return node is not None and (
            by.may(MANAGE, node) or by.may(MANAGE, queries.answering_for(node, today))
        )

    planner = Planner(change.forest, load_offices(change.tenant), _spellings(change.tenant), may, today)
    plan = planner.plan(found)
    if planner.faults:
        raise ImportRefused(planner.faults)
    return plan, planner


def _spellings(tenant: Tenant) -> dict[str, set[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    for code, name in Alias.objects.filter(tenant=tenant).values_list("organisation__code", "name"):
        known[code].add(name)
    return known
