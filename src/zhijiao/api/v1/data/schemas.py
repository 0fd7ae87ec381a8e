"""What answers of the data hub hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

from ninja import Path, Schema
from pydantic import Field, StringConstraints

from zhijiao.api.v1.duties.fields import NO_NUL
from zhijiao.exchange.types import Counts, Problem
from zhijiao.exchange.types.views import BatchView, Detail, DifferenceView

Name = Annotated[
    str, Path(min_length=1, max_length=60, pattern=NO_NUL, description="数据集编号，如 students")
]
Number = Annotated[
    str, Path(min_length=1, max_length=40, pattern=NO_NUL, description="批次号，如 SJ261122-00017")
]
Source = Annotated[
    str,
    StringConstraints(max_length=60, pattern=NO_NUL),
    Field(description="留空是本单位自己的数据；写名称的是另一来源（如上级系统导出），只与本单位的比对"),
]
WORDS_FIELD = Field(description="说明，以后查变动的人要看")
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL), WORDS_FIELD]


class CountsOut(Schema):
    """What a file holds and would do, or did. read = valid + quarantined; valid = new + changed + unchanged."""

    read: int
    valid: int
    quarantined: int
    new: int
    changed: int
    unchanged: int
    gone: int
    warnings: int

    @classmethod
    def of(cls, counts: Counts) -> CountsOut:
        """From the domain's counts."""
        return cls(**asdict(counts))


class ProblemOut(Schema):
    """What is wrong where, and what to do."""

    sheet: str
    row: int = Field(description="表里的第几行；0 表示整张表")
    column: str
    cell: str
    field: str
    rule: str
    value: str
    words: str = Field(description="哪里不对，怎样改")
    severity: str = Field(description="error 的行待改，warning 的行照收")

    @classmethod
    def of(cls, problem: Problem) -> ProblemOut:
        """From the domain's problem."""
        return cls(**{**asdict(problem), "severity": problem.severity.value})


class BatchOut(Schema):
    """A file that was handed in, and where it stands."""

    number: str
    dataset: str
    source: str
    organisation: int
    file_name: str
    digest: str = Field(description="文件内容的 SHA-256")
    state: str = Field(description="received、checked、applied、withdrawn、undone、refused")
    state_words: str
    counts: CountsOut
    waiting: int = Field(description="还待改的行")
    by: str
    received_at: datetime
    checked_at: datetime | None
    applied_at: datetime | None
    words: str

    @classmethod
    def of(cls, batch: BatchView) -> BatchOut:
        """From the domain's view."""
        return cls(
            number=batch.number,
            dataset=batch.dataset,
            source=batch.source,
            organisation=batch.organisation,
            file_name=batch.file_name,
            digest=batch.digest,
            state=batch.state.value,
            state_words=batch.state.words,
            counts=CountsOut.of(batch.counts),
            waiting=batch.waiting,
            by=batch.name,
            received_at=batch.received_at,
            checked_at=batch.checked_at,
            applied_at=batch.applied_at,
            words=batch.words,
        )


class ChangeOut(Schema):
    """A record that would become different."""

    row: int
    key: str
    fields: list[tuple[str, str, str]] = Field(description="字段、现在的值、新的值")


class GoneOut(Schema):
    """A record that the file, which is the whole of its organisation and period, no longer has."""

    key: str
    values: dict[str, str]


class OutcomeOut(Schema):
    """A batch with what was found in it. `seen` goes into the confirmation, which then does what was looked at or nothing."""

    batch: BatchOut
    problems: list[ProblemOut] = Field(description="前 500 处；全部在退回的文件里")
    by_rule: dict[str, int]
    changes: list[ChangeOut] = Field(description="会变更的记录，前若干条")
    gone: list[GoneOut] = Field(description="会移出的记录，前若干条")
    unclear: bool = Field(description="有的行读不出是谁的，因此不移出任何记录")
    seen: str
    notes: list[str]

    @classmethod
    def of(cls, detail: Detail) -> OutcomeOut:
        """From the domain's view."""
        return cls(
            batch=BatchOut.of(detail.batch),
            problems=[ProblemOut.of(p) for p in detail.problems],
            by_rule=dict(detail.by_rule),
            changes=[ChangeOut(row=c.row, key=c.key, fields=list(c.fields)) for c in detail.changes],
            gone=[GoneOut(key=g.key, values=dict(g.values)) for g in detail.gone],
            unclear=detail.unclear,
            seen=detail.seen,
            notes=list(detail.notes),
        )


class Unreadable(Schema):
    """Why nothing could be read, or nothing was changed."""

    detail: str
    problems: list[ProblemOut] = []


class DifferenceOut(Schema):
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
    state: str
    stands: str | None
    note: str
    found_at: datetime

    @classmethod
    def of(cls, found: DifferenceView) -> DifferenceOut:
        """From the domain's view."""
        kept: Mapping[str, object] = {
            **asdict(found),
            "state": found.state.value,
            "stands": found.stands.value if found.stands else None,
        }
        return cls.model_validate({name: kept[name] for name in cls.model_fields})


class SnapshotOut(Schema):
    """A line of the ledger of snapshots."""

    id: str
    known_at: datetime
    tree_on: date
    standard: str
    reason: str
    marked: str
    rows: int
    made_at: datetime
    removed_at: datetime | None
    datasets: dict[str, int]


class ComputedOut(Schema):
    """A computed figure: exact numbers as texts. `hidden` says why there is no number."""

    run: int
    indicator: str
    part: str
    level: str
    organisation: int
    major: str
    period: str
    starts: date
    ends: date
    value: str | None
    numerator: str | None
    denominator: str | None
    reason: str
    marker: str


class RunOut(Schema):
    """Definitions of a pack version over a snapshot."""

    id: int
    pack: str
    version: str
    snapshot: str
    known_at: datetime
    tree_on: date
    marked: str
    engine: str
    made_at: datetime
