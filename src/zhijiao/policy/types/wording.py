"""What a pack says in numbers and dates, in words: bounds, targets, periods, sources, the sentence to quote. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from zhijiao.lib.dates import in_chinese
from zhijiao.lib.numbers import number, quantity, spoken
from zhijiao.policy.types.base import Bound, Op, Period
from zhijiao.policy.types.documents import Figure
from zhijiao.policy.types.duties import ChainStep, Obligation, Procedure, ProcedureStage, ProcedureStep
from zhijiao.policy.types.index import PackIndex
from zhijiao.policy.types.objects import Indicator, Reported
from zhijiao.policy.types.words import word


def told(op: Op, value: Decimal, unit: str | None, short: bool = False) -> str:
    """A number as a sentence tells it: 不少于200,000人次, 约20个, 50.6%; `short` says 20万人次 where that is exact."""
    return f"{word('op', op)}{(spoken if short else quantity)(value, unit)}"


def bound(item: Bound | Figure, short: bool = False) -> str:
    """A bound as a table shows it: ≥75%, ≤3%, 约20家, 100%."""
    return f"{word('sign', item.op)}{(spoken if short else quantity)(item.value, item.unit)}"


def bounds(items: Iterable[Bound | Figure], short: bool = False) -> str:
    """One bound, or two that make a range: 1—2个; `short` says 100亿元 where that is exact."""
    listed = list(items)
    lower = next((item for item in listed if item.op in (">=", ">")), None)
    upper = next((item for item in listed if item.op in ("<=", "<")), None)
    if len(listed) == 2 and lower and upper and lower.unit == upper.unit:
        return f"{number(lower.value)}—{quantity(upper.value, upper.unit)}"
    return "；".join(bound(item, short) for item in listed)


def target_text(indicator: Indicator, short: bool = False) -> str:
    """The target in one line: one bound, a range, or the criterion of a judgement."""
    return bounds(indicator.targets, short) or indicator.criterion or "各组成部分分别设定"


def period(span: Period) -> str:
    """The time that a target speaks of: 2021年—2023年累计（推定）, 每年, 到2025年."""
    start = in_chinese(span.from_) if span.from_ else ""
    end = in_chinese(span.to) if span.to else ""
    match span.kind:
        case "cumulative":
            said = f"{start}—{end}累计" if start and end else f"到{end}累计" if end else "累计"
        case "yearly":
            said = f"{start}—{end}每年" if start and end else f"到{end}每年" if end else "每年"
        case "school_year":
            said = f"{end or start}学年" if end or start else "每学年"
        case _:
            said = f"到{end}" if end else f"自{start}" if start else "文件未写明时间"
    return f"{said}（推定）" if span.inferred else said


def reporters(obligation: Obligation) -> str:
    """Who reports, in one line: the named units, then whole kinds of organisations."""
    return "、".join([*obligation.reporters, *(f"全部{kind.words}" for kind in obligation.kinds)])


def days(number_of: int, working: bool) -> str:
    """A term: 5个工作日, 10日."""
    return f"{number_of}个工作日" if working else f"{number_of}日"


def rhythm(obligation: Obligation) -> str:
    """When a report is due: 每学年，期末后30日内报."""
    due = days(obligation.due.days, obligation.due.working)
    return f"{word('report_period', obligation.period)}，期末后{due}内报"


def span(obligation: Obligation) -> str:
    """From which period on, and until when if it ends: 2021年起."""
    ends = f"，到{in_chinese(obligation.to)}止" if obligation.to else ""
    return f"{in_chinese(obligation.from_)}起{ends}"


def term(timed: ChainStep | ProcedureStage) -> str:
    """The term of a step or stage; empty where none is set."""
    return "" if timed.days is None else f"{days(timed.days, timed.working)}内"


def signer(step: ChainStep) -> str:
    """Who signs: a unit, or the nearest superior of some kinds."""
    return step.unit or f"所属的{'或'.join(kind.words for kind in step.kinds)}"


def party(procedure: Procedure, name: str) -> str:
    """A party of a procedure as screens call it; steps that time takes are nobody's."""
    return procedure.parties.get(name, "期满自动")


def parties(procedure: Procedure) -> list[str]:
    """Everybody who takes part, in the order in which they first have something to do."""
    met = [name for s in procedure.stages for name in (s.holder, *_movers(procedure, s.id))]
    return [procedure.parties[name] for name in dict.fromkeys(met) if name in procedure.parties]


def _movers(procedure: Procedure, stage_id: str) -> list[str]:
    return [t.by for t in procedure.transitions if t.from_ == stage_id]


def demands(procedure: Procedure, step: ProcedureStep) -> list[str]:
    """What a step asks for before it may be taken."""
    said = [procedure.facts.get(guard, guard) for guard in step.guards]
    if step.reason:
        said.append("写明理由")
    if step.separate:
        said.append("不得由提交人办理")
    return said


def document_and_place(index: PackIndex, clause_id: str) -> str:
    """Where a clause stands: 《short title》place."""
    clause = index.clause(clause_id)
    return f"《{index.documents[clause.document].short}》{clause.place}"


def source_of(index: PackIndex, reported: Reported) -> str:
    """《short title》place（published）."""
    return f"{document_and_place(index, reported.clauses[0])}（{in_chinese(reported.published)}）"


def definition_of(indicator: Indicator) -> str:
    """The definition in words, as it stands inside a sentence."""
    return indicator.definition.words.rstrip("。")


def sentence(index: PackIndex, indicator: Indicator, reported: Reported) -> str:
    """A sentence to quote: 截至…，…（口径：…；来源：…）."""
    figure = (
        reported.text
        if reported.value is None
        else f"{reported.name}{told(reported.op, reported.value, reported.unit)}"
    )
    return (
        f"截至{in_chinese(reported.as_of)}，{index.pack.manifest.place}{figure}"
        f"（口径：{definition_of(indicator)}；"
        f"来源：{document_and_place(index, reported.clauses[0])}，{in_chinese(reported.published)}发布）。"
    )
