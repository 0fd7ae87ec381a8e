"""One line of what an object says now, for the page of a clause that it serves."""

from __future__ import annotations

from dataclasses import dataclass

from zhijiao.indicators import queries as indicators
from zhijiao.indicators.types import Actual
from zhijiao.lib.dates import in_chinese
from zhijiao.lib.numbers import quantity
from zhijiao.policy.types import (
    Indicator,
    Obligation,
    PackIndex,
    Parameter,
    Procedure,
    Programme,
    Ref,
    Reported,
    Rule,
    Standard,
    TaskItem,
)
from zhijiao.policy.types.wording import bound, reporters, rhythm, target_text, told
from zhijiao.policy.types.words import word
from zhijiao.portal import boards
from zhijiao.portal.frame import Frame
from zhijiao.portal.looks import VERDICTS, Look, look_of
from zhijiao.portal.policy.chips import Chip, chip
from zhijiao.portal.policy.shared import STATE, capabilities_of
from zhijiao.supervision.queries import task_lines


@dataclass(frozen=True)
class Speaking:
    """An object, where it stands, and what it says in one line."""

    chip: Chip
    look: Look
    line: str


def speaking(frame: Frame, index: PackIndex, ref: Ref) -> Speaking:
    """What an object of a pack says on the day of this page."""
    thing = index.find(ref.room, ref.id)
    look, line = _say(frame, index, thing)
    return Speaking(chip(frame, ref, index), look or STATE[ref.state], line)


def _say(frame: Frame, index: PackIndex, thing: object) -> tuple[Look | None, str]:
    match thing:
        case Indicator():
            return _indicator(frame, index, thing)
        case TaskItem():
            return _item(frame, index, thing)
        case Reported():
            return None, reported_text(thing)
        case Rule():
            return None, _rule(index, thing)
        case Standard():
            return None, _standard(thing)
        case Programme():
            quota = f"，名额{'；'.join(bound(q) for q in thing.quota)}" if thing.quota else ""
            return None, f"{word('programme_shape', thing.shape)}{quota}。{_waits(index, thing)}"
        case Obligation():
            return None, f"{reporters(thing)}报，{rhythm(thing)}"
        case Procedure():
            return None, "—".join(stage.name for stage in thing.stages if stage.kind != "ended")
        case Parameter():
            return None, thing.missing or "；".join(quantity(v.value, thing.unit) for v in thing.values)
    return None, _waits(index, thing)


def _indicator(frame: Frame, index: PackIndex, thing: Indicator) -> tuple[Look, str]:
    row = boards.board(index, frame).row(thing.id)
    return VERDICTS[row.verdict.value], f"目标{target_text(thing)}；{_actual(row.actual)}。{row.reason}"


def _actual(actual: Actual | None) -> str:
    if actual is None:
        return "没有可比的公布数"
    return f"公布{told(actual.op, actual.value, actual.unit)}（{in_chinese(actual.as_of)}）"


def _item(frame: Frame, index: PackIndex, thing: TaskItem) -> tuple[Look, str]:
    closings = indicators.board(index, frame.on).closings
    item = next(i for i in task_lines(index, closings, frame.on) if i.item.id == thing.id)
    lead = f"{item.lead}牵头" if item.lead else "文件未写明责任单位"
    due = f"，{in_chinese(thing.due.on)}前完成" if thing.due.on else ""
    return look_of(item.state), f"{lead}{due}。交付：{thing.deliverable}"


def reported_text(thing: Reported) -> str:
    """A published figure with its day, or the statement."""
    if thing.value is None:
        return thing.text or ""
    return f"{told(thing.op, thing.value, thing.unit)}（截至{in_chinese(thing.as_of)}）"


def _rule(index: PackIndex, thing: Rule) -> str:
    gaps = missing_parameters(index, thing)
    if gaps:
        return f"缺参数，拒绝计算：{'、'.join(p.name for p in gaps)}"
    return f"参数齐全（{len(thing.parameters)}个）。{_waits(index, thing)}"


def missing_parameters(index: PackIndex, rule: Rule) -> list[Parameter]:
    """The parameters of a rule to which no document gives a value."""
    found = [index.find("parameters", name) for name in rule.parameters]
    return [p for p in found if isinstance(p, Parameter) and not p.values]


def _standard(thing: Standard) -> str:
    newest = thing.versions[-1]
    gaps = sum(item.missing is not None for item in newest.items)
    lacking = f"，其中{gaps}项缺数值" if gaps else ""
    return f"{newest.version}：{len(newest.items)}个检查项{lacking}"


def _waits(index: PackIndex, thing: object) -> str:
    waiting = [c.name for c in capabilities_of(index, thing) if c.state == "planned"]
    return f"待建成：{'、'.join(waiting)}" if waiting else ""
