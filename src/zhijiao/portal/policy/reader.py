"""The clause reader: a document's structure, and beside each clause the objects that it became."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhijiao.indicators import queries as indicators
from zhijiao.policy.types import Clause, Document, PackIndex, Section
from zhijiao.policy.types.words import WORDS
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.chips import Shown, served, shown
from zhijiao.portal.policy.filtering import Choice, Listing, listing
from zhijiao.portal.policy.shared import SERVED, missing, opened, owner_of, show


@dataclass(frozen=True)
class Branch:
    """A heading with the clauses right under it that are left after filtering."""

    section: Section
    depth: int
    clauses: list[Shown]
    total: int
    """Clauses left at and below this heading."""
    children: list[Branch]


def view(request: HttpRequest, pack: str, document: str) -> HttpResponse:
    here, index = opened(request, pack)
    found = index.documents.get(document)
    if found is None:
        raise missing("文件", document)
    owner = owner_of(index, document=document)
    if owner not in (None, index.id):
        return redirect(here.url("portal:document", str(owner), document, v=None))
    return show(request, "reader.html", here, "policy", document=found, **_context(here, index, found))


def _context(here: Frame, index: PackIndex, document: Document) -> dict[str, object]:
    clauses = index.clauses_of(document.id)
    listed = listed_clauses(here, index, clauses)
    tree = _branches(here, index, document.sections, listed.rows, 0)
    closings = indicators.board(index, here.on).closings
    return {
        "listed": listed,
        "tree": tree,
        "states": Counter(served(index)[c.id] for c in clauses),
        "closing": next((c for c in closings if c.document.id == document.id), None),
        "filtered": len(listed.rows) < len(clauses),
    }


def listed_clauses(here: Frame, index: PackIndex, clauses: list[Clause]) -> Listing:
    """The clauses after the filters in the address: kind, state, unit, words."""
    state = served(index)
    return listing(
        here,
        clauses,
        (),
        (
            Choice("kind", "类别", lambda c: (c.kind,), WORDS["clause_kind"].__getitem__),
            Choice("state", "承接", lambda c: (state[c.id],), lambda key: SERVED[key].words),
            Choice("unit", "责任单位", lambda c: _units(index, c)),
        ),
        lambda c: (c.id, c.title, c.summary, c.place, *c.units, *(f.name for f in c.figures)),
    )


def _units(index: PackIndex, clause: Clause) -> Iterable[str]:
    return dict.fromkeys(index.canonical(name) for name in clause.units)


def _branches(
    here: Frame, index: PackIndex, sections: list[Section], left: list[Clause], depth: int
) -> list[Branch]:
    by_section: dict[str, list[Clause]] = {}
    for clause in left:
        by_section.setdefault(clause.section, []).append(clause)

    def branch(section: Section, depth: int) -> Branch:
        own = [shown(here, index, clause) for clause in by_section.get(section.id, ())]
        children = [branch(child, depth + 1) for child in section.children]
        return Branch(section, depth, own, len(own) + sum(c.total for c in children), children)

    return [branch(section, depth) for section in sections]
