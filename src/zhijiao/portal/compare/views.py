"""The page that puts the cities side by side."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.policy.types import Division, Tile
from zhijiao.portal import links
from zhijiao.portal.compare.columns import Column, WideFrame, chosen, columns_of, toggled, widen
from zhijiao.portal.compare.filters import asked, keeps_dispute, keeps_line
from zhijiao.portal.compare.lines import Dispute, Line, disputes, lines, told_once
from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page

PAIRS_OFFERED = 15
"""With more pairs than this a list is no help; places are then switched one by one."""


def view(request: HttpRequest) -> HttpResponse:
    here = frame(request)
    columns = columns_of(here)
    shown = chosen(columns, here.query.get("packs", ""))
    wide = widen(here, columns, shown)
    filters = asked(here)
    every = lines(columns, shown)
    kept = [line for line in every if keeps_line(filters, line)]
    shared = [line for line in kept if line.places > 1]
    alone = [line for line in kept if line.places == 1]
    told = told_once([*shared, *alone])
    apart = _apart(columns, shown, every)
    return page(
        request,
        "compare/compare.html",
        wide,
        columns=columns,
        shown=shown,
        shared=told[: len(shared)],
        alone=told[len(shared) :],
        apart=[dispute for dispute in apart if keeps_dispute(filters, dispute)],
        total=len(every) + len(apart),
        filters=filters,
        switches=[(c, c in shown, wide.here(packs=toggled(columns, shown, c.id))) for c in columns],
        pairs=_pairs(columns, shown),
        maps=_maps(columns, shown, wide),
        link=links.href,
    )


def _apart(columns: list[Column], shown: list[Column], every: list[Line]) -> list[Dispute]:
    """Conflicts between the places shown that belong to no concept: parameters and practices set differently."""
    ids = {column.id for column in shown}
    told = {dispute.conflict.id for line in every for dispute in line.disputes}
    return [d for d in disputes(columns) if len(d.places & ids) > 1 and d.conflict.id not in told]


def _pairs(columns: list[Column], shown: list[Column]) -> list[tuple[str, str]]:
    """Each two places, as the choices of the filter, and the present choice where it is another one."""
    pairs = list(combinations(columns, 2))
    if len(columns) < 3 or len(pairs) > PAIRS_OFFERED:
        return []
    offered = [(f"{a.id},{b.id}", f"{_short(a)}—{_short(b)}") for a, b in pairs]
    if len(shown) not in (2, len(columns)):
        offered.append((",".join(c.id for c in shown), "、".join(map(_short, shown))))
    return offered


def _short(column: Column) -> str:
    return column.index.pack.manifest.short


def _maps(columns: list[Column], shown: list[Column], here: WideFrame) -> list[dict[str, Any]]:
    """A schematic map for each place that lays out places with packs; a tile switches its column."""
    found = []
    for column in columns:
        divisions = [(d, d.tile) for d in column.index.pack.places.divisions if d.tile is not None]
        others = {d.code: _of_division(columns, column, d) for d, _ in divisions}
        if any(others.values()):
            tiles = [_tile(d, tile, others[d.code], columns, shown, here) for d, tile in divisions]
            found.append({"title": f"{column.index.pack.manifest.place}各市", "tiles": tiles})
    return found


def _of_division(columns: list[Column], own: Column, division: Division) -> Column | None:
    """The column of a division: by the pack that it names, else by the region that a pack names itself."""
    for other in columns:
        if other is not own and (
            other.id == division.pack or other.index.pack.manifest.region == division.code
        ):
            return other
    return None


def _tile(
    division: Division,
    tile: Tile,
    other: Column | None,
    columns: list[Column],
    shown: list[Column],
    here: WideFrame,
) -> dict[str, Any]:
    return {
        "col": tile.col,
        "row": tile.row,
        "name": division.short,
        "value": None if other is None else "已列出" if other in shown else "点按加入",
        "href": here.here(packs=toggled(columns, shown, other.id)) if other else None,
        "here": other is not None and other in shown,
    }
