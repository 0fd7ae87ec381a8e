"""What the verbs share: a record in the actor's scope, audit lines, telling people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from zhijiao.core import events
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting
from zhijiao.core.audit import record as note
from zhijiao.core.inbox import holders, notify
from zhijiao.exchange.queries.standard import standard
from zhijiao.records.models import StudentRecord
from zhijiao.records.types import Outdated, Refused

CHANGED = "records.changed"
"""Told after each event of a record: `{"record": id, "organisation": id, "tenant": …}`."""
KEEPERS = (Role.SCHOOL, Role.COUNTY, Role.DEPARTMENT)
_LOCK = 0x7A6A_7265


def one(by: Actor, record: int, seen: int | None = None) -> StudentRecord:
    """A record that the actor sees. Raises Invisible, Outdated."""
    with acting(by):
        row = StudentRecord.objects.filter(pk=record, tenant=by.tenant.value).first()
    if row is None:
        raise Invisible("no such record")
    if seen is not None and seen != row.revision:
        raise Outdated(f"“{row.name}”的学籍")
    return row


def alone(*what: object) -> None:
    """Until the end of the transaction, nobody else works on the same thing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, "/".join(map(str, what))])


def log(
    by: Actor,
    at: datetime,
    action: str,
    organisation: int,
    kind: str,
    object_id: object,
    summary: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """A line of the audit trail."""
    note(
        by=by,
        at=at,
        action=f"records.{action}",
        organisation=organisation,
        object_kind=kind,
        object_id=object_id,
        summary=summary,
        detail=detail,
    )


def tell(row: StudentRecord, at: datetime) -> None:
    """Say that a record has changed."""
    payload = {"record": row.pk, "organisation": row.organisation_id, "tenant": row.tenant}
    events.tell(CHANGED, payload, at=at)


def call(organisation: int, key: str, subject: str, body: str, link: str, at: datetime) -> None:
    """Put a note into the inboxes of those who keep records at an organisation."""
    notify(holders(organisation, KEEPERS), key=key, subject=subject, body=body, link=link, at=at)


def check_major(code: str) -> str:
    """A code of the directory of majors. Raises Refused."""
    code = code.strip()
    found = standard().codes.get("majors")
    unknown = found is not None and not found.open and code not in found.by_code
    if unknown or not (2 <= len(code) <= 8 and code.isascii() and code.isalnum()):
        raise Refused(
            f"专业代码“{code}”不在专业目录里；请填六位代码，可以在数据目录的“专业目录”里查。", "major"
        )
    return code
