"""What a progress brief says, before it is laid out; what a workbook of figures owed holds. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhijiao.reports.hand_in.types import (
    Asked,
    Columns,
    Entry,
    Grid,
    Matched,
    Owed,
    Part,
    Problem,
    Taken,
)

__all__ = [
    "Asked",
    "Brief",
    "Choice",
    "Columns",
    "Entry",
    "GoalProgress",
    "Grid",
    "IndicatorLine",
    "Matched",
    "Owed",
    "Part",
    "Problem",
    "Remark",
    "Source",
    "Taken",
    "TaskProgress",
    "UnitLine",
]


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator in a table of the brief. `depth` is 1 for a part of the indicator above it."""

    id: str
    name: str
    depth: int
    target: str
    published: str
    verdict: str
    reason: str
    source: str
    clauses: str


@dataclass(frozen=True)
class GoalProgress:
    """The indicators of one goal, and the sentence that sums them up."""

    name: str
    sentence: str
    indicators: tuple[IndicatorLine, ...]


@dataclass(frozen=True)
class UnitLine:
    """What one unit leads, counted by state in the order of `TaskProgress.states`."""

    name: str
    total: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class TaskProgress:
    """The tasks of one document by the unit that leads."""

    document: str
    sentence: str
    states: tuple[str, ...]
    units: tuple[UnitLine, ...]


@dataclass(frozen=True)
class Remark:
    """Something that a reader must know to read the figures rightly."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A published figure with the clause that states it."""

    name: str
    figure: str
    clauses: str
    source: str


@dataclass(frozen=True)
class Choice:
    """A decision that the figures rest on."""

    id: str
    question: str
    taken: str


@dataclass(frozen=True)
class Brief:
    """The progress brief of one pack on one day."""

    place: str
    title: str
    on: date
    overall: tuple[str, ...]
    goals: tuple[GoalProgress, ...]
    tasks: tuple[TaskProgress, ...]
    remarks: tuple[Remark, ...]
    sources: tuple[Source, ...]
    choices: tuple[Choice, ...]
    pack: str
    version: str
