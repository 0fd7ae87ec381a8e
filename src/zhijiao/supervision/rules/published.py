"""The state of a task item, from what was made public and from its plan's horizon. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from zhijiao.indicators.types import STRENGTH, Closing
from zhijiao.lib.dates import last_day
from zhijiao.policy.types import Answer, Document, PackIndex, Reported, TaskItem, TaskRow
from zhijiao.supervision.types.published import Facts, TaskLine, TaskState

_BY_ANSWER = {
    "same": TaskState.DONE,
    "other_name": TaskState.DONE_IF_SAME,
    "component": TaskState.PARTLY,
    "step": TaskState.PARTLY,
    "aggregate": TaskState.PARTLY,
}


def task_lines(index: PackIndex, closings: Iterable[Closing], on: date) -> list[TaskLine]:
    """Every task item of a pack, in the order of its documents and rows."""
    by_document = {closing.document.id: closing for closing in closings}
    order = [document.id for document in index.pack.manifest.documents]
    rows = sorted(index.pack.tasks, key=lambda row: order.index(row.document))
    return [
        _line(row, item, index.answers_to_task(item.id), by_document.get(row.document), on)
        for row in rows
        for item in row.items
    ]


def count(lines: Iterable[TaskLine]) -> dict[TaskState, int]:
    """Items by state; every state is listed, also with nought."""
    states = [line.state for line in lines]
    return {state: states.count(state) for state in TaskState}


def by_document(index: PackIndex, lines: Iterable[TaskLine]) -> list[tuple[Document, list[TaskLine]]]:
    """Items under the document that orders them; documents without items are left out."""
    found: dict[str, list[TaskLine]] = {document.id: [] for document in index.pack.manifest.documents}
    for line in lines:
        found[line.row.document].append(line)
    return [(index.documents[name], own) for name, own in found.items() if own]


def _line(
    row: TaskRow,
    item: TaskItem,
    answers: Sequence[tuple[Reported, Answer]],
    closing: Closing | None,
    on: date,
) -> TaskLine:
    facts, late = _split(answers, closing, on)
    units = tuple(row.units if item.units is None else item.units)
    closed = closing is not None and closing.closed
    return TaskLine(row, item, units, state_of(item, facts, closed=closed, on=on), facts, late, closed)


def _split(
    answers: Sequence[tuple[Reported, Answer]], closing: Closing | None, on: date
) -> tuple[Facts, Facts]:
    """What was public by the day and counts, and what came after the plan's horizon (期后)."""
    public = [pair for pair in answers if last_day(pair[0].published) <= on]
    public.sort(key=lambda pair: STRENGTH.index(pair[1].how))
    counted = tuple(pair for pair in public if closing is None or closing.admits(pair[0]))
    return counted, tuple(pair for pair in public if pair not in counted)


def state_of(item: TaskItem, facts: Facts, *, closed: bool, on: date) -> TaskState:
    """The state of an item: done stays done; what is open at the closing is to be carried over."""
    best = next((_BY_ANSWER[answer.how] for _, answer in facts if answer.how in _BY_ANSWER), None)
    if best in (TaskState.DONE, TaskState.DONE_IF_SAME):
        return best
    if closed:
        return TaskState.CARRIED_OVER
    if best is not None:
        return best
    if item.due.on is None:
        return TaskState.UNDATED
    return TaskState.UNREPORTED if on > last_day(item.due.on) else TaskState.OPEN
