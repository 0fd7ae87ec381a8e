"""Task items: what is delivered, by whom, by when, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.lib.dates import in_chinese
from zhijiao.policy.types import Due
from zhijiao.policy.types.words import NOT_NAMED, word
from zhijiao.render.xlsx import Column, Text
from zhijiao.reports.exports import common
from zhijiao.reports.exports.types import Exporter, Line, Scene
from zhijiao.supervision.queries import task_lines
from zhijiao.supervision.types import TaskLine


def due_text(due: Due) -> str:
    """2023年（推定）, 每年, or that the document gives no time."""
    parts = [f"{in_chinese(due.on)}{'（推定）' if due.inferred else ''}"] if due.on else []
    if due.every:
        parts.append(word("every", due.every))
    return "，".join(parts) or NOT_NAMED


def facts_text(line: TaskLine) -> str:
    """What was made public about a task, with how it compares and when it was published."""
    return "；".join(
        f"{fact.text or fact.name}（{word('how', answer.how)}，{fact.published}公布）"
        for fact, answer in line.facts
    )


def _lines(scene: Scene) -> Iterator[Line]:
    index = scene.index
    for line in task_lines(index, scene.board.closings, scene.board.on):
        row, item = line.row, line.item
        yield (
            item.id,
            [
                row.number,
                row.work,
                row.name,
                item.name,
                item.deliverable,
                due_text(item.due),
                line.units[0] if line.units else NOT_NAMED,
                "、".join(line.units[1:]),
                Text(line.state.words, strong=True),
                facts_text(line) or None,
                index.documents[row.document].short,
                "；".join(item.evidence),
                "；".join(index.indicators[i].name for i in item.indicators),
                common.clauses(item.clauses),
                item.id,
                item.note or row.note,
                common.page(scene.address("items", item.id)),
            ],
        )


EXPORTER = Exporter(
    "tasks",
    "任务",
    (
        Column("序号", width=8),
        Column("重点任务", width=20),
        Column("主要工作", width=24),
        Column("事项", width=22),
        Column("交付物", width=36),
        Column("时限", width=14),
        Column("牵头单位", width=16),
        Column("配合单位", width=28),
        Column("状态", width=12),
        Column("公布情况", width=30),
        Column("文件", width=20),
        Column("证明材料", width=30, printed=False),
        Column("对应指标", width=24, printed=False),
        Column("条款", width=18, printed=False),
        Column("编号", width=18, printed=False),
        Column("说明", width=30, printed=False),
        common.LINK,
    ),
    _lines,
    freeze=1,
)
