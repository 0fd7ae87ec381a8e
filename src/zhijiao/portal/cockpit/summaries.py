"""What the head of office sees at once: verdicts by goal, what is missing most, what changed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from zhijiao.indicators.types import Board, Row, Verdict, count
from zhijiao.policy.types import Goal, PackIndex

SETTLED = (Verdict.MET, Verdict.MET_IF_SAME, Verdict.NOT_DUE)
URGENCY = (
    Verdict.NOT_MET,
    Verdict.PARTLY,
    Verdict.AGGREGATE_ONLY,
    Verdict.NOT_COMPARABLE,
    Verdict.NOT_REPORTED,
)
"""Open verdicts, those that say most about a shortfall first."""


@dataclass(frozen=True)
class Branch:
    """A goal with the verdicts of the indicators at and below it."""

    goal: Goal
    depth: int
    total: int
    counts: dict[Verdict, int]


@dataclass(frozen=True)
class Gap:
    """An open headline indicator; `missing` is the share of the target that is not reached, where that can be said."""

    row: Row
    missing: Decimal | None


@dataclass(frozen=True)
class Change:
    """An indicator whose verdict differs between two boards. A side is None where the indicator did not exist."""

    row: Row
    before: Verdict | None
    after: Verdict | None


def goal_tree(index: PackIndex, board: Board) -> list[Branch]:
    """Every goal that holds indicators with their verdicts, in the order of the goal tree."""
    found = []
    for goal, depth in index.goal_tree:
        rows = {i.id: board.row(i.id) for i in index.indicators_under(goal.id)}.values()
        found.append(Branch(goal, depth, len(rows), count(rows)))
    return found


def used(board: Board) -> list[Verdict]:
    """The verdicts that occur on a board, in their fixed order: columns of noughts would only be noise."""
    seen = {row.verdict for row in board.rows}
    return [verdict for verdict in Verdict if verdict in seen]


def gaps(board: Board) -> list[Gap]:
    """Open headline indicators: measured shortfalls first, the largest on top, then by what is missing."""
    found = [Gap(row, _missing(row)) for row in board.headline if row.verdict not in SETTLED]
    return sorted(found, key=lambda gap: (URGENCY.index(gap.row.verdict), -(gap.missing or Decimal(0))))


def _missing(row: Row) -> Decimal | None:
    """How far below its lower bound a comparable figure stays, as a share of the bound."""
    if row.verdict is not Verdict.NOT_MET or row.best is None:
        return None
    answer, reported = row.best.answer, row.best.reported
    value = answer.as_value if answer.as_value is not None else reported.value
    lower = next((t.value for t in row.indicator.targets if t.op in (">=", ">", "=", "~")), None)
    if value is None or not lower or value >= lower:
        return None
    return (lower - value) / lower


def changes(before: Board, after: Board) -> list[Change]:
    """Indicators that were added, dropped, or are judged differently now."""
    old = {row.indicator.id: row for row in before.rows}
    new = {row.indicator.id: row for row in after.rows}
    found = [
        Change(row, old[key].verdict if key in old else None, row.verdict)
        for key, row in new.items()
        if key not in old or old[key].verdict is not row.verdict
    ]
    return found + [Change(row, row.verdict, None) for key, row in old.items() if key not in new]
