"""A candidate in a round: whose she is, when she may hand in, how she stands. In the caller's scope: what is not theirs is
not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from zhijiao.admissions.models import Candidate, Draft, Extension, Guardian, Round, Submission
from zhijiao.admissions.rules.choices import changes
from zhijiao.admissions.rules.editing import Edit, edited, place_of, put_back
from zhijiao.admissions.rules.windows import countdown, left, standing, state_of
from zhijiao.admissions.types.filling import Chosen, Made, Receipt, Standing, Window
from zhijiao.admissions.types.states import CandidateState, Phase, RoundKind
from zhijiao.core.access.actor import Actor, Invisible

__all__ = [
    "Candidate",
    "Edit",
    "Guardian",
    "Round",
    "changes",
    "countdown",
    "edited",
    "left",
    "place_of",
    "put_back",
    "state_of",
]


@dataclass(frozen=True)
class Place:
    """Somebody who fills in for a candidate, in one round. `as_guardian`: not the candidate herself."""

    candidate: Candidate
    round: Round
    window: Window
    as_guardian: bool
    seated: bool = False


@dataclass(frozen=True)
class State:
    """How a candidate stands in a round. `draft`: what the page shows; it is the version handed in where nothing newer is."""

    standing: Standing
    draft: Chosen
    revision: int
    saved_at: datetime | None
    saved_by: str
    last: Submission | None


def mine(by: Actor) -> list[Candidate]:
    """The candidates for whom the person may fill in: herself, and the children to whom the person is bound."""
    bound = Guardian.objects.filter(user_id=by.person, ended_at__isnull=True).values("candidate_id")
    return list(
        Candidate.objects.filter(Q(user_id=by.person) | Q(pk__in=bound), state=CandidateState.ACTIVE)
        .select_related("season")
        .order_by("-season__year", "number")
    )


def rounds_of(candidate: Candidate) -> list[Round]:
    """The rounds of her season, the next to close first."""
    return list(
        Round.objects.filter(season=candidate.season_id, wiped_at__isnull=True)
        .select_related("season")
        .order_by("opens_at", "id")
    )


def place(by: Actor, candidate: int, round_code: str) -> Place:
    """A round as this person fills it in for a candidate. Raises Invisible."""
    person = next((one for one in mine(by) if one.pk == candidate), None)
    if person is None:
        raise Invisible("没有这个考生。")
    found = (
        Round.objects.filter(season=person.season_id, code=round_code, wiped_at__isnull=True)
        .select_related("season")
        .first()
    )
    if found is None:
        raise Invisible("没有这一轮填报。")
    seated = is_seated(person, found)
    open_ = window(person, found)
    return Place(
        person, found, replace(open_, ready=open_.ready and not seated), person.user_id != by.person, seated
    )


def window(candidate: Candidate, round_: Round) -> Window:
    """When she may hand in, with the decisions that give her longer."""
    until = (
        Extension.objects.filter(round=round_)
        .filter(
            Q(candidate=candidate.pk)
            | (Q(school=candidate.school_id) if candidate.school_id else Q(pk__in=()))
            | Q(candidate__isnull=True, school__isnull=True)
        )
        .order_by("-until")
        .values_list("until", flat=True)
        .first()
    )
    return Window(
        round_.opens_at,
        round_.closes_at,
        timedelta(minutes=round_.grace_minutes),
        until,
        frozen=round_.frozen_at is not None,
        ready=round_.season.phase
        == (Phase.SUPPLEMENTARY if round_.kind == RoundKind.SUPPLEMENTARY else Phase.FILLING),
    )


def is_seated(candidate: Candidate, round_: Round) -> bool:
    """Whether she has a seat already and so takes no part in a supplementary round."""
    if round_.kind != RoundKind.SUPPLEMENTARY:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT admissions_is_seated(%s)", [candidate.pk])
        return bool(cursor.fetchone()[0])


def state(candidate: Candidate, round_: Round) -> State:
    """Draft, last version, and how both stand to each other."""
    draft = Draft.objects.filter(candidate=candidate, round=round_).first()
    last = Submission.objects.filter(candidate=candidate, round=round_).order_by("-version").first()
    handed_in = chosen_of(last) if last is not None else None
    kept = chosen_of(draft) if draft is not None else None
    if draft is None or (last is not None and last.at >= draft.saved_at):
        return State(
            Standing.SUBMITTED if last else Standing.NOTHING,
            handed_in or Chosen(),
            draft.revision if draft else 0,
            draft.saved_at if draft else None,
            draft.saved_name if draft else "",
            last,
        )
    return State(
        standing(kept, handed_in), kept or Chosen(), draft.revision, draft.saved_at, draft.saved_name, last
    )


def chosen_of(row: Draft | Submission) -> Chosen:
    """The list that a row holds."""
    return Chosen(tuple(row.lines), frozenset(row.adjust))


def receipt_of(row: Submission) -> Receipt:
    """What somebody has in hand of a version."""
    return Receipt(row.receipt, row.digest, row.version, row.at, row.name)


def history(candidate: Candidate, round_: Round) -> list[Made]:
    """Every version, the last first, with what each changed."""
    rows = list(Submission.objects.filter(candidate=candidate, round=round_).order_by("version"))
    found, before = [], None
    for row in rows:
        chosen = chosen_of(row)
        added, dropped, moved = changes(before, chosen)
        found.append(Made(receipt_of(row), chosen, added, dropped, moved))
        before = chosen
    return found[::-1]


def guardians(candidate: Candidate) -> Sequence[Guardian]:
    """Who is bound to her today."""
    return list(Guardian.objects.filter(candidate=candidate, ended_at__isnull=True).order_by("bound_at"))
