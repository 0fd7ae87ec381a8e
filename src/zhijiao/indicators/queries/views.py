"""From rows to what pages show: reports with their words, figures with who stands behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection

from zhijiao.core.workdays import china
from zhijiao.indicators.models import Figure, Report
from zhijiao.indicators.queries.standpoint import Standpoint, names_of
from zhijiao.indicators.rules.asking import read
from zhijiao.indicators.rules.duties import links_from
from zhijiao.indicators.rules.periods import period_words
from zhijiao.indicators.types import (
    APPROVED,
    DRAFT,
    Change,
    FigureView,
    Owed,
    Problem,
    Reason,
    problems_of,
)
from zhijiao.lib.numbers import quantity


def views(standpoint: Standpoint, rows: Sequence[Report], on: date, *, judge: bool = True) -> list[Owed]:
    """Reports as lists show them. `judge`: also read the drafts and say what is wrong or doubtful so far."""
    last, approved = last_figures(rows), current_figures([row.pk for row in rows])
    who = {row.organisation_id for row in rows} | {row.holder_id for row in rows}
    names = names_of(who, on)
    return [
        _view(standpoint, row, on, names, last.get(row.pk), approved.get(row.pk), judge=judge) for row in rows
    ]


def _view(
    standpoint: Standpoint,
    row: Report,
    on: date,
    names: dict[int, str],
    last: FigureView | None,
    approved: FigureView | None,
    *,
    judge: bool,
) -> Owed:
    subject = standpoint.subject(row)
    obligation, indicator = subject.obligation, subject.indicator
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    if judge and any(row.typed.values()):
        answer, _ = read(obligation, indicator, row.typed, last.value if last else None)
        errors = problems_of(row.pk, indicator.name, answer.errors)
        warnings = problems_of(row.pk, indicator.name, answer.warnings)
    top, bottom = obligation.numerator, obligation.denominator
    deadline = row.deadline
    return Owed(
        id=row.pk,
        revision=row.revision,
        pack=row.pack,
        obligation=row.obligation,
        obligation_name=obligation.name,
        indicator=row.indicator,
        indicator_name=indicator.name,
        definition=indicator.definition.words,
        clauses=tuple(obligation.clauses),
        organisation=row.organisation_id,
        organisation_name=names.get(row.organisation_id, ""),
        period=row.period,
        period_words=period_words(row.period),
        starts=row.starts,
        ends=row.ends,
        due=row.due,
        deadline=deadline,
        late=deadline is not None and deadline < on and row.state != APPROVED,
        days_left=china().between(on, deadline) if deadline is not None else 0,
        asks=row.asks,
        unit=indicator.unit or "",
        numerator_name=top.name if top else "",
        numerator_unit=top.unit if top else "",
        denominator_name=bottom.name if bottom else "",
        denominator_unit=bottom.unit if bottom else "",
        evidence_asked=tuple(obligation.evidence),
        state=row.state,
        state_words=state_words(row),
        holder=row.holder_id,
        holder_name=names.get(row.holder_id, ""),
        parties=tuple(row.parties),
        typed=row.typed,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        text=row.text,
        note=row.note,
        evidence=tuple(row.evidence),
        last=last,
        approved=approved,
        returned=row.state == DRAFT and bool(row.reason),
        reason=Reason(row.reason).words if row.reason else "",
        reason_words=row.reason_words,
        returned_by=row.returned_by,
        problems=errors,
        warnings=warnings,
        submitted_by=row.submitted_name,
        submitted_at=row.submitted_at,
        mine=standpoint.reports_for(row.organisation_id),
    )


def state_words(row: Report) -> str:
    """Where a report stands, in a word: 待填报, 填报中, 已退回, the name of the level, 已审定."""
    if row.state == APPROVED:
        return "已审定"
    if row.state == DRAFT:
        return "已退回" if row.reason else "填报中" if any(row.typed.values()) else "待填报"
    return f"待{links_from(row.chain)[int(row.state.removeprefix('step.')) - 1].name}"


def figure_view(row: Figure) -> FigureView:
    """A figure with what it replaces. Select `replaces` with it."""
    old = row.replaces
    return FigureView(
        id=row.pk,
        report=row.report_id,
        indicator=row.indicator,
        organisation=row.organisation_id,
        organisation_name=row.reported_as,
        period=row.period,
        period_words=period_words(row.period),
        starts=row.starts,
        ends=row.ends,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        text=row.text,
        unit=row.unit,
        reported_by=row.reported_by,
        reported_as=row.reported_as,
        approved_by=row.approved_by,
        approved_as=row.approved_as,
        known_from=row.known_from,
        version=row.version,
        definition=row.definition,
        old=old.value if old else None,
        old_text=old.text if old else "",
        cause=row.cause,
    )


def last_figures(rows: Sequence[Report]) -> dict[int, FigureView]:
    """By report: the newest standing figure of the same organisation for an earlier period of the same length."""
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, f.id FROM indicators_report r CROSS JOIN LATERAL (
              SELECT f.id FROM indicators_figure f
               WHERE f.indicator = r.indicator AND f.organisation_id = r.organisation_id AND f.ends < r.starts
                 AND abs((f.ends - f.starts) - (r.ends - r.starts)) < 5
                 AND NOT EXISTS (SELECT 1 FROM indicators_figure g WHERE g.replaces_id = f.id)
               ORDER BY f.ends DESC, f.id DESC LIMIT 1) f
             WHERE r.id = ANY(%s)
            """,
            [[row.pk for row in rows]],
        )
        pairs = cursor.fetchall()
    found = Figure.objects.select_related("replaces").in_bulk([figure for _, figure in pairs])
    return {report: figure_view(found[figure]) for report, figure in pairs if figure in found}


def current_figures(reports: Sequence[int]) -> dict[int, FigureView]:
    """By report: its own figure that stands."""
    rows = Figure.objects.filter(report_id__in=reports, replaced_by__isnull=True).select_related("replaces")
    return {row.report_id: figure_view(row) for row in rows}


def changes(owed: Owed) -> tuple[Change, ...]:
    """What differs from the figure that was approved for this very period."""
    old = owed.approved
    if old is None:
        return ()
    rows: list[tuple[str, Decimal | None, Decimal | None, str]] = [
        (owed.indicator_name, old.value, owed.value, owed.unit),
        (owed.numerator_name, old.numerator, owed.numerator, owed.numerator_unit),
        (owed.denominator_name, old.denominator, owed.denominator, owed.denominator_unit),
    ]
    found = [
        Change(label, _said(before, unit), _said(after, unit), relative(before, after))
        for label, before, after, unit in rows
        if before != after
    ]
    if old.text != owed.text:
        found.append(Change(owed.indicator_name, old.text, owed.text))
    return tuple(found)


def relative(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    """By what share a value moved; None where that says nothing."""
    return None if old is None or new is None or not old else (new - old) / abs(old)


def _said(value: Decimal | None, unit: str) -> str:
    return "" if value is None else quantity(value, unit)
