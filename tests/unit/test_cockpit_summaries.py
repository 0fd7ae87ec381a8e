"""What the overview says first: what is open, by how much, and what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from tests.support.packs import shipped
from zhijiao.indicators.queries import board as board_on
from zhijiao.indicators.types import Board, Row, Verdict
from zhijiao.policy.types import PackIndex
from zhijiao.portal.cockpit import summaries

MIDDLE = date(2023, 6, 30)
END = date(2023, 12, 31)


@cache
def taizhou() -> PackIndex:
    return shipped().index("taizhou")


@pytest.fixture
def board() -> Board:
    return board_on(taizhou(), END)


def not_met(board: Board, indicator: str, target: str) -> Row:
    """A row with a comparable figure, as if its target had been higher and missed."""
    row = board.row(indicator)
    bound = row.indicator.targets[0].model_copy(update={"value": Decimal(target)})
    return replace(
        row, indicator=row.indicator.model_copy(update={"targets": [bound]}), verdict=Verdict.NOT_MET
    )


def test_what_is_settled_is_no_gap(board: Board) -> None:
    assert {gap.row.verdict for gap in summaries.gaps(board)}.isdisjoint(summaries.SETTLED)
    assert len(summaries.gaps(board)) == 20 - 3


def test_a_measured_shortfall_stands_before_what_cannot_be_judged(board: Board) -> None:
    small, large = not_met(board, "tzw.ind.16", "55"), not_met(board, "tzw.ind.13", "64")
    changed = replace(board, headline=(*board.headline, small, large))
    first, second, third, *_ = summaries.gaps(changed)
    assert (first.row, second.row) == (large, small)
    assert first.missing == Decimal("0.5")
    assert third.row.verdict is Verdict.PARTLY
    assert third.missing is None


def test_the_tree_counts_each_indicator_once_and_adds_up(board: Board) -> None:
    tree = {branch.goal.id: branch for branch in summaries.goal_tree(taizhou(), board)}
    framework = tree[taizhou().pack.manifest.board or ""]
    assert framework.total == 20
    assert sum(framework.counts.values()) == 20
    groups = [b for b in tree.values() if b.goal.parent == framework.goal.id]
    assert sum(group.total for group in groups) == 20


def test_changes_name_what_is_judged_differently_now(board: Board) -> None:
    found = summaries.changes(board_on(taizhou(), MIDDLE), board)
    assert found
    assert all(change.before is not change.after for change in found)
    assert summaries.changes(board, board) == []


def test_an_indicator_that_came_or_went_has_one_side_only(board: Board) -> None:
    shorter = replace(board, rows=board.rows[1:])
    [came] = summaries.changes(shorter, board)
    [went] = summaries.changes(board, shorter)
    assert (came.before, came.after) == (None, board.rows[0].verdict)
    assert (went.before, went.after) == (board.rows[0].verdict, None)
