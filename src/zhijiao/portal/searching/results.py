"""What was found, by kind: groups with counts, the facets of the page, and the order within. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zhijiao.policy.queries import Hit
from zhijiao.policy.types.words import WORDS

ORDER: Final = (
    "documents",
    "indicators",
    "goals",
    "tasks",
    "items",
    "programmes",
    "rules",
    "parameters",
    "standards",
    "systems",
    "mechanisms",
    "obligations",
    "procedures",
    "reported",
    "clauses",
    "conflicts",
    "defaults",
    "industries",
    "units",
    "divisions",
    "concepts",
    "scoring",
    "chains",
)
"""Kinds in the order of the page: what a policy became before the clauses that it came from."""

IN_GROUP = 5
"""Rows of a kind while several kinds are shown."""
PAGE = 20
"""Rows at a time once one kind is chosen."""


@dataclass(frozen=True)
class Group:
    """Hits of one kind: those shown, and how many there are in all."""

    room: str
    label: str
    hits: tuple[Hit, ...]
    total: int
    offset: int

    @property
    def before(self) -> int | None:
        """Where the rows before these start."""
        return max(0, self.offset - PAGE) if self.offset else None

    @property
    def after(self) -> int | None:
        """Where the next rows start."""
        end = self.offset + len(self.hits)
        return end if end < self.total else None


@dataclass(frozen=True)
class Found:
    """The result of a search with its facets: how many hits each kind and each pack would show."""

    groups: tuple[Group, ...]
    total: int
    kinds: tuple[tuple[str, str, int], ...]
    packs: dict[str, int]


def arrange(hits: Sequence[Hit], pack: str | None, kind: str | None, offset: int) -> Found:
    """Group hits by kind. A facet counts what stays under the other filter, so that a choice is never empty."""
    in_pack = [hit for hit in hits if pack in (None, hit.pack)]
    of_kind = [hit for hit in hits if kind in (None, hit.room)]
    by_room: dict[str, list[Hit]] = {}
    for hit in in_pack:
        by_room.setdefault(hit.room, []).append(hit)
    for found in by_room.values():
        found.sort(key=lambda hit: hit.distance)
    rooms = sorted(by_room, key=lambda room: (by_room[room][0].distance > 0, _place(room)))
    kinds = tuple((room, _label(room), len(by_room[room])) for room in sorted(by_room, key=_place))
    shown = [room for room in rooms if kind in (None, room)]
    size = PAGE if kind else IN_GROUP
    groups = tuple(_group(room, by_room[room], offset if kind else 0, size) for room in shown)
    return Found(
        groups, sum(group.total for group in groups), kinds, dict(Counter(hit.pack for hit in of_kind))
    )


def _group(room: str, hits: Sequence[Hit], offset: int, size: int) -> Group:
    return Group(room, _label(room), tuple(hits[offset : offset + size]), len(hits), offset)


def _label(room: str) -> str:
    return WORDS["room"].get(room, room)


def _place(room: str) -> int:
    return ORDER.index(room) if room in ORDER else len(ORDER)
