"""五、数据来源与口径: each figure with its clause and source, and the decisions that it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.indicators.types import Board
from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.wording import source_of
from zhijiao.reports.rules.wording import figure
from zhijiao.reports.types import Choice, Source


def sources(index: PackIndex, board: Board) -> Iterator[Source]:
    """Every published figure that a verdict of the board rests on, once."""
    seen: set[str] = set()
    for row in board.rows:
        for fact in row.facts:
            reported = fact.reported
            if reported.id not in seen:
                seen.add(reported.id)
                yield Source(
                    reported.name, figure(reported), "、".join(reported.clauses), source_of(index, reported)
                )


def choices(index: PackIndex, board: Board) -> Iterator[Choice]:
    """Decisions that definitions on the board name, and conflicts in which their clauses are a side."""
    named = {d for row in board.rows for d in row.indicator.definition.decisions}
    clauses = [c for row in board.rows for c in row.indicator.clauses]
    conflicts = {c.id for c in index.conflicts_on(clauses)} | named
    for conflict in index.conflicts.values():
        if conflict.id in conflicts:
            yield Choice(conflict.id, conflict.topic, conflict.decision)
    for default in index.defaults.values():
        if default.id in named:
            yield Choice(default.id, default.question, default.taken)
