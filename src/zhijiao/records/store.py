"""From the tables to what the rules read, and the only writer of the ledger. Runs in the caller's transaction and role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from zhijiao.core.access.actor import Actor
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.actions.numbers import Hidden
from zhijiao.records.models import RecordCase, RecordEvent, StudentRecord
from zhijiao.records.rules import ledger
from zhijiao.records.types import LIVE, Detail, EventKind, LedgerEvent, State

_COLUMNS = {
    Detail.NAME: "name",
    Detail.SEX: "sex",
    Detail.GRADE: "grade",
    Detail.MAJOR: "major",
    Detail.TRACK: "track",
    Detail.CLASS: "class_no",
    Detail.SCHOOL_NO: "school_no",
}


@dataclass(frozen=True)
class Note:
    """Who writes an event, and what stands beside it."""

    by: Actor
    at: datetime
    reason: str = ""
    reason_name: str = ""
    words: str = ""
    document: str = ""
    until: date | None = None
    other: int | None = None
    outside: str = ""
    case: RecordCase | None = None


def ledger_of(record: StudentRecord) -> list[LedgerEvent]:
    """The events of a record, in order."""
    return [event_of(row) for row in record.events.order_by("number")]


def event_of(row: RecordEvent) -> LedgerEvent:
    """An event as the rules read it."""
    sets = {Detail(name): str(value) for name, value in row.sets.items()}
    return LedgerEvent(row.number, EventKind(row.kind), row.on, sets, row.reason, row.until)


def begin(
    *,
    tenant: Tenant,
    organisation: int,
    hidden: Hidden,
    key: str,
    kind: EventKind,
    on: date,
    enrolled_on: date,
    sets: Mapping[Detail, str],
    details: Mapping[str, str],
    note: Note,
    previous: StudentRecord | None = None,
) -> StudentRecord:
    """A new record with its first event."""
    event = LedgerEvent(1, kind, on, dict(sets), note.reason, note.until)
    state = ledger.follow(None, event)
    row = StudentRecord(
        tenant=tenant.value,
        organisation_id=organisation,
        person=hidden.person,
        sealed=hidden.sealed,
        key=key,
        details=dict(details),
        enrolled_on=enrolled_on,
        starts=on,
        previous=previous,
    )
    _set(row, state)
    row.save()
    _write(row, event, {}, note)
    return row


def append(
    row: StudentRecord, kind: EventKind, *, on: date, note: Note, sets: Mapping[Detail, str] | None = None
) -> State:
    """One more event on a record, which is locked first. Raises Impossible; then nothing was written."""
    locked = StudentRecord.objects.select_for_update().get(pk=row.pk)
    events = ledger_of(locked)
    before = ledger.fold(events)
    event = LedgerEvent(len(events) + 1, kind, on, dict(sets or {}), note.reason, note.until)
    state = ledger.follow(before, event, events[-1].on if events else None)
    was = {name.value: before.details.get(name, "") for name in event.sets} if before else {}
    _write(locked, event, was, note)
    _set(locked, state)
    locked.revision += 1
    locked.save()
    for name in (*_COLUMNS.values(), "status", "ends", "suspended_until", "revision"):
        setattr(row, name, getattr(locked, name))
    return state


def live_record(tenant: Tenant, person: UUID) -> StudentRecord | None:
    """The live record of a person; None without one."""
    live = [status.value for status in LIVE]
    return StudentRecord.objects.filter(tenant=tenant.value, person=person, status__in=live).first()


def _set(row: StudentRecord, state: State) -> None:
    for detail, column in _COLUMNS.items():
        value = state.details.get(detail, "")
        setattr(row, column, int(value) if detail is Detail.GRADE else value)
    row.status = state.status.value
    row.ends = state.ended
    row.suspended_until = state.suspended_until


def _write(row: StudentRecord, event: LedgerEvent, before: Mapping[str, str], note: Note) -> None:
    RecordEvent.objects.create(
        record=row,
        number=event.number,
        kind=event.kind.value,
        on=event.on,
        sets={name.value: value for name, value in event.sets.items()},
        before=dict(before),
        reason=note.reason,
        reason_name=note.reason_name,
        words=note.words[:500],
        document=note.document[:120],
        until=note.until,
        other_id=note.other,
        outside=note.outside[:120],
        case=note.case,
        by=note.by.user,
        by_name=note.by.name[:80],
        at=note.at,
    )
