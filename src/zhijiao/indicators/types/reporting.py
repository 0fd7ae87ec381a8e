"""Reports of figures: what is owed, what was entered, who decided. Plain values for pages, programs and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from zhijiao.core.errors import Refusal
from zhijiao.engines.forms import Fault as FormFault

DRAFT = "draft"
APPROVED = "approved"


class StepKind(StrEnum):
    """What somebody did to a report. Ids are those of the approval flow (engines.workflow.chain)."""

    SUBMIT = "submit"
    PASS = "pass"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"

    @property
    def words(self) -> str:
        """The step as screens say it."""
        return STEP_WORDS[self]


STEP_WORDS: Mapping[StepKind, str] = {
    StepKind.SUBMIT: "提交",
    StepKind.PASS: "通过",
    StepKind.APPROVE: "审定",
    StepKind.RETURN: "退回",
    StepKind.WITHDRAW: "撤回",
    StepKind.REOPEN: "重新打开",
}


class Reason(StrEnum):
    """Why a report goes back, or is opened again."""

    SCOPE = "scope"
    EVIDENCE = "evidence"
    JUMP = "jump"
    BALANCE = "balance"
    UNIT = "unit"
    PERIOD = "period"
    LATE_DATA = "late_data"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as screens say it."""
        return RETURN_REASONS[self]


RETURN_REASONS: Mapping[Reason, str] = {
    Reason.SCOPE: "口径不符",
    Reason.EVIDENCE: "缺佐证",
    Reason.JUMP: "与历史相差过大",
    Reason.BALANCE: "汇总不平",
    Reason.UNIT: "填错单位",
    Reason.PERIOD: "填错期间",
    Reason.LATE_DATA: "数据后来有更正",
    Reason.OTHER: "其他",
}


@dataclass(frozen=True)
class Problem:
    """Something wrong with one report: which one, beside which field (empty: the whole), a code, Chinese words."""

    report: int
    name: str
    field: str
    code: str
    words: str
    level: str = "error"


class Refused(Refusal):
    """Nothing was changed; every problem is listed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(p.words for p in problems))
        self.problems = tuple(problems)


class Clashed(Refused):
    """Somebody else changed a report in the meantime."""


class Reused(Refusal):
    """An idempotency key came again with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"幂等键“{key}”已用于另一次请求。请为新的请求换一个键；重发同一请求时内容须完全一致。"
        )


@dataclass(frozen=True)
class Entered:
    """What somebody typed for one report. Keys of `values` are the fields of its form: value, or numerator and
    denominator, or text; note; what is left out stays as it was. `revision` is the one that was looked at."""

    report: int
    values: Mapping[str, str]
    revision: int | None = None
    evidence: Sequence[int] | None = None


@dataclass(frozen=True)
class Saved:
    """What became of a draft: the new revision, the value as read, and what is wrong or doubtful so far."""

    report: int
    revision: int
    value: Decimal | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Receipt:
    """What a person gets in hand: number, moment and a digest over the lines."""

    number: str
    at: datetime
    digest: str
    verb: str
    name: str
    organisation: int | None
    lines: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Decided:
    """What a sitting did."""

    receipt: Receipt
    passed: int
    approved: int


@dataclass(frozen=True)
class Opened:
    """What opening reports did: how many are new, how many were there, who could not be found in the tree."""

    new: int
    known: int
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filters:
    """What a list of reports is narrowed to; None takes all."""

    state: str | None = None
    """draft, returned, review, approved, open (not approved), late, all"""
    period: str | None = None
    obligation: str | None = None
    indicator: str | None = None
    organisation: int | None = None
    pack: str | None = None
    search: str = ""


@dataclass(frozen=True)
class FigureView:
    """An approved figure with who stands behind it. `old` is the figure that it replaces."""

    id: int
    report: int
    indicator: str
    organisation: int
    organisation_name: str
    period: str
    period_words: str
    starts: date
    ends: date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    text: str
    unit: str
    reported_by: str
    reported_as: str
    approved_by: str
    approved_as: str
    known_from: datetime
    version: str
    definition: str
    old: Decimal | None = None
    old_text: str = ""
    cause: str = ""
    replaced: bool = False


@dataclass(frozen=True)
class Owed:
    """One line of the hand-in page, and the common part of every list of reports."""

    id: int
    revision: int
    pack: str
    obligation: str
    obligation_name: str
    indicator: str
    indicator_name: str
    definition: str
    clauses: tuple[str, ...]
    organisation: int
    organisation_name: str
    period: str
    period_words: str
    starts: date
    ends: date
    due: date
    deadline: date | None
    late: bool
    days_left: int
    asks: str
    unit: str
    numerator_name: str
    numerator_unit: str
    denominator_name: str
    denominator_unit: str
    evidence_asked: tuple[str, ...]
    state: str
    state_words: str
    holder: int
    holder_name: str
    parties: tuple[int, ...]
    """The organisations through whose hands it goes: they read its evidence too."""
    typed: Mapping[str, str]
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    text: str
    note: str
    evidence: tuple[int, ...]
    last: FigureView | None
    """The newest approved figure of an earlier period."""
    approved: FigureView | None
    """The approved figure of this very period, where the report was opened again."""
    returned: bool
    reason: str
    """The reason of the last return or opening, as screens say it."""
    reason_words: str
    returned_by: str
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    submitted_by: str = ""
    submitted_at: datetime | None = None
    mine: bool = False
    """Whether the reader may fill it in."""


@dataclass(frozen=True)
class Step:
    """One line of a report's ledger."""

    number: int
    kind: StepKind
    words: str
    source: str
    target: str
    by: str
    organisation_name: str
    at: datetime
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    text: str
    note: str
    reason: str
    reason_words: str


@dataclass(frozen=True)
class ChainLink:
    """One level of the approval chain of a report, and whether it has been passed."""

    stage: str
    name: str
    organisation: int
    organisation_name: str
    state: str
    """done, now, ahead"""
    deadline: date | None = None


@dataclass(frozen=True)
class Change:
    """A value that differs from the last approved one."""

    label: str
    old: str
    new: str
    relative: Decimal | None = None


@dataclass(frozen=True)
class ReportView:
    """Everything about one report."""

    owed: Owed
    chain: tuple[ChainLink, ...]
    ledger: tuple[Step, ...]
    changes: tuple[Change, ...]
    figures: tuple[FigureView, ...]
    steps: tuple[StepKind, ...] = ()
    """What the reader may do now."""


@dataclass(frozen=True)
class ToReview:
    """One line of the review page: the report, what changed, and what should be looked at before it passes."""

    owed: Owed
    changes: tuple[Change, ...]
    delta: Decimal | None
    relative: Decimal | None
    flags: tuple[str, ...]
    own: bool
    """Handed in by the reader, who may therefore not decide it."""

    @property
    def token(self) -> str:
        """What a form sends back: id and revision."""
        return f"{self.owed.id}.{self.owed.revision}"


@dataclass(frozen=True)
class Late:
    """An organisation that is late with reports that it holds."""

    organisation: int
    organisation_name: str
    count: int
    days: int
    oldest: date
    reports: tuple[Owed, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far the reports of a period are under one organisation (a county with everything below it)."""

    organisation: int
    organisation_name: str
    owed: int
    draft: int
    returned: int
    review: int
    approved: int
    late: int


def problems_of(report: int, name: str, faults: Sequence[FormFault]) -> tuple[Problem, ...]:
    """A form's faults, said of one report."""
    return tuple(Problem(report, name, f.field, f.code, f.words, f.level.value) for f in faults)


@dataclass(frozen=True)
class Sitting:
    """Reports that are decided together: id and revision as they were looked at."""

    reports: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def from_tokens(cls, tokens: Sequence[str]) -> Sitting:
        """From what the review page sent: `id.revision`. Raises ValueError."""
        pairs = [token.partition(".") for token in tokens]
        return cls({int(report): int(revision) for report, _, revision in pairs})
