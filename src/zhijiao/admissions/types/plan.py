"""The plan as forms, pages and files pass it. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from zhijiao.core.errors import Refusal


class PlanAction(StrEnum):
    """What can be done to a line or to the plan."""

    PROPOSE = "propose"
    PASS = "pass"
    RETURN = "return"
    APPROVE = "approve"
    REOPEN = "reopen"
    REVIVE = "revive"
    DROP = "drop"
    LOCK = "lock"
    CORRECT = "correct"

    @property
    def words(self) -> str:
        """The action as ledgers say it."""
        return _ACTIONS[self]


_ACTIONS = {
    PlanAction.PROPOSE: "申报",
    PlanAction.PASS: "县（市、区）审核通过",
    PlanAction.RETURN: "退回修改",
    PlanAction.APPROVE: "审定",
    PlanAction.REOPEN: "审定后退回修改",
    PlanAction.REVIVE: "重新填写",
    PlanAction.DROP: "取消",
    PlanAction.LOCK: "锁定计划",
    PlanAction.CORRECT: "更正",
}


@dataclass(frozen=True)
class CellDraft:
    """Seats for one origin (empty: for everybody)."""

    origin: str
    seats: int
    min_total: Decimal | None = None


@dataclass(frozen=True)
class LimitDraft:
    """A condition of the line on candidates: the expression, and how the leaflet says it."""

    id: str
    require: str
    words: str
    minimum: bool = False


@dataclass(frozen=True)
class LineDraft:
    """A line as a school hands it in."""

    batch: str
    major_code: str
    major_name: str
    years: int
    cells: tuple[CellDraft, ...]
    direction: str = ""
    partner: str = ""
    diploma: str = ""
    tuition: Decimal = Decimal(0)
    exempt: bool = False
    boarding: bool = False
    boarding_fee: Decimal = Decimal(0)
    limits: tuple[LimitDraft, ...] = ()
    ways_up: str = ""
    destinations: str = ""
    note: str = ""

    @property
    def seats(self) -> int:
        """All seats of the line."""
        return sum(cell.seats for cell in self.cells)


@dataclass(frozen=True)
class LineFault:
    """Something wrong with a line: the field of the form (empty: the line as a whole), and what to do."""

    field: str
    words: str


class BadLine(Refusal):
    """A line cannot be kept; all faults at once. Nothing was changed."""

    def __init__(self, faults: tuple[LineFault, ...]) -> None:
        super().__init__("；".join(fault.words for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Hands:
    """Through whose hands the lines of a kind of schools go. `review`: counties look at those of their schools first."""

    propose: str
    review: bool
    approve: str


@dataclass(frozen=True)
class CellView:
    """A cell as pages and files show it. `id` is what matching files call it."""

    id: str
    number: int
    origin: str
    seats: int
    min_total: Decimal | None


@dataclass(frozen=True)
class LineView:
    """A line as pages and files show it."""

    id: int
    code: str
    batch: str
    batch_name: str
    organisation: int
    school: str
    kind: str
    county: str
    major_code: str
    major: str
    years: int
    seats: int
    state: str
    state_words: str
    reviewed: bool
    tuition: Decimal
    exempt: bool
    boarding: bool
    boarding_fee: Decimal
    diploma: str
    partner: str
    ways_up: str
    destinations: str
    note: str
    limits: tuple[str, ...]
    cells: tuple[CellView, ...]
    last_year: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Signed:
    """Whether a bureau has signed the plan as it stands."""

    bureau: str
    short: str
    unit: str
    organisation: int
    by: str
    at: object | None
    stale: bool
    """It signed an earlier state of the plan."""
