"""Which season and round the pages of candidates are about, and who may open them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from zhijiao.admissions.queries import candidates
from zhijiao.admissions.queries.candidates import READS, Candidate, Round, Season
from zhijiao.admissions.queries.handed import HandedIn, handed_in
from zhijiao.admissions.types.filling import Standing
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.pages import page

NEEDS = READS


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
    seasons = candidates.seasons(desk.actor)
    season = next(
        (one for one in seasons if str(one.pk) == query.get("season")), seasons[0] if seasons else None
    )
    rounds = candidates.rounds(season) if season else []
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
    for row in candidates.of_season(desk.actor, where.season):
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


def show(
    request: HttpRequest, desk: Desk, template: str, status: int = 200, **context: object
) -> HttpResponse:
    """A page of candidates."""
    response = page(
        request, f"desk/candidates/{template}", desk.frame, desk=desk, view="candidates", **context
    )
    response.status_code = status
    return response
