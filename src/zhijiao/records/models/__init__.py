"""The tables of this domain, one subject a file."""

from zhijiao.records.models.cases import RecordCase, RecordCaseStep
from zhijiao.records.models.issues import RecordIssue, RegisterFile
from zhijiao.records.models.ledger import RecordEvent, StudentRecord, TermRegistration
from zhijiao.records.models.notices import RecordNotice
from zhijiao.records.models.school import RosterView, SchoolClass

__all__ = [
    "RecordCase",
    "RecordCaseStep",
    "RecordEvent",
    "RecordIssue",
    "RecordNotice",
    "RegisterFile",
    "RosterView",
    "SchoolClass",
    "StudentRecord",
    "TermRegistration",
]
