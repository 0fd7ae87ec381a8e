"""The static checker: everything unsound in a flow, all at once, without running it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from zhijiao.engines.workflow.types import CLOCK, CLOSED, Fault, Flow, Stage, StageKind, Transition


def faults(flow: Flow) -> list[Fault]:
    """Every fault; an empty list means sound. `where` is the id of a stage, or `stage/step` for a step.

    What depends on the shape (reachable, ends, automatic rounds) is looked at only when every name is known.
    """
    found = [*_names(flow)]
    broken = bool(found)
    found += [*_stages(flow), *_steps(flow)]
    if not broken:
        found += [*_shape(flow), *_idle(flow), *_rounds(flow)]
    return found


def reachable(flow: Flow) -> frozenset[str]:
    """The stages that a case can come to from the start, guards taken as true."""
    return _closure({flow.start}, ((t.source, t.target) for t in flow.transitions))


def finishing(flow: Flow) -> frozenset[str]:
    """The stages from which a LOCKED or ENDED one can be reached, those themselves included."""
    closed = {stage.id for stage in flow.stages if stage.kind in CLOSED}
    return _closure(closed, ((t.target, t.source) for t in flow.transitions))


def _closure(start: set[str], edges: Iterable[tuple[str, str]]) -> frozenset[str]:
    after: dict[str, set[str]] = {}
    for source, target in edges:
        after.setdefault(source, set()).add(target)
    seen, open_ = set(start), list(start)
    while open_:
        for target in after.get(open_.pop(), ()):
            if target not in seen:
                seen.add(target)
                open_.append(target)
    return frozenset(seen)


def _at(transition: Transition) -> str:
    return f"{transition.source}/{transition.id}"


def _names(flow: Flow) -> Iterator[Fault]:
    """Ids that are empty, doubled or unknown. With any of these the shape cannot be read."""
    ids = {stage.id for stage in flow.stages}
    if not flow.stages:
        yield Fault("no_stage", flow.id, "流程没有环节；至少写一个起始环节和一个终结环节。")
    elif flow.start not in ids:
        yield Fault("unknown_stage", flow.id, f"起始环节“{flow.start}”不在环节之列；请改成已有环节的编号。")
    for stage_id, times in Counter(stage.id for stage in flow.stages).items():
        if times > 1:
            yield Fault(
                "duplicate_stage", stage_id, f"环节编号“{stage_id}”用了{times}次；请改成互不相同的编号。"
            )
    for where, times in Counter(_at(t) for t in flow.transitions).items():
        if times > 1:
            yield Fault(
                "duplicate_step", where, f"同一环节有{times}个步骤编号为“{where}”；请改成互不相同的编号。"
            )
    for transition in flow.transitions:
        for stage_id, end in ((transition.source, "起点"), (transition.target, "终点")):
            if stage_id not in ids:
                yield Fault(
                    "unknown_stage",
                    _at(transition),
                    f"步骤“{transition.name}”的{end}“{stage_id}”不在环节之列；请改成已有环节的编号。",
                )


def _stages(flow: Flow) -> Iterator[Fault]:
    parties = {party.id for party in flow.parties}
    for name, times in Counter(stage.name for stage in flow.stages).items():
        if times > 1:
            yield Fault(
                "same_stage_name", name, f"{times}个环节都叫“{name}”，界面上分不清；请换用不同的名称。"
            )
    for stage in flow.stages:
        if not (stage.id and stage.name.strip() and stage.holder):
            yield Fault("empty_name", stage.id, f"环节“{stage.id}”的编号、名称或办理方是空的；请补上。")
        if parties and stage.holder not in parties:
            yield Fault(
                "unknown_party",
                stage.id,
                f"环节“{stage.name}”的办理方“{stage.holder}”不在 parties 之列；请补上或改正。",
            )
        if stage.clock is not None:
            yield from _clock(stage)
        if stage.id == flow.start and stage.kind in CLOSED:
            yield Fault(
                "closed_start", stage.id, f"起始环节“{stage.name}”已是锁定或终结；请从办理中的环节开始。"
            )


def _clock(stage: Stage) -> Iterator[Fault]:
    clock = stage.clock
    assert clock is not None
    if clock.days < 1 or clock.grace < 0:
        yield Fault(
            "bad_clock",
            stage.id,
            f"环节“{stage.name}”的期限为{clock.days}日、宽限{clock.grace}日；期限至少1日，宽限不能为负。",
        )
    if clock.working and clock.roll:
        yield Fault(
            "bad_clock",
            stage.id,
            f"环节“{stage.name}”按工作日计算，期限不会落在休息日，不需要顺延；请去掉 roll。",
        )
    if stage.kind in CLOSED:
        yield Fault("closed_clock", stage.id, f"环节“{stage.name}”已锁定或终结，不应再有期限；请去掉 days。")


def _steps(flow: Flow) -> Iterator[Fault]:
    stages = {stage.id: stage for stage in flow.stages}
    parties, known = {party.id for party in flow.parties}, {fact.id for fact in flow.facts}
    for (stage_id, name), times in Counter((t.source, t.name) for t in flow.transitions).items():
        if times > 1:
            yield Fault(
                "same_name",
                stage_id,
                f"环节“{stage_id}”有{times}个步骤都叫“{name}”，界面上分不清；请换用不同的名称。",
            )
    for step in flow.transitions:
        if not (step.id and step.name.strip() and step.by):
            yield Fault("empty_name", _at(step), f"步骤“{_at(step)}”的编号、名称或办理方是空的；请补上。")
        if parties and step.by not in parties | {CLOCK}:
            yield Fault(
                "unknown_party",
                _at(step),
                f"步骤“{step.name}”的办理方“{step.by}”不在 parties 之列；请补上或改正。",
            )
        for guard in step.guards:
            if known and guard not in known:
                yield Fault(
                    "unknown_fact",
                    _at(step),
                    f"步骤“{step.name}”的条件“{guard}”不在 facts 之列；请补上它和补救办法。",
                )
        source = stages.get(step.source)
        yield from _automatic(step, source)
        if source is not None:
            yield from _leaving(step, source)


def _leaving(step: Transition, source: Stage) -> Iterator[Fault]:
    if source.kind is StageKind.ENDED:
        yield Fault(
            "ended_left",
            _at(step),
            f"“{source.name}”是终结环节，却有步骤“{step.name}”离开；请去掉这一步，或把环节改为锁定。",
        )
    if source.kind is StageKind.LOCKED and not step.reason:
        yield Fault(
            "lock_without_reason",
            _at(step),
            f"离开锁定环节“{source.name}”的步骤“{step.name}”没有要求理由；请写 reason: true。",
        )
    if source.kind is StageKind.REVIEW and step.by == source.holder and not step.separate:
        yield Fault(
            "unseparated",
            _at(step),
            f"审核环节“{source.name}”的“{step.name}”没有与提交人分开；请写 separate: true（审定分离）。",
        )


def _automatic(step: Transition, source: Stage | None) -> Iterator[Fault]:
    if step.automatic != (step.by == CLOCK):
        yield Fault(
            "automatic_party",
            _at(step),
            f"步骤“{step.name}”由“{step.by}”办理、automatic 为 {str(step.automatic).lower()}；到期自动办理的步骤两项须一致：by: {CLOCK}，automatic: true。",
        )
    if not step.automatic:
        return
    if source is not None and source.clock is None:
        yield Fault(
            "automatic_without_clock",
            _at(step),
            f"步骤“{step.name}”到期自动办理，但环节“{source.name}”没有期限；请给它写 days。",
        )
    if step.reason:
        yield Fault(
            "automatic_reason",
            _at(step),
            f"步骤“{step.name}”到期自动办理，不会有人写理由；请去掉 reason 或 automatic。",
        )


def _shape(flow: Flow) -> Iterator[Fault]:
    come, finish = reachable(flow), finishing(flow)
    if not any(stage.kind in CLOSED for stage in flow.stages):
        yield Fault("no_end", flow.id, "流程没有锁定或终结的环节，永远办不完；请补上一个。")
    for stage in flow.stages:
        if stage.id not in come:
            yield Fault(
                "unreachable", stage.id, f"从起始环节走不到“{stage.name}”；请补上通向它的步骤，或去掉它。"
            )
        if stage.id not in finish:
            yield Fault(
                "dead_end", stage.id, f"从“{stage.name}”走不到任何锁定或终结的环节；请补上离开它的步骤。"
            )


def _idle(flow: Flow) -> Iterator[Fault]:
    """A stage on whose holder nothing depends: it would lie on a desk where nobody can do anything."""
    for stage in flow.stages:
        steps = flow.leaving(stage.id)
        if stage.kind in CLOSED or not steps:
            continue  # without steps it is a dead end already
        if stage.kind is not StageKind.WAIT and all(step.by != stage.holder for step in steps):
            yield Fault(
                "idle_holder",
                stage.id,
                f"环节“{stage.name}”的办理方“{stage.holder}”没有可办的步骤；请改办理方，或给它一个步骤。",
            )
        unguarded = [step for step in steps if step.automatic and not step.guards]
        if len(unguarded) > 1:
            yield Fault(
                "ambiguous_clock",
                stage.id,
                f"环节“{stage.name}”期满时有{len(unguarded)}个无条件的自动步骤，走哪一步不明；请只留一个。",
            )


def _rounds(flow: Flow) -> Iterator[Fault]:
    """Rounds that the clock alone would run through for ever."""
    steps = [(t.source, t.target) for t in flow.transitions if t.automatic]
    for stage in flow.stages:
        onward = {target for source, target in steps if source == stage.id}
        if stage.id in _closure(onward, steps):
            yield Fault(
                "automatic_round",
                stage.id,
                f"从“{stage.name}”出发，只靠到期自动办理又会回到它，永不停止；请把其中一步改由人办理。",
            )
