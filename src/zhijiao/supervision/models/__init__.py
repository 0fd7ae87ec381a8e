"""The tables of this domain, one subject a file."""

from zhijiao.supervision.models.inspection import Batch, Check, Problem, ProblemStep
from zhijiao.supervision.models.proceedings import Proceeding, ProceedingStep
from zhijiao.supervision.models.work import Assignment, Entry, Settlement, WorkItem

__all__ = [
    "Assignment",
    "Batch",
    "Check",
    "Entry",
    "Problem",
    "ProblemStep",
    "Proceeding",
    "ProceedingStep",
    "Settlement",
    "WorkItem",
]
