"""The flow of an approval chain: handed in, decided level by level, locked, and opened again with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from zhijiao.engines.workflow.types import ChainStep, Clock, Flow, Party, Stage, StageKind, Transition

REPORTER = "reporter"
DRAFT = "draft"
APPROVED = "approved"


def chain(
    id: str,  # noqa: A002 — the field's name
    name: str,
    steps: Sequence[ChainStep],
    *,
    draft: str = "填报",
    approved: str = "已审定",
    clock: Clock | None = None,
    guards: tuple[str, ...] = (),
) -> Flow:
    """Stages `draft`, `step.1` … `step.n`, `approved`; steps `submit`, `pass`, `approve`, `return`, `withdraw`, `reopen`.

    The draft is held by the party `reporter`; the last level's party (without levels, the reporter) holds what is
    approved. `clock` and `guards` are those of handing in. Without levels `submit` leads straight to `approved`.
    """
    reviews = [f"step.{number}" for number in range(1, len(steps) + 1)]
    last = steps[-1].party if steps else REPORTER
    stages = [Stage(DRAFT, draft, StageKind.DRAFT, REPORTER, clock)]
    stages += [
        Stage(review, level.name, StageKind.REVIEW, level.party, level.clock)
        for review, level in zip(reviews, steps, strict=True)
    ]
    stages.append(Stage(APPROVED, approved, StageKind.LOCKED, last))
    ways = [*reviews, APPROVED]
    transitions = [Transition("submit", "提交", DRAFT, ways[0], REPORTER, guards=guards)]
    for review, target, level in zip(reviews, ways[1:], steps, strict=True):
        verb, word = ("approve", "审定") if target == APPROVED else ("pass", "通过")
        transitions += [
            Transition(verb, word, review, target, level.party, separate=True),
            Transition("return", "退回", review, DRAFT, level.party, reason=True, separate=True),
        ]
    if reviews:
        transitions.append(Transition("withdraw", "撤回", reviews[0], DRAFT, REPORTER))
    transitions.append(Transition("reopen", "重新打开", APPROVED, DRAFT, last, reason=True))
    return Flow(id, name, tuple(stages), tuple(transitions), DRAFT, parties=_parties(steps))


def _parties(steps: Sequence[ChainStep]) -> tuple[Party, ...]:
    names = {REPORTER: "填报人"}
    for level in steps:
        names.setdefault(level.party, f"“{level.name}”环节的审核人")
    return tuple(Party(party, name) for party, name in names.items())
