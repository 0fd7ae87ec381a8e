"""Verbs of who owes figures: save what was typed, hand in, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.audit import record
from zhijiao.core.events import tell
from zhijiao.core.models import StoredFile
from zhijiao.engines.forms import Answer
from zhijiao.indicators.actions.approving import approve
from zhijiao.indicators.actions.shared import FILLED, MOVED, Deed, Taken, earlier, write
from zhijiao.indicators.models import Report
from zhijiao.indicators.queries.standpoint import REVIEWERS
from zhijiao.indicators.queries.views import last_figures
from zhijiao.indicators.rules.asking import NOTE, read
from zhijiao.indicators.types import (
    APPROVED,
    DRAFT,
    Entered,
    FigureView,
    Problem,
    Receipt,
    Refused,
    Saved,
    StepKind,
    problems_of,
)

HANDED_IN = "indicators.handed_in"
"""Told when reports are handed in: `{"tenant": …, "reports": [ids]}`."""


def save_drafts(*, by: Actor, at: datetime, entries: Sequence[Entered]) -> list[Saved]:
    """Keep what was typed. What cannot be read is kept as typed and named; nothing is refused for its value.

    Raises Clashed where somebody saved another draft in the meantime, Refused where a report is no draft,
    NotAllowed, Invisible. All or nothing.
    """
    with acting(by):
        deed = Deed(by, at)
        return [saved for _, saved in _fill(deed, entries)]


def submit(*, by: Actor, at: datetime, reports: Mapping[int, int | None], key: str | None = None) -> Receipt:
    """Hand in drafts: id and the revision that was looked at (None: as it is). All or none; every fault is named.

    `key` makes it idempotent: the same request again returns the same receipt. Raises Refused, Clashed, Reused, NotAllowed,
    Invisible.
    """
    request = {"verb": "submit", "reports": {str(k): v for k, v in reports.items()}}
    with acting(by):
        if (known := earlier(by, key, request)) is not None:
            return known
        deed = Deed(by, at)
        return _submit(deed, deed.load(reports), key=key, request=request)


def hand_in(*, by: Actor, at: datetime, entries: Sequence[Entered], key: str | None = None) -> Receipt:
    """Fill in and hand in at once, as a program does. All or none. Raises as `save_drafts` and `submit`."""
    request = {
        "verb": "hand_in",
        "entries": [
            [e.report, dict(e.values), e.revision, list(e.evidence) if e.evidence is not None else None]
            for e in entries
        ],
    }
    with acting(by):
        if (known := earlier(by, key, request)) is not None:
            return known
        deed = Deed(by, at)
        return _submit(deed, [row for row, _ in _fill(deed, entries)], key=key, request=request)


def withdraw(
    *, by: Actor, at: datetime, reports: Mapping[int, int | None], key: str | None = None
) -> Receipt:
    """Take back what nobody has passed yet. All or none. Raises as `submit`."""
    request = {"verb": "withdraw", "reports": {str(k): v for k, v in reports.items()}}
    with acting(by):
        if (known := earlier(by, key, request)) is not None:
            return known
        deed = Deed(by, at)
        rows = deed.load(reports)
        taken = deed.take_all(rows, lambda _: StepKind.WITHDRAW)
        write(taken)
        record(
            by=by,
            at=at,
            action="indicators.withdraw",
            organisation=rows[0].organisation_id,
            object_kind="report",
            object_id=rows[0].pk,
            summary=f"撤回填报 {len(rows)} 项",
            detail={"reports": [row.pk for row in rows]},
        )
        return deed.receipt("withdraw", rows, organisation=rows[0].organisation_id, key=key, request=request)


def judged(deed: Deed, report: Report, last: Decimal | None) -> tuple[Answer, Decimal | None]:
    """A draft as it was typed, read and judged; and its value."""
    subject = deed.subject(report)
    return read(subject.obligation, subject.indicator, report.typed, last, strict=True)


def _fill(deed: Deed, entries: Sequence[Entered]) -> list[tuple[Report, Saved]]:
    by_id = {entry.report: entry for entry in entries}
    rows = deed.load(
        {entry.report: entry.revision for entry in entries}, {e.report: e.values for e in entries}
    )
    _refuse_others(deed, rows)
    lasts = last_figures(rows)
    _check_files(deed, rows, by_id)
    return [(row, _fill_one(deed, row, by_id[row.pk], _value(lasts.get(row.pk)))) for row in rows]


def _fill_one(deed: Deed, row: Report, entry: Entered, last: Decimal | None) -> Saved:
    row.typed = {**row.typed, **entry.values}
    if entry.evidence is not None:
        row.evidence = sorted(set(entry.evidence))
    answer, value = judged(deed, row, last)
    read_ = answer.values
    row.value = value
    row.numerator, row.denominator = _number(read_.get("numerator")), _number(read_.get("denominator"))
    row.text = str(read_.get("text") or "")
    row.note = str(read_.get(NOTE) or "")
    if value is None:
        row.numerator = row.denominator = None
    row.revision += 1
    row.save(update_fields=[*FILLED, "revision"])
    problems = problems_of(row.pk, deed.subject(row).indicator.name, answer.faults)
    return Saved(row.pk, row.revision, value, problems)


def _value(figure: FigureView | None) -> Decimal | None:
    return None if figure is None else figure.value


def _number(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else None


def _refuse_others(deed: Deed, rows: Sequence[Report]) -> None:
    for row in rows:
        if not deed.reports_for(row.organisation_id):
            raise NotAllowed(Permission.REPORT)
    handed_in = [
        deed.problem(
            row,
            "locked",
            "已审定并锁定；要改，请审定单位重新打开。"
            if row.state == APPROVED
            else "已提交，正在审核；要改，请先撤回，或请审核人退回。",
        )
        for row in rows
        if row.state != DRAFT
    ]
    if handed_in:
        raise Refused(handed_in)


def _check_files(deed: Deed, rows: Sequence[Report], entries: Mapping[int, Entered]) -> None:
    wanted = {file for row in rows for file in entries[row.pk].evidence or ()}
    known = set(StoredFile.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    lost = [
        deed.problem(row, "no_such_file", "佐证材料不存在或不是本单位上传的；请重新上传。", "evidence")
        for row in rows
        if not set(entries[row.pk].evidence or ()) <= known
    ]
    if lost:
        raise Refused(lost)


def _submit(deed: Deed, rows: list[Report], *, key: str | None, request: object) -> Receipt:
    lasts = last_figures(rows)
    problems: list[Problem] = []
    for row in rows:
        if row.state == DRAFT:
            answer, _ = judged(deed, row, _value(lasts.get(row.pk)))
            problems += problems_of(row.pk, deed.subject(row).indicator.name, answer.errors)
    if problems:
        raise Refused(problems)
    taken = deed.take_all(rows, lambda _: StepKind.SUBMIT)
    for each in taken:
        each.report.submitted_by = deed.by.user
        each.report.submitted_name = deed.by.name[:80]
        each.report.submitted_at = deed.at
        each.report.reason = each.report.reason_words = each.report.returned_by = ""
    write(taken, fields=MOVED)
    approve(deed, [each for each in taken if each.report.state == APPROVED])
    receipt = deed.receipt("submit", rows, organisation=rows[0].organisation_id, key=key, request=request)
    _after(deed, taken, receipt)
    return receipt


def _after(deed: Deed, taken: Sequence[Taken], receipt: Receipt) -> None:
    rows = [each.report for each in taken]
    record(
        by=deed.by,
        at=deed.at,
        action="indicators.submit",
        organisation=rows[0].organisation_id,
        object_kind="receipt",
        object_id=receipt.number,
        summary=f"提交填报 {len(rows)} 项，回执 {receipt.number}",
        detail={"reports": [row.pk for row in rows]},
    )
    tell(HANDED_IN, {"tenant": deed.by.tenant.value, "reports": [row.pk for row in rows]}, at=deed.at)
    for holder in {row.holder_id for row in rows if row.state != APPROVED}:
        count = sum(row.holder_id == holder for row in rows)
        deed.tell_people(
            holder,
            REVIEWERS,
            key=f"handed-in.{receipt.number}",
            subject=f"有 {count} 项数据等待审核",
            body=f"由 {deed.by.name} 提交，回执 {receipt.number}。",
            link="/desk/review",
        )
