"""一、总体情况: what is watched, how it stands, and whether the plans are over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from zhijiao.indicators.types import Board, Closing, Row, Verdict
from zhijiao.policy.types import PackIndex
from zhijiao.reports.rules.wording import day, listed, named, quoted, state_counts, verdict_counts
from zhijiao.supervision.types import TaskLine

LISTED_AT_MOST = 8
"""Indicators without a figure that the first chapter still names."""


def overall(index: PackIndex, board: Board, tasks: Sequence[TaskLine]) -> Iterator[str]:
    """The paragraphs of the first chapter."""
    documents = [named(document) for document in index.pack.manifest.documents]
    yield (
        f"本报告依据{listed(documents)}编写，"
        f"所用数据都是{day(board.on)}及以前公开发布的数据，没有公开发布的不推算。"
    )
    yield from _indicators(index, board)
    for closing in board.closings:
        yield _closing(closing, [row for row in board.rows if row.closing.document == closing.document])
    if tasks:
        yield _tasks(index, tasks)


def _indicators(index: PackIndex, board: Board) -> Iterator[str]:
    goal = index.goals.get(index.pack.manifest.board or "")
    headline = list(board.headline)
    name = quoted(goal.name) if goal is not None else "各项目标"
    if headline:
        yield f"{name}共{len(headline)}项，与公开发布的数据逐项对照：{verdict_counts(headline)}。{_missed(headline)}"
        yield from _named(headline)
    counted = {row.indicator.id for row in headline}
    others = [row for row in board.rows if row.parent is None and row.indicator.id not in counted]
    if others:
        yield f"此外，文件还提出其他目标{len(others)}项：{verdict_counts(others)}。"


def _named(rows: Sequence[Row]) -> Iterator[str]:
    """Which indicators stand behind each count; a long list of silent ones is left to the remarks."""
    parts = []
    for verdict in Verdict:
        names = [row.indicator.name for row in rows if row.verdict is verdict]
        silent = verdict in (Verdict.NOT_REPORTED, Verdict.NOT_DUE)
        if names and verdict is not Verdict.NOT_MET and not (silent and len(names) > LISTED_AT_MOST):
            parts.append(f"{verdict.words}的是{'、'.join(names)}")
    if parts:
        yield f"{'；'.join(parts)}。理由逐项列在“需要说明的事项”。"


def _missed(rows: Sequence[Row]) -> str:
    missed = [row.indicator.name for row in rows if row.verdict is Verdict.NOT_MET]
    return f"未达到的是{listed(missed)}。" if missed else "依据现有公开数据，没有可以判定为未达到的指标。"


def _closing(closing: Closing, rows: Sequence[Row]) -> str:
    assert closing.ends_on is not None  # the board lists only documents with a horizon
    assert closing.closes_on is not None
    if not closing.closed:
        return f"{named(closing.document)}的规划期到{day(closing.ends_on)}为止，目前仍在规划期内。"
    late = "" if closing.closes_on == closing.ends_on else f"，收官日为{day(closing.closes_on)}"
    carried = [row for row in rows if row.carried_over and row.parent is None]
    rest = (
        f"尚未达到或无从判定的{len(carried)}项，由后续方案决定是否结转，不作逾期处理。"
        if carried
        else "没有需要结转的指标。"
    )
    return f"{named(closing.document)}的规划期已于{day(closing.ends_on)}结束{late}，现已收官，判定不再变动。{rest}"


def _tasks(index: PackIndex, tasks: Sequence[TaskLine]) -> str:
    rows = {line.row.id for line in tasks}
    words = f"各文件的任务共{len(rows)}行，分为{len(tasks)}个事项：{state_counts(tasks)}。"
    nobody = sum(not line.units for line in tasks)
    led = Counter(index.canonical(line.lead) for line in tasks if line.lead is not None)
    if led:
        most = [f"{name}{n}个" for name, n in led.most_common(3)]
        words += f"牵头事项最多的是{listed(most)}。"
    if nobody:
        words += f"其中{nobody}个事项文件没有写明责任单位。"
    if not any(line.facts for line in tasks):
        words += "目前没有与任务对应的公开完成情况。"
    return words
