"""What passes between the steps of intake: receive, check, plan, apply. No Django."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from zhijiao.core.errors import Refusal


class FileUnusable(Refusal):
    """A file of which no row can be read: what it is, and what to do. Nothing is kept of it but the log line."""


class Severity(StrEnum):
    """Whether a row with the problem waits in quarantine or goes on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place of the sender's file. `row` is the row of the sheet or line of the file, from 1; 0: the
    whole sheet. `column` is the title in the sender's file; `cell` its address in a workbook (C5)."""

    sheet: str
    row: int
    column: str
    cell: str
    field: str
    rule: str  # which check: missing, type, length, value, range, pattern, duplicate, organisation, row:<id>
    value: str
    words: str  # what is wrong with it and what to do
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Layout:
    """How a sender's own file maps to a data set: saved once, used for every later file of the same heading."""

    sheet: str  # its name, or "" for the first one that fits
    header_row: int  # the last row of the heading, from 1
    header_rows: int  # how many rows the heading has (merged headers)
    columns: Mapping[str, str]  # field id → title in the file
    constants: Mapping[str, str] = field(default_factory=dict)  # field id → value for every row
    translations: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # field id → file's word → code


class State(StrEnum):
    """Where a batch stands."""

    RECEIVED = "received"
    CHECKED = "checked"  # problems and plan are known; nothing is changed yet
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"  # never applied
    UNDONE = "undone"
    REFUSED = "refused"  # no row could be read

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return {
            "received": "正在检查",
            "checked": "待确认入库",
            "applied": "已入库",
            "withdrawn": "已撤回",
            "undone": "已撤销",
            "refused": "读不了",
        }[self.value]


@dataclass(frozen=True)
class Counts:
    """What a file holds and would do. read = valid + quarantined; valid = new + changed + unchanged. `gone` are rows that
    the platform holds and the file, which is the whole of its organisations and periods, no longer has."""

    read: int = 0
    valid: int = 0
    quarantined: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    warnings: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a check or an apply came to, for pages, the API and the command line (its JSON is stable)."""

    batch: str
    dataset: str
    state: State
    counts: Counts
    problems: tuple[Problem, ...] = ()  # the first ones; all are in the returned file
    by_rule: Mapping[str, int] = field(default_factory=Counter)
    seconds: float = 0.0
