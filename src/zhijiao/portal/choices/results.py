"""The result of a round for a candidate or guardian: the seat, why each choice came out as it did, giving up, the letter."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.admissions.actions.seats import declining
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import filling
from zhijiao.admissions.queries.results import elsewhere, result
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page


def _view(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> HttpResponse:
    return result_page(request, desk, candidate, round_code)


def result_page(
    request: HttpRequest, desk: Desk, candidate: int, round_code: str, fault: str = "", status: int = 200
) -> HttpResponse:
    """The page; before publication it says so."""
    place = filling.place(desk.actor, candidate, round_code)
    found = result(candidate, place.round, timezone.now())
    response = page(
        request,
        "choices/result.html",
        desk.frame,
        desk=desk,
        view="choices",
        who=place.candidate,
        round=place.round,
        found=found,
        elsewhere=elsewhere(candidate, place.round.season),
        faults=[("", fault)] if fault else [],
    )
    response.status_code = status
    return response


def _letter(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> HttpResponse:
    place = filling.place(desk.actor, candidate, round_code)
    found = result(candidate, place.round, timezone.now())
    if found is None or found.letter is None or not found.seated:
        raise Http404("没有录取通知书。")
    return page(
        request,
        "choices/letter.html",
        desk.frame,
        desk=desk,
        view="choices",
        who=place.candidate,
        round=place.round,
        found=found,
        address=request.build_absolute_uri(reverse("portal:letter", args=[found.letter.code])),
    )


def _act(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> HttpResponse:
    place = filling.place(desk.actor, candidate, round_code)
    at = timezone.now()
    found = result(candidate, place.round, at)
    if found is None:
        raise Http404("还没有录取结果。")
    try:
        match request.POST.get("do", ""):
            case "ask":
                declining.ask(
                    outcome=found.outcome.pk, reason=request.POST.get("reason", ""), by=desk.actor, at=at
                )
            case "confirm" if found.decline is not None:
                declining.confirm(decline=found.decline.pk, by=desk.actor, at=at)
            case "withdraw" if found.decline is not None:
                declining.withdraw(decline=found.decline.pk, by=desk.actor, at=at)
    except Refused as refused:
        return result_page(request, desk, candidate, round_code, str(refused), 422)
    return HttpResponseRedirect(reverse("portal:choices_result", args=[candidate, round_code]))


view = require_safe(at_desk(_view))
letter_view = require_safe(at_desk(_letter))
act = require_POST(at_desk(_act))
