"""One line of the plan: what it says, what was done to it, what the person can do with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.admissions.actions.lines import approve_lines, drop_line, pass_lines, return_line
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import brochure, plan, seasons
from zhijiao.admissions.queries.plan import PlanLine, hands_of
from zhijiao.admissions.queries.seasons import Season, rules_of
from zhijiao.admissions.types.plan import PlanAction
from zhijiao.admissions.types.states import LineState, Phase
from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.shared import SEES, Faults, look_of_line
from zhijiao.portal.pages import page

NEEDS_REASON = ("return", "drop")


def line_of(season: Season, line: int) -> PlanLine:
    """A line of the season, in the reader's scope. Raises Invisible."""
    found = PlanLine.objects.filter(pk=line, season=season).first()
    if found is None:
        raise Invisible("没有这一行计划。")
    return found


def line_page(
    request: HttpRequest, desk: Desk, season: Season, row: PlanLine, faults: Faults = (), status: int = 200
) -> HttpResponse:
    """The page; after a refused step with what is wrong and what was typed."""
    steps = plan.steps_of(row)
    actor, rules = desk.actor, rules_of(season.rules)
    hands = hands_of(rules, row.kind, under_county=row.division_id is not None)
    approver = season.bureaus.get(hands.approve) if hands else None
    view = plan.one(season, row, desk.tree)
    open_plan = season.phase in (Phase.PREPARING.value, Phase.PLANNING.value)
    approves = approver is not None and actor.may(Permission.ADMIT_APPROVE, approver)
    passes = (
        hands is not None
        and hands.review
        and row.division_id is not None
        and actor.may(Permission.ADMIT_APPROVE, row.division_id)
    )
    writes = actor.may(Permission.ADMIT_PLAN, row.organisation_id)
    proposed, approved = row.state == LineState.PROPOSED.value, row.state == LineState.APPROVED.value
    response = page(
        request,
        "desk/seasons/line.html",
        desk.frame,
        desk=desk,
        view="seasons",
        season=season,
        line=view,
        look=look_of_line(row.state, reviewed=view.reviewed),
        fees=brochure.fees(view),
        hands=hands,
        named={b.id: b for b in rules.bureaus},
        steps=[(step, PlanAction(step.action).words) for step in steps],
        may_edit=open_plan and writes and row.state == LineState.DRAFT.value,
        may_pass=open_plan and passes and proposed and not view.reviewed,
        may_approve=open_plan and approves and proposed and (view.reviewed or not (hands and hands.review)),
        may_return=open_plan and ((proposed and (approves or passes)) or (approved and approves)),
        may_drop=open_plan
        and ((writes and row.state != LineState.DROPPED.value and not approved) or (approved and approves)),
        may_correct=season.phase == Phase.LOCKED.value and seasons.leads(actor, season),
        asked={key: request.POST.get(key, "") for key in ("do", "reason")},
        faults=list(faults),
        wrong=dict(faults),
    )
    response.status_code = status
    return response


@require_GET
def _view(request: HttpRequest, desk: Desk, season: int, line: int) -> HttpResponse:
    found = seasons.season(desk.actor.tenant, season)
    return line_page(request, desk, found, line_of(found, line))


@require_POST
def _act(request: HttpRequest, desk: Desk, season: int, line: int) -> HttpResponse:
    found = seasons.season(desk.actor.tenant, season)
    row = line_of(found, line)
    what, reason, at = request.POST.get("do", ""), request.POST.get("reason", ""), timezone.now()
    try:
        if what == "pass":
            pass_lines(lines=[line], by=desk.actor, at=at, on=desk.on)
        elif what == "approve":
            approve_lines(lines=[line], by=desk.actor, at=at, on=desk.on)
        elif what == "return":
            return_line(line=line, reason=reason, by=desk.actor, at=at, on=desk.on)
        elif what == "drop":
            drop_line(line=line, reason=reason, by=desk.actor, at=at, on=desk.on)
        else:
            raise Refused("请选择要办理的一步。")
    except Refused as refused:
        place = f"reason-{what}" if refused.field == "reason" and what in NEEDS_REASON else ""
        return line_page(request, desk, found, row, [(place, str(refused))], 422)
    return HttpResponseRedirect(reverse("portal:season_line", args=[season, line]))


view = at_desk(_view, *SEES)
act = at_desk(_act, Permission.ADMIT_PLAN, Permission.ADMIT_APPROVE)
