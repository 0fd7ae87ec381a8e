"""Candidates for those who answer for them: junior school, county, bureaus. In the caller's scope."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from zhijiao.admissions.models import (
    BonusClaim,
    Candidate,
    Extension,
    Guardian,
    Outcome,
    Round,
    ScoreCorrection,
    ScoreSheet,
    Season,
)
from zhijiao.admissions.types.states import RunState
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission

__all__ = ["BonusClaim", "Candidate", "Round", "Season"]

ANSWERS = (Permission.ADMIT_PLAN, Permission.ADMIT_APPROVE, Permission.ADMIT_RUN)
"""Any of these at the junior school, county or bureau."""
READS = (*ANSWERS, Permission.READ_AUDIT)
"""An auditor reads the same; each read stands in the trail."""


def answered_for(by: Actor) -> QuerySet[Candidate]:
    """Those whom the person answers for or audits. A school with which somebody is placed sees her elsewhere."""
    mine = list(set().union(*(by.organisations(permission) for permission in READS)))
    return Candidate.objects.filter(
        Q(school__in=mine) | Q(county__in=mine) | Q(season__parties__overlap=mine)
    ).select_related("season")


def candidate(by: Actor, id_: int) -> Candidate:
    """One of them. Raises Invisible."""
    found = answered_for(by).filter(pk=id_).first()
    if found is None:
        raise Invisible("没有这个考生。")
    return found


def of_season(by: Actor, season: Season) -> list[Candidate]:
    """All of a season, class by class."""
    return list(answered_for(by).filter(season=season).order_by("class_name", "sort_key", "number"))


def seasons(by: Actor) -> list[Season]:
    """The seasons in which the person answers for somebody, the newest first."""
    return list(
        Season.objects.filter(
            tenant=by.tenant.value, pk__in=answered_for(by).order_by().values("season").distinct()
        ).order_by("-year", "-id")
    )


def run_by(by: Actor) -> list[Season]:
    """The seasons that a bureau of the person runs, the newest first."""
    found = Season.objects.filter(tenant=by.tenant.value).order_by("-year", "-id")
    return [one for one in found if any(by.may(Permission.ADMIT_RUN, party) for party in one.parties)]


def rounds(season: Season) -> list[Round]:
    """The rounds of a season, in time."""
    return list(Round.objects.filter(season=season, wiped_at__isnull=True).order_by("opens_at", "id"))


def run_round(by: Actor, id_: int) -> Round:
    """A round that a bureau of the person runs. Raises Invisible."""
    found = Round.objects.select_related("season").filter(pk=id_, season__tenant=by.tenant.value).first()
    if found is None or not any(by.may(Permission.ADMIT_RUN, party) for party in found.season.parties):
        raise Invisible("没有这一轮填报。")
    return found


def extensions(row: Round) -> list[Extension]:
    """The decisions that give longer, the last first."""
    return list(Extension.objects.select_related("candidate").filter(round=row).order_by("-made_at"))


def by_number(by: Actor, row: Round, number: str) -> int | None:
    """The candidate of a registration number, in the season of a round."""
    found = answered_for(by).filter(season=row.season_id, number=number)
    return found.values_list("pk", flat=True).first()


def guardians(row: Candidate) -> list[Guardian]:
    """Every binding, the last first."""
    return list(Guardian.objects.filter(candidate=row).order_by("-bound_at"))


def claims(row: Candidate) -> list[BonusClaim]:
    """What was claimed to add to her marks."""
    return list(BonusClaim.objects.filter(candidate=row).order_by("asked_at"))


def corrections(row: Candidate) -> list[ScoreCorrection]:
    """What was corrected of her marks."""
    return list(ScoreCorrection.objects.filter(candidate=row).order_by("made_at"))


def outcomes(row: Candidate) -> list[Outcome]:
    """What runs gave her that were signed, the last first: seats, not choices. Bureaus and auditors read those of their season, the
    junior school and county what is published."""
    unsigned = (RunState.STARTED, RunState.FAILED, RunState.WITHHELD, RunState.VERIFIED)
    return list(
        Outcome.objects.filter(candidate=row)
        .exclude(run__state__in=unsigned)
        .select_related("run__round", "line")
        .order_by("-run__number")
    )


def sheets(season: Season) -> list[ScoreSheet]:
    """The sealed files of the exam body, the last first."""
    return list(ScoreSheet.objects.filter(season=season).order_by("-sealed_at"))


def may_at(by: Actor, row: Candidate, permission: Permission) -> bool:
    """Whether the person holds a permission at an organisation that answers for a candidate."""
    places: Iterable[int | None] = (row.school_id, row.county_id, *row.season.parties)
    return any(place is not None and by.may(permission, place) for place in places)
