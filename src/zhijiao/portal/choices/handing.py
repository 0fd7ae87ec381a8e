"""Handing in: the list once more as a whole, the code of the second factor, and one click with a receipt."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zhijiao.admissions.actions.proving import send_code
from zhijiao.admissions.actions.submitting import submit
from zhijiao.admissions.queries import filling
from zhijiao.admissions.queries.filling import changes
from zhijiao.admissions.queries.offers import faults_of
from zhijiao.admissions.types.filling import BadChoices, Chosen, Closed, NotProved
from zhijiao.core.errors import Refusal
from zhijiao.portal.choices.shared import (
    CODE,
    Filling,
    filling_of,
    is_proved,
    keep_sent,
    may_send,
    numbers,
    prove,
    session_mark,
)
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page

Faults = list[tuple[str, str]]


def _check(
    request: HttpRequest,
    desk: Desk,
    here: Filling,
    chosen: Chosen,
    faults: Faults,
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    last = filling.chosen_of(here.state.last) if here.state.last is not None else None
    added, dropped, moved = changes(last, chosen)
    wrong = faults_of(
        chosen, here.market.offers, here.market.batches, here.place.candidate.origins, here.market.names
    )
    sent = request.session.get(CODE)
    response = page(
        request,
        "choices/check.html",
        desk.frame,
        desk=desk,
        view="choices",
        here=here,
        chosen=chosen,
        lines=",".join(map(str, chosen.lines)),
        adjust=",".join(map(str, sorted(chosen.adjust))),
        key=key or secrets.token_urlsafe(18),
        faults=faults or [("", fault.words) for fault in wrong],
        blocked=bool(wrong) or not here.takes,
        added=here.offers(added),
        dropped=here.offers(dropped),
        moved=moved,
        proved=is_proved(request, here.place.candidate.pk, here.at),
        sent=sent["where"] if sent and sent["candidate"] == here.place.candidate.pk else "",
        waits=not may_send(request, here.at),
    )
    response.status_code = status
    return response


@sensitive_post_parameters("code")
def _submit(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> HttpResponse:
    here = filling_of(request, desk, candidate, round_code)
    if request.method != "POST":
        return _check(request, desk, here, here.state.draft, [])
    lines, adjust = numbers(request.POST.get("lines", "")), numbers(request.POST.get("adjust", ""))
    if lines is None or adjust is None:
        return _check(
            request, desk, here, here.state.draft, [("", "页面已过期，请核对后再提交。")], status=422
        )
    chosen, key = Chosen(lines, frozenset(adjust)), request.POST.get("key", "")
    proved = not here.place.round.second_factor or is_proved(request, candidate, here.at)
    if not proved:
        words = prove(request, candidate, request.POST.get("code", ""), here.at)
        if words:
            return _check(request, desk, here, chosen, [("code", words)], key, 422)
        proved = True
    try:
        receipt = submit(
            by=desk.actor,
            at=timezone.now(),
            candidate=candidate,
            round_code=round_code,
            chosen=chosen,
            key=key,
            opened=here.opened,
            session=session_mark(request),
            proved=proved,
        )
    except BadChoices as error:
        faults = [("", fault.words) for fault in error.faults]
        return _check(request, desk, here, chosen, faults, status=422)
    except (Closed, NotProved) as error:
        return _check(request, desk, here, chosen, [("", str(error))], key, 409)
    return HttpResponseRedirect(f"{reverse('portal:choices_fill', args=here.args)}?receipt={receipt.number}")


def _code(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> HttpResponse:
    here = filling_of(request, desk, candidate, round_code)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("portal:choices_submit", args=here.args))
    lines, adjust = numbers(request.POST.get("lines", "")), numbers(request.POST.get("adjust", ""))
    chosen = Chosen(lines, frozenset(adjust or ())) if lines else here.state.draft
    key = request.POST.get("key", "")
    if not may_send(request, here.at):
        faults = [("code", "验证码一分钟内只能发一次，请稍等。")]
        return _check(request, desk, here, chosen, faults, key, 429)
    try:
        keep_sent(
            request,
            candidate,
            send_code(by=desk.actor, at=here.at, candidate=candidate, round_code=round_code),
            here.at,
        )
    except Refusal as error:
        return _check(request, desk, here, chosen, [("code", str(error))], key, 409)
    if chosen == here.state.draft:
        # A page of its own address: to the message with the code and back again, and a reload sends nothing twice.
        return HttpResponseRedirect(f"{reverse('portal:choices_submit', args=here.args)}#code")
    return _check(request, desk, here, chosen, [], key)


view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_submit))
code_view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_code))
