"""The documents of a pack: what they are, what they rest on, how far their clauses are served."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from zhijiao.indicators import queries as indicators
from zhijiao.indicators.types import Closing
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Document, PackIndex
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.chips import served
from zhijiao.portal.policy.shared import opened, show


@dataclass(frozen=True)
class Card:
    """A document with its clauses counted."""

    document: Document
    closing: Closing | None
    kinds: dict[str, int]
    states: dict[str, int]
    href: str
    above: list[tuple[str, str | None]]
    """What it is based on, each with the page of that document where a pack holds it."""

    @property
    def clauses(self) -> int:
        return sum(self.kinds.values())


@dataclass(frozen=True)
class Shelf:
    """The documents of one pack."""

    index: PackIndex
    cards: list[Card]


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    above = [found for p in index.ancestors if (found := policy.index(p.id)) is not None]
    shelves = [shelf(here, part) for part in (index, *above)]
    return show(request, "documents.html", here, "policy", own=shelves[0], above=shelves[1:])


def shelf(here: Frame, index: PackIndex) -> Shelf:
    closings = {c.document.id: c for c in indicators.board(index, here.on).closings}
    pin = {} if here.index is index else {"v": None}
    return Shelf(
        index,
        [_card(here, index, d, closings.get(d.id), pin) for d in index.pack.manifest.documents],
    )


def _card(
    here: Frame, index: PackIndex, document: Document, closing: Closing | None, pin: dict[str, None]
) -> Card:
    clauses = index.clauses_of(document.id)
    state = served(index)
    return Card(
        document,
        closing,
        dict(Counter(c.kind for c in clauses)),
        dict(Counter(state[c.id] for c in clauses)),
        here.url("portal:document", index.id, document.id, **pin),
        [(title, _page_of(here, title)) for title in document.based_on],
    )


def _page_of(here: Frame, title: str) -> str | None:
    """The page of a document that another names as its basis, matched by its title.

    An issuer named before the title need not be said twice, so the title may come without the place.
    """
    assert here.index is not None
    for pack in here.index.family:
        for document in pack.manifest.documents:
            if document.title.removeprefix(pack.manifest.place) in title:
                pin = {} if pack.id == here.index.id else {"v": None}
                return here.url("portal:document", pack.id, document.id, **pin)
    return None
