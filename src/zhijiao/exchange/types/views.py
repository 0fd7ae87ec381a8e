"""What reads of this domain return. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from zhijiao.exchange.types.batches import Change
from zhijiao.exchange.types.intake import Counts, Problem, State
from zhijiao.exchange.types.standard import Dataset
from zhijiao.exchange.types.store import DifferenceState, HeldState, Side


@dataclass(frozen=True)
class BatchView:
    """A batch in a list. `progress`: the share that is checked, while it is."""

    id: int
    number: str
    dataset: str
    source: str
    organisation: int
    file_name: str
    digest: str
    size: int
    state: State
    counts: Counts
    name: str
    received_at: datetime
    checked_at: datetime | None
    applied_at: datetime | None
    applied_by: str
    words: str
    seconds: float
    rows_done: int
    waiting: int  # rows of it that still wait
    undo_of: int | None
    undone_by: int | None
    tries: int = 0


@dataclass(frozen=True)
class Gone:
    """A record that a file lacks."""

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Detail:
    """A batch in full. `seen` is what `apply` takes as having been looked at."""

    batch: BatchView
    problems: Sequence[Problem]
    by_rule: Mapping[str, int]
    changes: Sequence[Change]
    gone: Sequence[Gone]
    unclear: bool
    seen: str
    notes: Sequence[str] = ()
    questions: Sequence[Mapping[str, Any]] = ()
    layout: Mapping[str, Any] | None = None
    fingerprint: str = ""


@dataclass(frozen=True)
class HeldView:
    """A row that waits, with the sender's cells as far as eyes may see them."""

    id: int
    batch: int
    number: str
    dataset: str
    organisation: int
    period: str
    sheet: str
    row: int
    cells: Mapping[str, str]
    problems: Sequence[Mapping[str, Any]]
    state: HeldState
    received_at: datetime


class OwedState(StrEnum):
    """Where an organisation stands with a data set."""

    MISSING = "missing"
    CHECKING = "checking"
    TO_CONFIRM = "to_confirm"
    WAITING_ROWS = "waiting_rows"
    DONE = "done"

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return {
            "missing": "未交",
            "checking": "正在检查",
            "to_confirm": "待确认入库",
            "waiting_rows": "有行待改",
            "done": "已入库",
        }[self.value]


@dataclass(frozen=True)
class Owed:
    """A data set that an organisation hands in: the period that ended last, by when, and how it stands. `late` on the day
    asked for. Where there is no `due`, it is handed in when something changes."""

    dataset: Dataset
    organisation: int
    period: str
    starts: date | None
    ends: date | None
    due: date | None
    late: bool
    state: OwedState
    records: int
    waiting: int
    differences: int
    last: BatchView | None


@dataclass(frozen=True)
class RecordView:
    """A record. `values` by field; an identity number is masked. `since`, `until`: the batches between which it stood."""

    id: int
    organisation: int
    period: str
    key: str
    values: Mapping[str, str]
    person: UUID | None
    since: int
    until: int | None


@dataclass(frozen=True)
class Version:
    """A record at one time of its history, with what became different."""

    record: RecordView
    batch: str
    at: datetime | None
    by: str
    ended_by: str
    ended_at: datetime | None
    changes: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class DifferenceView:
    """A field in which two sources differ."""

    id: int
    dataset: str
    source: str
    organisation: int
    period: str
    key: str
    field: str
    field_name: str
    own: str
    other: str
    state: DifferenceState
    stands: Side | None
    note: str
    found_at: datetime
    settled_at: datetime | None
    settled_by: str


@dataclass(frozen=True)
class LogLine:
    """A line of the exchange log. `position`: its link in the chain; None while it waits to be sealed."""

    id: int
    at: datetime
    name: str
    organisation: int | None
    action: str
    summary: str
    detail: Mapping[str, Any]
    batch: int | None
    position: int | None


@dataclass(frozen=True)
class Twice:
    """A person who stands with several organisations or data sets. `places`: organisation and data set of the rows that the
    reader may see; `elsewhere`: how many there are besides."""

    person: UUID
    masked: str
    places: Sequence[tuple[int, str, str]] = ()  # organisation, data set, key words
    elsewhere: int = 0


@dataclass(frozen=True)
class ReadView:
    """Somebody read a full identity number."""

    at: datetime
    name: str
    acting_for: str
    organisation: int
    dataset: str
    purpose: str
    more: Mapping[str, Any] = field(default_factory=dict)
