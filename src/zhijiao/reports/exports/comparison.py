"""Places side by side, one topic after the other."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.indicators.types import Board, Row
from zhijiao.policy.types import Concept, PackIndex
from zhijiao.policy.types.wording import period, target_text
from zhijiao.render.xlsx import Cell, Column
from zhijiao.reports.exports import common
from zhijiao.reports.exports.types import Exporter, Line, Scene


def _lines(scene: Scene) -> Iterator[Line]:
    places = [(scene.index, scene.board), *scene.others]
    concepts: dict[str, Concept] = {}
    for index, _ in places:
        concepts |= {c.id: c for pack in reversed(index.family) for c in pack.concepts}
    for concept in concepts.values():
        for index, board in places:
            for row in board.rows:
                if row.indicator.concept == concept.id:
                    yield concept.id, _cells(scene, concept, index, board, row)


def _cells(scene: Scene, concept: Concept, index: PackIndex, board: Board, row: Row) -> list[Cell]:
    indicator, actual = row.indicator, row.actual
    first = indicator.targets[0] if indicator.targets else None
    return [
        concept.name,
        concept.question,
        "可以" if concept.comparable else "不能",
        concept.caveat,
        index.pack.manifest.place,
        indicator.name,
        target_text(indicator),
        None if first is None else first.value,
        indicator.unit or (first.unit if first else None),
        period(indicator.period),
        None if actual is None else actual.value,
        None if actual is None else actual.unit,
        row.verdict.words,
        "、".join(concept.conflicts),
        common.clauses(indicator.clauses),
    ]


EXPORTER = Exporter(
    "compare",
    "各地比较",
    (
        Column("主题", width=22),
        Column("这一行回答什么", width=30),
        Column("能否直接比", width=8),
        Column("比较时注意", width=44),
        Column("地方", width=10),
        Column("指标", width=24),
        Column("目标", width=22),
        Column("目标值", kind="number", width=12),
        Column("单位", width=10),
        Column("目标期", width=14),
        Column("公布值", kind="number", width=12),
        Column("公布单位", width=8),
        Column("判定", width=10),
        Column("分歧", width=10, printed=False),
        Column("条款", width=18, printed=False),
    ),
    _lines,
    freeze=1,
    empty="所选各地没有可以放在一起看的目标。",
)
