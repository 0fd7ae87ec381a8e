"""What a matching is made of (meaning: docs/algorithms/matching.md). No Django, no numpy at import.

The kernel and the verifier share these types and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Mechanism(StrEnum):
    """Who orders the applicants of a batch."""

    PARALLEL = "parallel"
    """The common chain orders all (分数优先、遵循志愿). A unit with an order of its own is a fault."""
    DEFERRED = "deferred"
    """Each unit has its own order, or else the common chain (deferred acceptance)."""


class LastSeat(StrEnum):
    """What becomes of a class that does not fit whole."""

    ADMIT_TIED = "admit_tied"
    STRICT = "strict"
    LOTTERY = "lottery"


class Returned(StrEnum):
    """What becomes of who is returned after filing."""

    OUT = "out"
    NEXT = "next"


class Reason(StrEnum):
    """Why a choice came out as it did. `LIMIT` and `RETURNED` are followed by a colon and their own id."""

    ADMITTED = "admitted"
    ADJUSTED = "adjusted"
    PLACED_HIGHER = "placed_higher"
    PLACED_EARLIER = "placed_earlier"
    BELOW_LINE = "below_line"
    TIED_OUT = "tied_out"
    LOT = "lot"
    BELOW_MINIMUM = "below_minimum"
    LIMIT = "limit"
    NOT_ACCEPTABLE = "not_acceptable"
    NO_CELL = "no_cell"
    EXCLUDED = "excluded"
    RETURNED = "returned"
    BEYOND_SEATS = "beyond_seats"
    NO_MAJOR = "no_major"
    AFTER_FILING = "after_filing"
    GIVEN_UP = "given_up"


class Guarantee(StrEnum):
    """What the verifier names when it does not hold."""

    OVER_PLAN = "over_plan"
    TWO_SEATS = "two_seats"
    ENVY = "envy"
    WASTE = "waste"
    NOT_BEST = "not_best"
    FLOW = "flow"
    LOT = "lot"
    REASON = "reason"
    DIGEST = "digest"


@dataclass(frozen=True)
class Cell:
    """Some seats of a unit for one origin (empty: for everybody). `min_total` None: no minimum."""

    id: str
    school: str
    major: str
    batch: str
    origin: str
    seats: int
    min_total: float | None = None

    @property
    def unit(self) -> tuple[str, str]:
        """What a choice names: school and major (empty: the school is the unit)."""
        return (self.school, self.major)


@dataclass(frozen=True)
class Group:
    """At most so many choices of these schools (empty: of any) in a batch; `beyond`: only those whose cells are all of other
    origins than the applicant's count (choices out of the own district)."""

    id: str
    most: int
    schools: frozenset[str] = frozenset()
    beyond: bool = False


@dataclass(frozen=True)
class Limit:
    """A condition of plan lines on applicants, in the expression language over the columns of applicants. Empty `batch`,
    `school`, `major`, `origin` mean any. `minimum` says that it is a minimum of marks: the reason is then `below_minimum`."""

    id: str
    require: str
    words: str = ""
    batch: str = ""
    school: str = ""
    major: str = ""
    origin: str = ""
    minimum: bool = False


@dataclass(frozen=True)
class Batch:
    """A batch, in sequence. `excludes`: batches for which who has choices here has none. `groups`: caps of choices."""

    id: str
    mechanism: Mechanism = Mechanism.PARALLEL
    stages: int = 1
    max_choices: int = 10
    ratio: float = 1.0
    returned: Returned = Returned.OUT
    can_decline: bool = False
    excludes: frozenset[str] = frozenset()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Comparator:
    """A step of the common chain: an expression over the columns of applicants, higher first unless `ascending`."""

    expression: str
    ascending: bool = False


@dataclass(frozen=True)
class Flow:
    """Unused seats of a cell go to another one, of the same or a later batch."""

    source: str
    target: str


@dataclass(frozen=True)
class Rules:
    """The rules of a season."""

    batches: tuple[Batch, ...]
    order: tuple[Comparator, ...]
    last_seat: LastSeat = LastSeat.STRICT
    seed: str = ""
    limits: tuple[Limit, ...] = ()
    flows: tuple[Flow, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A line of choices. In two stages the choices of one school are its majors in order."""

    order: int
    school: str
    major: str
    adjust: bool = False


@dataclass(frozen=True)
class Applicant:
    """An applicant as plain data, for small cases. `columns`: numbers by name, `total` among them."""

    id: str
    origins: frozenset[str]
    columns: Mapping[str, float]
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    """By batch, in order."""


@dataclass(frozen=True)
class Review:
    """What a school said of somebody who was filed to it."""

    batch: str
    school: str
    major: str
    applicant: str
    reason: str


@dataclass(frozen=True)
class Case:
    """A whole input as plain data: what the slow implementation reads, and what tests write. The order of `cells` and
    `batches` has meaning, that of applicants has none. `priorities`: rank (1 is best) by unit and applicant."""

    rules: Rules
    cells: tuple[Cell, ...]
    applicants: tuple[Applicant, ...]
    priorities: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()
    given_up: frozenset[tuple[str, str]] = frozenset()
    """Applicant and batch."""


@dataclass(frozen=True)
class Placed:
    """A line of the result: a seat, or none (`order` 0, the rest empty)."""

    applicant: str
    batch: str = ""
    order: int = 0
    school: str = ""
    major: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Line:
    """How a cell came out. `last_total`, `last_rank`: of the last class admitted (None when nobody was). `tied_at_line`: how
    many who asked stand in that class. `seats` are those after flow."""

    cell: str
    seats: int
    admitted: int
    last_total: float | None
    last_rank: int | None
    tied_at_line: int


@dataclass(frozen=True)
class Told:
    """The reason for one choice. `code` may carry an id after a colon. `line`: total or rank of the line, as text."""

    applicant: str
    batch: str
    order: int
    code: str
    line: str = ""
    own_place: int | None = None
    ties: int | None = None


@dataclass(frozen=True)
class Moved:
    """Seats that flowed."""

    source: str
    target: str
    seats: int


@dataclass(frozen=True)
class Outcome:
    """A whole result as plain data, each part sorted by its keys."""

    placed: tuple[Placed, ...]
    lines: tuple[Line, ...]
    told: tuple[Told, ...]
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class Violation:
    """A guarantee that does not hold: where, whom it concerns, which choice, in words."""

    guarantee: Guarantee
    batch: str
    words: str
    applicant: str = ""
    order: int = 0
    cell: str = ""


@dataclass(frozen=True)
class Fault:
    """Something wrong in an input file, with its place and what to do. `line` 0: the file as a whole."""

    file: str
    line: int
    words: str
    remedy: str


class BadInput(Exception):
    """The input cannot be matched; all faults at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("；".join(f"{f.file} 第{f.line}行：{f.words}" for f in faults[:20]))
        self.faults = tuple(faults)
