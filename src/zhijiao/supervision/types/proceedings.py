"""Office work on somebody, and inspection. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from zhijiao.core.access.roles import Permission
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


class ProceedingKind(StrEnum):
    """The kinds of office work on somebody, as packs' procedures name them."""

    NOTICE = "notice"
    SUPERVISION = "supervision"
    INTERVIEW = "interview"
    CIRCULAR = "circular"

    @property
    def words(self) -> str:
        """The kind as screens say it."""
        return {"notice": "督办", "supervision": "督导", "interview": "约谈", "circular": "通报"}[self.value]


class Side(StrEnum):
    """On which side of a case a party of a procedure stands."""

    ISSUER = "issuer"
    SIGNER = "signer"
    SUBJECT = "subject"
    UPPER = "upper"


SIDES: Mapping[str, Side] = {
    "office": Side.ISSUER,
    "author": Side.ISSUER,
    "host": Side.ISSUER,
    "inspector": Side.ISSUER,
    "team": Side.ISSUER,
    "approver": Side.SIGNER,
    "unit": Side.SUBJECT,
    "recipient": Side.SUBJECT,
    "upper": Side.UPPER,
}
"""The parties that a procedure may name, and who stands behind each."""

PERMISSIONS: Mapping[Side, Permission] = {
    Side.ISSUER: Permission.SUPERVISE,
    Side.SIGNER: Permission.SIGN,
    Side.SUBJECT: Permission.PROGRESS,
    Side.UPPER: Permission.SUPERVISE,
}
"""What somebody has to hold to act for a side, at its organisation."""

WRITTEN = frozenset(
    {"reply-written", "rectification-written", "opinion-written", "letter-written", "record-written"}
)
"""Facts that are true when the step says something in words or brings a file."""
NOTHING_TO_RECTIFY = "no-rectification"
"""The fact that no problem of the case is open."""
FACTS = WRITTEN | {NOTHING_TO_RECTIFY}
"""The facts that a procedure may ask for."""


@dataclass(frozen=True)
class Opening:
    """What a case is opened with."""

    title: str
    words: str
    subjects: tuple[int, ...]
    demand: str = ""
    item: int | None = None
    indicator: str = ""
    team: tuple[tuple[str, str], ...] = ()
    origin: int | None = None


class Manner(StrEnum):
    """How a check is made."""

    ONSITE = "onsite"
    ONLINE = "online"

    @property
    def words(self) -> str:
        """The manner as screens say it."""
        return {"onsite": "实地", "online": "线上"}[self.value]


class Finding(StrEnum):
    """What a check found."""

    OPEN = "open"
    FINE = "fine"
    PROBLEM = "problem"

    @property
    def words(self) -> str:
        """The finding as screens say it."""
        return {"open": "待检查", "fine": "未发现问题", "problem": "发现问题"}[self.value]


class ProblemState(StrEnum):
    """Where a problem stands."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return {"open": "待整改", "answered": "已报整改，待复查", "settled": "复查销号"}[self.value]


@dataclass(frozen=True)
class FoundProblem:
    """A problem as it is written down."""

    text: str
    due: date
    basis: str = ""
    demand: str = ""


@dataclass(frozen=True)
class Drawing:
    """What a draw chose from, and what came out, in the order of the draw."""

    seed: str
    objects: tuple[str, ...]
    items: tuple[str, ...] = field(default=())


ESCALATED = "escalated"
"""The stage of a notice that goes on as a circular: reaching it drafts one."""


@dataclass(frozen=True)
class Step:
    """A step that somebody takes. `due`: by when the next stage is to be left, where its procedure has no clock."""

    transition: str
    words: str = ""
    files: tuple[int, ...] = ()
    due: date | None = None


@dataclass(frozen=True)
class BatchPlan:
    """A batch before the draw: `objects` and `items` are the ids from which it chooses."""

    title: str
    manner: Manner
    starts: date
    ends: date
    seed: str
    objects: tuple[int, ...]
    objects_drawn: int
    items: tuple[int, ...] = ()
    items_drawn: int = 0
    basis: str = ""
