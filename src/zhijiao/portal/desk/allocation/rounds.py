"""The rounds of a season with their runs: freeze, try, run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.admissions.actions.allocating import freezing, running
from zhijiao.admissions.actions.seats import offering
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import runs, seasons
from zhijiao.admissions.queries.rows import Season
from zhijiao.core.access.roles import Permission
from zhijiao.portal.desk.allocation.looks import look_of_run
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.shared import Faults, look_of_phase
from zhijiao.portal.pages import page

SEES = (Permission.ADMIT_RUN, Permission.ADMIT_SIGN, Permission.ADMIT_APPROVE, Permission.READ_AUDIT)


@require_GET
def _view(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    return rounds_page(request, desk, seasons.season(desk.actor.tenant, season))


def rounds_page(
    request: HttpRequest, desk: Desk, season: Season, faults: Faults = (), status: int = 200
) -> HttpResponse:
    """The page; after a refused step with what is wrong."""
    response = page(
        request,
        "desk/allocation/rounds.html",
        desk.frame,
        desk=desk,
        view="seasons",
        season=season,
        look=look_of_phase(season.phase),
        run_look=look_of_run,
        rounds=runs.rounds_of(season, timezone.now()),
        named=seasons.batch_names(season),
        lottery=season.rules["last_seat"] == "lottery",
        leads=seasons.leads(desk.actor, season),
        seed=request.POST.get("seed", ""),
        faults=list(faults),
    )
    response.status_code = status
    return response


@require_POST
def _act(request: HttpRequest, desk: Desk, season: int, round_: int) -> HttpResponse:
    row = seasons.season(desk.actor.tenant, season)
    by, at = desk.actor, timezone.now()
    seed = request.POST.get("seed", "")
    try:
        match request.POST.get("do", ""):
            case "freeze":
                freezing.freeze(season=season, round_=round_, by=by, at=at, on=desk.on)
            case "simulate":
                running.simulate(season=season, round_=round_, seed=seed, by=by, at=at)
            case "run":
                running.run(season=season, round_=round_, seed=seed, by=by, at=at)
            case "offer":
                offering.offer(season=season, round_=round_, by=by, at=at, on=desk.on)
            case _:
                return rounds_page(request, desk, row, [("", "请选择要办理的一步。")], 422)
    except Refused as refused:
        return rounds_page(request, desk, row, [(refused.field, str(refused))], 422)
    return HttpResponseRedirect(f"{reverse('portal:allocation', args=[season])}#round-{round_}")


view = at_desk(_view, *SEES)
act = at_desk(_act, Permission.ADMIT_RUN)
