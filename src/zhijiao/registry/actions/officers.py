"""Verbs: who takes a post, who leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.audit import record
from zhijiao.core.kinds import Tenant
from zhijiao.registry.actions.store import changing
from zhijiao.registry.models import Officer
from zhijiao.registry.rules.offices import Offices
from zhijiao.registry.types import Incumbent, RegistryRefused


def appoint(
    *,
    organisation: int,
    post: str,
    name: str,
    phone: str,
    on: date,
    basis: str,
    by: Actor,
    at: datetime,
) -> None:
    """Let somebody take a post from a day on; whoever held it leaves it that day. Who manages the organisation or names its
    staff may say so. Raises RegistryRefused, NotAllowed, Invisible."""
    _require(by, organisation)
    post, name, phone = post.strip(), name.strip(), phone.strip()
    for text, what, field, most in ((post, "职务", "post", 60), (name, "姓名", "name", 60)):
        if not text or len(text) > most:
            raise RegistryRefused(f"没有填写{what}，或超过 {most} 个字。填写{what}。", field)
    if len(phone) > 40:
        raise RegistryRefused("办公电话超过 40 个字。只写一个办公电话。", "phone")
    with changing(by) as change:
        code = change.code(organisation)
        offices = load_offices(by.tenant)
        if offices.appoint(Incumbent(code, post, name, phone, on, None, basis.strip()[:200])):
            save_offices(offices, by.tenant, change.ids)
            _record(by, at, organisation, "registry.appoint", f"{post}自 {on} 起由{name}担任")


def leave_office(*, organisation: int, post: str, on: date, by: Actor, at: datetime) -> None:
    """Whoever holds a post leaves it on a day, and nobody follows yet."""
    _require(by, organisation)
    with changing(by) as change:
        offices = load_offices(by.tenant)
        offices.leave(change.code(organisation), post, on)
        save_offices(offices, by.tenant, change.ids)
        _record(by, at, organisation, "registry.leave_office", f"{post}自 {on} 起空缺")


def load_offices(tenant: Tenant) -> Offices:
    """Everybody in office in a tenant. Call under the bulk role."""
    rows = Officer.objects.filter(organisation__tenant=tenant).values_list(
        *("organisation__code", "post", "name", "phone", "starts", "ends", "basis")
    )
    return Offices(Incumbent(*row) for row in rows)


def save_offices(offices: Offices, tenant: Tenant, ids: Mapping[str, int]) -> int:
    """Write what became different; return how many lines did. Who leaves makes room first."""
    before = {(i.code, i.post, i.starts): i for i in load_offices(tenant).all()}
    altered = [i for i in offices.all() if before.get((i.code, i.post, i.starts)) != i]
    for one in altered:
        if (one.code, one.post, one.starts) in before:
            Officer.objects.filter(organisation_id=ids[one.code], post=one.post, starts=one.starts).update(
                name=one.name, phone=one.phone, ends=one.ends, basis=one.basis
            )
    Officer.objects.bulk_create(
        [
            Officer(
                organisation_id=ids[one.code],
                post=one.post,
                name=one.name,
                phone=one.phone,
                starts=one.starts,
                ends=one.ends,
                basis=one.basis,
            )
            for one in altered
            if (one.code, one.post, one.starts) not in before
        ]
    )
    return len(altered)


def _require(by: Actor, organisation: int) -> None:
    if not by.may(Permission.NAME_STAFF, organisation):
        by.require(Permission.MANAGE_ORGANISATIONS, organisation)


def _record(by: Actor, at: datetime, organisation: int, action: str, summary: str) -> None:
    record(
        by=by,
        at=at,
        action=action,
        organisation=organisation,
        object_kind="organisation",
        object_id=organisation,
        summary=summary,
    )
