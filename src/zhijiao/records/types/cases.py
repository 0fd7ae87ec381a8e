"""Applications for events, where a student stands in their course, and what hinders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from zhijiao.records.types.ledger import Refused


@dataclass(frozen=True)
class Fault:
    """A condition of a rule that is not met: which, about which field of the form, in words."""

    check: str
    words: str
    field: str = ""


class NotEligible(Refused):
    """Conditions of the rule are not met; all that are not."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("；".join(fault.words for fault in faults) + "。", faults[0].field)
        self.faults = faults


@dataclass(frozen=True)
class Position:
    """Where a student of a grade stands on a day. `term` counts from 1; before the first term everything is 0."""

    term: int
    study_year: int
    terms_studied: int
    years_left_half: int
    """Terms that are left, the running one included: halves of a year."""
    last_year: bool


class Reached(StrEnum):
    """Whether student and guardian know of what the school applies for."""

    TOLD = "told"
    UNREACHABLE = "unreachable"

    @property
    def words(self) -> str:
        """The answer as forms say it."""
        return {"told": "已书面告知学生和监护人", "unreachable": "联系不上，先公示"}[self.value]


@dataclass(frozen=True)
class Application:
    """What an application says. Empty fields are not asked by its rule."""

    reason: str = ""
    words: str = ""
    target: int | None = None
    outside: str = ""
    paper: str = ""
    grade: int | None = None
    major: str = ""
    track: str = ""
    class_no: str = ""
    until: date | None = None
    credits: str = ""
    guardian: bool = False
    proof: bool = False
    document: str = ""
    truant_hours: int | None = None
    absent_days: int | None = None
    passed: bool = False
    practice: bool = False
    conduct: bool = False
    reached: Reached | None = None
    """Asked where the rule has a notice; `contact`: whom to call, as the notice says it."""
    contact: str = ""
    files: tuple[int, ...] = ()
    number: str = ""
    """Identity number, name and sex: of a student who comes from outside."""
    name: str = ""
    sex: str = ""


@dataclass(frozen=True)
class Decider:
    """Who signs a step: the organisation, what the step is called, how long it may take."""

    organisation: int
    name: str
    days: int | None = None
    working: bool = True


class IssueKind(StrEnum):
    """Why somebody has to look at a person's record."""

    DUPLICATE = "duplicate"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        """The kind as screens say it."""
        return {"duplicate": "本平台查重", "refused": "上级系统退回"}[self.value]


@dataclass(frozen=True)
class Issue:
    """Something to be settled about a person of a school."""

    kind: IssueKind
    organisation: int
    words: str
    remedy: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
