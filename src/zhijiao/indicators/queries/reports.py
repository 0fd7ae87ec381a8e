"""Reads of reports: what a person owes, what waits for their decision, one report in full, the history of a figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.db.models import Count, Q, QuerySet

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import ROLES, Permission
from zhijiao.engines.forms import Form
from zhijiao.indicators.models import Figure, Receipt, Report, ReportStep
from zhijiao.indicators.queries.receipts import receipt_view
from zhijiao.indicators.queries.standpoint import Standpoint, names_of
from zhijiao.indicators.queries.views import changes, figure_view, relative, views
from zhijiao.indicators.rules.asking import JUMP_PERCENT, form_of
from zhijiao.indicators.rules.duties import links_from
from zhijiao.indicators.types import (
    APPROVED,
    DRAFT,
    ChainLink,
    FigureView,
    Filters,
    Owed,
    Reason,
    ReportView,
    Step,
    StepKind,
    ToReview,
)
from zhijiao.indicators.types import Receipt as ReceiptView
from zhijiao.policy import queries as policy

MOST = 1000
"""Lines of a list, unless more are asked for."""
MOST_APPROVED = 200
"""Of what is approved a list shows the newest; a figure's own page has its whole history."""
ANYTHING = Filters()


def owed(actor: Actor, on: date, filters: Filters = ANYTHING, *, most: int = MOST) -> list[Owed]:
    """What the person's organisations owe, by due date (of what is approved, the newest); without a
    state in the filter, what is not approved yet; "all" is both. With an
    organisation in the filter, what that one owes, as far as the person sees it."""
    if filters.state == "all":
        open_ = owed(actor, on, replace(filters, state="open"), most=most)
        return open_ + owed(actor, on, replace(filters, state=APPROVED), most=most)
    rows = narrowed(Report.objects.all(), on, filters)
    if filters.organisation is None:
        rows = rows.filter(organisation__in=seats(actor, Permission.REPORT))
    if filters.state is None:
        rows = rows.exclude(state=APPROVED)
    ordered = rows.order_by("due", "organisation_id", "obligation", "id")
    if filters.state == APPROVED:
        most = min(most, MOST_APPROVED)
        ordered = rows.order_by("-due", "organisation_id", "obligation", "id")
    return views(Standpoint(actor), list(ordered[:most]), on)


def to_review(actor: Actor, on: date, filters: Filters = ANYTHING, *, most: int = MOST) -> list[ToReview]:
    """What waits for a decision of the person's organisations, by obligation, period and organisation."""
    rows = narrowed(in_review(), on, filters).filter(holder__in=seats(actor, Permission.REVIEW))
    standpoint = Standpoint(actor)
    ordered = rows.order_by("obligation", "-ends", "organisation_id", "id")[:most]
    waiting = list(ordered)
    own = {row.pk for row in waiting if row.submitted_by is not None and row.submitted_by == actor.user}
    return [_to_review(view, view.id in own) for view in views(standpoint, waiting, on)]


def report(actor: Actor, report_id: int, on: date) -> ReportView:
    """Everything about one report. Raises Invisible."""
    row = Report.objects.filter(pk=report_id).first()
    if row is None:
        raise Invisible(f"no report {report_id}")
    standpoint = Standpoint(actor)
    view = views(standpoint, [row], on)[0]
    figures = Figure.objects.filter(report=row).select_related("replaces").order_by("id")
    replaced = {figure.replaces_id for figure in figures}
    return ReportView(
        owed=view,
        chain=_chain(row, on),
        ledger=ledger(report_id),
        changes=changes(view),
        figures=tuple(_with_state(figure, replaced) for figure in figures),
        steps=tuple(standpoint.available(row)),
    )


def ledger(report_id: int) -> tuple[Step, ...]:
    """What was done to a report, oldest first."""
    rows = list(ReportStep.objects.filter(report_id=report_id).order_by("number"))
    names = names_of({row.organisation_id for row in rows}, date.max)
    return tuple(
        Step(
            number=row.number,
            kind=StepKind(row.kind),
            words=StepKind(row.kind).words,
            source=row.source,
            target=row.target,
            by=row.name,
            organisation_name=names.get(row.organisation_id, ""),
            at=row.at,
            value=row.value,
            numerator=row.numerator,
            denominator=row.denominator,
            text=row.text,
            note=row.note,
            reason=Reason(row.reason).words if row.reason else "",
            reason_words=row.reason_words,
        )
        for row in rows
    )


def form(actor: Actor, report_id: int) -> Form:
    """The form of one report: fields with their kinds, units and bounds. Raises Invisible."""
    row = Report.objects.filter(pk=report_id).first()
    if row is None:
        raise Invisible(f"no report {report_id}")
    subject = Standpoint(actor).subject(row)
    return form_of(subject.obligation, subject.indicator)


def history(actor: Actor, indicator: str, organisation: int, *, most: int = 400) -> list[FigureView]:
    """The approved figures of an organisation, newest period first, with those that were replaced after what replaced them."""
    rows = list(
        Figure.objects.filter(indicator=indicator, organisation=organisation)
        .select_related("replaces")
        .order_by("-ends", "-id")[:most]
    )
    replaced = {row.replaces_id for row in rows}
    return [_with_state(row, replaced) for row in rows]


def counts(actor: Actor, on: date) -> dict[str, int]:
    """How much waits: draft, returned, late (of these two), review."""
    mine = Report.objects.filter(organisation__in=seats(actor, Permission.REPORT), state=DRAFT).aggregate(
        draft=Count("id", filter=Q(reason="")),
        returned=Count("id", filter=~Q(reason="")),
        late=Count("id", filter=Q(deadline__lt=on)),
    )
    waiting = in_review().filter(holder__in=seats(actor, Permission.REVIEW)).count()
    return {**mine, "review": waiting}


def receipt(actor: Actor, number: str) -> ReceiptView:
    """A receipt by its number. Raises Invisible."""
    row = Receipt.objects.filter(number=number).first()
    if row is None:
        raise Invisible(f"no receipt {number}")
    return receipt_view(row)


def in_review() -> QuerySet[Report]:
    """Reports with a reviewer. That they are not approved is said too, so that the index of open reports is used."""
    return Report.objects.filter(state__startswith="step.").exclude(state=APPROVED)


def narrowed(rows: QuerySet[Report], on: date, filters: Filters) -> QuerySet[Report]:
    """Rows that a filter lets through."""
    if filters.search:
        named = [
            i.id for index in policy.indexes() for i in index.pack.indicators if filters.search in i.name
        ]
        rows = rows.filter(indicator__in=named)
    match filters.state:
        case "draft":
            rows = rows.filter(state=DRAFT, reason="")
        case "returned":
            rows = rows.filter(state=DRAFT).exclude(reason="")
        case "review":
            rows = rows & in_review()
        case "approved":
            rows = rows.filter(state=APPROVED)
        case "open":
            rows = rows.exclude(state=APPROVED)
        case "late":
            rows = rows.exclude(state=APPROVED).filter(deadline__lt=on)
        case _:
            pass
    for field in ("period", "obligation", "indicator", "organisation", "pack"):
        wanted = getattr(filters, field)
        if wanted is not None:
            rows = rows.filter(**{field: wanted})
    return rows


def seats(actor: Actor, permission: Permission) -> list[int]:
    """The organisations at which the person holds a role with a permission."""
    return [
        seat.organisation
        for seat in actor.seats
        if permission in ROLES[seat.role].permissions and actor.may(permission, seat.organisation)
    ]


def _to_review(view: Owed, own: bool) -> ToReview:
    last = view.last.value if view.last else None
    share = relative(last, view.value)
    flags = [
        *(["缺佐证"] if view.evidence_asked and not view.evidence else []),
        *(["变动较大"] if share is not None and abs(share) * 100 > JUMP_PERCENT else []),
        *(["有疑问"] if any(p.code == "doubt" for p in view.warnings) else []),
        *(["逾期提交"] if view.submitted_at and view.submitted_at.date() > view.due else []),
        *(["重报"] if view.approved else []),
    ]
    return ToReview(
        owed=view,
        changes=changes(view),
        delta=None if last is None or view.value is None else view.value - last,
        relative=share,
        flags=tuple(flags),
        own=own,
    )


def _chain(row: Report, on: date) -> tuple[ChainLink, ...]:
    links = links_from(row.chain)
    names = names_of({link.party for link in links}, on)
    passed = (
        len(links)
        if row.state == APPROVED
        else -1
        if row.state == DRAFT
        else int(row.state.removeprefix("step.")) - 1
    )
    return tuple(
        ChainLink(
            f"step.{place + 1}",
            link.name,
            link.party,
            names.get(link.party, ""),
            "done" if place < passed else "now" if place == passed else "ahead",
            row.deadline if place == passed else None,
        )
        for place, link in enumerate(links)
    )


def _with_state(row: Figure, replaced: set[int | None]) -> FigureView:
    return replace(figure_view(row), replaced=row.pk in replaced)
