"""What a plan needs before each of its steps, and how targets are read from its text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from zhijiao.indicators.types.planned import PlannedTarget
from zhijiao.lib.folding import fold
from zhijiao.planning.types import Content, Decision, OpenThing, PlanItem, PlanTarget, Proposal
from zhijiao.policy.types import Indicator, Op

FACTS: Mapping[str, str] = {
    "plan-attached": "方案有正文或附件",
    "targets-listed": "方案列出了目标",
    "opinions-answered": "征求到的意见都已答复",
    "before-decided": "上一期方案没有完成的事项都有决定",
    "open-items-decided": "本方案没有完成的事项，后继方案都有决定",
}
"""Facts that a plan's procedure may ask for."""

_SIGNS: Sequence[tuple[str, Op]] = (
    ("不低于", ">="),
    ("不少于", ">="),
    ("达到", ">="),
    ("以上", ">="),
    ("至少", ">="),
    ("不超过", "<="),
    ("不高于", "<="),
    ("≥", ">="),
    (">=", ">="),
    ("≤", "<="),
    ("<=", "<="),
    ("超过", ">"),
    ("左右", "~"),
    ("约", "~"),
    ("为", "="),
    ("=", "="),
)
_NUMBER = re.compile(r"(?<![\d.])(\d[\d,]*(?:\.\d+)?)\s*(万亿|亿|万|千)?")
_TIMES = {"": 1, "千": 1000, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_YEAR = re.compile(r"(20\d\d)\s*年")


def facts(
    content: Content | None, *, unanswered: int, before_undecided: int, left_undecided: int
) -> dict[str, bool]:
    """Which of `FACTS` hold for a plan in its newest edition. `before_undecided`: things of the plan before it without a
    decision; `left_undecided`: its own things without one in the plan after it."""
    return {
        "plan-attached": content is not None and bool(content.body.strip() or content.file),
        "targets-listed": content is not None and bool(content.targets),
        "opinions-answered": unanswered == 0,
        "before-decided": before_undecided == 0,
        "open-items-decided": left_undecided == 0,
    }


def undecided(things: Iterable[OpenThing]) -> list[OpenThing]:
    """What still waits for a decision."""
    return [thing for thing in things if thing.decision is None]


def carried(things: Iterable[OpenThing]) -> list[OpenThing]:
    """What goes on under the next plan."""
    return [thing for thing in things if thing.decision in (Decision.CARRY, Decision.MERGE)]


def lock_faults(
    *, approver: int | None, authors: Iterable[int], unanswered: int, before_undecided: int
) -> list[str]:
    """What keeps a plan from being filed or from coming into force, whatever its procedure asks: the promise of this domain."""
    faults = []
    if approver is None or approver in set(authors):
        faults.append("编写过本方案的人不能审定它，请由另一位有审定权限的人办理。")
    if unanswered:
        faults.append(f"还有 {unanswered} 条意见没有答复，请先逐条答复。")
    if before_undecided:
        faults.append(f"上一期还有 {before_undecided} 项未完成的事项没有决定，请先逐项决定是否结转。")
    return faults


def targets_in_force(
    own: Iterable[PlanTarget], carried: Iterable[PlanTarget], starts: date, ends: date
) -> list[PlannedTarget]:
    """The targets of a plan as shares: its own, and those carried over for indicators that it does not restate. Without a
    year a target is to be reached by the end of the plan; so is one whose year was over before the plan began."""
    own = list(own)
    restated = {target.indicator for target in own}
    moved = [
        replace(target, period="") if target.period and int(target.period) < starts.year else target
        for target in carried
        if target.indicator not in restated
    ]
    found = {
        (t.indicator, t.period, t.op): PlannedTarget(
            t.indicator, t.period, t.starts, t.ends, t.op, t.value, t.unit
        )
        for t in (_planned(target, ends) for target in (*moved, *own))
    }
    return list(found.values())


def _planned(target: PlanTarget, ends: date) -> PlannedTarget:
    whole = not target.period
    year = ends.year if whole else int(target.period)
    return PlannedTarget(
        target.indicator,
        str(year),
        None if whole else date(year, 1, 1),
        ends if whole else date(year, 12, 31),
        target.op,
        target.value,
        target.unit,
    )


def items_in_force(
    own: Iterable[PlanItem], carried: Iterable[PlanItem], starts: date, ends: date
) -> list[tuple[PlanItem, bool]]:
    """The work of a plan, each with whether it was carried over: its own, and what was left open and is not named again. A
    carried item whose day was over before the plan began is due at the end of the plan."""
    own = list(own)
    named = {item.title.strip() for item in own} | {item.serves for item in own if item.serves}
    return [
        *((item, False) for item in own),
        *(
            (replace(item, due=ends if item.due is None or item.due < starts else item.due), True)
            for item in carried
            if item.title.strip() not in named and (not item.serves or item.serves not in named)
        ),
    ]


def read_targets(text: str, indicators: Iterable[Indicator]) -> list[Proposal]:
    """Understand the lines of a plan in which a number stands: which indicator, which bound. Nothing is guessed silently: a
    line that names no indicator, several, or a number in another unit comes back with its trouble."""
    known = sorted(
        ((fold(i.name), i) for i in indicators if i.unit is not None), key=lambda pair: -len(pair[0])
    )
    lines = (line.strip(" \t　-—·•*") for line in re.split(r"[\n。；;]", text))
    return [_read(line, known) for line in lines if line and _NUMBER.search(_YEAR.sub("", line))]


def _read(line: str, known: Sequence[tuple[str, Indicator]]) -> Proposal:
    folded = fold(line)
    named = [indicator for name, indicator in known if name in folded]
    # A longer name that holds a shorter one means the longer one.
    named = [i for i in named if not any(o is not i and fold(i.name) in fold(o.name) for o in named)]
    if not named:
        return Proposal(line, None, trouble="没有认出是哪一项指标，请在表中选择指标。")
    if len(named) > 1:
        return Proposal(
            line, None, trouble=f"同时提到{'、'.join(f'“{i.name}”' for i in named)}，请拆成几行或在表中选择。"
        )
    indicator = named[0]
    year = _YEAR.search(line)
    rest = _YEAR.sub("", line).replace(indicator.name, "")
    numbers = _NUMBER.findall(rest)
    if len(numbers) != 1:
        return Proposal(
            line,
            None,
            indicator.name,
            f"“{indicator.name}”这一行有 {len(numbers)} 个数，不能确定哪个是目标值，请在表中填写。",
        )
    try:
        value = Decimal(numbers[0][0].replace(",", "")) * _TIMES[numbers[0][1]]
    except InvalidOperation:
        return Proposal(line, None, indicator.name, "数值无法识别，请在表中填写。")
    unit = indicator.unit or ""
    if ("%" in rest or "％" in rest) != ("%" in unit):
        return Proposal(
            line, None, indicator.name, f"单位不符：“{indicator.name}”的单位是{unit}，请改正或在表中填写。"
        )
    return Proposal(
        line, PlanTarget(indicator.id, _sign(rest), value, unit, year[1] if year else ""), indicator.name
    )


def _sign(words: str) -> Op:
    return next((op for sign, op in _SIGNS if sign in words), ">=")


def content_faults(
    content: Content, indicators: Mapping[str, Indicator], starts: date, ends: date
) -> list[str]:
    """What is wrong with an edition, each with its remedy. Empty when it can be saved."""
    faults = []
    for target in content.targets:
        indicator = indicators.get(target.indicator)
        if indicator is None:
            faults.append(f"没有编号为“{target.indicator}”的指标，请从列表中选择。")
        elif indicator.unit is None:
            faults.append(f"“{indicator.name}”是定性指标，没有数值；请写进正文，不列为目标值。")
        elif target.unit != indicator.unit:
            faults.append(f"“{indicator.name}”的单位是{indicator.unit}，填的是{target.unit}，请换算后填写。")
        elif target.value < 0 or (
            "%" in target.unit and target.value > 100 and indicator.direction != "lower"
        ):
            faults.append(f"“{indicator.name}”填的是 {target.value}{target.unit}，超出合理范围，请核对。")
    faults.extend(
        f"目标年份“{period}”不在规划期 {starts.year}—{ends.year} 年内，请改正；不写年份即规划期末。"
        for period in sorted({target.period for target in content.targets if target.period})
        if not (period.isdecimal() and len(period) == 4 and starts.year <= int(period) <= ends.year)
    )
    keys = [(target.indicator, target.period or str(ends.year), target.op) for target in content.targets]
    for indicator_id, period, op in sorted({key for key in keys if keys.count(key) > 1}):
        name = indicators[indicator_id].name if indicator_id in indicators else indicator_id
        faults.append(
            f"“{name}”（{period}年，{op}）列了不止一次，请只留一行；不写年份即规划期末的 {ends.year} 年。"
        )
    titles = [item.title.strip() for item in content.items if item.title.strip()]
    faults.extend(
        f"任务“{title}”列了不止一次，请合并或改名。"
        for title in sorted({title for title in titles if titles.count(title) > 1})
    )
    faults.extend(
        "有一项任务没有写名称，请填写或删去这一行。" for item in content.items if not item.title.strip()
    )
    return faults
