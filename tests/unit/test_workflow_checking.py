"""What is unsound in a flow is found before anybody runs it, all at once; reading names the key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zhijiao.engines.workflow import (
    CLOCK,
    ChainStep,
    Clock,
    Fact,
    Flow,
    Party,
    ReadingError,
    Stage,
    StageKind,
    Transition,
    as_mapping,
    chain,
    faults,
    from_mapping,
)

SOUND = chain("c", "审批", [ChainStep("county", "县级审核", Clock(5)), ChainStep("city", "市级审定")])


def codes(flow: Flow) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in faults(flow)]


def with_stage(stage: Stage) -> Flow:
    return replace(SOUND, stages=tuple(stage if s.id == stage.id else s for s in SOUND.stages))


def with_step(transition: Transition) -> Flow:
    kept = tuple(t for t in SOUND.transitions if (t.source, t.id) != (transition.source, transition.id))
    return replace(SOUND, transitions=(*kept, transition))


def stage(stage_id: str) -> Stage:
    return SOUND.stage(stage_id)


def taken(source: str, transition_id: str) -> Transition:
    found = SOUND.transition(source, transition_id)
    assert found is not None
    return found


ARCHIVE = Stage("archive", "归档", StageKind.ENDED, "city")
ARCHIVED = Transition("file", "归档", "approved", "archive", "city", reason=True)
SECOND_NAME = Transition("pass.2", "通过", "step.1", "step.2", "county", separate=True)
SILENCE = Transition("lapse", "默认通过", "step.1", "step.2", CLOCK, automatic=True)


@pytest.mark.parametrize(
    ("flow", "found"),
    [
        (replace(SOUND, stages=(), transitions=()), [("no_stage", "c")]),
        (replace(SOUND, start="nowhere"), [("unknown_stage", "c")]),
        (replace(SOUND, start="approved"), [("closed_start", "approved")]),
        (replace(SOUND, stages=(*SOUND.stages, stage("draft"))), [("duplicate_stage", "draft"), ("same_stage_name", "填报")]),
        (
            replace(SOUND, transitions=(*SOUND.transitions, taken("draft", "submit"))),
            [("duplicate_step", "draft/submit"), ("same_name", "draft")],
        ),
        (replace(SOUND, transitions=(*SOUND.transitions, SECOND_NAME)), [("same_name", "step.1")]),
        (with_step(replace(taken("draft", "submit"), target="step.9")), [("unknown_stage", "draft/submit")]),
        (with_step(replace(taken("step.1", "pass"), target="approved")), [("unreachable", "step.2")]),
        (
            replace(
                SOUND,
                stages=(*SOUND.stages, Stage("limbo", "搁置", StageKind.WAIT, "city")),
                transitions=(*SOUND.transitions, Transition("park", "搁置", "step.2", "limbo", "city", separate=True)),
            ),
            [("dead_end", "limbo")],
        ),
        (
            replace(
                SOUND,
                stages=(*SOUND.stages, ARCHIVE),
                transitions=(*SOUND.transitions, ARCHIVED, Transition("back", "取回", "archive", "draft", "city", reason=True)),
            ),
            [("ended_left", "archive/back")],
        ),
        (with_step(replace(taken("approved", "reopen"), reason=False)), [("lock_without_reason", "approved/reopen")]),
        (with_step(replace(taken("step.2", "approve"), separate=False)), [("unseparated", "step.2/approve")]),
        (replace(SOUND, transitions=(*SOUND.transitions, SILENCE)), []),
        (
            replace(SOUND, transitions=(*SOUND.transitions, replace(SILENCE, source="step.2", target="approved"))),
            [("automatic_without_clock", "step.2/lapse")],
        ),
        (replace(SOUND, transitions=(*SOUND.transitions, replace(SILENCE, reason=True))), [("automatic_reason", "step.1/lapse")]),
        (replace(SOUND, transitions=(*SOUND.transitions, replace(SILENCE, by="county", separate=True))), [("automatic_party", "step.1/lapse")]),
        (
            replace(SOUND, transitions=(*SOUND.transitions, SILENCE, replace(SILENCE, id="drop", name="默认退回", target="draft"))),
            [("ambiguous_clock", "step.1")],
        ),
        (
            replace(
                with_stage(replace(stage("step.2"), clock=Clock(3))),
                transitions=(*SOUND.transitions, SILENCE, replace(SILENCE, source="step.2", target="step.1")),
            ),
            [("automatic_round", "step.1"), ("automatic_round", "step.2")],
        ),
        (with_stage(replace(stage("step.1"), holder="city")), [("idle_holder", "step.1")]),
        (with_stage(replace(stage("step.1"), clock=Clock(0))), [("bad_clock", "step.1")]),
        (with_stage(replace(stage("step.1"), clock=Clock(5, roll=True))), [("bad_clock", "step.1")]),
        (with_stage(replace(stage("approved"), clock=Clock(5))), [("closed_clock", "approved")]),
        (with_stage(replace(stage("step.2"), name="县级审核")), [("same_stage_name", "县级审核")]),
        (with_stage(replace(stage("draft"), name=" ")), [("empty_name", "draft")]),
        (
            replace(SOUND, parties=(Party("reporter", "填报人"), Party("city", "市级"))),
            [("unknown_party", "step.1"), ("unknown_party", "step.1/pass"), ("unknown_party", "step.1/return")],
        ),
        (
            replace(with_step(replace(taken("draft", "submit"), guards=("x",))), facts=(Fact("y", "先"),)),
            [("unknown_fact", "draft/submit")],
        ),
    ],
)  # fmt: skip
def test_each_fault_is_found_and_no_other(flow: Flow, found: list[tuple[str, str]]) -> None:
    assert sorted(codes(flow)) == sorted(found)
    assert all(fault.words.endswith("。") and "；" in fault.words for fault in faults(flow))


def test_all_faults_come_at_once() -> None:
    flow = replace(
        with_step(replace(taken("approved", "reopen"), reason=False)),
        stages=(*SOUND.stages, Stage("lost", "游离", StageKind.DRAFT, "nobody", Clock(-1))),
    )
    assert {code for code, _ in codes(flow)} == {
        "lock_without_reason",
        "unreachable",
        "dead_end",
        "bad_clock",
        "unknown_party",
    }


def test_a_flow_with_nothing_that_closes_never_ends() -> None:
    flow = Flow(
        "f",
        "循环",
        (Stage("a", "甲", StageKind.DRAFT, "x"), Stage("b", "乙", StageKind.DRAFT, "x")),
        (Transition("go", "去", "a", "b", "x"), Transition("back", "回", "b", "a", "x")),
        "a",
    )
    assert codes(flow) == [("no_end", "f"), ("dead_end", "a"), ("dead_end", "b")]


WRITTEN = {
    "id": "notice",
    "name": "督办",
    "start": "open",
    "stages": [
        {"id": "open", "name": "答复", "kind": "wait", "holder": "unit", "days": 10, "working": False},
        {"id": "done", "name": "办结", "kind": "ended", "holder": "unit"},
    ],
    "transitions": [
        {"id": "reply", "name": "答复", "from": "open", "to": "done", "by": "unit", "guards": ["words"]}
    ],
    "parties": {"unit": "责任单位"},
    "facts": {"words": "先写明情况"},
}


def test_a_flow_reads_from_a_plain_mapping_and_back() -> None:
    flow = from_mapping(WRITTEN)
    assert flow.stage("open").clock == Clock(10, working=False)
    assert as_mapping(flow) == WRITTEN
    assert faults(flow) == []


def test_a_term_counts_working_days_unless_it_says_otherwise() -> None:
    short = {"id": "open", "name": "答复", "kind": "wait", "holder": "unit", "days": 10}
    assert from_mapping(WRITTEN | {"stages": [short]}).stage("open").clock == Clock(10, working=True)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"start": None}, "start"),
        ({"name": 7}, "name"),
        ({"stages": {}}, "stages"),
        ({"stages": ["open"]}, "stages[1]"),
        ({"stages": [WRITTEN["stages"][0] | {"kind": "limbo"}]}, "stages[1].kind"),
        ({"stages": [WRITTEN["stages"][0] | {"days": "ten"}]}, "stages[1].days"),
        ({"stages": [WRITTEN["stages"][0] | {"days": True}]}, "stages[1].days"),
        ({"stages": [WRITTEN["stages"][0] | {"working": "no"}]}, "stages[1].working"),
        ({"stages": [WRITTEN["stages"][0] | {"dyas": 3}]}, "stages[1].dyas"),
        ({"transitions": [{"id": "x", "name": "x", "to": "done", "by": "unit"}]}, "transitions[1].from"),
        ({"transitions": [WRITTEN["transitions"][0] | {"guards": [1]}]}, "transitions[1].guards"),
        ({"parties": {"unit": 3}}, "parties.unit"),
        ({"stage": []}, "stage"),
    ],
)
def test_an_error_of_reading_names_the_key(change: dict, key: str) -> None:
    with pytest.raises(ReadingError) as error:
        from_mapping(WRITTEN | change)
    assert error.value.key == key
    assert str(error.value).startswith(f"{key}：")
