"""What filling in choices is made of: the lines to choose from, the window, a receipt. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from zhijiao.core.errors import Refusal


@dataclass(frozen=True)
class Offer:
    """A line of the locked plan as somebody chooses it. `origins`: for whom it has seats (empty text: for everybody)."""

    id: int
    code: str
    batch: str
    school: str
    school_name: str
    major: str
    major_name: str
    origins: frozenset[str] = frozenset({""})
    seats: int = 0
    facts: tuple[tuple[str, str], ...] = ()
    """What the leaflet says of it: (label, value)."""

    @property
    def words(self) -> str:
        """School and major as one reads them."""
        return f"{self.school_name} {self.major_name}".strip()


@dataclass(frozen=True)
class Chosen:
    """A list of choices over all batches of a round, in order. `adjust`: the lines of it with 服从调剂."""

    lines: tuple[int, ...] = ()
    adjust: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.lines)


@dataclass(frozen=True)
class ChoiceFault:
    """What is wrong with a list. `place` is the place in it, from 1 on; 0: the list as a whole."""

    place: int
    line: int
    words: str


class BadChoices(Refusal):
    """The list cannot be handed in; all faults at once. Nothing was changed."""

    def __init__(self, faults: Sequence[ChoiceFault]) -> None:
        super().__init__("；".join(fault.words for fault in faults))
        self.faults = tuple(faults)


class Closed(Refusal):
    """The window is not open. The sentence says since when, and what to do."""


class NotProved(Refusal):
    """The code of the second factor is missing, wrong or too old."""


class WindowState(StrEnum):
    """A window at a moment."""

    BEFORE = "before"
    OPEN = "open"
    GRACE = "grace"
    """Closed for everybody but who has had the page open before."""
    CLOSED = "closed"


@dataclass(frozen=True)
class Window:
    """When one candidate may hand in. `extended`: the latest moment that a decision gives to her, if there is one."""

    opens: datetime
    closes: datetime
    grace: timedelta = timedelta(0)
    extended: datetime | None = None
    frozen: bool = False
    ready: bool = True
    """Whether the season is in the phase of this round."""

    @property
    def end(self) -> datetime:
        """The closing that counts for her."""
        return self.closes if self.extended is None else max(self.closes, self.extended)


class Standing(StrEnum):
    """How a candidate stands in a round: what the fixed bar says."""

    NOTHING = "nothing"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGED = "changed"
    """Handed in, and the draft was changed after that."""

    @property
    def words(self) -> str:
        """The standing as lists say it."""
        return {
            Standing.NOTHING: "还没有填",
            Standing.DRAFT: "只有草稿，还没有提交",
            Standing.SUBMITTED: "已提交",
            Standing.CHANGED: "已提交，之后又有改动没有提交",
        }[self]


@dataclass(frozen=True)
class Receipt:
    """What somebody has in hand after handing in."""

    number: str
    digest: str
    version: int
    at: datetime
    by: str
    again: bool = False
    """Whether this is the answer to a request that was answered before."""


@dataclass(frozen=True)
class Made:
    """A version that was handed in, for the history."""

    receipt: Receipt
    chosen: Chosen
    added: tuple[int, ...] = field(default=())
    dropped: tuple[int, ...] = field(default=())
    moved: bool = False
