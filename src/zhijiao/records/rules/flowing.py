"""The way of a case: an application, the signatures of its rule, and the end. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from zhijiao.engines.workflow import Clock, Flow, Stage, StageKind, Transition
from zhijiao.engines.workflow.types import Party
from zhijiao.records.types import Decider

APPLICANT = "applicant"
DRAFT, RECORDED, REFUSED, WITHDRAWN = "draft", "recorded", "refused", "withdrawn"
SUBMIT = "submit"


def step_id(number: int) -> str:
    """The id of the n-th signature, from 1; the party that gives it has the same."""
    return f"step.{number}"


def merged(deciders: Sequence[Decider]) -> list[Decider]:
    """Signatures without those that one organisation would give twice in a row: it gives the later one."""
    return [
        each
        for place, each in enumerate(deciders)
        if place + 1 == len(deciders) or deciders[place + 1].organisation != each.organisation
    ]


def flow_of(rule: str, name: str, deciders: Sequence[Decider]) -> Flow:
    """The flow of a case: `draft` –submit→ `step.1` –pass→ … –record→ `recorded`. Every level may return with a reason, or
    refuse for good; nothing is recorded before the last has signed."""
    ways = [step_id(number) for number in range(1, len(deciders) + 1)]
    stages = [Stage(DRAFT, "申请", StageKind.DRAFT, APPLICANT)]
    stages += [
        Stage(way, each.name, StageKind.REVIEW, way, Clock(each.days, each.working) if each.days else None)
        for way, each in zip(ways, deciders, strict=True)
    ]
    last = ways[-1] if ways else APPLICANT
    stages += [
        Stage(RECORDED, "已记入学籍", StageKind.ENDED, last),
        Stage(REFUSED, "不予办理", StageKind.ENDED, last),
        Stage(WITHDRAWN, "已撤回", StageKind.ENDED, APPLICANT),
    ]
    targets = [*ways, RECORDED]
    steps = [
        Transition(SUBMIT, "提交", DRAFT, targets[0], APPLICANT),
        Transition("drop", "撤回不办", DRAFT, WITHDRAWN, APPLICANT),
    ]
    for way, target in zip(ways, targets[1:], strict=True):
        verb, word = ("record", "核准并记入学籍") if target == RECORDED else ("pass", "同意")
        steps += [
            Transition(verb, word, way, target, way, separate=True),
            Transition("return", "退回补正", way, DRAFT, way, reason=True, separate=True),
            Transition("refuse", "不予办理", way, REFUSED, way, reason=True, separate=True),
        ]
    if ways:
        steps.append(Transition("recall", "撤回修改", ways[0], DRAFT, APPLICANT))
    else:
        steps.append(Transition("refuse", "不予办理", DRAFT, REFUSED, APPLICANT, reason=True))
    parties = (
        Party(APPLICANT, "申请学校"),
        *(Party(way, f"“{d.name}”环节的办理单位") for way, d in zip(ways, deciders, strict=True)),
    )
    return Flow(rule, name, tuple(stages), tuple(steps), DRAFT, parties=parties)
