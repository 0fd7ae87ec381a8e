"""One clause: what it says, what it became and what that says now, and the decisions that touch it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhijiao.policy import queries as policy
from zhijiao.policy.types import Clause, Institution, PackIndex
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.chips import refs_of, served
from zhijiao.portal.policy.decided import differences, questions, touches
from zhijiao.portal.policy.shared import SERVED, missing, opened, owner_of, show
from zhijiao.portal.policy.speaking import Speaking, speaking


def view(request: HttpRequest, pack: str, clause: str) -> HttpResponse:
    here, index = opened(request, pack)
    found = index.clauses.get(clause)
    if found is None:
        raise missing("条款", clause)
    owner = owner_of(index, clause=clause)
    if owner not in (None, index.id):
        return redirect(here.url("portal:clause", str(owner), clause, v=None))
    before, after = _neighbours(index, found)
    everywhere = [index, *(i for i in policy.indexes() if i.id != index.id)]
    return show(
        request,
        "clause.html",
        here,
        "policy",
        clause=found,
        document=index.document_of(clause),
        section=index.section_titles[found.document, found.section],
        state=SERVED[served(index)[clause]],
        before=before,
        after=after,
        objects=[speaking(here, index, ref) for ref in refs_of(index, clause)],
        elsewhere=_elsewhere(here, everywhere[1:], clause),
        differences=[d for d in differences(everywhere) if touches(d.sides, index.id, clause)],
        questions=[q for q in questions(everywhere) if touches(q.sides, index.id, clause)],
        institutions=_institutions(index, clause),
    )


def _neighbours(index: PackIndex, clause: Clause) -> tuple[Clause | None, Clause | None]:
    """The clauses before and after, in the order of the document."""
    listed = index.clauses_of(clause.document)
    at = listed.index(clause)
    return (listed[at - 1] if at else None, listed[at + 1] if at + 1 < len(listed) else None)


def _elsewhere(here: Frame, others: list[PackIndex], clause: str) -> list[tuple[PackIndex, list[Speaking]]]:
    """What packs that extend this one made of the clause."""
    found = [(index, [speaking(here, index, ref) for ref in refs_of(index, clause)]) for index in others]
    return [pair for pair in found if pair[1]]


def _institutions(index: PackIndex, clause: str) -> list[Institution]:
    return [i for pack in index.family for i in pack.places.institutions if clause in i.clauses]
