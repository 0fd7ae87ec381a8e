"""The product's own list: what it can do, what is planned, and which objects of which packs wait for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse

from zhijiao.policy import queries as policy
from zhijiao.policy.types import Capability, PackIndex
from zhijiao.policy.types.words import WORDS
from zhijiao.portal.frame import frame
from zhijiao.portal.policy.shared import show

ROOMS = ("systems", "programmes", "rules", "mechanisms")


@dataclass
class Entry:
    """A capability with the objects that name it, by pack and room."""

    capability: Capability
    users: list[tuple[PackIndex, dict[str, list[tuple[str, str]]]]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(things) for _, rooms in self.users for things in rooms.values())


def view(request: HttpRequest) -> HttpResponse:
    here = frame(request)
    entries = _entries(policy.indexes())
    groups = [
        (part, words, [e for e in entries if e.capability.part == part])
        for part, words in WORDS["part"].items()
    ]
    built = sum(e.capability.state == "built" for e in entries)
    return show(
        request, "capabilities.html", here, "", groups=groups, built=built, planned=len(entries) - built
    )


def _entries(indexes: list[PackIndex]) -> list[Entry]:
    entries = {name: Entry(capability) for name, capability in policy.capabilities().items()}
    for index in indexes:
        used = _users(index)
        for name, rooms in used.items():
            if name in entries:
                entries[name].users.append((index, rooms))
    return list(entries.values())


def _users(index: PackIndex) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """By capability and room, the objects (id, name) of a pack that name it."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for room in ROOMS:
        for thing in getattr(index.pack, room):
            for name in thing.capabilities:
                found.setdefault(name, {}).setdefault(room, []).append((thing.id, thing.name))
    return found
