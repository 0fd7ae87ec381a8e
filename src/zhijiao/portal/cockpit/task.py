"""One row of a task list, with its items."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import signed_in
from zhijiao.indicators import queries as indicators
from zhijiao.portal.desk.tasks.shared import LIGHTS
from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page
from zhijiao.supervision.queries import task_lines
from zhijiao.supervision.queries.work import lights_of_pack


def view(request: HttpRequest, pack: str, row: str) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    index = here.index
    assert index is not None
    thing = index.rows.get(row)
    if thing is None:
        raise Http404(f"{index.pack.manifest.place}的政策包里没有编号为“{row}”的任务。")
    board = indicators.board(index, here.on)
    every = task_lines(index, board.closings, here.on)
    # How the work goes is for those whom it concerns; what was made public is for everybody.
    actor = signed_in(request)
    sees = actor is not None and actor.may(Permission.VIEW)
    return page(
        request,
        "cockpit/task.html",
        here,
        row=thing,
        document=index.documents[thing.document],
        closing=next((c for c in board.closings if c.document.id == thing.document), None),
        items=[item for item in every if item.row is thing],
        clauses=[index.clause(name) for name in thing.clauses],
        units=[(name, index.canonical(name), index.unit(name)) for name in thing.units],
        work=lights_of_pack(actor, index.id, on=here.on) if actor is not None and sees else {},
        lights=LIGHTS,
        rows={name: board.row(name) for item in thing.items for name in item.indicators},
    )
