"""The indicator table: every target of the pack beside what was made public, filtered by what the address says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.indicators.types import Row, Verdict
from zhijiao.lib.dates import last_day
from zhijiao.lib.folding import matches
from zhijiao.policy.types import Clause, Document, Goal, PackIndex
from zhijiao.policy.types.words import WORDS
from zhijiao.portal import boards
from zhijiao.portal.cockpit import summaries
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.looks import VERDICTS
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page


@dataclass(frozen=True)
class Line:
    """A row of the table with what it is grouped and filtered by."""

    row: Row
    goal: Goal | None
    clause: Clause
    document: Document


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    index = here.index
    assert index is not None
    board = boards.board(index, here)
    every = lines(index, board.rows)
    shown = ordered(filtered(every, index, here), here)
    offered = choices(every)
    return page(
        request,
        "cockpit/indicators.html",
        here,
        board=board,
        tree=summaries.goal_tree(index, board),
        used=summaries.used(board),
        lines=shown,
        total=len(every),
        grouped=here.query.get("sort") is None,
        sort=here.query.get("sort", "").lstrip("-"),
        descending=here.query.get("sort", "").startswith("-"),
        choices=offered,
        narrowed=here.narrowed(
            {
                "goal": ("目标", [(goal.id, goal.name) for goal in index.pack.goals]),
                "verdict": ("判定", offered["verdict"]),
                "document": ("文件", offered["document"]),
                "level": ("统计层级", offered["level"]),
                "q": ("文字", []),
            }
        ),
    )


def lines(index: PackIndex, rows: Sequence[Row]) -> list[Line]:
    """Board rows with the goal they hang on, their clause and its document."""
    clauses = [index.clause(row.indicator.clauses[0]) for row in rows]
    return [
        Line(row, index.goal_of(row.indicator.id), clause, index.documents[clause.document])
        for row, clause in zip(rows, clauses, strict=True)
    ]


def filtered(every: Sequence[Line], index: PackIndex, here: Frame) -> list[Line]:
    """The lines that pass every filter of the address. A filter with an unknown value lets nothing pass."""
    tests = [test for test in (_test(name, value, index) for name, value in here.query.items()) if test]
    return [line for line in every if all(test(line) for test in tests)]


def _test(name: str, value: str, index: PackIndex) -> Callable[[Line], bool] | None:
    match name:
        case "goal":
            inside = _goals_below(index, value)
            return lambda line: line.goal is not None and line.goal.id in inside
        case "verdict":
            return lambda line: line.row.verdict.value == value
        case "document":
            return lambda line: line.document.id == value
        case "level":
            return lambda line: value in line.row.indicator.level
        case "q":
            return lambda line: matches(value, _texts(line))
    return None


def _goals_below(index: PackIndex, goal: str) -> set[str]:
    return {goal, *(below for child in index.goals_under(goal) for below in _goals_below(index, child.id))}


def _texts(line: Line) -> tuple[str, ...]:
    indicator = line.row.indicator
    return indicator.id, indicator.name, indicator.definition.words, line.clause.place


def _sort_keys() -> dict[str, Callable[[Line], Any]]:
    order = list(Verdict)
    return {
        "name": lambda line: by_pinyin(line.row.indicator.name),
        "verdict": lambda line: order.index(line.row.verdict),
        "as_of": lambda line: last_day(line.row.actual.as_of) if line.row.actual else last_day("0001"),
        "due": lambda line: last_day(line.row.indicator.period.to or "9999"),
    }


def ordered(found: list[Line], here: Frame) -> list[Line]:
    """In the document's order, or as the address asks."""
    asked = here.query.get("sort", "")
    key = _sort_keys().get(asked.lstrip("-"))
    return sorted(found, key=key, reverse=asked.startswith("-")) if key else found


def choices(every: Sequence[Line]) -> dict[str, list[tuple[str, str]]]:
    """What the filter bar offers: only values that occur."""
    documents = {line.document.id: line.document.short for line in every}
    levels = {level for line in every for level in line.row.indicator.level}
    verdicts = {line.row.verdict.value for line in every}
    return {
        "document": list(documents.items()),
        "level": [(level, words) for level, words in WORDS["level"].items() if level in levels],
        "verdict": [(key, look.words) for key, look in VERDICTS.items() if key in verdicts],
    }
