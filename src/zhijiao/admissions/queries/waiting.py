"""What waits for somebody in the seasons of a place: a count each, only of what this person may do. In the caller's scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Min, Q

from zhijiao.admissions.models import (
    BonusClaim,
    Decline,
    Objection,
    PlanLine,
    PlanSignature,
    Round,
    Run,
    ScoreCorrection,
    Season,
    TopUp,
)
from zhijiao.admissions.queries.runs import may_sign
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.store.plan import digest_of
from zhijiao.admissions.store.seats import count_without_letter
from zhijiao.admissions.types.states import (
    ClaimState,
    DeclineState,
    LineState,
    ObjectionState,
    Phase,
    RoundKind,
    RunKind,
    RunState,
    TopUpState,
)
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk

LETTERS = (Phase.PUBLISHED.value, Phase.SUPPLEMENTARY.value, Phase.REGISTERING.value)
OVER = (Phase.CLOSED.value,)
WITH_PLAN = (Phase.PLANNING.value, Phase.LOCKED.value)
UNDECIDED = (LineState.DRAFT.value, LineState.PROPOSED.value)


ACTING = (Permission.ADMIT_APPROVE, Permission.ADMIT_RUN, Permission.ADMIT_SIGN)
"""Whoever has one of these may have something to do."""


class Matter(StrEnum):
    """What can wait."""

    OBJECTION = "objection"
    PLAN_SIGNATURE = "plan_signature"
    RESULT_SIGNATURE = "result_signature"
    DECLINE = "decline"
    TOP_UP = "top_up"
    CORRECTION = "correction"
    BONUS = "bonus"
    LETTER = "letter"

    @property
    def words(self) -> str:
        """What there is to do, as screens say it."""
        return _WORDS[self]


_WORDS = {
    Matter.OBJECTION: "异议待书面答复",
    Matter.PLAN_SIGNATURE: "招生计划待会签",
    Matter.RESULT_SIGNATURE: "投档结果待会签",
    Matter.DECLINE: "放弃录取待办理",
    Matter.TOP_UP: "补录待审批",
    Matter.CORRECTION: "成绩更正待签署",
    Matter.BONUS: "加分待审核",
    Matter.LETTER: "录取通知书待制作",
}


@dataclass(frozen=True)
class Waiting:
    """So many of a matter wait in a season. `due`: the first day by which one of them is due; `link`: the number of the run of
    an objection or a result, of the candidate of a correction; 0 where there is none."""

    matter: Matter
    season: Season
    count: int
    due: date | None = None
    link: int = 0


def waiting(by: Actor, pack: str) -> list[Waiting]:
    """Everything that waits for a person, by season, the most pressing matter first."""
    if not any(by.may(each) for each in ACTING):
        return []
    found: list[Waiting] = []
    for season in (
        Season.objects.filter(tenant=by.tenant.value, pack=pack)
        .exclude(phase__in=OVER)
        .order_by("-year", "-id")
    ):
        runs = any(by.may(Permission.ADMIT_RUN, party) for party in season.parties)
        approves = by.organisations(Permission.ADMIT_APPROVE)
        found += _objections(season) if runs else []
        found += _signatures(season, by)
        found += _declines(season, approves)
        found += _top_ups(season, approves)
        found += _before_the_freeze(season, by, approves)
        found += _letters(season) if runs else []
    return found


def _answered_for(season: Season, where: Collection[int], row: str) -> Q:
    """Rows of candidates whom the person decides about: by school, county or a bureau of the season."""
    if set(season.parties) & set(where):
        return Q(**{f"{row}season": season})
    return Q(**{f"{row}season": season}) & (
        Q(**{f"{row}school__in": list(where)}) | Q(**{f"{row}county__in": list(where)})
    )


def _objections(season: Season) -> list[Waiting]:
    rows = Objection.objects.filter(publicity__season=season, state=ObjectionState.OPEN.value)
    return [
        Waiting(Matter.OBJECTION, season, one["count"], one["due"], one["publicity__run__number"] or 0)
        for one in rows.order_by()
        .values("publicity__run__number")
        .annotate(count=Count("id"), due=Min("due"))
    ]


def _signatures(season: Season, by: Actor) -> list[Waiting]:
    """The plan as it stands once every line is decided, and results that passed the verifier; for a bureau's own leader."""
    if not by.may(Permission.ADMIT_SIGN):
        return []
    mine = [
        key
        for key in rules_of(season.rules).plan_signed_by
        if season.bureaus[key] in by.homes and by.may(Permission.ADMIT_SIGN, season.bureaus[key])
    ]
    found: list[Waiting] = []
    if mine and season.phase in WITH_PLAN:
        lines = PlanLine.objects.filter(season=season)
        if lines.exists() and not lines.filter(state__in=UNDECIDED).exists():
            signed = PlanSignature.objects.filter(season=season, digest=digest_of(season.pk))
            unsigned = set(mine) - set(signed.values_list("bureau", flat=True))
            found += _some(Matter.PLAN_SIGNATURE, season, len(unsigned))
    verified = Run.objects.filter(season=season, kind=RunKind.REAL.value, state=RunState.VERIFIED.value)
    for row in verified.order_by("number"):
        found += _some(Matter.RESULT_SIGNATURE, season, len(may_sign(by, row)), row.number)
    return found


def _declines(season: Season, approves: Collection[int]) -> list[Waiting]:
    rows = Decline.objects.filter(
        _answered_for(season, approves, "candidate__"), state=DeclineState.CONFIRMED.value
    )
    return _some(Matter.DECLINE, season, rows.count())


def _top_ups(season: Season, approves: Collection[int]) -> list[Waiting]:
    bureaus = [key for key, place in season.bureaus.items() if place in approves]
    if not bureaus:
        return []
    rows = TopUp.objects.filter(season=season, state=TopUpState.PROPOSED.value, bureau__in=bureaus)
    return _some(Matter.TOP_UP, season, rows.count())


def _before_the_freeze(season: Season, by: Actor, approves: Collection[int]) -> list[Waiting]:
    """Nobody decides what they asked for themselves; once the choices are frozen nothing of it moves."""
    if Round.objects.filter(season=season, kind=RoundKind.MAIN, frozen_at__isnull=False).exists():
        return []
    claims = BonusClaim.objects.filter(
        _answered_for(season, approves, "candidate__"), state=ClaimState.ASKED.value
    ).exclude(asked_by_user=by.user, asked_by_user__isnull=False)
    found = _some(Matter.BONUS, season, claims.count())
    if set(season.parties) & set(approves):
        rows = ScoreCorrection.objects.filter(candidate__season=season, signed_at__isnull=True).exclude(
            made_by=by.user, made_by__isnull=False
        )
        count, first = rows.count(), rows.order_by("made_at").values_list("candidate", flat=True).first()
        found = [*_some(Matter.CORRECTION, season, count, first or 0), *found]
    return found


def _letters(season: Season) -> list[Waiting]:
    if season.phase not in LETTERS:
        return []
    with bulk():
        return _some(Matter.LETTER, season, count_without_letter(season.pk))


def _some(matter: Matter, season: Season, count: int, link: int = 0) -> list[Waiting]:
    return [Waiting(matter, season, count, None, link)] if count else []
