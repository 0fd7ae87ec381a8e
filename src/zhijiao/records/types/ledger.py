"""The ledger of one record: statuses, events, and what they make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from zhijiao.core.errors import Refusal


class Refused(Refusal):
    """A step that cannot be taken. Nothing was changed. `field` names the form's field; empty: the whole form."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


class Outdated(Refused):
    """Somebody else has changed the thing since the page was opened."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}在您打开页面之后已被别人办理过；请刷新页面，看过最新情况再办。")


class Impossible(Refused):
    """An event that cannot follow on those before it."""


class Status(StrEnum):
    """The status of a record; the codes are those of the data standard, but for `pending`."""

    PENDING = "pending"
    ENROLLED = "enrolled"
    SUSPENDED = "suspended"
    GRADUATED = "graduated"
    COMPLETED = "completed"
    PARTIAL = "partial"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    DECEASED = "deceased"

    @property
    def words(self) -> str:
        """The status as screens say it."""
        return _STATUS[self]


_STATUS = {
    Status.PENDING: "待注册",
    Status.ENROLLED: "在读",
    Status.SUSPENDED: "休学",
    Status.GRADUATED: "毕业",
    Status.COMPLETED: "结业",
    Status.PARTIAL: "肄业",
    Status.TRANSFERRED: "转出",
    Status.WITHDRAWN: "退学",
    Status.CANCELLED: "注销",
    Status.DECEASED: "死亡、失踪",
}

LIVE = frozenset({Status.PENDING, Status.ENROLLED, Status.SUSPENDED})
"""A person has at most one record in one of these."""


class EventKind(StrEnum):
    """What can happen to a record."""

    REGISTER = "register"
    APPROVE = "approve"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    CHANGE_MAJOR = "change_major"
    PLACE = "place"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    REPEAT = "repeat"
    GRADUATE = "graduate"
    COMPLETE = "complete"
    LEAVE = "leave"
    DECEASE = "decease"
    CORRECT = "correct"

    @property
    def words(self) -> str:
        """The event as screens say it."""
        return _EVENT[self]


_EVENT = {
    EventKind.REGISTER: "建立学籍",
    EventKind.APPROVE: "注册",
    EventKind.TRANSFER_IN: "转入",
    EventKind.TRANSFER_OUT: "转出",
    EventKind.CHANGE_MAJOR: "转专业",
    EventKind.PLACE: "编班",
    EventKind.SUSPEND: "休学",
    EventKind.RESUME: "复学",
    EventKind.WITHDRAW: "退学",
    EventKind.CANCEL: "注销",
    EventKind.REPEAT: "留级",
    EventKind.GRADUATE: "毕业",
    EventKind.COMPLETE: "结业",
    EventKind.LEAVE: "肄业",
    EventKind.DECEASE: "死亡、失踪",
    EventKind.CORRECT: "更正",
}


class Detail(StrEnum):
    """What an event may set on a record, beside its status."""

    NAME = "name"
    SEX = "sex"
    GRADE = "grade"
    MAJOR = "major"
    TRACK = "track"
    CLASS = "class_no"
    SCHOOL_NO = "school_no"

    @property
    def words(self) -> str:
        """As screens say it."""
        return {
            "name": "姓名",
            "sex": "性别",
            "grade": "年级",
            "major": "专业",
            "track": "学制",
            "class_no": "班级",
            "school_no": "学号",
        }[self.value]


@dataclass(frozen=True)
class LedgerEvent:
    """One event: its place in the ledger, its kind, from which day on it counts, and what it sets."""

    number: int
    kind: EventKind
    on: date
    sets: Mapping[Detail, str] = field(default_factory=dict)
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True)
class State:
    """A record on a day: what its events up to then make of it."""

    status: Status
    since: date
    """From which day the status is held."""
    details: Mapping[Detail, str]
    begun: date
    ended: date | None = None
    suspended_for: str = ""
    suspended_until: date | None = None
    suspended_on: date | None = None
    """The first day of a time off that was not interrupted by a return."""

    @property
    def live(self) -> bool:
        """Whether the person has their place at a school by this record."""
        return self.status in LIVE


@dataclass(frozen=True)
class Registration:
    """A student to be put on record. `key`: the business key of whoever hands over; the same key again changes nothing.
    `number`: the identity number. `approved`: the document by which the authority has approved already."""

    key: str
    number: str
    name: str
    grade: int
    major: str
    track: str
    enrolled_on: date
    sex: str = ""
    class_no: str = ""
    school_no: str = ""
    approved: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    """Further fields of the roster's data set, by code."""


@dataclass(frozen=True)
class Registered:
    """What became of a registration: the record, or the issue that says why there is none."""

    key: str
    record: int | None
    issue: int | None = None
    new: bool = True
