"""Verb: read a full identity number, for a purpose, leaving a line that the person can read."""

from __future__ import annotations

from datetime import datetime

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.audit import record
from zhijiao.core.models import Organisation, Standing
from zhijiao.exchange.models import PersonalRead, Record
from zhijiao.exchange.types.batches import Refused

SHORTEST = 4
LONGEST = 300


def read_identity(*, by: Actor, at: datetime, record_id: int, purpose: str) -> str:
    """The full number of a record's person. Needs REPORT or REVIEW at its organisation and a purpose in words. Raises Refused,
    NotAllowed, Invisible."""
    from zhijiao.exchange.rules.identity import unseal
    from zhijiao.exchange.store.engine import keys

    purpose = purpose.strip()
    if len(purpose) < SHORTEST:
        raise Refused("请写明查看完整身份证件号的用途（至少 4 个字），本人能看到这条记录。")
    with acting(by):
        row = (
            Record.objects.select_related("shelf").filter(pk=record_id, shelf__tenant=by.tenant.value).first()
        )
        if row is None:
            raise Invisible("no such record")
        if not by.may(Permission.REPORT, row.organisation_id):
            by.require(Permission.REVIEW, row.organisation_id)
    if row.person is None or not row.sealed:
        raise Refused("这条记录没有身份证件号。")
    number = unseal(row.sealed, row.person.hex, keys())
    with bulk():
        PersonalRead.objects.create(
            at=at,
            user=by.user,
            name=by.name[:80],
            acting_for=acting_for(by)[:200],
            organisation_id=row.organisation_id,
            dataset=row.shelf.dataset,
            person=row.person,
            purpose=purpose[:LONGEST],
        )
        record(
            by=by,
            at=at,
            action="exchange.read_identity",
            organisation=row.organisation_id,
            object_kind="exchange_record",
            object_id=row.pk,
            summary=f"查看完整身份证件号：{purpose[:200]}",
            detail={"dataset": row.shelf.dataset, "person": str(row.person)},
        )
    return number


def acting_for(by: Actor) -> str:
    """The organisations at which somebody holds a role, in words."""
    names = Standing.objects.filter(
        organisation__in=Organisation.objects.filter(pk__in=by.homes), ends__isnull=True
    )
    return "、".join(names.values_list("name", flat=True)[:3])
