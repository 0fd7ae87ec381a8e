"""How the states of an allocation look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zhijiao.admissions.types.states import RunState
from zhijiao.portal.looks import Look

_STATES: Final[Mapping[RunState, tuple[str, str, str, str]]] = {
    RunState.STARTED: ("正在投档", "完成后刷新本页", "clock", "accent"),
    RunState.FAILED: ("没有完成", "输入有误，什么也没有改动", "warn", "bad"),
    RunState.WITHHELD: ("核验未通过", "结果不生效", "warn", "bad"),
    RunState.VERIFIED: ("核验通过", "等待会签", "half", "some"),
    RunState.SIGNED: ("已会签", "等待公示", "half", "some"),
    RunState.PUBLICISED: ("公示中", "等待公示期满和异议答复", "clock", "accent"),
    RunState.PUBLISHED: ("已公布", "考生可以查询", "full", "good"),
    RunState.CANCELLED: ("已作废", "不生效", "closed", "mute"),
}


def look_of_run(state: str, *, simulation: bool = False) -> Look:
    """A state of a run by word, shape and tone."""
    found = RunState(state)
    word, meaning, shape, tone = _STATES[found]
    if simulation and found is RunState.VERIFIED:
        return Look("simulated", "试投档完成", "只有统计，不产生录取结果", "full", "mute")
    return Look(found.value, word, meaning, shape, tone)
