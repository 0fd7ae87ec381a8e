"""Verbs: say which account is which person of the records, and take it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.audit import record as note
from zhijiao.core.models import User
from zhijiao.exchange.models import PersonLink, Record
from zhijiao.exchange.types.batches import Refused


def link_person(*, by: Actor, at: datetime, record: int, username: str) -> None:
    """Link an account of the record's organisation with the record's person, so that they read who looked at their number.
    Linking the same again changes nothing. Raises Refused, NotAllowed, Invisible."""
    row = _record(by, record)
    if row.person is None:
        raise Refused("这条记录不到人，不能关联账号。")
    with bulk():
        if link_account(by=by, at=at, person=row.person, organisation=row.organisation_id, username=username):
            _note(by, at, "link", row, f"关联账号“{username.strip()}”与本人的记录")


def link_account(*, by: Actor, at: datetime, person: UUID, organisation: int, username: str) -> bool:
    """Link an account of an organisation with a person that it keeps a record of; False where it is linked already. Whoever
    calls has asked for permission, runs it under the bulk role and writes the audit line. Raises Refused."""
    username = username.strip()
    user = User.objects.filter(
        username=username, tenant=by.tenant.value, is_active=True, organisation_id=organisation
    ).first()
    if user is None:
        raise Refused(f"本单位没有用户名为“{username}”的有效账号。请核对用户名，或先由管理员建立账号。")
    link = PersonLink.objects.select_for_update().filter(user=user.pk, ended_at__isnull=True).first()
    if link is not None and link.person == person:
        return False
    if link is not None:
        raise Refused(f"账号“{username}”已经关联了另一个人。请先在那个人的记录上解除关联。")
    PersonLink.objects.create(
        user=user.pk,
        username=user.username,
        person=person,
        organisation_id=organisation,
        linked_at=at,
        linked_by=by.name[:80],
    )
    return True


def unlink_account(*, by: Actor, at: datetime, person: UUID, organisation: int, username: str) -> bool:
    """End such a link; False where there is none. As `link_account`."""
    open_ones = PersonLink.objects.filter(
        username=username.strip(), person=person, organisation_id=organisation, ended_at__isnull=True
    )
    return bool(open_ones.update(ended_at=at, ended_by=by.name[:80]))


def unlink_person(*, by: Actor, at: datetime, record: int, username: str) -> None:
    """End such a link. Doing it twice changes nothing. Raises NotAllowed, Invisible."""
    row = _record(by, record)
    if row.person is None:
        return
    with bulk():
        if unlink_account(
            by=by, at=at, person=row.person, organisation=row.organisation_id, username=username
        ):
            _note(by, at, "unlink", row, f"解除账号“{username}”与记录的关联")


def _record(by: Actor, record: int) -> Record:
    with acting(by):
        row = Record.objects.select_related("shelf").filter(pk=record, shelf__tenant=by.tenant.value).first()
        if row is None:
            raise Invisible("no such record")
        by.require(Permission.REPORT, row.organisation_id)
        return row


def _note(by: Actor, at: datetime, action: str, row: Record, summary: str) -> None:
    note(
        by=by,
        at=at,
        action=f"exchange.{action}",
        organisation=row.organisation_id,
        object_kind="exchange_record",
        object_id=row.pk,
        summary=summary,
        detail={"dataset": row.shelf.dataset, "person": str(row.person)},
    )
