"""The Chinese word for each code that a page shows, and how a verdict looks.

A verdict is told three ways: by its word (zhijiao.indicators.types), by a shape (an id in
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


def look_of(state: Look | Verdict | TaskState) -> Look:
    """How a verdict or the state of a task is shown. The two enums share some values, so the type decides."""
    if isinstance(state, TaskState):
        return _TASKS[state]
    return VERDICTS[state.value] if isinstance(state, Verdict) else state


WORDS: Final[dict[str, dict[str, str]]] = {
    "level": {
        "country": "国家",
        "province": "省",
        "city": "市",
        "county": "县（市、区）",
        "school": "学校",
        "enterprise": "企业",
    },
    "document_kind": {
        "plan": "规划方案",
        "implementation": "实施方案",
        "statement": "公开表述",
        "regulation": "法规规章",
    },
    "document_status": {
        "draft": "征求意见稿",
        "in_force": "现行",
        "statement": "公开表述",
        "repealed": "已废止",
    },
    "clause_kind": {
        "target": "目标",
        "actual": "公布数据",
        "standard": "标准",
        "task": "任务",
        "rule": "规则",
        "programme": "项目",
        "system": "系统",
        "mechanism": "机制",
    },
    "strength": {"required": "应达", "encouraged": "鼓励", "strive": "力争"},
    "period_kind": {
        "point": "时点",
        "cumulative": "累计",
        "yearly": "每年",
        "school_year": "学年",
        "milestone": "达成即可",
    },
    "direction": {
        "higher": "越高越好",
        "lower": "越低越好",
        "within": "在区间内",
        "judgement": "定性判断",
        "milestone": "达成即可",
    },
    "how": {
        "same": "同口径",
        "other_name": "名称不同",
        "component": "其中一项",
        "aggregate": "只有合计",
        "other_population": "口径不同",
        "self_statement": "自行表述",
        "step": "阶段进展",
    },
    "every": {"year": "每年", "month": "每月", "term": "每学期"},
    "capability_state": {"built": "已建成", "planned": "规划中"},
    "standard_status": {"in_force": "现行", "draft": "草案", "to_be_issued": "待制定"},
    "programme_shape": {
        "recognition": "认定",
        "plan": "建设计划",
        "activity": "活动评选",
        "training_agreement": "培养协议",
        "external_licence": "许可由他处办理",
    },
    "goal_kind": {"goal": "目标", "framework": "指标体系", "group": "分组"},
    "unit_kind": {
        "department": "部门",
        "office": "专班等机构",
        "county": "县（市、区）",
        "institution": "院校、企业",
        "group": "一类单位",
    },
    "object_kind": {
        "goal": "目标",
        "indicator": "指标",
        "standard": "标准",
        "task": "任务",
        "task_row": "任务",
        "task_item": "任务事项",
        "programme": "项目",
        "rule": "规则",
        "parameter": "参数",
        "system": "系统",
        "mechanism": "机制",
        "reported": "公布数据",
        "industry": "产业",
        "scoring": "考核",
        "conflict": "分歧",
        "default": "口径决定",
        "institution": "院校、企业",
        "document": "文件",
        "clause": "条款",
        "unit": "责任单位",
    },
}


def word(code: str, kind: str) -> str:
    """The Chinese word for a code; a code without a word is a mistake in this file, so it raises."""
    return WORDS[kind][code]
