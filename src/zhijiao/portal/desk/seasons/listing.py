"""The seasons of the person's place, and the card of the desk's first page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from zhijiao.admissions.queries import plan, seasons
from zhijiao.admissions.queries.seasons import Season
from zhijiao.admissions.types.states import LineState, Phase
from zhijiao.core.access.roles import Permission
from zhijiao.portal.desk.cards import Card
from zhijiao.portal.desk.cards import Line as CardLine
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.opening import lead_of
from zhijiao.portal.desk.seasons.shared import SEES, look_of_phase, own_schools
from zhijiao.portal.looks import Look
from zhijiao.portal.pages import page

SHOWN = 3


@dataclass(frozen=True)
class Row:
    """A season in the list."""

    season: Season
    look: Look
    lines: int
    seats: int


@require_GET
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = []
    for season in seasons.seasons(desk.actor.tenant, desk.pack or None):
        found = plan.lines(season)
        rows.append(Row(season, look_of_phase(season.phase), len(found), sum(line.seats for line in found)))
    return page(
        request,
        "desk/seasons/list.html",
        desk.frame,
        desk=desk,
        view="seasons",
        rows=rows,
        may_open=lead_of(desk) is not None,
    )


def card(desk: Desk) -> Card | None:
    """What waits of plans: to hand in, to look at, to approve."""
    if not any(desk.actor.may(p) for p in (Permission.ADMIT_PLAN, Permission.ADMIT_APPROVE)) or not desk.pack:
        return None
    lines, total = [], 0
    for season in seasons.seasons(desk.actor.tenant, desk.pack):
        if season.phase != Phase.PLANNING.value:
            continue
        waiting = waiting_lines(desk, season)
        total += len(waiting)
        lines += [
            CardLine(
                f"{row.school}“{row.major}”{row.seats}人：{row.state_words}",
                reverse("portal:season_line", args=[season.pk, row.id]),
                f"{season.proposals_until:%m-%d}前" if season.proposals_until else "",
                False,
            )
            for row in waiting[:SHOWN]
        ]
    if not total:
        return None
    return Card("招生计划", total, reverse("portal:seasons"), tuple(lines), late=0, nothing="")


def waiting_lines(desk: Desk, season: Season) -> list[plan.LineView]:
    """The lines that wait for the person: own drafts, and those handed in that are theirs to decide."""
    schools = {node.id for node in own_schools(desk)}
    approves = {season.bureaus[k] for k in seasons.own_bureaus(desk.actor, season)}
    found = []
    for row in plan.lines(season):
        mine = row.state == LineState.DRAFT.value and row.organisation in schools
        decides = row.state == LineState.PROPOSED.value and bool(approves)
        if mine or decides:
            found.append(row)
    return found


view = at_desk(_view, *SEES)
