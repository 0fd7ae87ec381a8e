"""How verdicts and states look.

Each is told three ways: by its word (zhijiao.indicators.types, zhijiao.supervision.types), by a shape (an id in
components/shapes.svg) and by a tone, so that it survives a black-and-white print and a reader who cannot tell
red from green.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zhijiao.indicators.types import Verdict
from zhijiao.supervision.types import TaskState


@dataclass(frozen=True)
class Look:
    """How a verdict or a state is shown."""

    key: str
    words: str
    meaning: str
    shape: str
    tone: str


def _look(state: Verdict | TaskState, shape: str, tone: str) -> Look:
    return Look(state.value, state.words, state.meaning, shape, tone)


VERDICTS: Final[dict[str, Look]] = {
    look.key: look
    for look in (
        _look(Verdict.MET, "full", "good"),
        _look(Verdict.MET_IF_SAME, "ring", "good"),
        _look(Verdict.PARTLY, "half", "some"),
        _look(Verdict.AGGREGATE_ONLY, "sum", "some"),
        _look(Verdict.NOT_COMPARABLE, "unequal", "mute"),
        _look(Verdict.NOT_REPORTED, "dashed", "mute"),
        _look(Verdict.NOT_MET, "cross", "bad"),
        _look(Verdict.NOT_DUE, "clock", "accent"),
    )
}

_TASKS: Final[dict[TaskState, Look]] = {
    TaskState.DONE: _look(TaskState.DONE, "full", "good"),
    TaskState.DONE_IF_SAME: _look(TaskState.DONE_IF_SAME, "ring", "good"),
    TaskState.PARTLY: _look(TaskState.PARTLY, "half", "some"),
    TaskState.CARRIED_OVER: _look(TaskState.CARRIED_OVER, "closed", "mute"),
    TaskState.UNREPORTED: _look(TaskState.UNREPORTED, "warn", "some"),
    TaskState.OPEN: _look(TaskState.OPEN, "clock", "accent"),
    TaskState.UNDATED: _look(TaskState.UNDATED, "dashed", "mute"),
}


TASKS: Final[dict[str, Look]] = {state.value: look for state, look in _TASKS.items()}


def look_of(state: Look | Verdict | TaskState) -> Look:
    """How a verdict or the state of a task is shown. The two enums share some values, so the type decides."""
    if isinstance(state, TaskState):
        return _TASKS[state]
    return VERDICTS[state.value] if isinstance(state, Verdict) else state
