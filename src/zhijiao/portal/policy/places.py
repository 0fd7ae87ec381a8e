"""Who and where: divisions on a schematic map, responsible units, institutions that the documents name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.policy.types import Division, Institution, PackIndex, Unit
from zhijiao.policy.types.words import WORDS
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.involved import Involvement, involvement, members_of
from zhijiao.portal.policy.shared import missing, opened, show


@dataclass(frozen=True)
class Place:
    """A division with the names of those it lies in and those it was carved from."""

    division: Division
    parent: Division | None
    carved_from: list[Division]


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    places = index.pack.places
    return show(
        request,
        "places.html",
        here,
        "places",
        tiles=_tiles(here, index),
        divisions=[_place(index, d) for d in places.divisions],
        units=sorted(places.units, key=lambda u: list(WORDS["unit_kind"]).index(u.kind)),
        clause_counts=_clause_counts(index),
        institutions=places.institutions,
        institution_kinds=WORDS["institution_kind"],
        division_names=_divisions(index),
    )


def _divisions(index: PackIndex) -> dict[str, Division]:
    """Divisions by code; where several packs of the family list one, the nearest counts."""
    return {d.code: d for pack in reversed(index.family) for d in pack.places.divisions}


def _place(index: PackIndex, division: Division) -> Place:
    known = _divisions(index)
    carved = [known[code] for code in division.carved_from if code in known]
    return Place(division, known.get(division.parent or ""), carved)


def _tiles(here: Frame, index: PackIndex) -> list[dict[str, Any]]:
    """A tile for each place under the pack's own region. The region itself is the whole map, so it has none."""
    region = index.pack.manifest.region
    return [
        {
            "col": d.tile.col,
            "row": d.tile.row,
            "name": d.short,
            "value": "功能区" if d.kind == "zone" else None,
            "href": here.url("portal:division", index.id, d.code),
            "here": False,
        }
        for d in index.pack.places.divisions
        if d.tile is not None and d.parent == region
    ]


def _clause_counts(index: PackIndex) -> Counter[str]:
    """How many clauses name each unit, by canonical name."""
    return Counter(
        name
        for clause in index.pack.clauses
        for name in {index.canonical(spelled) for spelled in clause.units}
    )


def unit(request: HttpRequest, pack: str, unit: str) -> HttpResponse:
    """A responsible unit, or an institution that the documents name."""
    here, index = opened(request, pack)
    found = _unit(index, unit)
    if found is None:
        raise missing("单位", unit)
    return show(
        request,
        "unit.html",
        here,
        "places",
        thing=found,
        kind=_kind(found),
        members=members_of(index, found) if isinstance(found, Unit) else [],
        mentions=[c for c in found.clauses if c in index.clauses] if isinstance(found, Institution) else [],
        division=_divisions(index).get(found.division or "") if isinstance(found, Institution) else None,
        involved=_involved(here, index, found.name),
    )


def _unit(index: PackIndex, unit_id: str) -> Unit | Institution | None:
    for pack in index.family:
        for unit in pack.places.units:
            if unit.id == unit_id:
                return unit
        for institution in pack.places.institutions:
            if institution.id == unit_id:
                return institution
    return None


def _kind(found: Unit | Institution) -> str:
    if isinstance(found, Unit):
        return WORDS["unit_kind"][found.kind]
    return WORDS["institution_kind"][found.kind]


def division(request: HttpRequest, pack: str, division: str) -> HttpResponse:
    here, index = opened(request, pack)
    found = _divisions(index).get(division)
    if found is None:
        raise missing("区划", division)
    return show(
        request,
        "division.html",
        here,
        "places",
        thing=found,
        spot=_place(index, found),
        inside=[d for d in _divisions(index).values() if d.parent == found.code],
        zones=[d for d in _divisions(index).values() if found.code in d.carved_from],
        institutions=[i for i in index.pack.places.institutions if i.division == found.code],
        other_pack=found.pack if found.pack not in (None, index.id) else None,
        installed={p.id for p in here.packs},
        tiles=[{**tile, "here": tile["name"] == found.short} for tile in _tiles(here, index)],
        involved=(direct := _involved(here, index, found.name)),
        through=[
            (unit, _involved(here, index, unit.name))
            for unit in [*_governments(index, found), *(group for group, _ in direct.groups)]
        ],
    )


def _governments(index: PackIndex, division: Division) -> list[Unit]:
    """The units that documents name for a county: its government bears its name."""
    units = index.pack.places.units
    return [unit for unit in units if unit.kind == "county" and unit.name.startswith(division.name)]


def _involved(here: Frame, index: PackIndex, name: str) -> Involvement:
    return involvement(index, name, here.on)
