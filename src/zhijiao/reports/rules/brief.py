"""The whole brief."""

from __future__ import annotations

from zhijiao.indicators.types import Board
from zhijiao.policy.types import PackIndex
from zhijiao.reports.rules.overall import overall
from zhijiao.reports.rules.progress import goals, tasks
from zhijiao.reports.rules.remarks import remarks
from zhijiao.reports.rules.sources import choices, sources
from zhijiao.reports.types import Brief
from zhijiao.supervision.queries import task_lines


def make_brief(index: PackIndex, board: Board) -> Brief:
    """The progress brief of a pack as its board shows it."""
    manifest = index.pack.manifest
    lines = task_lines(index, board.closings, board.on)
    return Brief(
        place=manifest.place,
        title=f"{manifest.place}职业教育目标任务进展情况",
        on=board.on,
        overall=tuple(overall(index, board, lines)),
        goals=tuple(goals(index, board)),
        tasks=tuple(tasks(index, lines)),
        remarks=tuple(remarks(index, board, lines)),
        sources=tuple(sources(index, board)),
        choices=tuple(choices(index, board)),
        pack=manifest.title,
        version=f"{manifest.version}（{index.version[:12]}）" if index.version else manifest.version,
    )
