"""The first sheet of the board: verdicts by goal."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.indicators.types import Row, Verdict, count
from zhijiao.render.xlsx import Cell, Column, Text
from zhijiao.reports.exports.types import Exporter, Line, Scene


def _lines(scene: Scene) -> Iterator[Line]:
    index, board = scene.index, scene.board
    yield "", [Text("主要指标（首页所计）", strong=True), *_counts(list(board.headline))]
    for goal, depth in index.goal_tree:
        rows = list({i.id: board.row(i.id) for i in index.indicators_under(goal.id)}.values())
        yield goal.id, [Text(goal.name, indent=depth), *_counts(rows)]


def _counts(rows: list[Row]) -> list[Cell]:
    return [len(rows), *count(rows).values(), sum(row.carried_over for row in rows)]


EXPORTER = Exporter(
    "overview",
    "总览",
    (
        Column("目标", width=44),
        Column("指标", "项", "number", width=10),
        *(Column(verdict.words, "项", "number", width=12) for verdict in Verdict),
        Column("待结转", "项", "number", width=10),
    ),
    _lines,
    freeze=1,
)
