"""Duties must be payable: somebody reports, something is asked, somebody signs, and every procedure comes to an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhijiao.engines.workflow import Fault, faults
from zhijiao.lib.dates import first_day, last_day
from zhijiao.policy.packs.checking.context import Context, did_you_mean, nearest, problem
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.reading import Source
from zhijiao.policy.packs.rooms import TITLES
from zhijiao.policy.types import Chain, Indicator, Obligation, Procedure, Unit, chain_flow, flow_of


def inferences(context: Context) -> Iterator[Problem]:
    """What is inferred says from what."""
    for room in ("obligations", "chains", "procedures"):
        for entry, source in context.entries(room):
            if entry.inferred and entry.note is None:
                yield problem(
                    source, ("inferred",), f"{TITLES[room]} {entry.id} 是推定的，却没有写依据", "补上 note"
                )


def chains(context: Context) -> Iterator[Problem]:
    """Each step finds its signer in one way, and the chain makes a sound flow."""
    for chain, source in context.entries("chains"):
        yield from _steps(context, chain, source)
        for fault in faults(chain_flow(chain)):
            yield problem(source, ("steps",), f"审批链 {chain.id}：{_said(fault)}", "改正各步的名称和期限")


def _steps(context: Context, chain: Chain, source: Source) -> Iterator[Problem]:
    for i, step in enumerate(chain.steps):
        subject = f"审批链 {chain.id} 的第 {i + 1} 步"
        if step.by == "superior":
            if not step.kinds or step.unit is not None:
                yield problem(
                    source, ("steps", i), f"{subject}由上级办，却没有写明哪类上级", "写 kinds，不写 unit"
                )
            continue
        if step.unit is None or step.kinds:
            yield problem(
                source, ("steps", i), f"{subject}由指定单位办，却没有写明哪个单位", "写 unit，不写 kinds"
            )
            continue
        yield from _known(context, source, ("steps", i, "unit"), subject, step.unit)
        unit = context.index.unit(step.unit)
        if isinstance(unit, Unit) and unit.kind == "group":
            yield problem(
                source,
                ("steps", i, "unit"),
                f"{subject}写的「{step.unit}」是一类单位，不能审批",
                "写一个具体的单位；县（市、区）一级用 by: superior",
            )


def obligations(context: Context) -> Iterator[Problem]:
    """Indicators, reporters and chain exist, and what is asked suits the indicator and the roll-up."""
    index = context.index
    rollups: dict[str, tuple[str, str]] = {}
    for obligation, source in context.entries("obligations"):
        subject = f"报送义务 {obligation.id}"
        for i, name in enumerate(obligation.indicators):
            indicator = index.indicators.get(name)
            if indicator is None:
                yield problem(
                    source,
                    ("indicators", i),
                    f"{subject} 用到的指标 {name} 不存在",
                    did_you_mean(name, index.indicators),
                )
                continue
            yield from _suits(obligation, indicator, source, ("indicators", i))
            first, rollup = rollups.setdefault(name, (obligation.id, obligation.rollup))
            if obligation.rollup != "none":
                if rollup not in ("none", obligation.rollup):
                    yield problem(
                        source,
                        ("rollup",),
                        f"{subject} 与 {first} 报同一个指标 {name}，汇总办法却不同（{obligation.rollup}、{rollup}）",
                        "同一指标的各项义务用同一种 rollup，不参加汇总的写 none",
                    )
                rollups[name] = (obligation.id, obligation.rollup)
        yield from _reporters(context, obligation, source)
        yield from _asked(obligation, source)
        if obligation.chain not in index.chains:
            yield problem(
                source,
                ("chain",),
                f"{subject} 用到的审批链 {obligation.chain} 不存在",
                did_you_mean(obligation.chain, index.chains),
            )
        if obligation.to is not None and last_day(obligation.to) < first_day(obligation.from_):
            yield problem(
                source,
                ("to",),
                f"{subject} 止于 {obligation.to}，早于起始的 {obligation.from_}",
                "改正 from 或 to",
            )


def _suits(
    obligation: Obligation, indicator: Indicator, source: Source, place: tuple[str | int, ...]
) -> Iterator[Problem]:
    subject = f"报送义务 {obligation.id}"
    if indicator.parts is not None:
        yield problem(
            source,
            place,
            f"{subject} 报的指标 {indicator.id} 由其他指标组成，不另外报",
            f"改报它的组成部分：{'、'.join(indicator.parts.of)}",
        )
    elif indicator.direction == "judgement" and obligation.asks != "text":
        yield problem(
            source, place, f"{subject} 报的指标 {indicator.id} 是定性的，不能填数", "asks 改为 text"
        )
    elif indicator.unit is not None and obligation.asks == "text":
        yield problem(
            source,
            place,
            f"{subject} 报的指标 {indicator.id} 有单位（{indicator.unit}），应填数",
            "asks 改为 value 或 ratio",
        )


def _reporters(context: Context, obligation: Obligation, source: Source) -> Iterator[Problem]:
    subject = f"报送义务 {obligation.id}"
    if not obligation.reporters and not obligation.kinds:
        yield problem(source, ("id",), f"{subject} 没有写由谁报", "写 reporters 或 kinds")
    for i, name in enumerate(obligation.reporters):
        place = ("reporters", i)
        yield from _known(context, source, place, subject, name)
        unit = context.index.unit(name)
        if isinstance(unit, Unit) and unit.kind == "group" and not (unit.members or unit.kinds):
            yield problem(
                source,
                place,
                f"{subject} 的填报单位「{name}」没有成员名单，找不到谁来报",
                "在 organisations.yaml 写出 members 或 kinds，或在这里改用 kinds",
            )


def _asked(obligation: Obligation, source: Source) -> Iterator[Problem]:
    subject = f"报送义务 {obligation.id}"
    ratio = obligation.asks == "ratio"
    if ratio != (obligation.numerator is not None) or ratio != (obligation.denominator is not None):
        yield problem(
            source,
            ("asks",),
            f"{subject} 的 asks 是 {obligation.asks}，与分子分母不配",
            "ratio 要写 numerator 和 denominator，其余不写",
        )
    if ratio and len(obligation.indicators) > 1:
        yield problem(
            source,
            ("indicators", 1),
            f"{subject} 只有一组分子分母，却报 {len(obligation.indicators)} 个指标",
            "一个指标写一条义务",
        )
    if obligation.rollup not in _ROLLUPS[obligation.asks]:
        yield problem(
            source,
            ("rollup",),
            f"{subject} 的 asks 是 {obligation.asks}，不能用 {obligation.rollup} 汇总",
            f"rollup 改为 {'、'.join(_ROLLUPS[obligation.asks])} 之一",
        )


_ROLLUPS = {"value": ("sum", "lowest", "none"), "ratio": ("ratio", "lowest", "none"), "text": ("none",)}
"""How what is asked may be brought together. Two ratios are never added."""


def _known(
    context: Context, source: Source, place: tuple[str | int, ...], subject: str, name: str
) -> Iterator[Problem]:
    if context.index.unit(name) is None:
        yield problem(
            source,
            place,
            f"{subject} 的单位「{name}」没有登记",
            f"{nearest(name, context.index.spellings)}在 organisations.yaml 的 units 里写出它，或加为别名",
        )


def procedures(context: Context) -> Iterator[Problem]:
    """The workflow engine finds no fault, and every condition is explained."""
    for procedure, source in context.entries("procedures"):
        for fault in faults(flow_of(procedure)):
            place = _place(procedure, fault.where)
            said, remedy = _split(fault)
            yield problem(source, place, f"办理程序 {procedure.id}：{said}", remedy)
        for i, step in enumerate(procedure.transitions):
            for j, guard in enumerate(step.guards):
                if guard not in procedure.facts:
                    yield problem(
                        source,
                        ("transitions", i, "guards", j),
                        f"办理程序 {procedure.id} 的步骤“{step.name}”等的条件 {guard} 没有说明",
                        did_you_mean(guard, procedure.facts),
                    )
        yield from _unused(procedure, source)


def _unused(procedure: Procedure, source: Source) -> Iterator[Problem]:
    parties = {s.holder for s in procedure.stages} | {t.by for t in procedure.transitions}
    guards = {guard for t in procedure.transitions for guard in t.guards}
    for room, used in (("parties", parties), ("facts", guards)):
        declared: dict[str, Any] = getattr(procedure, room)
        for name in declared:
            if name not in used:
                yield problem(
                    source, (room, name), f"办理程序 {procedure.id} 的 {room} 里 {name} 没有用到", "删去它"
                )


def _place(procedure: Procedure, where: str) -> tuple[str | int, ...]:
    """Where the checker's finding stands in the file: a stage, or `stage/step`."""
    stage, _, step = where.partition("/")
    if step:
        for i, transition in enumerate(procedure.transitions):
            if (transition.from_, transition.id) == (stage, step):
                return ("transitions", i)
    for i, declared in enumerate(procedure.stages):
        if stage in (declared.id, declared.name):
            return ("stages", i)
    return ("id",)


def _split(fault: Fault) -> tuple[str, str]:
    """The fault and its remedy: the checker says them in one sentence, parted by a semicolon."""
    said, _, remedy = fault.words.rpartition("；")
    return (said, remedy.rstrip("。")) if said else (fault.words.rstrip("。"), "改正后再检查")


def _said(fault: Fault) -> str:
    return _split(fault)[0]
