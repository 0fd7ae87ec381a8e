"""Workflow as data: stages with declared kinds, transitions, deadlines, static checker."""

from zhijiao.engines.reading import ReadingError
from zhijiao.engines.workflow.calendar import WorkingCalendar, due_date, last_date
from zhijiao.engines.workflow.chain import APPROVED, DRAFT, REPORTER, chain
from zhijiao.engines.workflow.checking import faults, finishing, reachable
from zhijiao.engines.workflow.clocks import days_left, due, lapse, overdue
from zhijiao.engines.workflow.reading import as_mapping, from_mapping
from zhijiao.engines.workflow.rules import available, follow, run, step
from zhijiao.engines.workflow.types import (
    CLOCK,
    CLOSED,
    HANDED_IN_FROM,
    ChainStep,
    Clock,
    Event,
    Fact,
    Fault,
    Flow,
    History,
    Party,
    Passage,
    Refusal,
    Refused,
    Stage,
    StageKind,
    Transition,
)

__all__ = [
    "APPROVED",
    "CLOCK",
    "CLOSED",
    "DRAFT",
    "HANDED_IN_FROM",
    "REPORTER",
    "ChainStep",
    "Clock",
    "Event",
    "Fact",
    "Fault",
    "Flow",
    "History",
    "Party",
    "Passage",
    "ReadingError",
    "Refusal",
    "Refused",
    "Stage",
    "StageKind",
    "Transition",
    "WorkingCalendar",
    "as_mapping",
    "available",
    "chain",
    "days_left",
    "due",
    "due_date",
    "faults",
    "finishing",
    "follow",
    "from_mapping",
    "lapse",
    "last_date",
    "overdue",
    "reachable",
    "run",
    "step",
]
