"""What was made public about a task item, and the state that follows. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zhijiao.policy.types import Answer, Reported, TaskItem, TaskRow

Facts = tuple[tuple[Reported, Answer], ...]


class TaskState(StrEnum):
    """The state of a task item on a day. Nothing here is overdue: a plan that has ended is closed out."""

    DONE = "done"
    DONE_IF_SAME = "done_if_same"
    PARTLY = "partly"
    CARRIED_OVER = "carried_over"
    UNREPORTED = "unreported"
    OPEN = "open"
    UNDATED = "undated"

    @property
    def words(self) -> str:
        """The state as screens and reports say it."""
        return STATE_WORDS[self]

    @property
    def meaning(self) -> str:
        """One sentence that explains the state."""
        return STATE_MEANINGS[self]


STATE_WORDS: Mapping[TaskState, str] = {
    TaskState.DONE: "已完成",
    TaskState.DONE_IF_SAME: "同类则完成",
    TaskState.PARTLY: "部分完成",
    TaskState.CARRIED_OVER: "待结转",
    TaskState.UNREPORTED: "到期未见公布",
    TaskState.OPEN: "未到期",
    TaskState.UNDATED: "未写时限",
}

STATE_MEANINGS: Mapping[TaskState, str] = {
    TaskState.DONE: "公布的内容与任务一致，已经完成。",
    TaskState.DONE_IF_SAME: "公布时叫法不同；若与任务是同一件事，则已完成。",
    TaskState.PARTLY: "公布的只是任务的一部分或一个阶段。",
    TaskState.CARRIED_OVER: "规划期已结束而未见完成：由后续方案决定是否结转，不算逾期。",
    TaskState.UNREPORTED: "时限已到，规划期未结束，没有找到公布的完成情况。",
    TaskState.OPEN: "时限未到，没有找到公布的完成情况。",
    TaskState.UNDATED: "文件没有写时限，也没有找到公布的完成情况。",
}


@dataclass(frozen=True)
class TaskLine:
    """A task item with its row, its units in the document's order, and where it stands."""

    row: TaskRow
    item: TaskItem
    units: tuple[str, ...]
    state: TaskState
    facts: Facts
    late: Facts
    closed: bool

    @property
    def lead(self) -> str | None:
        """The unit named first leads; None where the document names no unit."""
        return self.units[0] if self.units else None

    @property
    def joint(self) -> tuple[str, ...]:
        """The units named after the first."""
        return self.units[1:]
