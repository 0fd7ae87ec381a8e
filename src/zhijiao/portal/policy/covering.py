"""How far the clauses of each document are served, what is planned and on what it waits, what is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from zhijiao.policy.types import SERVED_BY, Capability, Clause, ClauseKind, Document, PackIndex
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.chips import served
from zhijiao.portal.policy.shared import capabilities_of, opened, show


@dataclass(frozen=True)
class Cell:
    """The clauses of one kind in one document, by state."""

    kind: ClauseKind
    states: Counter[str]

    @property
    def total(self) -> int:
        return sum(self.states.values())


@dataclass(frozen=True)
class Block:
    """A document with its kinds."""

    document: Document
    cells: list[Cell]
    states: Counter[str]


@dataclass(frozen=True)
class Waiting:
    """A capability that is not built, with the clauses that wait for it."""

    capability: Capability
    clauses: list[Clause]


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    return show(
        request,
        "coverage.html",
        here,
        "coverage",
        blocks=blocks(index),
        states=Counter(served(index).values()),
        waiting=waiting(index),
        unserved=[index.clauses[c] for c, state in served(index).items() if state == "unserved"],
        hrefs=_hrefs(here, index),
    )


def blocks(index: PackIndex) -> list[Block]:
    """Per document and kind, how many clauses are in which state."""
    state = served(index)
    found = []
    for document in index.pack.manifest.documents:
        clauses = index.clauses_of(document.id)
        cells = [
            Cell(kind, Counter(state[c.id] for c in clauses if c.kind == kind))
            for kind in SERVED_BY
            if any(c.kind == kind for c in clauses)
        ]
        found.append(Block(document, cells, Counter(state[c.id] for c in clauses)))
    return found


def waiting(index: PackIndex) -> list[Waiting]:
    """What planned clauses wait for; a clause that waits for two capabilities stands under both."""
    found: dict[str, list[Clause]] = {}
    for clause_id, state in served(index).items():
        if state == "planned":
            for name in _needs(index, clause_id):
                found.setdefault(name, []).append(index.clauses[clause_id])
    ordered = sorted(found.items(), key=lambda pair: -len(pair[1]))
    return [Waiting(index.capabilities[name], clauses) for name, clauses in ordered]


def _needs(index: PackIndex, clause_id: str) -> list[str]:
    refs = [ref for ref in index.serving(clause_id) if ref.serves]
    things = [index.find(ref.room, ref.id) for ref in refs]
    needed = [c.id for thing in things for c in capabilities_of(index, thing) if c.state == "planned"]
    return list(dict.fromkeys(needed))


def _hrefs(here: Frame, index: PackIndex) -> dict[str, str]:
    return {d.id: here.url("portal:document", index.id, d.id) for d in index.pack.manifest.documents}
