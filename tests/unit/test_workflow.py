"""A step is taken by the right party, for a reason, in time; or refused in words that say what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from zhijiao.core.workdays import china
from zhijiao.engines.workflow import (
    CLOCK,
    ChainStep,
    Clock,
    Event,
    Fact,
    Flow,
    Party,
    Refusal,
    Refused,
    Stage,
    StageKind,
    Transition,
    available,
    chain,
    days_left,
    due,
    faults,
    lapse,
    overdue,
    run,
    step,
)

FLOW = chain(
    "figures",
    "数据报送",
    [ChainStep("county", "县级审核", Clock(5)), ChainStep("city", "市级审定", Clock(10, grace=2))],
    guards=("evidence",),
)
NOTICE = Flow(
    "notice",
    "整改通知",
    (
        Stage("issued", "答复", StageKind.WAIT, "unit", Clock(10, working=False)),
        Stage("check", "核查", StageKind.REVIEW, "office", Clock(5)),
        Stage("silent", "逾期未答复", StageKind.REVIEW, "office"),
        Stage("closed", "销号", StageKind.ENDED, "office"),
    ),
    (
        Transition("reply", "答复", "issued", "check", "unit", guards=("words",)),
        Transition("lapse", "期满未答复", "issued", "silent", CLOCK, automatic=True),
        Transition("close", "销号", "check", "closed", "office", separate=True),
        Transition("again", "退回重报", "check", "issued", "office", reason=True, separate=True),
        Transition("remind", "再次通知", "silent", "issued", "office", separate=True),
    ),
    "issued",
    parties=(Party("unit", "责任单位"), Party("office", "督查室")),
    facts=(Fact("words", "先写明整改情况"),),
)


def by(person: str, transition: str, party: str, reason: str | None = None) -> Event:
    return Event(transition, person, {party}, reason, {"evidence": True, "words": True})


def test_the_sample_flows_are_sound() -> None:
    assert faults(FLOW) == []
    assert faults(NOTICE) == []


def test_a_chain_goes_level_by_level_and_locks() -> None:
    history = run(
        FLOW,
        [
            by("ann", "submit", "reporter"),
            by("bo", "return", "county", "figures_differ"),
            by("ann", "submit", "reporter"),
            by("ann", "withdraw", "reporter"),
            by("ann", "submit", "reporter"),
            by("bo", "pass", "county"),
            by("cy", "approve", "city"),
        ],
    )
    assert history.stage == FLOW.stage("approved")
    assert history.stage.kind is StageKind.LOCKED
    assert [p.target.id for p in history.passages][-3:] == ["step.1", "step.2", "approved"]
    assert history.author == "ann"


def test_a_chain_without_levels_approves_on_handing_in() -> None:
    short = chain("short", "直接报送", [])
    assert faults(short) == []
    assert step(short, "draft", "submit", parties=["reporter"]).id == "approved"
    assert step(short, "approved", "reopen", parties=["reporter"], reason="错报").id == "draft"


def test_nobody_withdraws_what_has_been_passed() -> None:
    with pytest.raises(Refused) as refused:
        step(FLOW, "step.2", "withdraw", parties=["reporter"])
    assert refused.value.code is Refusal.NO_SUCH_STEP
    assert "撤回" in refused.value.words


@pytest.mark.parametrize(
    ("stage", "transition", "arguments", "code", "words"),
    [
        ("draft", "approve", {"parties": ["city"]}, Refusal.NO_SUCH_STEP, ("填报", "审定", "提交")),
        ("nowhere", "submit", {"parties": ["reporter"]}, Refusal.NO_SUCH_STEP, ("nowhere",)),
        ("step.1", "pass", {"parties": ["city"]}, Refusal.WRONG_PARTY, ("县级审核", "通过")),
        ("step.1", "return", {"parties": ["county"]}, Refusal.REASON_MISSING, ("退回", "理由")),
        (
            "step.1",
            "return",
            {"parties": ["county"], "reason": " \n"},
            Refusal.REASON_MISSING,
            ("退回", "理由"),
        ),
        ("draft", "submit", {"parties": ["reporter"]}, Refusal.GUARD_FAILED, ("evidence",)),
        (
            "step.2",
            "approve",
            {"parties": ["city"], "same_person": True},
            Refusal.SAME_PERSON,
            ("审定分离", "其他人员"),
        ),
        ("approved", "return", {"parties": ["city"]}, Refusal.LOCKED, ("已锁定", "重新打开")),
        ("approved", "reopen", {"parties": ["city"]}, Refusal.REASON_MISSING, ("重新打开",)),
    ],
)
def test_a_refusal_names_stage_step_and_remedy(
    stage: str, transition: str, arguments: dict, code: Refusal, words: tuple[str, ...]
) -> None:
    with pytest.raises(Refused) as refused:
        step(FLOW, stage, transition, **arguments)
    assert refused.value.code is code
    assert all(word in str(refused.value) for word in words)
    assert str(refused.value).endswith("。")


def test_what_has_ended_stays_ended() -> None:
    with pytest.raises(Refused, match="办结") as refused:
        step(NOTICE, "closed", "reply", parties=["unit", "office", CLOCK])
    assert refused.value.code is Refusal.LOCKED


def test_messages_use_the_names_that_a_flow_gives() -> None:
    with pytest.raises(Refused, match="由督查室办理"):
        step(NOTICE, "check", "close", parties=["unit"])
    with pytest.raises(Refused, match="先写明整改情况"):
        step(NOTICE, "issued", "reply", parties=["unit"])
    with pytest.raises(Refused, match="期限届满"):
        step(NOTICE, "issued", "lapse", parties=["unit"])


def test_only_what_may_be_taken_is_offered() -> None:
    def offered(stage: str, *parties: str, same_person: bool = False) -> list[str]:
        facts = {"evidence": True}
        return [t.id for t in available(FLOW, stage, parties=parties, facts=facts, same_person=same_person)]

    assert offered("draft", "reporter") == ["submit"]
    assert available(FLOW, "draft", parties=["reporter"]) == []
    assert offered("step.1", "county", "reporter") == ["pass", "return", "withdraw"]
    assert offered("step.1", "county", "reporter", same_person=True) == ["withdraw"]
    assert offered("step.1", "city") == []
    assert offered("approved", "city") == ["reopen"]


def test_who_answered_may_not_check_the_answer() -> None:
    history = run(NOTICE, [by("ann", "reply", "unit")])
    assert history.author == "ann"
    with pytest.raises(Refused, match="审定分离"):
        run(NOTICE, [by("ann", "reply", "unit"), by("ann", "close", "office")])


def test_a_replay_stops_at_the_first_illegal_step() -> None:
    with pytest.raises(Refused, match="县级审核"):
        run(FLOW, [by("ann", "submit", "reporter"), by("cy", "approve", "city"), by("x", "nonsense", "y")])


class TestClocks:
    def test_a_term_jumps_the_spring_festival(self) -> None:
        review = FLOW.stage("step.1")
        entered = date(2026, 2, 11)  # Wednesday; off from 15 to 23 February, worked on Saturday the 14th
        assert due(review, entered, china()) == date(2026, 2, 25)
        assert not overdue(review, entered, date(2026, 2, 25), china())
        assert overdue(review, entered, date(2026, 2, 26), china())
        assert days_left(review, entered, date(2026, 2, 14), china()) == 2
        assert days_left(review, entered, date(2026, 2, 28), china()) == -3

    def test_grace_comes_after_the_due_day(self) -> None:
        review = FLOW.stage("step.2")
        entered = date(2025, 3, 3)
        assert due(review, entered, china()) == date(2025, 3, 17)
        assert not overdue(review, entered, date(2025, 3, 19), china())
        assert overdue(review, entered, date(2025, 3, 20), china())

    def test_calendar_days_count_every_day_and_roll_only_when_asked(self) -> None:
        wait = NOTICE.stage("issued")
        entered = date(2025, 9, 25)
        assert due(wait, entered, china()) == date(2025, 10, 5)
        assert wait.clock is not None
        rolling = replace(wait, clock=replace(wait.clock, roll=True))
        assert due(rolling, entered, china()) == date(2025, 10, 9)
        assert days_left(wait, entered, date(2025, 10, 1), china()) == 4

    def test_silence_is_told_by_the_clock_alone(self) -> None:
        entered = date(2025, 9, 25)
        assert lapse(NOTICE, "issued", entered, date(2025, 10, 5), china()) is None
        due_now = lapse(NOTICE, "issued", entered, date(2025, 10, 6), china())
        assert due_now is not None
        assert step(NOTICE, "issued", due_now.id, parties=[CLOCK]).id == "silent"
        assert lapse(NOTICE, "check", entered, date(2026, 10, 6), china()) is None

    def test_without_a_clock_nothing_is_due(self) -> None:
        stage = FLOW.stage("draft")
        assert due(stage, date(2025, 1, 1), china()) is None
        assert not overdue(stage, date(2025, 1, 1), date(2035, 1, 1), china())
        assert days_left(stage, date(2025, 1, 1), date(2035, 1, 1), china()) is None
