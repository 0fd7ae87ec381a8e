"""The notices of added marks: put up what was confirmed, and answer what is said against it."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.admissions.actions.allocating.publishing import answer
from zhijiao.admissions.actions.bonus_notices import publicise_bonus
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import bonus, candidates, seasons
from zhijiao.admissions.queries.rows import Season
from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page

DONE = {"publicise": "已开始公示。", "answer": "已书面答复。"}


def _view(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    row = seasons.season(desk.actor.tenant, season)
    if row not in candidates.run_by(desk.actor) and not desk.actor.may(
        Permission.READ_AUDIT, row.organisation_id
    ):
        raise Invisible("没有这个招生季。")
    if request.method != "POST":
        return _show(request, desk, row)
    do, by, at = request.POST.get("do", ""), desk.actor, timezone.now()
    try:
        match do:
            case "publicise":
                publicise_bonus(
                    season=season,
                    contact=request.POST.get("contact", ""),
                    words=request.POST.get("words", ""),
                    by=by,
                    at=at,
                    on=desk.on,
                )
            case "answer":
                answer(
                    objection=row_id(request.POST.get("objection")) or 0,
                    upheld=request.POST.get("upheld") == "yes",
                    words=request.POST.get("answer", ""),
                    by=by,
                    at=at,
                )
            case _:
                raise Http404("没有这样的步骤。")
    except Refused as refused:
        field = f"answer-{request.POST.get('objection', '')}" if do == "answer" else refused.field
        return _show(request, desk, row, [(field, str(refused))])
    return HttpResponseRedirect(f"{reverse('portal:bonus_notices', args=[season])}?done={do}")


def _show(
    request: HttpRequest, desk: Desk, row: Season, faults: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    response = page(
        request,
        "desk/bonus/notices.html",
        desk.frame,
        desk=desk,
        view="candidates",
        season=row,
        notices=bonus.notices(row, desk.on),
        waiting=len(bonus.waiting(row)),
        frozen=bonus.until(row).frozen,
        runs=row in candidates.run_by(desk.actor),
        typed=request.POST,
        faults=list(faults),
        wrong=dict(faults),
        done=DONE.get(desk.frame.query.get("done", ""), ""),
    )
    response.status_code = 422 if faults else 200
    return response


view = require_http_methods(["GET", "HEAD", "POST"])(
    at_desk(_view, Permission.ADMIT_RUN, Permission.READ_AUDIT)
)
