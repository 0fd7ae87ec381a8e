"""二、指标进展 and 三、任务进展: by goal, and by document and leading unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhijiao.indicators.types import Board, Row
from zhijiao.policy.types import Document, PackIndex
from zhijiao.policy.types.wording import target_text
from zhijiao.policy.types.words import NOT_NAMED
from zhijiao.reports.rules.wording import listed, published, state_counts, verdict_counts
from zhijiao.reports.types import GoalProgress, IndicatorLine, TaskProgress, UnitLine
from zhijiao.supervision.queries import by_document, count
from zhijiao.supervision.types import TaskLine


def goals(index: PackIndex, board: Board) -> Iterator[GoalProgress]:
    """Indicators under the goal that lists them, in the board's order; the rest at the end."""
    grouped: dict[str, list[Row]] = {}
    for row in board.rows:
        goal = index.goal_of(row.indicator.id)
        grouped.setdefault(goal.id if goal else "", []).append(row)
    rest = grouped.pop("", [])
    for goal_id, rows in grouped.items():
        yield _goal(index.goals[goal_id].name, rows)
    if rest:
        yield _goal("其他目标", rest)


def _goal(name: str, rows: Sequence[Row]) -> GoalProgress:
    whole = [row for row in rows if row.parent is None]
    sentence = f"共{len(whole)}项：{verdict_counts(whole)}。"
    moved = [row for row in whole if row.change]
    if moved:
        sentence += f"比上次公布有变化的是{listed([row.indicator.name for row in moved])}。"
    return GoalProgress(name, sentence, tuple(map(_line, rows)))


def _line(row: Row) -> IndicatorLine:
    return IndicatorLine(
        id=row.indicator.id,
        name=row.indicator.name,
        depth=row.depth,
        target=target_text(row.indicator, short=True),
        published=published(row.actual),
        verdict=row.verdict.words,
        reason=row.reason,
        source=row.source or "",
        clauses="、".join(row.indicator.clauses),
    )


def tasks(index: PackIndex, lines: Sequence[TaskLine]) -> Iterator[TaskProgress]:
    """One entry per document that sets tasks."""
    for document, own in by_document(index, lines):
        yield _document(index, document, own)


def _document(index: PackIndex, document: Document, lines: Sequence[TaskLine]) -> TaskProgress:
    states = tuple(state for state, n in count(lines).items() if n)
    by_unit: dict[str, list[TaskLine]] = {}
    for line in lines:
        lead = index.canonical(line.units[0]) if line.units else NOT_NAMED
        by_unit.setdefault(lead, []).append(line)
    rows = {line.row.id for line in lines}
    units = sorted(by_unit.items(), key=lambda pair: (pair[0] == NOT_NAMED, -len(pair[1])))
    return TaskProgress(
        document=document.short,
        sentence=f"任务{len(rows)}行，分为{len(lines)}个事项：{state_counts(lines)}。按首位（牵头）单位统计如下表。",
        states=tuple(state.words for state in states),
        units=tuple(
            UnitLine(name, len(own), tuple(count(own)[state] for state in states)) for name, own in units
        ),
    )
