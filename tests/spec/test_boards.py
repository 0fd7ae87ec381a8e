"""The boards, as tables that an official can check against the documents.

Each file `board-<pack>.md` holds every target of a pack, what was published, and the verdict on the day that
its heading names. A row that differs from what the product computes fails here.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.support.packs import shipped
from zhijiao.indicators.queries import board
from zhijiao.indicators.types import Board, Row, Verdict
from zhijiao.policy.types.wording import target_text, told

TABLES = sorted(Path(__file__).parent.glob("board-*.md"))
WINDOW_CITY = [f"tzw.ind.{n}" for n in range(1, 21)]


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip("　 ") for cell in line.strip().strip("|").split("|"))


def _written(path: Path) -> tuple[date, list[tuple[str, ...]]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    heading = re.search(r"\d{4}-\d{2}-\d{2}", lines[0])
    assert heading is not None
    rows = [_cells(line) for line in lines if line.startswith("| ")]
    return date.fromisoformat(heading[0]), rows[1:]


def _computed(row: Row) -> tuple[str, ...]:
    indicator = row.indicator
    target = target_text(indicator) if indicator.targets else "定性" if indicator.criterion else "看组成部分"
    actual = "—" if row.actual is None else told(row.actual.op, row.actual.value, row.actual.unit)
    fact = row.facts[0].reported.clauses[0] if row.facts else "—"
    return indicator.id, indicator.name, target, actual, fact, row.verdict.words


def _board(pack: str, on: date) -> Board:
    return board(shipped().index(pack), on)


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_the_board_is_the_written_table(path: Path) -> None:
    on, written = _written(path)
    rows = _board(path.stem.removeprefix("board-"), on).rows
    assert [_computed(row) for row in rows] == written


def test_the_twenty_window_city_indicators_are_counted_as_the_documents_allow() -> None:
    made = _board("taizhou", date(2023, 12, 31))
    assert [row.indicator.id for row in made.headline] == WINDOW_CITY
    assert Counter(row.verdict for row in made.headline) == {
        Verdict.MET: 2,
        Verdict.MET_IF_SAME: 1,
        Verdict.PARTLY: 3,
        Verdict.AGGREGATE_ONLY: 4,
        Verdict.NOT_COMPARABLE: 7,
        Verdict.NOT_REPORTED: 3,
    }


def test_projects_in_total_are_248_against_190() -> None:
    row = _board("taizhou", date(2023, 12, 31)).row("tzw.win.2b")
    assert [(t.op, t.value) for t in row.indicator.targets] == [(">=", 190)]
    assert row.actual is not None
    assert (row.actual.value, row.verdict) == (248, Verdict.MET)


@pytest.mark.parametrize(
    ("on", "reported", "closed"),
    [
        # the day before the press conference nothing is known yet, and nothing is due
        (date(2023, 12, 12), 0, False),
        (date(2023, 12, 13), 15, False),
        (date(2023, 12, 31), 15, False),
        # the plan's horizon has passed: closed out
        (date(2024, 1, 1), 15, True),
    ],
)
def test_a_figure_counts_from_the_day_that_it_was_published(on: date, reported: int, closed: bool) -> None:
    made = _board("taizhou", on)
    assert sum(bool(row.facts) for row in made.headline) == reported
    assert [c.closed for c in made.closings] == [closed]


def test_after_the_horizon_the_verdicts_stay_as_they_were_and_nothing_turns_overdue() -> None:
    at_the_end = _board("taizhou", date(2023, 12, 31))
    years_later = _board("taizhou", date(2030, 6, 30))
    assert [row.verdict for row in years_later.rows] == [row.verdict for row in at_the_end.rows]
    assert not any(row.carried_over for row in at_the_end.rows)
    open_rows = [row for row in years_later.rows if row.verdict not in (Verdict.MET, Verdict.MET_IF_SAME)]
    assert open_rows
    assert all(row.carried_over for row in open_rows)
