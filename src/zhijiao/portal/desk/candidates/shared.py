"""Which season and round the pages of candidates are about, and who may open them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from zhijiao.admissions.models import Candidate, Round, Season
from zhijiao.admissions.queries.handed import HandedIn, handed_in
from zhijiao.admissions.types.filling import Standing
from zhijiao.core.access.roles import Permission
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.pages import page

NEEDS = (Permission.ADMIT_PLAN, Permission.ADMIT_APPROVE, Permission.ADMIT_RUN)


@dataclass(frozen=True)
class Row:
    """A candidate as the list shows her."""

    candidate: Candidate
    standing: Standing | None
    handed_at: datetime | None
    version: int | None
    school: str


@dataclass(frozen=True)
class About:
    """The season and round that the address asks for, or the newest."""

    seasons: list[Season]
    season: Season | None
    rounds: list[Round]
    round: Round | None


def about(desk: Desk) -> About:
    """What there is to show to this person."""
    query = desk.frame.query
    seasons = list(
        Season.objects.filter(
            tenant=desk.actor.tenant.value, pk__in=answered_for(desk).order_by().values("season").distinct()
        ).order_by("-year", "-id")
    )
    season = next(
        (one for one in seasons if str(one.pk) == query.get("season")), seasons[0] if seasons else None
    )
    rounds = list(
        Round.objects.filter(season=season, wiped_at__isnull=True).order_by("opens_at", "id")
        if season
        else ()
    )
    begun = [one for one in rounds if one.opens_at <= timezone.now()]
    default = begun[-1] if begun else rounds[0] if rounds else None
    found = next((one for one in rounds if one.code == query.get("round")), default)
    return About(seasons, season, rounds, found)


def rows_of(desk: Desk, where: About) -> list[Row]:
    """The candidates of the season that the person answers for."""
    if where.season is None:
        return []
    known: dict[int, HandedIn] = (
        {one.candidate: one for one in handed_in(where.round.pk)} if where.round is not None else {}
    )
    nodes = desk.tree.nodes
    found = []
    for row in answered_for(desk).filter(season=where.season).order_by("class_name", "sort_key", "number"):
        one = known.get(row.pk)
        found.append(
            Row(
                row,
                one.standing if one else None,
                one.handed_at if one else None,
                one.version if one else None,
                nodes[row.school_id].label if row.school_id in nodes else "",
            )
        )
    return found


def answered_for(desk: Desk) -> QuerySet[Candidate]:
    """Those whom the person answers for: as junior school, county or bureau. A school with which somebody is placed sees her
    elsewhere."""
    mine = list(set().union(*(desk.actor.organisations(permission) for permission in NEEDS)))
    return Candidate.objects.filter(
        Q(school__in=mine) | Q(county__in=mine) | Q(season__parties__overlap=mine)
    ).select_related("season")


def show(
    request: HttpRequest, desk: Desk, template: str, status: int = 200, **context: object
) -> HttpResponse:
    """A page of candidates."""
    response = page(
        request, f"desk/candidates/{template}", desk.frame, desk=desk, view="candidates", **context
    )
    response.status_code = status
    return response
