"""The overview: every target's state on one page; with ?wall=1 for a screen on the wall."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from zhijiao.indicators.types import Board, Closing
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Document, PackIndex
from zhijiao.portal import boards
from zhijiao.portal.cockpit import summaries
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.looks import TASKS
from zhijiao.portal.pages import page
from zhijiao.supervision.queries import by_document, count, task_lines
from zhijiao.supervision.types import TaskState


@dataclass(frozen=True)
class TaskSummary:
    """The tasks of one document, counted by state."""

    document: Document
    rows: int
    items: int
    without_unit: int
    counts: dict[TaskState, int]


@dataclass(frozen=True)
class News:
    """What differs from the version before this one. `before` is None for the first version."""

    before: policy.Version | None
    changes: list[summaries.Change]


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    index = here.index
    assert index is not None
    board = boards.board(index, here)
    template = "cockpit/wall.html" if here.query.get("wall") == "1" else "cockpit/overview.html"
    return page(
        request,
        template,
        here,
        board=board,
        tree=summaries.goal_tree(index, board),
        used=summaries.used(board),
        gaps=summaries.gaps(board),
        tasks=task_summaries(index, board.closings, here),
        news=news(index, board, here),
        late=[row for row in board.rows if row.late],
        states=TASKS,
        main_closing=main_closing(index, board),
    )


def main_closing(index: PackIndex, board: Board) -> Closing | None:
    """The life of the plan whose framework the board counts."""
    return board.headline[0].closing if board.headline else next(iter(board.closings), None)


def task_summaries(index: PackIndex, closings: tuple[Closing, ...], here: Frame) -> list[TaskSummary]:
    return [
        TaskSummary(
            document,
            rows=len({line.row.id for line in own}),
            items=len(own),
            without_unit=sum(not line.units for line in own),
            counts=count(own),
        )
        for document, own in by_document(index, task_lines(index, closings, here.on))
    ]


def news(index: PackIndex, board: Board, here: Frame) -> News:
    """Verdicts that differ between this version of the pack and the one before it, seen from the same day."""
    ledger = policy.versions(index.id)
    place = next((i for i, version in enumerate(ledger) if version.hash == index.version), None)
    before = (
        next((v for v in ledger[place + 1 :] if v.hash != index.version), None) if place is not None else None
    )
    older = policy.index(index.id, before.hash) if before else None
    if before is None or older is None:
        return News(None, [])
    return News(before, summaries.changes(boards.board(older, here), board))
