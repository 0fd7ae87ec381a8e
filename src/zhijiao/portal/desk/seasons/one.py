"""One season: where it stands, what comes next and what that waits for, windows, who decides, signatures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.admissions.actions.plan import current_digest, lock_plan, open_filling, sign_plan
from zhijiao.admissions.actions.seasons import begin_planning
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import plan, seasons
from zhijiao.admissions.queries.plan import signatures
from zhijiao.admissions.queries.seasons import FLOW, Season, rules_of
from zhijiao.admissions.types.states import LineState, Phase
from zhijiao.core.access.roles import Permission
from zhijiao.policy.types import CATEGORY_WORDS
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.shared import SEES, Faults, look_of_phase, own_schools
from zhijiao.portal.pages import page

STEPS = {"plan": begin_planning, "lock": lock_plan, "open": open_filling}
"""Steps that are taken on this page; the others belong to the pages of allocation and enrolment."""
AFTER_RUN = [phase.value for phase in Phase][list(Phase).index(Phase.RUN) :]
SIGNING = (Phase.PLANNING.value, Phase.LOCKED.value)


@require_GET
def _view(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    return season_page(request, desk, seasons.season(desk.actor.tenant, season))


def season_page(
    request: HttpRequest, desk: Desk, season: Season, faults: Faults = (), status: int = 200
) -> HttpResponse:
    """The page; after a refused step with what is wrong."""
    rules = rules_of(season.rules)
    rows = plan.lines(season, desk.tree)
    bureau_reader = any(party in _reads(desk) for party in season.parties)
    digest = season.plan_digest or (current_digest(desk.actor, season.pk) if bureau_reader else "")
    signed = signatures(season, digest) if bureau_reader or season.plan_digest else []
    undecided = sum(1 for row in rows if row.state in (LineState.DRAFT.value, LineState.PROPOSED.value))
    response = page(
        request,
        "desk/seasons/one.html",
        desk.frame,
        desk=desk,
        view="seasons",
        season=season,
        look=look_of_phase(season.phase),
        stages=[(stage.id, stage.name) for stage in FLOW.stages],
        reached=[stage.id for stage in FLOW.stages].index(season.phase),
        rules=rules,
        named={b.id: b for b in rules.bureaus},
        categories=CATEGORY_WORDS,
        rounds=seasons.rounds(season),
        calendar=seasons.calendar(season),
        sums=plan.sums(season, rows),
        states=plan.states(rows),
        total=sum(row.seats for row in rows),
        rows=rows,
        signed=signed,
        digest=digest,
        undecided=undecided,
        signing=season.phase in SIGNING and rows and not undecided,
        signs=[
            key
            for key in rules.plan_signed_by
            if season.bureaus[key] in desk.actor.homes
            and desk.actor.may(Permission.ADMIT_SIGN, season.bureaus[key])
        ],
        leads=seasons.leads(desk.actor, season),
        next=[step for step in seasons.next_steps(season) if step.transition in STEPS],
        steps=seasons.steps(season),
        corrections=seasons.corrections(season),
        schools=own_schools(desk),
        allocates=bureau_reader and season.plan_digest != "",
        runs=any(desk.actor.may(Permission.ADMIT_RUN, party) for party in season.parties),
        seats=season.phase in AFTER_RUN
        and (bureau_reader or own_schools(desk) or desk.actor.may(Permission.ADMIT_APPROVE)),
        faults=list(faults),
    )
    response.status_code = status
    return response


def _reads(desk: Desk) -> frozenset[int]:
    return frozenset().union(*(seat.covers for seat in desk.actor.seats)) if desk.actor.seats else frozenset()


@require_POST
def _step(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    taken = STEPS.get(request.POST.get("step", ""))
    row = seasons.season(desk.actor.tenant, season)
    if taken is None:
        return season_page(request, desk, row, [("", "请选择要办理的一步。")], 422)
    try:
        taken(season=season, by=desk.actor, at=timezone.now(), on=desk.on)
    except Refused as refused:
        return season_page(request, desk, row, [("", str(refused))], 422)
    return HttpResponseRedirect(reverse("portal:season", args=[season]))


@require_POST
def _sign(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    row = seasons.season(desk.actor.tenant, season)
    try:
        sign_plan(
            season=season,
            bureau=request.POST.get("bureau", ""),
            digest=request.POST.get("digest", ""),
            by=desk.actor,
            at=timezone.now(),
            words=request.POST.get("words", ""),
        )
    except Refused as refused:
        return season_page(request, desk, row, [("", str(refused))], 422)
    return HttpResponseRedirect(f"{reverse('portal:season', args=[season])}#signatures")


view = at_desk(_view, *SEES)
step = at_desk(_step, Permission.ADMIT_RUN)
sign = at_desk(_sign, Permission.ADMIT_SIGN)
