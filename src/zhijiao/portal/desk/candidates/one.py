"""One candidate: guardians, phone, added marks, corrections; each step with what was checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.admissions.actions.accounts import bind_guardian, change_phone, end_guardian, hand_out
from zhijiao.admissions.actions.bonus import claim_bonus, decide_bonus, items_of
from zhijiao.admissions.actions.scores import columns_of, propose_correction, sign_correction
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import candidates, imports
from zhijiao.admissions.queries.candidates import Candidate
from zhijiao.admissions.queries.filling import rounds_of
from zhijiao.admissions.queries.handed import handed_in
from zhijiao.admissions.queries.results import elsewhere
from zhijiao.admissions.types.people import Slip
from zhijiao.core.access.roles import Permission
from zhijiao.core.errors import Refusal
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.allocation.looks import look_of_run
from zhijiao.portal.desk.candidates.shared import NEEDS, show
from zhijiao.portal.desk.guard import Desk, at_desk


def _view(request: HttpRequest, desk: Desk, candidate: int) -> HttpResponse:
    row = candidates.candidate(desk.actor, candidate)
    if request.method != "POST":
        return _show(request, desk, row, done=DONE.get(desk.frame.query.get("done", ""), ""))
    step = STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise Http404("没有这样的步骤。")
    try:
        slip = step(request.POST, desk, row)
    except Refusal as error:
        field = error.field if isinstance(error, Refused) else ""
        return _show(request, desk, row, faults=[(field, str(error))], status=422)
    if slip is not None:
        return show(request, desk, "slips.html", slips=[slip], faults=[], class_name="")
    return HttpResponseRedirect(f"{reverse('portal:candidate', args=[row.pk])}?done={request.POST['do']}")


def _show(
    request: HttpRequest,
    desk: Desk,
    row: Candidate,
    faults: list[tuple[str, str]] | None = None,
    status: int = 200,
    done: str = "",
) -> HttpResponse:
    actor = desk.actor
    audits = actor.organisations(Permission.READ_AUDIT)
    runs = actor.organisations(Permission.ADMIT_RUN)
    rounds = [
        (one, next((h for h in handed_in(one.pk) if h.candidate == row.pk), None)) for one in rounds_of(row)
    ]
    return show(
        request,
        desk,
        "one.html",
        status,
        row=row,
        rounds=rounds,
        guardians=candidates.guardians(row),
        claims=candidates.claims(row),
        items=items_of(row.season),
        corrections=candidates.corrections(row),
        outcomes=candidates.outcomes(row),
        run_look=look_of_run,
        sees_runs=row.season.organisation_id in audits or bool(set(row.season.parties) & runs),
        audits=row.season.organisation_id in audits,
        columns=[(one.id, one.name) for one in columns_of(row.season)],
        checked=imports.checked(row),
        elsewhere=elsewhere(row.pk, row.season),
        sends=candidates.may_at(actor, row, Permission.ADMIT_PLAN),
        approves=candidates.may_at(actor, row, Permission.ADMIT_APPROVE),
        corrects=any(actor.may(Permission.ADMIT_APPROVE, party) for party in row.season.parties),
        faults=faults or [],
        typed=request.POST,
        done=done,
    )


Step = Callable[[Mapping[str, Any], Desk, Candidate], Slip | None]


def _bind(said: Mapping[str, Any], desk: Desk, row: Candidate) -> Slip | None:
    return bind_guardian(
        by=desk.actor,
        at=timezone.now(),
        candidate=row.pk,
        **{key: said.get(key, "") for key in ("name", "relation", "phone", "document", "username")},
    )


def _end(said: Mapping[str, Any], desk: Desk, row: Candidate) -> None:
    end_guardian(
        by=desk.actor, at=timezone.now(), guardian=_number(said, "guardian"), reason=said.get("reason", "")
    )


def _phone(said: Mapping[str, Any], desk: Desk, row: Candidate) -> None:
    change_phone(
        by=desk.actor,
        at=timezone.now(),
        candidate=row.pk,
        phone=said.get("new_phone", ""),
        document=said.get("checked", ""),
    )


def _slip(said: Mapping[str, Any], desk: Desk, row: Candidate) -> Slip:
    return hand_out(by=desk.actor, at=timezone.now(), candidates=[row.pk])[0]


def _claim(said: Mapping[str, Any], desk: Desk, row: Candidate) -> None:
    claim_bonus(
        by=desk.actor,
        at=timezone.now(),
        candidate=row.pk,
        item=said.get("item", ""),
        document=said.get("proof", ""),
    )


def _decide(said: Mapping[str, Any], desk: Desk, row: Candidate) -> None:
    decide_bonus(
        by=desk.actor,
        at=timezone.now(),
        claim=_number(said, "claim"),
        confirm=said.get("decision") == "confirm",
        reason=said.get("reason", ""),
    )


def _correct(said: Mapping[str, Any], desk: Desk, row: Candidate) -> None:
    try:
        after = Decimal(said.get("after", "").strip())
    except InvalidOperation:
        raise Refused("请写更正后的分数，如 101 或 99.5。", "after") from None
    propose_correction(
        by=desk.actor,
        at=timezone.now(),
        candidate=row.pk,
        column=said.get("column", ""),
        after=after,
        reason=said.get("why", ""),
        document=said.get("paper", ""),
    )


def _sign(said: Mapping[str, Any], desk: Desk, row: Candidate) -> None:
    sign_correction(by=desk.actor, at=timezone.now(), correction=_number(said, "correction"))


def _number(said: Mapping[str, Any], key: str) -> int:
    return row_id(said.get(key)) or 0


STEPS: Mapping[str, Step] = {
    "bind": _bind,
    "end": _end,
    "phone": _phone,
    "slip": _slip,
    "claim": _claim,
    "decide": _decide,
    "correct": _correct,
    "sign": _sign,
}
DONE = {
    "bind": "监护人已绑定。",
    "end": "绑定已解除。",
    "phone": "手机号已更改，考生和监护人都收到了通知。",
    "claim": "加分已申报，等待审核。",
    "decide": "加分已处理。",
    "correct": "成绩更正已拟写，等待另一人签署。",
    "sign": "成绩更正已签署并生效。",
}

view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_view, *NEEDS))
