"""Task items with the state that the task board shows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhijiao.api.v1.common import Problem, day, pack_index
from zhijiao.indicators.queries import board
from zhijiao.supervision.queries import task_lines

router = Router(tags=["任务"])


class TaskOut(Schema):
    """One task item: what is asked, of whom, by when, and where it stands."""

    item: str
    name: str
    row: str
    number: str
    work: str
    document: str
    clauses: list[str]
    deliverable: str
    evidence: list[str]
    lead: str | None
    joint: list[str]
    due: str | None
    due_inferred: bool
    every: str | None
    indicators: list[str]
    state: str


@router.get(
    "/packs/{pack}/tasks",
    response={200: list[TaskOut], 404: Problem},
    summary="任务事项：责任单位、时限与状态",
)
def list_tasks(
    request: HttpRequest,
    pack: str,
    v: str | None = None,
    on: date | None = None,
    document: str | None = None,
    unit: str | None = None,
) -> Any:
    """Task items as seen on a day. `unit` finds a unit under any of its spellings."""
    index = pack_index(pack, v)
    lines = task_lines(index, board(index, day(on)).closings, day(on))
    wanted = None if unit is None else index.canonical(unit)
    return [
        {
            "item": line.item.id,
            "name": line.item.name,
            "row": line.row.id,
            "number": line.row.number,
            "work": line.row.work,
            "document": line.row.document,
            "clauses": line.item.clauses,
            "deliverable": line.item.deliverable,
            "evidence": line.item.evidence,
            "lead": line.lead,
            "joint": list(line.joint),
            "due": line.item.due.on,
            "due_inferred": line.item.due.inferred,
            "every": line.item.due.every,
            "indicators": line.item.indicators,
            "state": line.state.value,
        }
        for line in lines
        if document in (None, line.row.document)
        and (wanted is None or wanted in map(index.canonical, line.units))
    ]
