"""Entries that are well formed must also make sense: bounds, periods, parts, figures, places."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from zhijiao.lib.dates import first_day, last_day
from zhijiao.policy.packs.checking.context import Context, problem
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.reading import Source
from zhijiao.policy.types import Indicator


def indicators(context: Context) -> Iterator[Problem]:
    """A measure has a target or parts; a judgement has a criterion; two bounds leave room between them."""
    for indicator, source in context.entries("indicators"):
        whole = indicator.parts is not None and indicator.parts.rule == "all"
        if indicator.direction == "judgement":
            if indicator.targets:
                yield problem(
                    source,
                    ("targets",),
                    f"定性指标 {indicator.id} 写了数值目标",
                    "改 direction，或把目标写进 criterion",
                )
            if indicator.criterion is None and not whole:
                yield problem(
                    source, ("direction",), f"定性指标 {indicator.id} 没有判断标准", "补上 criterion"
                )
        elif not indicator.targets and not whole and indicator.criterion is None:
            yield problem(
                source,
                ("id",),
                f"指标 {indicator.id} 没有目标",
                "写 targets、parts(rule: all)或 criterion 之一",
            )
        if whole and indicator.targets:
            yield problem(
                source, ("targets",), f"组合指标 {indicator.id} 自己又写了目标", "目标写在各组成部分上"
            )
        yield from _bounds(indicator, source)
        yield from _period(indicator, source)


def _bounds(indicator: Indicator, source: Source) -> Iterator[Problem]:
    if len(indicator.targets) > 2:
        yield problem(
            source,
            ("targets", 2),
            f"指标 {indicator.id} 有 {len(indicator.targets)} 个界",
            "一个指标最多两个界（下限和上限）",
        )
    lower = [t.value for t in indicator.targets if t.op in (">=", ">", "=")]
    upper = [t.value for t in indicator.targets if t.op in ("<=", "<", "=")]
    if lower and upper and max(lower) > min(upper):
        yield problem(
            source,
            ("targets", 0),
            f"指标 {indicator.id} 的下限 {max(lower)} 大于上限 {min(upper)}",
            "核对两个界",
        )
    for i, target in enumerate(indicator.targets):
        if target.clause not in indicator.clauses:
            yield problem(
                source,
                ("targets", i, "clause"),
                f"目标的条款 {target.clause} 不在指标 {indicator.id} 的 clauses 中",
                "把它加进 clauses",
            )
        if indicator.unit is not None and target.unit != indicator.unit:
            yield problem(
                source,
                ("targets", i, "unit"),
                f"目标单位 {target.unit} 与指标单位 {indicator.unit} 不同",
                "统一成文件中的单位",
            )


def _period(indicator: Indicator, source: Source) -> Iterator[Problem]:
    period = indicator.period
    if period.from_ and period.to and first_day(period.from_) > last_day(period.to):
        yield problem(
            source,
            ("period",),
            f"指标 {indicator.id} 的目标期起于 {period.from_}、止于 {period.to}",
            "核对起止",
        )


def parts(context: Context) -> Iterator[Problem]:
    """Parts form a tree; the targets of a sum add up to the target of the whole."""
    index = context.index
    owner: dict[str, str] = {}
    for indicator, source in context.entries("indicators"):
        if indicator.parts is None:
            continue
        if _reaches(index.indicators, indicator.id):
            yield problem(
                source, ("parts", "of"), f"指标 {indicator.id} 绕一圈又成了自己的组成部分", "去掉其中一环"
            )
        if indicator.parts.rule == "all":
            for i, part in enumerate(indicator.parts.of):
                if owner.setdefault(part, indicator.id) != indicator.id:
                    yield problem(
                        source,
                        ("parts", "of", i),
                        f"指标 {part} 已是 {owner[part]} 的组成部分",
                        "一个指标只归一个整体",
                    )
            continue
        values = [
            t.value
            for p in indicator.parts.of
            if p in index.indicators
            for t in index.indicators[p].targets[:1]
        ]
        own = [t.value for t in indicator.targets]
        if own and len(values) == len(indicator.parts.of) and sum(values, Decimal(0)) != own[0]:
            yield problem(
                source,
                ("parts",),
                f"各部分目标相加是 {sum(values, Decimal(0))}，{indicator.id} 的目标却是 {own[0]}",
                "核对各部分的目标",
            )


def _reaches(indicators: dict[str, Indicator], start: str) -> bool:
    todo, seen = [start], set()
    while todo:
        at = indicators.get(todo.pop())
        for part in at.parts.of if at is not None and at.parts is not None else ():
            if part == start:
                return True
            if part not in seen:
                seen.add(part)
                todo.append(part)
    return False


def goals(context: Context) -> Iterator[Problem]:
    """The goal tree has no circle."""
    known = context.index.goals
    for goal, source in context.entries("goals"):
        at, steps = goal, 0
        while at.parent in known and steps <= len(known):
            at, steps = known[at.parent], steps + 1
        if steps > len(known):
            yield problem(source, ("parent",), f"目标 {goal.id} 绕一圈又成了自己的上级", "改正 parent")


def figures(context: Context) -> Iterator[Problem]:
    """A target and a published figure say what their clause says: the number stands among its figures."""
    clauses = context.index.clauses
    for indicator, source in context.entries("indicators"):
        for i, target in enumerate(indicator.targets):
            clause = clauses.get(target.clause)
            if clause is not None and not any(
                f.value == target.value and f.unit == target.unit for f in clause.figures
            ):
                yield problem(
                    source,
                    ("targets", i, "value"),
                    f"目标 {target.value} {target.unit} 不在条款 {clause.id} 的数字中",
                    "与条款核对；条款里的数字写在 figures",
                )
    for reported, source in context.entries("reported"):
        if reported.value is None:
            continue
        stated = [f for c in reported.clauses if c in clauses for f in clauses[c].figures]
        if not any(f.value == reported.value for f in stated):
            yield problem(
                source,
                ("value",),
                f"公布数据 {reported.id} 的值 {reported.value} 不在其条款的数字中",
                "与条款核对",
            )


def reported(context: Context) -> Iterator[Problem]:
    """A published fact has a value or words; it cannot be about a day after it was published."""
    for entry, source in context.entries("reported"):
        if entry.value is None and entry.text is None:
            yield problem(
                source, ("id",), f"公布数据 {entry.id} 既没有数值也没有文字", "写 value 和 unit，或写 text"
            )
        if entry.value is not None and entry.unit is None:
            yield problem(source, ("value",), f"公布数据 {entry.id} 没有单位", "补上 unit")
        if first_day(entry.as_of) > last_day(entry.published):
            yield problem(
                source, ("as_of",), f"数据截至 {entry.as_of} 晚于公布日期 {entry.published}", "核对两个日期"
            )
        for i, answer in enumerate(entry.answers):
            if answer.as_value is not None and answer.derivation is None:
                yield problem(
                    source, ("answers", i, "as_value"), "换算后的值没有写怎样换算", "补上 derivation"
                )


def parameters(context: Context) -> Iterator[Problem]:
    """A parameter has values or says what is missing, and some rule uses it."""
    used = {name for pack in context.index.family for rule in pack.rules for name in rule.parameters}
    for entry, source in context.entries("parameters"):
        if bool(entry.values) == (entry.missing is not None):
            yield problem(
                source, ("id",), f"参数 {entry.id} 应有值，或说明缺什么", "values 与 missing 恰写一个"
            )
        dated = [first_day(v.from_) for v in entry.values if v.from_ is not None]
        if dated != sorted(dated):
            yield problem(source, ("values",), f"参数 {entry.id} 的值没有按日期排列", "旧值在前，新值在后")
        if entry.id not in used:
            yield problem(
                source, ("id",), f"没有规则用到参数 {entry.id}", "在规则的 parameters 里写上它，或删去"
            )


def standards(context: Context) -> Iterator[Problem]:
    """A check line has a number or says where to get it."""
    for entry, source in context.entries("standards"):
        for i, version in enumerate(entry.versions):
            ids = [item.id for item in version.items]
            for j, item in enumerate(version.items):
                if item.bound is not None and item.missing is not None:
                    yield problem(
                        source,
                        ("versions", i, "items", j),
                        f"检查项 {item.id} 既有数值又说缺数值",
                        "bound 与 missing 只写一个",
                    )
                if ids.count(item.id) > 1:
                    yield problem(
                        source, ("versions", i, "items", j, "id"), f"检查项编号 {item.id} 重复", "换一个编号"
                    )


def documents(context: Context) -> Iterator[Problem]:
    """Dates of documents run forward."""
    assert context.built.manifest is not None  # what is checked has been typed
    value, source = context.built.manifest
    for i, document in enumerate(value.documents):
        horizon = document.horizon
        if horizon is not None and first_day(horizon.from_) > last_day(horizon.to):
            yield problem(
                source,
                ("documents", i, "horizon"),
                f"文件 {document.id} 的规划期起于 {horizon.from_}、止于 {horizon.to}",
                "核对起止",
            )
        if horizon is not None and horizon.closes_on and last_day(horizon.closes_on) < last_day(horizon.to):
            yield problem(
                source,
                ("documents", i, "horizon"),
                f"文件 {document.id} 的收官日早于规划期末",
                "收官日不早于规划期最后一天",
            )
        if document.status == "draft" and document.warning is None:
            yield problem(
                source,
                ("documents", i, "status"),
                f"文件 {document.id} 是征求意见稿，却没有提示语",
                "补上 warning",
            )


def places(context: Context) -> Iterator[Problem]:
    """One name means one unit; tiles do not lie on each other; parents exist."""
    found = context.mapping("places")
    if found is None:
        return
    value, source = found
    owner: dict[str, str] = {}
    for room in ("units", "institutions"):
        for i, entry in enumerate(getattr(value, room)):
            for name in (entry.name, *entry.aliases):
                if owner.setdefault(name, entry.id) != entry.id:
                    yield problem(
                        source,
                        (room, i),
                        f"名称「{name}」同时指 {owner[name]} 和 {entry.id}",
                        "一个名称只归一个单位",
                    )
    codes = {d.code for pack in context.index.family for d in pack.places.divisions}
    tiles: dict[tuple[int, int, str | None], str] = {}
    for i, division in enumerate(value.divisions):
        if division.parent is not None and division.parent not in codes:
            yield problem(
                source,
                ("divisions", i, "parent"),
                f"{division.name} 的上级 {division.parent} 不存在",
                "先写出上级区划，或改正代码",
            )
        for j, code in enumerate(division.carved_from):
            if code not in codes:
                yield problem(
                    source,
                    ("divisions", i, "carved_from", j),
                    f"{division.name} 划出自 {code}，该区划不存在",
                    "核对代码",
                )
        if division.tile is not None:
            cell = (division.tile.col, division.tile.row, division.parent)
            if tiles.setdefault(cell, division.name) != division.name:
                yield problem(
                    source,
                    ("divisions", i, "tile"),
                    f"{division.name} 与 {tiles[cell]} 在示意图上重叠",
                    "换一个格子",
                )
