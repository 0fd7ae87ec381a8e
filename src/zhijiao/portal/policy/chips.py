"""What a clause became, ready to be drawn: chips, and one line of what each object says now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from zhijiao.policy.types import Clause, PackIndex, Ref
from zhijiao.policy.types.words import word
from zhijiao.portal import links
from zhijiao.portal.frame import Frame
from zhijiao.portal.looks import Look
from zhijiao.portal.policy.shared import SERVED


@dataclass(frozen=True)
class Chip:
    """An object as a link with its kind."""

    kind: str
    name: str
    href: str | None
    state: str
    serves: bool


@dataclass(frozen=True)
class Shown:
    """A clause with its state and its objects."""

    clause: Clause
    state: Look
    chips: list[Chip]


def chip(frame: Frame, ref: Ref, index: PackIndex | None = None) -> Chip:
    return Chip(
        word("room", ref.room),
        ref.name,
        links.href(frame, ref.room, ref.id, index),
        ref.state,
        ref.serves,
    )


def refs_of(index: PackIndex, clause_id: str) -> list[Ref]:
    """The objects of a clause; a task row is left out where its items stand for it, a chain where what is reported does."""
    refs = [ref for ref in index.serving(clause_id) if ref.room != "chains"]
    if any(ref.room == "items" for ref in refs):
        return [ref for ref in refs if ref.room != "tasks"]
    return refs


def shown(frame: Frame, index: PackIndex, clause: Clause) -> Shown:
    """A clause beside what it became."""
    chips = [chip(frame, ref) for ref in refs_of(index, clause.id)]
    return Shown(clause, SERVED[served(index)[clause.id]], chips)


def served(index: PackIndex) -> dict[str, str]:
    """The state of each clause that the pack itself holds."""
    return _served(index)


@lru_cache(maxsize=16)
def _served(index: PackIndex) -> dict[str, str]:
    # A PackIndex is one immutable version, compared by identity, so what is derived from it may be kept.
    return {clause.id: index.served(clause) for clause in index.pack.clauses}
