"""How the states of task items look on pages; what they are is decided in zhijiao.supervision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from zhijiao.portal.looks import Look, look_of
from zhijiao.supervision.queries import task_lines as items
from zhijiao.supervision.types import TaskLine as Item
from zhijiao.supervision.types import TaskState

__all__ = ["STATES", "Item", "count", "items"]

STATES: Final[dict[str, Look]] = {state.value: look_of(state) for state in TaskState}


def count(listed: Iterable[Item]) -> dict[str, int]:
    """Items by state; every state is listed, also with nought."""
    states = [item.state for item in listed]
    return {state.value: states.count(state) for state in TaskState}
