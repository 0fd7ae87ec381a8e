"""Reads: a student's or guardian's own record, by the account that the school has linked with the person."""

from __future__ import annotations

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.exchange.queries.people import person_of
from zhijiao.records.models import StudentRecord
from zhijiao.records.queries.roster import view_of
from zhijiao.records.types import RecordView


def own_records(by: Actor) -> list[RecordView] | None:
    """The records of the person for whom the acting account stands, the newest first; None while no school has said who it
    is. Past the scope: these are one's own."""
    person = person_of(by)
    if person is None:
        return None
    with bulk():
        rows = StudentRecord.objects.filter(tenant=by.tenant.value, person=person).order_by("-starts", "-pk")
        return [view_of(row, by) for row in rows]
