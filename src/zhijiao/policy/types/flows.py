"""Procedures and approval chains as flows of the workflow engine. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from zhijiao.engines.workflow import ChainStep as Level
from zhijiao.engines.workflow import Clock, Flow, Stage, StageKind, Transition, chain
from zhijiao.engines.workflow.types import Fact, Party
from zhijiao.policy.types.duties import Chain, ChainStep, Procedure, ProcedureStage


def flow_of(procedure: Procedure) -> Flow:
    """The procedure as the engine runs it. Whether it is sound, the engine's checker says."""
    return Flow(
        id=procedure.id,
        name=procedure.name,
        stages=tuple(Stage(s.id, s.name, StageKind(s.kind), s.holder, _clock(s)) for s in procedure.stages),
        transitions=tuple(
            Transition(
                id=t.id,
                name=t.name,
                source=t.from_,
                target=t.to,
                by=t.by,
                reason=t.reason,
                guards=tuple(t.guards),
                separate=t.separate,
                automatic=t.automatic,
            )
            for t in procedure.transitions
        ),
        start=procedure.start,
        parties=tuple(Party(key, name) for key, name in procedure.parties.items()),
        facts=tuple(Fact(key, remedy) for key, remedy in procedure.facts.items()),
    )


def chain_flow(declared: Chain, steps: Sequence[ChainStep] | None = None) -> Flow:
    """The chain as the engine runs it. `steps` are those that are left for one reporter; without them all are.

    Party `step.N` decides in stage `step.N`.
    """
    kept = declared.steps if steps is None else steps
    levels = [Level(f"step.{n}", step.name, _clock(step)) for n, step in enumerate(kept, start=1)]
    return chain(declared.id, declared.name, levels)


def _clock(timed: ProcedureStage | ChainStep) -> Clock | None:
    return None if timed.days is None else Clock(timed.days, timed.working)
