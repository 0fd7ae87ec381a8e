"""Where a task item stands, from what was made public and from its plan's horizon. Pure.

Nothing here turns overdue after the horizon: what is open then is to be carried over by a decision (待结转).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from zhijiao.indicators.types import Closing
from zhijiao.lib.dates import last_day
from zhijiao.policy.types import Answer, PackIndex, Reported, TaskItem, TaskRow
from zhijiao.portal.words import Look

STATES: Final[dict[str, Look]] = {
    look.key: look
    for look in (
        Look("done", "已完成", "公布的内容与任务一致，已经完成。", "full", "good"),
        Look("done_if_same", "同名则完成", "公布时叫法不同；若与任务是同一件事，则已完成。", "ring", "good"),
        Look("partly", "部分完成", "公布的只是任务的一部分或一个阶段。", "half", "some"),
        Look(
            "carried_over",
            "待结转",
            "规划期已结束而未见完成：由后续方案决定是否结转，不算逾期。",
            "closed",
            "mute",
        ),
        Look(
            "unreported", "到期未见公布", "时限已到，规划期未结束，没有找到公布的完成情况。", "warn", "some"
        ),
        Look("open", "未到期", "时限未到，没有找到公布的完成情况。", "clock", "accent"),
        Look("undated", "未写时限", "文件没有写时限，也没有找到公布的完成情况。", "dashed", "mute"),
    )
}

_BY_ANSWER = {
    "same": "done",
    "other_name": "done_if_same",
    "component": "partly",
    "step": "partly",
    "aggregate": "partly",
}
_STRENGTH = ("same", "other_name", "component", "step", "aggregate", "other_population", "self_statement")


@dataclass(frozen=True)
class Item:
    """A task item as the board shows it."""

    row: TaskRow
    item: TaskItem
    units: tuple[str, ...]
    state: Look
    facts: tuple[tuple[Reported, Answer], ...]
    late: tuple[tuple[Reported, Answer], ...]
    closed: bool

    @property
    def lead(self) -> str | None:
        return self.units[0] if self.units else None

    @property
    def joint(self) -> tuple[str, ...]:
        return self.units[1:]


def items(index: PackIndex, closings: Iterable[Closing], on: date) -> list[Item]:
    """Every task item of a pack in the order of its documents."""
    by_document = {closing.document.id: closing for closing in closings}
    order = [document.id for document in index.pack.manifest.documents]
    rows = sorted(index.pack.tasks, key=lambda row: order.index(row.document))
    return [_item(index, row, item, by_document.get(row.document), on) for row in rows for item in row.items]


def _item(index: PackIndex, row: TaskRow, item: TaskItem, closing: Closing | None, on: date) -> Item:
    counted, late = _split(index.answers_to_task(item.id), closing, on)
    units = tuple(row.units if item.units is None else item.units)
    closed = closing is not None and closing.closed
    state = STATES[_state(item, [answer for _, answer in counted], closed, on)]
    return Item(row, item, units, state, tuple(counted), tuple(late), closed)


Answers = list[tuple[Reported, Answer]]


def _split(answers: Answers, closing: Closing | None, on: date) -> tuple[Answers, Answers]:
    """What was public by the day, and what became public only after the plan was closed out (期后)."""
    public = [(fact, answer) for fact, answer in answers if last_day(fact.published) <= on]
    public.sort(key=lambda pair: _STRENGTH.index(pair[1].how))
    if closing is None or closing.closes_on is None:
        return public, []
    closes = closing.closes_on
    return (
        [pair for pair in public if last_day(pair[0].published) <= closes],
        [pair for pair in public if last_day(pair[0].published) > closes],
    )


def _state(item: TaskItem, answers: list[Answer], closed: bool, on: date) -> str:
    best = next((_BY_ANSWER[answer.how] for answer in answers if answer.how in _BY_ANSWER), None)
    if best in ("done", "done_if_same"):
        return best
    if closed:
        return "carried_over"
    if best is not None:
        return best
    if item.due.on is None:
        return "undated"
    return "unreported" if on > last_day(item.due.on) else "open"


def count(listed: Iterable[Item]) -> dict[str, int]:
    """Items by state; every state is listed, also with nought."""
    keys = [item.state.key for item in listed]
    return {key: keys.count(key) for key in STATES}
