"""What the exam body hands over: its roll of candidates, and their marks. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from zhijiao.core.errors import Refusal


@dataclass(frozen=True)
class RollFault:
    """Something wrong in a file: its line (1 is the heading), the column's heading, what, and what to do."""

    line: int
    column: str
    words: str
    remedy: str

    def __str__(self) -> str:
        where = f"第 {self.line} 行" + (f"“{self.column}”" if self.column else "")
        return f"{where}：{self.words}。{self.remedy}"


class BadRoll(Refusal):
    """A file that was refused as a whole: every fault at once; nothing was taken over."""

    def __init__(self, faults: Sequence[RollFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults[:20]))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Entry:
    """A line of the roll. `school` is the code of the junior school, `county` that of the county; one of both is there."""

    line: int
    number: str
    name: str
    sex: str
    identity: str = field(repr=False)
    school: str = ""
    county: str = ""
    class_name: str = ""
    origins: tuple[str, ...] = ()
    phone: str = ""
    guardian: str = ""
    relation: str = ""
    guardian_phone: str = ""


@dataclass(frozen=True)
class Marked:
    """A line of marks: by the ids of the season's columns."""

    line: int
    number: str
    marks: Mapping[str, Decimal]


@dataclass(frozen=True)
class MarkColumn:
    """A column of marks as the season names it: its id, what the file calls it, the most that can stand there."""

    id: str
    name: str
    most: Decimal


@dataclass(frozen=True)
class CheckColumn:
    """A column of results besides marks: the id of the check, what the file calls it, whether it is passed or a number."""

    id: str
    name: str
    number: bool


@dataclass(frozen=True)
class Found:
    """A line of results: by the id of the check; what is blank is not there."""

    line: int
    number: str
    results: Mapping[str, Decimal]


@dataclass(frozen=True)
class Given:
    """A line of seats that another body gave. `school`: the code of the school."""

    line: int
    number: str
    school: str
    major_code: str
    major_name: str
    years: int


@dataclass(frozen=True)
class Taken:
    """What taking a file over did."""

    lines: int
    added: int = 0
    changed: int = 0
    same: int = 0
    digest: str = ""
