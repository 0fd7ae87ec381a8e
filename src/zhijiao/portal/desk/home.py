"""The first page of the desk: what waits for this person. Each subject adds its card through `CARDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page


@dataclass(frozen=True)
class Line:
    """One thing that waits: what, by when in words, where to do it, and whether it is late."""

    words: str
    href: str
    when: str = ""
    late: bool = False


@dataclass(frozen=True)
class Card:
    """What waits of one subject. `count` is the whole number; `lines` are the most urgent."""

    title: str
    count: int
    href: str
    lines: tuple[Line, ...] = ()
    late: int = 0
    nothing: str = "没有待办。"


CARDS: list[Callable[[Desk], Card | None]] = []
"""Each returns the card of its subject, or None where the person has nothing to do with it. In the order of the page."""


def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    cards = [card for make in CARDS if (card := make(desk)) is not None]
    return page(request, "desk/home.html", desk.frame, desk=desk, view="home", cards=cards)


view = at_desk(home)
