"""The first page of a candidate or guardian: each candidate, each round, how it stands; and what is known of the candidate."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.admissions.queries import candidates, filling, imports
from zhijiao.admissions.queries.candidates import BonusClaim
from zhijiao.admissions.queries.filling import Candidate, Guardian, Round, State, countdown, left, state_of
from zhijiao.admissions.queries.results import OtherSeat, elsewhere
from zhijiao.admissions.types.filling import Window, WindowState
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page


@dataclass(frozen=True)
class Shown:
    """A round as the list shows it."""

    round: Round
    window: Window
    open: WindowState
    state: State
    left: str


@dataclass(frozen=True)
class Person:
    """A candidate as the page shows her."""

    candidate: Candidate
    own: bool
    rounds: list[Shown]
    guardians: list[Guardian]
    claims: list[BonusClaim]
    items: dict[str, str]
    checked: list[tuple[str, str]]
    elsewhere: OtherSeat | None


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    people = [_person(desk, candidate) for candidate in filling.mine(desk.actor)]
    return page(request, "choices/home.html", desk.frame, desk=desk, view="choices", people=people)


def _person(desk: Desk, candidate: Candidate) -> Person:
    at = timezone.now()
    rounds = []
    for round_ in filling.rounds_of(candidate):
        window = filling.window(candidate, round_)
        rounds.append(
            Shown(
                round_,
                window,
                state_of(window, at),
                filling.state(candidate, round_),
                countdown(left(window, at)),
            )
        )
    return Person(
        candidate,
        candidate.user_id == desk.actor.user,
        rounds,
        list(filling.guardians(candidate)),
        candidates.claims(candidate),
        {str(one["id"]): str(one["name"]) for one in candidate.season.rules.get("bonus") or ()},
        imports.checked(candidate),
        elsewhere(candidate.pk, candidate.season),
    )


view = require_safe(at_desk(_view))
