"""The walk of a season: one flow on the workflow engine. What a step waits for is a fact that the caller looks up."""

from __future__ import annotations

from zhijiao.admissions.types.states import Phase
from zhijiao.engines.workflow import Fact, Flow, Party, Stage, StageKind, Transition

LEAD = "lead"
"""The party that moves a season: the bureau that leads the allocation."""

RULES_READY = "rules-ready"
PLAN_LOCKED = "plan-locked"
ROUND_READY = "round-ready"
WINDOW_OVER = "window-over"
RUN_VERIFIED = "run-verified"
RUN_SIGNED = "run-signed"
OBJECTIONS_ANSWERED = "objections-answered"
PUBLISHED = "published"
SUPPLEMENTS_DONE = "supplements-done"
ALL_NOTED = "all-noted"
ALL_HANDED_OVER = "all-handed-over"

_K, _P = StageKind, Phase


def _stage(phase: Phase, kind: StageKind) -> Stage:
    return Stage(phase.value, phase.words, kind, LEAD)


def _step(
    id_: str, name: str, source: Phase, target: Phase, *guards: str, reason: bool = False
) -> Transition:
    return Transition(id_, name, source.value, target.value, LEAD, reason=reason, guards=guards)


FLOW = Flow(
    id="admissions.season",
    name="招生季",
    start=Phase.PREPARING.value,
    stages=(
        _stage(_P.PREPARING, _K.DRAFT),
        _stage(_P.PLANNING, _K.DRAFT),
        _stage(_P.LOCKED, _K.WAIT),
        _stage(_P.FILLING, _K.WAIT),
        _stage(_P.FROZEN, _K.REVIEW),
        _stage(_P.RUN, _K.REVIEW),
        _stage(_P.PUBLICISED, _K.WAIT),
        _stage(_P.PUBLISHED, _K.WAIT),
        _stage(_P.SUPPLEMENTARY, _K.WAIT),
        _stage(_P.REGISTERING, _K.WAIT),
        _stage(_P.HANDED_OVER, _K.WAIT),
        _stage(_P.CLOSED, _K.ENDED),
    ),
    transitions=(
        _step("plan", "开始编制计划", _P.PREPARING, _P.PLANNING, RULES_READY),
        _step("lock", "锁定计划", _P.PLANNING, _P.LOCKED, PLAN_LOCKED),
        _step("open", "开始填报", _P.LOCKED, _P.FILLING, ROUND_READY),
        _step("freeze", "冻结志愿", _P.FILLING, _P.FROZEN, WINDOW_OVER),
        _step("run", "投档录取", _P.FROZEN, _P.RUN, RUN_VERIFIED),
        _step("redo", "作废本次录取，重新投档", _P.RUN, _P.FROZEN, reason=True),
        _step("publicise", "公示录取结果", _P.RUN, _P.PUBLICISED, RUN_SIGNED),
        _step("publish", "公布录取结果", _P.PUBLICISED, _P.PUBLISHED, OBJECTIONS_ANSWERED),
        _step("redo", "异议成立，重新投档", _P.PUBLICISED, _P.FROZEN, reason=True),
        _step("supplement", "开始征集志愿", _P.PUBLISHED, _P.SUPPLEMENTARY, ROUND_READY),
        _step("supplement", "再征集一轮", _P.SUPPLEMENTARY, _P.SUPPLEMENTARY, ROUND_READY),
        _step("register", "开始报到注册", _P.PUBLISHED, _P.REGISTERING),
        _step("register", "开始报到注册", _P.SUPPLEMENTARY, _P.REGISTERING, SUPPLEMENTS_DONE),
        _step("hand-over", "移交学籍", _P.REGISTERING, _P.HANDED_OVER, ALL_NOTED),
        _step("close", "结束招生季", _P.HANDED_OVER, _P.CLOSED, ALL_HANDED_OVER),
    ),
    parties=(Party(LEAD, "牵头组织录取的部门"),),
    facts=(
        Fact(RULES_READY, "先核对参与部门，每个部门都要对应一个单位"),
        Fact(PLAN_LOCKED, "先请各部门会签计划，再锁定"),
        Fact(ROUND_READY, "先设定这一轮的填报时间"),
        Fact(WINDOW_OVER, "等填报截止，再冻结志愿"),
        Fact(RUN_VERIFIED, "先投档，并通过核验"),
        Fact(RUN_SIGNED, "先请各部门会签录取结果"),
        Fact(OBJECTIONS_ANSWERED, "等公示期满，并书面答复每一件异议"),
        Fact(SUPPLEMENTS_DONE, "先公布征集志愿的录取结果"),
        Fact(ALL_NOTED, "先由学校登记每名新生是否报到"),
        Fact(ALL_HANDED_OVER, "先把报到的新生全部移交学籍"),
    ),
)
"""Facts that guards name are worked out by who calls `take_step`; a fact not given counts as not true."""
