"""The other objects of a pack, room by room, as the pack holds them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from ninja import Router

from zhijiao.api.v1.common import Problem, as_read, pack_index
from zhijiao.policy.types import Capable

router = Router(tags=["政策对象"])


class Room(StrEnum):
    """What can be listed."""

    GOALS = "goals"
    STANDARDS = "standards"
    TASKS = "tasks"
    PROGRAMMES = "programmes"
    RULES = "rules"
    PARAMETERS = "parameters"
    REPORTED = "reported"
    SYSTEMS = "systems"
    MECHANISMS = "mechanisms"
    INDUSTRIES = "industries"
    CONCEPTS = "concepts"
    SCORING = "scoring"
    OBLIGATIONS = "obligations"
    CHAINS = "chains"
    PROCEDURES = "procedures"


@router.get("/packs/{pack}/decisions", response={200: dict[str, Any], 404: Problem}, summary="分歧与口径决定")
def read_decisions(request: HttpRequest, pack: str, v: str | None = None) -> Any:
    """Conflicts between documents and defaults taken, of this pack and of those it extends."""
    index = pack_index(pack, v)
    return {
        "conflicts": as_read(list(index.conflicts.values())),
        "defaults": as_read(list(index.defaults.values())),
    }


@router.get(
    "/packs/{pack}/organisations", response={200: dict[str, Any], 404: Problem}, summary="区划、单位与机构"
)
def read_organisations(request: HttpRequest, pack: str, v: str | None = None) -> Any:
    """Divisions, responsible units with aliases, institutions that the documents name."""
    return as_read(pack_index(pack, v).pack.places)


@router.get(
    "/packs/{pack}/objects/{room}",
    response={200: list[dict[str, Any]], 404: Problem},
    summary="某一栏目的全部对象",
)
def list_objects(request: HttpRequest, pack: str, room: Room, v: str | None = None) -> Any:
    """Every object of a room; those that need a capability say whether it is built."""
    index = pack_index(pack, v)
    found = []
    for thing in getattr(index.pack, room.value):
        entry = as_read(thing)
        if isinstance(thing, Capable):
            entry["state"] = index.state_of(thing)
        found.append(entry)
    return found
