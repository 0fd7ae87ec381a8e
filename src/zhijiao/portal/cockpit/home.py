"""The front door: which city?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.indicators.types import Board, Closing
from zhijiao.policy import queries as policy
from zhijiao.policy.types import PackIndex
from zhijiao.portal import boards
from zhijiao.portal.cockpit.overview import main_closing
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.pages import page


@dataclass(frozen=True)
class Card:
    """One pack on the front page."""

    index: PackIndex
    board: Board
    closing: Closing | None
    clauses: int


def view(request: HttpRequest) -> HttpResponse:
    here = frame(request)
    cards = [_card(index, here) for index in policy.indexes()]
    return page(
        request,
        "cockpit/home.html",
        here,
        cards=cards,
        maps=[_map(c.index, here) for c in cards if _mapped(c.index)],
    )


def _card(index: PackIndex, here: Frame) -> Card:
    board = boards.board(index, here)
    return Card(index, board, main_closing(index, board), len(index.pack.clauses))


def _mapped(index: PackIndex) -> bool:
    return index.pack.manifest.level == "province" and any(d.tile for d in index.pack.places.divisions)


def _map(index: PackIndex, here: Frame) -> dict[str, Any]:
    """The cities of a province; one that has a pack leads to its overview."""
    installed = {pack.id for pack in here.packs}
    tiles = [
        {
            "col": division.tile.col,
            "row": division.tile.row,
            "name": division.short,
            "value": "已有政策包" if division.pack in installed else None,
            "href": here.url("portal:overview", division.pack) if division.pack in installed else None,
            "here": False,
        }
        for division in index.pack.places.divisions
        if division.tile is not None
    ]
    return {"title": f"{index.pack.manifest.place}各市", "tiles": tiles}
