"""What reads give to pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from zhijiao.records.types.ledger import EventKind, Status


@dataclass(frozen=True)
class RecordLine:
    """A line of a roster."""

    id: int
    organisation: int
    name: str
    sex: str
    grade: int
    major: str
    track: str
    class_no: str
    school_no: str
    status: Status
    enrolled_on: date
    ended_on: date | None
    suspended_until: date | None
    open_case: str
    """What is being applied for, in words; empty when nothing is."""
    details: Mapping[str, str]


@dataclass(frozen=True)
class EventLine:
    """An event as a page tells it. `changes`: the field, what it is called, before, after; none for the first event."""

    number: int
    kind: EventKind
    on: date
    reason: str
    words: str
    document: str
    until: date | None
    by: str
    at: datetime
    case: int | None
    changes: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class RecordView:
    """One record with its ledger. `others`: further records of the same person (id, organisation, status)."""

    line: RecordLine
    person: UUID
    masked: str
    """The identity number as a screen may show it."""
    events: tuple[EventLine, ...]
    cases: tuple[CaseLine, ...]
    others: tuple[tuple[int, int, Status], ...]
    terms: tuple[str, ...]


@dataclass(frozen=True)
class CaseLine:
    """A case in a list."""

    id: int
    number: str
    event: str
    event_name: str
    name: str
    record: int | None
    organisation: int
    target: int | None
    stage: str
    stage_name: str
    holder: int | None
    """The organisation whose turn it is; None when it is over."""
    due: date | None
    closed: bool
    opened_at: datetime
    on: date


@dataclass(frozen=True)
class StepLine:
    """A step that was taken."""

    name: str
    target: str
    organisation: int | None
    by: str
    at: datetime
    words: str
    files: tuple[int, ...]


@dataclass(frozen=True)
class NoticeLine:
    """A notice for a student whom nobody reaches. `name` is masked."""

    code: str
    school: str
    name: str
    about: str
    contact: str
    starts: date
    ends: date
    withdrawn_at: datetime | None
    why: str


@dataclass(frozen=True)
class CaseView:
    """One case in full. `steps_open`: steps that the reader may take now: (id, name, whether a reason is asked). `wanted`:
    the field, what it is called, the value; `standing`: the same of the record that it is about, for those who decide."""

    line: CaseLine
    standing: tuple[tuple[str, str, str], ...]
    reason: str
    words: str
    wanted: tuple[tuple[str, str, str], ...]
    files: tuple[int, ...]
    steps: tuple[StepLine, ...]
    steps_open: tuple[tuple[str, str, bool], ...]
    way: tuple[tuple[str, str, int | None, bool], ...]
    """Every stage of the way: name, state (`done`, `now`, `later`), organisation, whether it is the last."""
    revision: int
    notices: tuple[NoticeLine, ...] = ()
    """The latest first."""


@dataclass(frozen=True)
class ClassLine:
    """A class."""

    id: int
    organisation: int
    class_no: str
    name: str
    grade: int
    major: str
    kind: str
    students: int
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class IssueLine:
    """Something to be settled."""

    id: int
    organisation: int
    kind: str
    name: str
    masked: str
    words: str
    remedy: str
    found_at: datetime
    settled_at: datetime | None
    note: str
    record: int | None


@dataclass(frozen=True)
class TermLine:
    """A student whose registration of a term is open."""

    record: int
    name: str
    grade: int
    class_no: str
    registered: bool
