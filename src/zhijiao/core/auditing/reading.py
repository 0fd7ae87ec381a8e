"""Reading the trail, within the scope of who reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from zhijiao.core.kinds import Tenant
from zhijiao.core.models import AuditEvent

MOST = 10_000
"""The most lines that are given at once; a narrower time gives the others."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see of the trail; empty means everything."""

    who: str = ""
    action: str = ""
    object_kind: str = ""
    object_id: str = ""
    organisation: int | None = None
    words: str = ""
    since: date | None = None
    until: date | None = None
    tenant: Tenant | None = None


@dataclass(frozen=True)
class Entry:
    """A line of the trail."""

    id: int
    at: datetime
    name: str
    user: int | None
    organisation: int | None
    action: str
    object_kind: str
    object_id: str
    summary: str
    address: str


def events(asked: Asked, *, limit: int = MOST, offset: int = 0, oldest_first: bool = False) -> list[Entry]:
    """The lines that were asked for, newest first."""
    rows = AuditEvent.objects.filter(_where(asked)).order_by("id" if oldest_first else "-id")
    fields = tuple(Entry.__dataclass_fields__)
    names = ("organisation_id" if field == "organisation" else field for field in fields)
    return [Entry(*row) for row in rows.values_list(*names)[offset : offset + min(limit, MOST)]]


def count(asked: Asked) -> int:
    """How many lines there are."""
    return AuditEvent.objects.filter(_where(asked)).count()


def _where(asked: Asked) -> Q:
    where = Q()
    if asked.who:
        where &= Q(name__icontains=asked.who)
    if asked.action:
        # `role.` asks for every verb of a subject.
        where &= Q(action__startswith=asked.action) if asked.action.endswith(".") else Q(action=asked.action)
    if asked.object_kind:
        where &= Q(object_kind=asked.object_kind)
    if asked.object_id:
        where &= Q(object_id=asked.object_id)
    if asked.organisation is not None:
        where &= Q(organisation_id=asked.organisation)
    if asked.words:
        where &= Q(summary__icontains=asked.words)
    if asked.since is not None:
        where &= Q(at__gte=_midnight(asked.since))
    if asked.until is not None:
        where &= Q(at__lt=_midnight(asked.until + timedelta(days=1)))
    if asked.tenant is not None:
        where &= Q(tenant=asked.tenant)
    return where


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
