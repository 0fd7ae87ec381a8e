"""The shipped packs, and what must hold of any pack folder, whole or broken."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from tests.support.mutations import names_a_place
from zhijiao.indicators.queries import board
from zhijiao.policy.packs.coverage import coverage
from zhijiao.policy.packs.loading import Library, library
from zhijiao.supervision.queries import task_lines

ON = date(2023, 12, 31)


@cache
def shipped() -> Library:
    """The packs of the repository, read once in a test process: they do not change while tests run."""
    return library()


def whole_or_named(pack: str, folder: Path) -> bool:
    """Whether a pack below a folder is usable in every way, or every problem of it names its place."""
    shelf = Library([folder])
    if pack not in shelf.ids():
        return True  # without pack.yaml there is no pack left to be wrong
    problems = shelf.problems(pack)
    if problems:
        return all(names_a_place(problem, folder / pack) for problem in problems)
    index = shelf.index(pack)
    made = board(index, ON)
    items = sum(len(row.items) for row in index.pack.tasks)
    return (
        len(made.rows) == len(index.pack.indicators)
        and coverage(index).clauses == len(index.pack.clauses)
        and len(task_lines(index, made.closings, ON)) == items
    )
