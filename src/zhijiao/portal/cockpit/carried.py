"""What the next plan decided about everything that a closed document left open. Public once that plan is in force."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from zhijiao.core.kinds import Tenant
from zhijiao.planning import queries
from zhijiao.planning.types import Counts, Decision
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, listing

COLUMNS = (
    Column("kind", "类别", value=lambda thing: thing.kind.words),
    Column("title", "事项", value=lambda thing: by_pinyin(thing.title)),
    Column("decision", "决定", value=lambda thing: list(Decision).index(thing.decision)),
    Column("words", "说明"),
    Column("at", "何时决定", value=lambda thing: thing.decided_at),
)


def succession(here: Frame, document: str) -> Counts | None:
    """How the next plan decided about a document's open things; None where nobody may know yet. For templates."""
    if here.index is None:
        return None
    found = queries.succession(here.index.id, Tenant.REAL, document)
    return found if found is not None and found.in_force else None


def view(request: HttpRequest, pack: str, document: str) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    index = here.index
    counts = succession(here, document)
    if index is None or document not in index.documents or counts is None:
        raise Http404("这份文件没有完成的事项还没有公开的决定。")
    found = listing(
        here,
        queries.decided_things(counts.plan),
        COLUMNS,
        (
            Choice("kind", "类别", lambda thing: [thing.kind.words]),
            Choice("decision", "决定", lambda thing: [thing.decision.value], lambda key: Decision(key).words),
        ),
        lambda thing: (thing.title, thing.words),
    )
    return page(
        request,
        "cockpit/carried.html",
        here,
        document=index.documents[document],
        counts=counts,
        list=found,
    )
