"""The verdict: from declared comparability, target, period and the day looked from. Pure.

A verdict is never written down. A published figure declares how it compares with a target (same measure,
other name, one component, an aggregate, another population, a self-statement, a step); everything else
follows from the numbers and from the plan's horizon. After the horizon the verdict stays as it was: figures
that became known later are kept apart (`late`), so that a closed board does not move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from zhijiao.indicators.rules.live import computed_facts_of, facts_of
from zhijiao.indicators.types import (
    STRENGTH,
    Actual,
    Board,
    Closing,
    ComputedPoint,
    Fact,
    Live,
    Row,
    Verdict,
)
from zhijiao.lib.dates import in_chinese, last_day
from zhijiao.policy.types import Bound, Document, Indicator, PackIndex
from zhijiao.policy.types.wording import source_of, target_text, told


@dataclass(frozen=True)
class Own:
    """What the platform itself knows, by indicator: what was approved, and what was computed for the place. `then`: of plans
    that are closed, by document, what had been computed by their closing: the verdict stays with it."""

    live: Mapping[str, Live] = field(default_factory=dict)
    computed: Mapping[str, Sequence[ComputedPoint]] = field(default_factory=dict)
    then: Mapping[str, Mapping[str, Sequence[ComputedPoint]]] = field(default_factory=dict)

    def judged_by(self, document: str, indicator: str) -> Sequence[ComputedPoint]:
        """What was computed, as the verdict on an indicator of a document may look at it."""
        return self.then.get(document, self.computed).get(indicator, ())


NOTHING = Own()


def make_board(index: PackIndex, on: date, own: Own = NOTHING) -> Board:
    """The board of a pack as seen on a day; only what was known by then counts."""
    judged: dict[str, Row] = {}
    rows = [_row(index, indicator, on, judged, own) for indicator in index.in_order]
    by_id = {row.indicator.id: row for row in rows}
    closings = tuple(closing_of(d, on) for d in index.pack.manifest.documents if d.horizon is not None)
    headline = tuple(by_id[i.id] for i in index.headline)
    return Board(index.id, index.version, on, tuple(rows), headline, closings)


def closing_of(document: Document, on: date) -> Closing:
    """Where a document's plan stands on a day."""
    horizon = document.horizon
    if horizon is None:
        return Closing(document, None, None, False)
    ends = last_day(horizon.to)
    closes = last_day(horizon.closes_on) if horizon.closes_on else ends
    return Closing(document, ends, closes, on > closes)


def is_due(indicator: Indicator, closing: Closing, on: date) -> bool:
    """Whether the target period has run out on a day. Without any period a target is never due."""
    if indicator.period.to is not None:
        return on >= last_day(indicator.period.to)
    return closing.ends_on is not None and on >= closing.ends_on


def split_facts(facts: Sequence[Fact], closing: Closing, on: date) -> tuple[list[Fact], list[Fact]]:
    """Facts that count, and facts that became known or speak of a time after the plan's horizon (期后)."""
    public = [fact for fact in facts if last_day(fact.reported.published) <= on]
    counted = [fact for fact in public if closing.admits(fact.reported)]
    return counted, [fact for fact in public if not closing.admits(fact.reported)]


def _row(index: PackIndex, indicator: Indicator, on: date, judged: dict[str, Row], own: Own) -> Row:
    if indicator.id in judged:
        return judged[indicator.id]
    closing = closing_of(index.document_of(indicator.clauses[0]), on)
    facts, late = split_facts([Fact(r, a) for r, a in index.answers_to(indicator.id)], closing, on)
    facts.sort(key=_telling)
    approved = own.live.get(indicator.id)
    signed = _signed(index, indicator, approved, closing) if approved is not None else []
    computed = own.computed.get(indicator.id, ())
    judged_by = own.judged_by(closing.document.id, indicator.id)
    counted = _computed(index, indicator, judged_by, closing, on)
    telling = sorted([*facts, *signed, *counted], key=_telling)
    due = is_due(indicator, closing, min(on, closing.ends_on) if closing.ends_on else on)
    finding = judge(indicator, telling, due=due, about_percent=index.pack.manifest.about_percent)
    if indicator.parts is not None and indicator.parts.rule == "all":
        parts = [_row(index, index.indicators[part], on, judged, own) for part in indicator.parts.of]
        finding = _whole(parts, finding)
    parent = index.parent_of(indicator.id)
    depth = 0
    above = parent
    while above is not None:
        depth, above = depth + 1, index.parent_of(above)
    row = Row(
        indicator=indicator,
        parent=parent,
        depth=depth,
        verdict=finding.verdict,
        reason=finding.reason,
        actual=_actual(telling),
        change=_change(telling),
        facts=tuple(facts),
        late=tuple(late),
        closing=closing,
        source=_source(index, telling[0]) if telling else None,
        live=approved,
        best=telling[0] if telling else None,
        computed=tuple(computed),
    )
    judged[indicator.id] = row
    return row


def _telling(fact: Fact) -> tuple[int, int, int, str]:
    """The most telling first: by how it compares, then the newest; of two alike the one computed from records, then the one
    that was signed here."""
    newest = -last_day(fact.reported.as_of).toordinal()
    origin = 0 if fact.computed else 1 if fact.live else 2
    return STRENGTH.index(fact.answer.how), newest, origin, fact.reported.id


def _signed(index: PackIndex, indicator: Indicator, live: Live, closing: Closing) -> list[Fact]:
    """Approved figures that count: a plan that is closed is not judged anew by what became known later."""
    pairs = facts_of(indicator, live, index.pack.manifest.place)
    return [Fact(r, a, live=True) for r, a in pairs if closing.admits(r)]


def _computed(
    index: PackIndex, indicator: Indicator, points: Sequence[ComputedPoint], closing: Closing, on: date
) -> list[Fact]:
    """Computed figures of whole periods inside the target's time that count, as approved ones do."""
    last = last_day(indicator.period.to) if indicator.period.to else closing.ends_on
    whole = [p for p in points if p.ends <= on and (last is None or p.ends <= last)]
    pairs = computed_facts_of(indicator, whole, index.pack.manifest.place)
    return [Fact(r, a, computed=True) for r, a in pairs if closing.admits(r)]


def _source(index: PackIndex, fact: Fact) -> str:
    if fact.computed:
        return f"由记录计算（数据截至{in_chinese(fact.reported.published)}）"
    if fact.live:
        return f"平台报送并审定（{in_chinese(fact.reported.published)}）"
    return source_of(index, fact.reported)


@dataclass(frozen=True)
class Finding:
    """A verdict and why."""

    verdict: Verdict
    reason: str


def judge(indicator: Indicator, facts: Sequence[Fact], *, due: bool, about_percent: int) -> Finding:
    """The verdict on one indicator from the strongest fact at hand. `facts` are sorted, strongest first."""
    if not facts:
        if due:
            return Finding(Verdict.NOT_REPORTED, "目标期已满，公开资料中没有对应的数据。")
        return Finding(Verdict.NOT_DUE, "目标期未满，尚无公布数据。")
    best = facts[0]
    why = best.answer.reason
    match best.answer.how:
        case "same":
            return _compared(indicator, best, due=due, about_percent=about_percent)
        case "other_name":
            if _reached(indicator, best, about_percent) is False:
                return Finding(
                    Verdict.NOT_COMPARABLE, f"{_comparison(indicator, best)}，即使口径相同也未达到；{why}"
                )
            return Finding(Verdict.MET_IF_SAME, f"{_comparison(indicator, best)}；{why}")
        case "component":
            return Finding(Verdict.PARTLY, why)
        case "aggregate":
            return Finding(Verdict.AGGREGATE_ONLY, why)
        case "other_population" | "self_statement":
            return Finding(Verdict.NOT_COMPARABLE, why)
    return Finding(Verdict.NOT_REPORTED if due else Verdict.NOT_DUE, why)


def _compared(indicator: Indicator, fact: Fact, *, due: bool, about_percent: int) -> Finding:
    reached = _reached(indicator, fact, about_percent)
    said = _comparison(indicator, fact)
    if reached is None or reached:
        return Finding(Verdict.MET, f"{said}；{fact.answer.reason}")
    if due:
        return Finding(Verdict.NOT_MET, f"{said}，未达到；{fact.answer.reason}")
    return Finding(Verdict.NOT_DUE, f"{said}，目标期未满；{fact.answer.reason}")


def _reached(indicator: Indicator, fact: Fact, about_percent: int) -> bool | None:
    """Whether every bound holds; None where there is no number on one of the two sides."""
    value = compared_value(fact)
    if value is None or not indicator.targets:
        return None
    return all(holds(target, value, indicator.direction, about_percent) for target in indicator.targets)


def compared_value(fact: Fact) -> Decimal | None:
    """The number that is held against the target: as published, or as converted by the declared derivation."""
    return fact.answer.as_value if fact.answer.as_value is not None else fact.reported.value


def holds(bound: Bound, value: Decimal, direction: str, about_percent: int) -> bool:
    """Whether a value satisfies a bound. `~` allows the pack's tolerance; more of a good thing is no miss."""
    slack = abs(bound.value) * about_percent / 100
    match bound.op:
        case ">=":
            return value >= bound.value
        case ">":
            return value > bound.value
        case "<=":
            return value <= bound.value
        case "<":
            return value < bound.value
        case "=":
            return value >= bound.value if direction == "higher" else value == bound.value
    if direction == "higher":
        return value >= bound.value - slack
    if direction == "lower":
        return value <= bound.value + slack
    return abs(value - bound.value) <= slack


def _comparison(indicator: Indicator, fact: Fact) -> str:
    value = compared_value(fact)
    if value is None:
        return fact.reported.text or fact.reported.name
    converted = fact.answer.derivation is not None
    unit = indicator.unit if converted and indicator.unit else fact.reported.unit
    said = f"{_said(fact)}{told(fact.reported.op, value, unit)}" + (
        f"（{fact.answer.derivation}）" if converted else ""
    )
    return f"{said}，目标{target_text(indicator)}" if indicator.targets else said


def _said(fact: Fact) -> str:
    return "计算" if fact.computed else "核定" if fact.live else "公布"


_OPEN = (Verdict.NOT_REPORTED, Verdict.NOT_DUE)


def _whole(parts: Sequence[Row], own: Finding) -> Finding:
    """The verdict on an indicator whose components must all be met."""
    verdicts = [row.verdict for row in parts]
    listed = "；".join(f"{row.indicator.name}：{row.verdict.words}" for row in parts)
    if all(v is Verdict.MET for v in verdicts):
        return Finding(Verdict.MET, f"各部分都达到（{listed}）。")
    if all(v in (Verdict.MET, Verdict.MET_IF_SAME) for v in verdicts):
        return Finding(Verdict.MET_IF_SAME, f"各部分达到，其中有名称不同的（{listed}）。")
    if Verdict.NOT_MET in verdicts:
        return Finding(Verdict.NOT_MET, f"有部分未达到（{listed}）。")
    if any(v in (Verdict.MET, Verdict.MET_IF_SAME, Verdict.PARTLY) for v in verdicts):
        return Finding(Verdict.PARTLY, f"只有部分公布并达到（{listed}）。")
    if all(v in _OPEN for v in verdicts):
        return own if own.verdict not in _OPEN else Finding(own.verdict, f"{own.reason}（{listed}）")
    if Verdict.AGGREGATE_ONLY in verdicts:
        return Finding(Verdict.AGGREGATE_ONLY, f"只有合计（{listed}）。")
    return Finding(Verdict.NOT_COMPARABLE, f"公布的内容不可比（{listed}）。")


def _actual(facts: Sequence[Fact]) -> Actual | None:
    """The figure to show: the strongest published number. An aggregate is not this indicator's figure."""
    for fact in facts:
        reported = fact.reported
        if reported.value is not None and reported.unit is not None and fact.answer.how != "aggregate":
            return Actual(reported.value, reported.unit, reported.op, reported.as_of, reported)
    return None


def _change(facts: Sequence[Fact]) -> Decimal | None:
    """The newest figure less the one before it, when both compare in the same way."""
    if not facts:
        return None
    alike = [
        f for f in facts if f.answer.how == facts[0].answer.how and f.reported.unit == facts[0].reported.unit
    ]
    values = [v for v in map(compared_value, alike) if v is not None]
    dates = {f.reported.as_of for f in alike}
    return values[0] - values[1] if len(values) > 1 and len(dates) > 1 else None
