"""How the state of a task item looks; what it is, supervision decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from zhijiao.indicators.types import Closing
from zhijiao.policy.types import PackIndex, TaskItem, TaskRow
from zhijiao.portal.words import Look
from zhijiao.supervision import queries as supervision
from zhijiao.supervision.types import Facts, TaskLine, TaskState

_LOOKS: Final[dict[TaskState, tuple[str, str]]] = {
    TaskState.DONE: ("full", "good"),
    TaskState.DONE_IF_SAME: ("ring", "good"),
    TaskState.PARTLY: ("half", "some"),
    TaskState.CARRIED_OVER: ("closed", "mute"),
    TaskState.UNREPORTED: ("warn", "some"),
    TaskState.OPEN: ("clock", "accent"),
    TaskState.UNDATED: ("dashed", "mute"),
}
"""Shape and tone of each state."""

STATES: Final[dict[str, Look]] = {
    state.value: Look(state.value, state.words, state.meaning, *_LOOKS[state]) for state in TaskState
}


@dataclass(frozen=True)
class Item:
    """A task item as the board shows it."""

    line: TaskLine

    @property
    def row(self) -> TaskRow:
        return self.line.row

    @property
    def item(self) -> TaskItem:
        return self.line.item

    @property
    def units(self) -> tuple[str, ...]:
        return self.line.units

    @property
    def lead(self) -> str | None:
        return self.line.lead

    @property
    def joint(self) -> tuple[str, ...]:
        return self.line.joint

    @property
    def state(self) -> Look:
        return STATES[self.line.state.value]

    @property
    def facts(self) -> Facts:
        return self.line.facts

    @property
    def late(self) -> Facts:
        return self.line.late

    @property
    def closed(self) -> bool:
        return self.line.closed


def items(index: PackIndex, closings: Iterable[Closing], on: date) -> list[Item]:
    """Every task item of a pack in the order of its documents."""
    return [Item(line) for line in supervision.task_lines(index, closings, on)]


def count(listed: Iterable[Item]) -> dict[str, int]:
    """Items by state; every state is listed, also with nought."""
    keys = [item.line.state.value for item in listed]
    return {key: keys.count(key) for key in STATES}
