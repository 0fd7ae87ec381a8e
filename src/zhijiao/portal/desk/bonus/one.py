"""One claim: what is claimed, the papers, the decision with its reason, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.admissions.actions.bonus import decide_bonus, take_back
from zhijiao.admissions.actions.proofs import add_proofs
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import bonus, candidates
from zhijiao.admissions.queries.bonus import ClaimRow
from zhijiao.core.access.roles import Permission
from zhijiao.core.errors import Refusal
from zhijiao.portal.choices.bonus import limits, look_of_claim, papers
from zhijiao.portal.desk.bonus.listing import school_name
from zhijiao.portal.desk.candidates.shared import NEEDS
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page

DONE = {
    "decide": "已办理，考生和监护人都收到了通知。",
    "take_back": "已撤销，考生和监护人都收到了通知。",
    "add": "材料已补充。",
}


def _view(request: HttpRequest, desk: Desk, claim: int) -> HttpResponse:
    row = bonus.claim(desk.actor, claim)
    if request.method != "POST":
        return _show(request, desk, row)
    do, by, at = request.POST.get("do", ""), desk.actor, timezone.now()
    reason = request.POST.get("reason", "")
    try:
        match do:
            case "decide":
                decision = request.POST.get("decision", "")
                if decision not in ("confirm", "refuse"):
                    raise Refused("请选择确认或不予确认。", "decision")
                decide_bonus(by=by, at=at, claim=claim, confirm=decision == "confirm", reason=reason)
            case "take_back":
                take_back(by=by, at=at, claim=claim, reason=reason)
            case "add":
                add_proofs(by=by, at=at, claim=claim, files=papers(request))
            case _:
                raise Http404("没有这样的步骤。")
    except Refusal as error:
        field = error.field if isinstance(error, Refused) else ""
        return _show(request, desk, bonus.claim(desk.actor, claim), [(field, str(error))])
    return HttpResponseRedirect(f"{reverse('portal:bonus_claim', args=[claim])}?done={do}")


def _show(
    request: HttpRequest, desk: Desk, row: ClaimRow, faults: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    actor, candidate = desk.actor, row.candidate
    frozen = bonus.until(candidate.season).frozen
    approves = candidates.may_at(actor, candidate, Permission.ADMIT_APPROVE) and not frozen
    response = page(
        request,
        "desk/bonus/one.html",
        desk.frame,
        desk=desk,
        view="candidates",
        row=row,
        who=candidate,
        item=next((one for one in bonus.items(candidate.season) if one.id == row.claim.item), None),
        look=look_of_claim(row.claim),
        school=school_name(desk, row),
        proofs=bonus.proofs(row.claim),
        others=[
            one for one in candidates.claims(candidate) if one.pk != row.claim.pk and one.state == "confirmed"
        ],
        names={one.id: one.name for one in bonus.items(candidate.season)},
        frozen=frozen,
        decides=approves and row.claim.state == "asked" and row.claim.asked_by_user != actor.user,
        own=row.claim.asked_by_user == actor.user,
        takes_back=approves and row.claim.state == "confirmed",
        adds=row.claim.state == "asked"
        and not frozen
        and candidates.may_at(actor, candidate, Permission.ADMIT_PLAN),
        limits=limits(),
        typed=request.POST,
        faults=list(faults),
        wrong=dict(faults),
        done=DONE.get(desk.frame.query.get("done", ""), ""),
    )
    response.status_code = 422 if faults else 200
    return response


view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_view, *NEEDS))
