"""Indicators with target, published figure and verdict."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.indicators.types import Row
from zhijiao.policy.types import Goal, Indicator
from zhijiao.policy.types.wording import period, target_text
from zhijiao.policy.types.words import word
from zhijiao.render.xlsx import Cell, Column, Text
from zhijiao.reports.exports import common
from zhijiao.reports.exports.types import Exporter, Line, Scene


def closing_words(row: Row) -> str:
    """The state of the plan, and whether the indicator is to be carried over."""
    return f"{row.closing.words}{'，待结转' if row.carried_over else ''}"


def definition(indicator: Indicator) -> str:
    """The definition in one cell."""
    words = indicator.definition
    parts = [
        ("", words.words.rstrip("。")),
        ("分子：", words.numerator),
        ("分母：", words.denominator),
        ("不计：", words.excluded),
        ("依据：", words.basis),
    ]
    return "；".join(f"{label}{text.rstrip('。')}" for label, text in parts if text)


def _lines(scene: Scene) -> Iterator[Line]:
    for row in scene.board.rows:
        yield row.indicator.id, _cells(scene, row, scene.index.goal_of(row.indicator.id))


def _cells(scene: Scene, row: Row, goal: Goal | None) -> list[Cell]:
    indicator, actual = row.indicator, row.actual
    first = indicator.targets[0] if indicator.targets else None
    second = indicator.targets[1] if len(indicator.targets) > 1 else None
    return [
        indicator.id,
        Text(indicator.name, indent=row.depth),
        target_text(indicator),
        period(indicator.period),
        None if actual is None else word("sign", actual.op) or None,
        None if actual is None else actual.value,
        None if actual is None else actual.unit,
        None if actual is None else common.day(actual.as_of),
        Text(row.verdict.words, strong=True),
        row.reason,
        closing_words(row),
        row.source,
        None if goal is None else goal.name,
        None if first is None else first.value,
        None if second is None else second.value,
        indicator.unit or (first.unit if first else None),
        row.change,
        common.documents(scene.index, indicator.clauses),
        common.clauses(indicator.clauses),
        definition(indicator),
        row.way_words or None,
        common.page(scene.address("indicators", indicator.id)),
    ]


EXPORTER = Exporter(
    "indicators",
    "指标",
    (
        Column("编号", width=14),
        Column("指标", width=26),
        Column("目标", width=22),
        Column("目标期", width=13),
        Column("公布", width=5),
        Column("公布值", kind="number", width=12),
        Column("单位", width=8),
        Column("数据截至", kind="date", width=12),
        Column("判定", width=10),
        Column("判定理由", width=42),
        Column("规划期", width=12),
        Column("来源", width=26),
        Column("所属目标", width=22, printed=False),
        Column("目标值", kind="number", width=12, printed=False),
        Column("目标上限", kind="number", width=10, printed=False),
        Column("目标单位", width=10, printed=False),
        Column("比上次", kind="number", width=10, printed=False),
        Column("文件", width=22, printed=False),
        Column("条款", width=20, printed=False),
        Column("口径", width=100, printed=False),
        Column("数从哪里来", width=12, printed=False),
        common.LINK,
    ),
    _lines,
)
