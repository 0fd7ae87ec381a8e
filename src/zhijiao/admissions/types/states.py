"""The states of things of a season, as the tables keep them."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a season stands (the stages of its flow)."""

    PREPARING = "preparing"
    PLANNING = "planning"
    LOCKED = "locked"
    FILLING = "filling"
    FROZEN = "frozen"
    RUN = "run"
    PUBLICISED = "publicised"
    PUBLISHED = "published"
    SUPPLEMENTARY = "supplementary"
    REGISTERING = "registering"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        """The phase as screens say it."""
        return _PHASES[self]


_PHASES = {
    Phase.PREPARING: "筹备",
    Phase.PLANNING: "编制计划",
    Phase.LOCKED: "计划已锁定",
    Phase.FILLING: "填报志愿",
    Phase.FROZEN: "志愿已冻结",
    Phase.RUN: "投档录取",
    Phase.PUBLICISED: "录取公示",
    Phase.PUBLISHED: "结果已公布",
    Phase.SUPPLEMENTARY: "征集志愿",
    Phase.REGISTERING: "报到注册",
    Phase.HANDED_OVER: "已移交学籍",
    Phase.CLOSED: "已结束",
}


class LineState(StrEnum):
    """Where a line of the plan stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DROPPED = "dropped"

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return {"draft": "草稿", "proposed": "已申报", "approved": "已审定", "dropped": "已取消"}[self.value]


class RoundKind(StrEnum):
    """What a round of filling in is for."""

    MOCK = "mock"
    MAIN = "main"
    SUPPLEMENTARY = "supplementary"

    @property
    def words(self) -> str:
        """The kind as screens say it."""
        return {"mock": "模拟填报", "main": "正式填报", "supplementary": "征集志愿"}[self.value]


class SheetKind(StrEnum):
    """What a file of another body holds."""

    CANDIDATES = "candidates"
    SCORES = "scores"
    CHECKS = "checks"
    ELSEWHERE = "elsewhere"

    @property
    def words(self) -> str:
        """The kind as screens say it."""
        return {
            "candidates": "考生名册",
            "scores": "成绩",
            "checks": "体检、面试结果",
            "elsewhere": "别的平台的录取结果",
        }[self.value]


class CandidateState(StrEnum):
    """Whether a candidate takes part."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class ClaimState(StrEnum):
    """Where a claim to added marks stands. What was confirmed and taken back later is refused."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return {"asked": "等待审核", "confirmed": "已确认", "refused": "不予确认"}[self.value]


class RunKind(StrEnum):
    """Whether an allocation is for real."""

    SIMULATION = "simulation"
    REAL = "real"


class RunState(StrEnum):
    """Where an allocation stands. `withheld`: the verifier refused all of it; single batches are in `Run.withheld`."""

    STARTED = "started"
    FAILED = "failed"
    WITHHELD = "withheld"
    VERIFIED = "verified"
    SIGNED = "signed"
    PUBLICISED = "publicised"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class PublicityKind(StrEnum):
    """What is put up for objections."""

    BONUS = "bonus"
    RESULT = "result"
    SUPPLEMENTARY = "supplementary"
    TOP_UP = "top_up"


class ObjectionState(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    ANSWERED = "answered"


class TextState(StrEnum):
    """Where a text message stands. `failed`: it was tried as often as it is tried."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class DeclineState(StrEnum):
    """Where the giving up of a seat stands: asked by the candidate, confirmed by the guardian, decided by the office."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TopUpState(StrEnum):
    """Where a named candidate for a left-over seat stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NameListState(StrEnum):
    """Where the name list of an integrated track stands. Sealed: nobody is added later."""

    DRAFT = "draft"
    SEALED = "sealed"


class EnrolmentState(StrEnum):
    """Whether somebody who was placed came."""

    EXPECTED = "expected"
    CAME = "came"
    ABSENT = "absent"
    HANDED_OVER = "handed_over"
