"""The first sheet of the board: verdicts by goal."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.indicators.types import Row, Verdict
from zhijiao.policy.types import Goal, PackIndex
from zhijiao.render.xlsx import Cell, Column, Text
from zhijiao.reports.exports.types import Exporter, Line, Scene


def branches(index: PackIndex) -> list[tuple[Goal, int]]:
    """Every goal that holds indicators with its depth, the framework that the board counts first."""
    board = index.pack.manifest.board
    roots = sorted(index.goals_under(None), key=lambda goal: goal.id != board)

    def walk(goal: Goal, depth: int) -> Iterator[tuple[Goal, int]]:
        if index.indicators_under(goal.id):
            yield goal, depth
        for child in index.goals_under(goal.id):
            yield from walk(child, depth + 1)

    return [found for root in roots for found in walk(root, 0)]


def _lines(scene: Scene) -> Iterator[Line]:
    index, board = scene.index, scene.board
    yield "", [Text("主要指标（首页所计）", strong=True), *_counts(list(board.headline))]
    for goal, depth in branches(index):
        rows = list({i.id: board.row(i.id) for i in index.indicators_under(goal.id)}.values())
        yield goal.id, [Text(goal.name, indent=depth), *_counts(rows)]


def _counts(rows: list[Row]) -> list[Cell]:
    counted: list[Cell] = [sum(row.verdict is verdict for row in rows) for verdict in Verdict]
    return [len(rows), *counted, sum(row.carried_over for row in rows)]


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
