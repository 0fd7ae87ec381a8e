"""What answers hold. Numbers are exact decimal texts, as they were entered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from ninja import Schema
from pydantic import BeforeValidator

from zhijiao.indicators.types import FigureView, Owed, Receipt, ReportView, Step
from zhijiao.lib.numbers import plain


def text(value: Decimal | None) -> str | None:
    """An exact number as text; None stays None."""
    return None if value is None else plain(value)


class FileOut(Schema):
    """A file that hangs on a line; handed out where its line says."""

    id: int
    name: str


def _files(files: Iterable[FileOut | tuple[int, str]]) -> list[FileOut]:
    return [file if isinstance(file, FileOut) else FileOut(id=file[0], name=file[1]) for file in files]


FilesOut = Annotated[list[FileOut], BeforeValidator(_files)]
"""The domain's pairs of number and name."""


class FigureOut(Schema):
    """An approved figure, with who stands behind it and what it replaced."""

    indicator: str
    organisation: int
    organisation_name: str
    period: str
    starts: date
    ends: date
    value: str | None
    numerator: str | None
    denominator: str | None
    text: str
    unit: str
    reported_by: str
    approved_by: str
    known_from: datetime
    definition: str
    version: str
    replaces: str | None
    cause: str

    @classmethod
    def of(cls, figure: FigureView) -> FigureOut:
        """From the domain's view."""
        return cls(
            indicator=figure.indicator,
            organisation=figure.organisation,
            organisation_name=figure.organisation_name,
            period=figure.period,
            starts=figure.starts,
            ends=figure.ends,
            value=text(figure.value),
            numerator=text(figure.numerator),
            denominator=text(figure.denominator),
            text=figure.text,
            unit=figure.unit,
            reported_by=figure.reported_by,
            approved_by=figure.approved_by,
            known_from=figure.known_from,
            definition=figure.definition,
            version=figure.version,
            replaces=text(figure.old) or (figure.old_text or None),
            cause=figure.cause,
        )


class ObligationOut(Schema):
    """One figure owed: what, for which period, by when, and where it stands."""

    report: int
    revision: int
    pack: str
    obligation: str
    indicator: str
    name: str
    clauses: list[str]
    organisation: int
    organisation_name: str
    period: str
    due: date
    deadline: date | None
    late: bool
    asks: str
    unit: str
    state: str
    state_words: str
    holder: int
    holder_name: str
    value: str | None
    numerator: str | None
    denominator: str | None
    text: str
    note: str
    last: FigureOut | None
    returned: bool
    reason: str
    reason_words: str

    @classmethod
    def of(cls, owed: Owed) -> ObligationOut:
        """From the domain's view."""
        return cls(
            report=owed.id,
            revision=owed.revision,
            pack=owed.pack,
            obligation=owed.obligation,
            indicator=owed.indicator,
            name=owed.indicator_name,
            clauses=list(owed.clauses),
            organisation=owed.organisation,
            organisation_name=owed.organisation_name,
            period=owed.period,
            due=owed.due,
            deadline=owed.deadline,
            late=owed.late,
            asks=owed.asks,
            unit=owed.unit,
            state=owed.state,
            state_words=owed.state_words,
            holder=owed.holder,
            holder_name=owed.holder_name,
            value=text(owed.value),
            numerator=text(owed.numerator),
            denominator=text(owed.denominator),
            text=owed.text,
            note=owed.note,
            last=FigureOut.of(owed.last) if owed.last else None,
            returned=owed.returned,
            reason=owed.reason,
            reason_words=owed.reason_words,
        )


class StepOut(Schema):
    """A line of the ledger."""

    number: int
    kind: str
    words: str
    source: str
    target: str
    by: str
    organisation_name: str
    at: datetime
    value: str | None
    text: str
    note: str
    reason: str
    reason_words: str

    @classmethod
    def of(cls, step: Step) -> StepOut:
        """From the domain's view."""
        return cls(
            number=step.number,
            kind=step.kind.value,
            words=step.words,
            source=step.source,
            target=step.target,
            by=step.by,
            organisation_name=step.organisation_name,
            at=step.at,
            value=text(step.value),
            text=step.text,
            note=step.note,
            reason=step.reason,
            reason_words=step.reason_words,
        )


class ReportOut(Schema):
    """One report in full."""

    owed: ObligationOut
    ledger: list[StepOut]
    figures: list[FigureOut]
    steps: list[str]

    @classmethod
    def of(cls, view: ReportView) -> ReportOut:
        """From the domain's view."""
        return cls(
            owed=ObligationOut.of(view.owed),
            ledger=[StepOut.of(step) for step in view.ledger],
            figures=[FigureOut.of(figure) for figure in view.figures],
            steps=[step.value for step in view.steps],
        )


class ReceiptOut(Schema):
    """What was done, with a number and the SHA-256 over its lines."""

    number: str
    at: datetime
    digest: str
    verb: str
    name: str
    lines: list[dict[str, str]]

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptOut:
        """From the domain's view."""
        return cls(
            number=receipt.number,
            at=receipt.at,
            digest=receipt.digest,
            verb=receipt.verb,
            name=receipt.name,
            lines=[dict(line) for line in receipt.lines],
        )
