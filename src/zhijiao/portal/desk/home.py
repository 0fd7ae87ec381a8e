"""The first page of the desk: what waits for this person. Each subject adds its cards to `CARDS`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from zhijiao.admissions.queries import filling
from zhijiao.core.access.roles import Role
from zhijiao.portal.desk.admitting import card as admitting
from zhijiao.portal.desk.cards import Card, Line, MakeCard
from zhijiao.portal.desk.claims import card as claims
from zhijiao.portal.desk.data.cards import card as data
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.packs.accepting import card as packs
from zhijiao.portal.desk.plans.listing import card as plans
from zhijiao.portal.desk.records.cases import card as records
from zhijiao.portal.desk.reports.cards import CARDS as REPORTS
from zhijiao.portal.desk.seasons.listing import card as seasons
from zhijiao.portal.desk.tasks.cards import CARDS as TASKS
from zhijiao.portal.pages import page

__all__ = ["CARDS", "Card", "Line", "view"]

CARDS: list[MakeCard] = [*REPORTS, data, *TASKS, records, plans, seasons, admitting, packs, claims]
"""In the order of the page."""


def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    learns = desk.actor.seats and all(seat.role is Role.LEARNER for seat in desk.actor.seats)
    if learns and filling.mine(desk.actor):
        return HttpResponseRedirect(reverse("portal:choices"))
    cards = [card for make in CARDS if (card := make(desk)) is not None]
    return page(request, "desk/home.html", desk.frame, desk=desk, view="home", cards=cards)


view = at_desk(home)
