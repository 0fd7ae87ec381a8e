"""One figure owed, in full: its value, whose turn it is, the ledger of what was done, what changed, evidence, restatements."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.core.access.roles import Permission
from zhijiao.core.models import StoredFile
from zhijiao.indicators import actions
from zhijiao.indicators.queries import reports as queries
from zhijiao.indicators.types import RETURN_REASONS, Entered, Reason, Refused, ReportView
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.files import attached, ticket
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.reports.shared import WORDS, indicator_of, is_open
from zhijiao.portal.pages import page


@require_GET
def _view(request: HttpRequest, desk: Desk, report: int) -> HttpResponse:
    return report_page(request, desk, report)


def report_page(
    request: HttpRequest,
    desk: Desk,
    report: int,
    faults: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> HttpResponse:
    """The page; `faults` are (id of the field, sentence) of a refused step."""
    found = _found(desk, report)
    response = page(
        request,
        "desk/reports/report.html",
        desk.frame,
        desk=desk,
        view="review" if desk.actor.may(Permission.REVIEW) and not found.owed.mine else "hand_in",
        it=found,
        owed=found.owed,
        indicator=indicator_of(desk, found.owed),
        **WORDS,
        reasons=[(reason.value, words) for reason, words in RETURN_REASONS.items()],
        faults=faults,
        fault_of=lambda name: next((words for field, words in faults if field == name), None),
        files=list(StoredFile.objects.filter(pk__in=found.owed.evidence).order_by("id")),
        ticket=ticket(desk.actor, found.owed.organisation, found.owed.parties)
        if is_open(found.owed)
        else None,
        beside={},
        warnings={},
        asked={key: request.POST.get(key, "") for key in ("reason", "words")},
    )
    response.status_code = status
    return response


def _found(desk: Desk, report: int) -> ReportView:
    return queries.report(desk.actor, report, desk.on)


@require_POST
def _reopen(request: HttpRequest, desk: Desk, report: int) -> HttpResponse:
    """Open an approved figure again, with a reason: the next approval is a restatement."""
    return _with_reason(request, desk, report, "reopen")


@require_POST
def _return(request: HttpRequest, desk: Desk, report: int) -> HttpResponse:
    return _with_reason(request, desk, report, "return")


def _with_reason(request: HttpRequest, desk: Desk, report: int, step: str) -> HttpResponse:
    found = _found(desk, report)
    code, words = request.POST.get("reason", ""), request.POST.get("words", "").strip()
    if code not in set(Reason):
        return report_page(request, desk, report, (("reason", "请选择一个理由。"),), 422)
    revision, now, reason = _revision(request, found), timezone.now(), Reason(code)
    try:
        if step == "reopen":
            actions.reopen(
                by=desk.actor, at=now, report=report, revision=revision, reason=reason, words=words
            )
        else:
            actions.return_for_correction(
                by=desk.actor, at=now, reports={report: revision}, reason=reason, words=words
            )
    except Refused as refused:
        return report_page(request, desk, report, tuple(("words", p.words) for p in refused.problems), 422)
    return HttpResponseRedirect(reverse("portal:report", args=[report]))


@require_POST
def _decide(request: HttpRequest, desk: Desk, report: int) -> HttpResponse:
    """Pass or approve this one report."""
    found = _found(desk, report)
    try:
        actions.decide(by=desk.actor, at=timezone.now(), reports={report: _revision(request, found)})
    except Refused as refused:
        return report_page(request, desk, report, tuple(("", p.words) for p in refused.problems), 409)
    return HttpResponseRedirect(reverse("portal:report", args=[report]))


@require_POST
def _evidence(request: HttpRequest, desk: Desk, report: int) -> HttpResponse:
    """Keep the evidence that the form holds: files stored before that are still ticked, and new ones."""
    found = _found(desk, report)
    came = attached(request, desk, found.owed.organisation, found.owed.parties)
    try:
        entry = Entered(report, {}, _revision(request, found), came.ids)
        actions.save_drafts(by=desk.actor, at=timezone.now(), entries=[entry])
    except Refused as refused:
        return report_page(
            request, desk, report, tuple(("upload-files", p.words) for p in refused.problems), 422
        )
    if came.errors:
        return report_page(
            request, desk, report, tuple(("upload-files", words) for words in came.errors), 422
        )
    return HttpResponseRedirect(f"{reverse('portal:report', args=[report])}#evidence")


def _revision(request: HttpRequest, found: ReportView) -> int:
    """The revision that the person looked at."""
    sent = request.POST.get("revision", "")
    return found.owed.revision if (said := row_id(sent)) is None else said


view = at_desk(_view, Permission.VIEW)
reopen = at_desk(_reopen, Permission.REVIEW)
send_back = at_desk(_return, Permission.REVIEW)
decide = at_desk(_decide, Permission.REVIEW)
evidence = at_desk(_evidence, Permission.REPORT)
