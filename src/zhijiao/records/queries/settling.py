"""Reads: what has to be settled, and the files of the upper registers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting
from zhijiao.records.models import RecordIssue, RegisterFile
from zhijiao.records.types import IssueKind, IssueLine


def issues(
    by: Actor,
    *,
    organisations: Collection[int] | None = None,
    settled: bool | None = False,
    limit: int = 2000,
) -> list[IssueLine]:
    """Issues that the actor sees, the newest first. `settled` None: all of them."""
    with acting(by):
        rows = RecordIssue.objects.filter(tenant=by.tenant.value)
        if organisations is not None:
            rows = rows.filter(organisation_id__in=organisations)
        if settled is not None:
            rows = rows.filter(settled_at__isnull=not settled)
        return [
            IssueLine(
                id=row.pk,
                organisation=row.organisation_id,
                kind=IssueKind(row.kind).value,
                name=row.name,
                masked=row.masked,
                words=row.words,
                remedy=row.remedy,
                found_at=row.found_at,
                settled_at=row.settled_at,
                note=row.note,
                record=row.record_id,
            )
            for row in rows.order_by("-pk")[:limit]
        ]


def count_issues(by: Actor) -> int:
    """How many are open."""
    with acting(by):
        return RecordIssue.objects.filter(tenant=by.tenant.value, settled_at__isnull=True).count()


def register_files(by: Actor, organisation: int) -> list[tuple[datetime, str, str, str, int, int, str, str]]:
    """Files that went to and came from the upper registers: when, register, kind, name, rows, found, words, by whom."""
    with acting(by):
        rows = RegisterFile.objects.filter(organisation=organisation).order_by("-pk")[:50]
        return [(r.at, r.register, r.kind, r.name, r.rows, r.found, r.words, r.by_name) for r in rows]
