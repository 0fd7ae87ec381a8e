"""How an indicator is computed must hold together: expressions that can be read, names that exist, examples that fit.

Data sets and their fields belong to the data standard, which stands above packs: where the caller hands it in
(`Context.records`), conditions are checked against it, else only what a pack alone can know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from zhijiao.core.kinds import OrganisationKind
from zhijiao.engines import expressions
from zhijiao.engines.expressions.types import Arithmetic, Expr, Literal, Name, Negative, children
from zhijiao.policy.packs.checking.context import Context, did_you_mean, problem
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.reading import Source
from zhijiao.policy.types import Having, Indicator, Measure, Metric, MetricExample
from zhijiao.policy.types.telling import ROWS, with_tree

Place = tuple[str | int, ...]
_KINDS = {kind.value: kind.words for kind in OrganisationKind}
_PERIODS = {"calendar": re.compile(r"[12][0-9]{3}"), "school": re.compile(r"[12][0-9]{3}/[12][0-9]{3}")}


def metrics(context: Context) -> Iterator[Problem]:
    """Every computed definition of the pack."""
    for indicator, source in context.entries("indicators"):
        if indicator.metric is None:
            continue
        found = list(_metric(context, indicator, indicator.metric, source))
        yield from found
        if context.records and not found:
            yield from _examples(context, indicator, source)


def _examples(context: Context, indicator: Indicator, source: Source) -> Iterator[Problem]:
    """Where the data standard is at hand, the examples are computed."""
    from zhijiao.policy.types.computing import (
        failures,
    )  # only here: the engines are not needed to read a pack

    metric = indicator.metric
    assert metric is not None
    try:
        for number, words in failures(indicator, context.records):
            yield problem(
                source,
                ("metric", "examples", number, "value"),
                f"算例「{metric.examples[number].name}」不成立，{words}",
                "核对算例的行和值，或改正各个量的条件",
            )
    except (KeyError, ValueError) as error:
        yield problem(
            source,
            ("metric", "examples"),
            f"指标 {indicator.id} 的算例读不出来（{error}）",
            "按数据标准的类型改正",
        )


def _metric(context: Context, indicator: Indicator, metric: Metric, source: Source) -> Iterator[Problem]:
    if indicator.parts is not None and indicator.parts.rule == "all":
        yield problem(
            source,
            ("metric",),
            f"组合指标 {indicator.id} 自己又写了怎样计算",
            "写在各组成部分上，这里删去 metric",
        )
    for name, measure in metric.measures.items():
        place: Place = ("metric", "measures", name)
        yield from _measure(context, measure, source, place)
        for i, having in enumerate(measure.having):
            yield from _having(context, measure, having, source, (*place, "having", i))
    yield from _formulas(metric, source)
    yield from _whole(indicator, metric, source)
    for i, example in enumerate(metric.examples):
        yield from _example(metric, example, source, ("metric", "examples", i))


def _measure(context: Context, measure: Measure, source: Source, place: Place) -> Iterator[Problem]:
    if (measure.count is None) == (measure.sum is None):
        yield problem(source, place, "量要么计数，要么求和", "count 与 sum 恰写一个")
    counted = [f for f in (measure.count, measure.sum) if f is not None and f != ROWS]
    yield from _selection(context, measure, source, place, [*counted, measure.place])


def _having(
    context: Context, measure: Measure, having: Having, source: Source, place: Place
) -> Iterator[Problem]:
    yield from _selection(context, having, source, place, list(having.match.values()))
    yield from _fields(context, measure.in_, list(having.match), source, (*place, "match"))


def _selection(
    context: Context, chosen: Measure | Having, source: Source, place: Place, fields: list[str]
) -> Iterator[Problem]:
    if len(chosen.times) != 1:
        written = "、".join(chosen.times) or "一个也没有"
        yield problem(
            source,
            place,
            f"要恰好写一种时间，现在写了{written}",
            "事件写 during，存量写 standing，期内有效写 active，按年填报写 year",
        )
    dated = [f for f in (chosen.during, chosen.year) if f is not None]
    dated += [*(chosen.standing or ()), *(chosen.active or ())]
    yield from _fields(context, chosen.in_, [*fields, *dated], source, place)
    if chosen.where is not None:
        yield from _condition(context, chosen.in_, chosen.where, source, (*place, "where"))


def _fields(
    context: Context, dataset: str, fields: list[str], source: Source, place: Place
) -> Iterator[Problem]:
    if not context.records:
        return
    schema = context.records.get(dataset)
    if schema is None:
        yield problem(
            source, place, f"数据标准里没有数据集 {dataset}", did_you_mean(dataset, context.records)
        )
        return
    for field in fields:
        if field not in schema:
            yield problem(
                source, place, f"数据集 {dataset} 没有字段 {field}", did_you_mean(field, list(schema))
            )


def _condition(context: Context, dataset: str, text: str, source: Source, place: Place) -> Iterator[Problem]:
    try:
        parsed = expressions.parse(text)
    except expressions.ExpressionError as error:
        yield from _faults(error.faults, text, source, place)
        return
    schema = context.records.get(dataset)
    if schema is not None:
        found = expressions.check(parsed, with_tree(schema), expressions.Kind.BOOL)
        yield from _faults(found.faults, text, source, place)


def _faults(
    faults: tuple[expressions.Fault, ...], text: str, source: Source, place: Place
) -> Iterator[Problem]:
    for fault in faults:
        yield problem(
            source, place, f"「{text[:60]}」第 {fault.at + 1} 个字符处：{fault.words}", fault.remedy
        )


def _formulas(metric: Metric, source: Source) -> Iterator[Problem]:
    """Formulas are arithmetic over the measures, and every measure is used."""
    used: set[str] = set()
    for text, place in [
        (metric.value, ("metric", "value")),
        *((b.value, ("metric", "beside", i, "value")) for i, b in enumerate(metric.beside)),
    ]:
        try:
            formula = expressions.parse(text)
        except expressions.ExpressionError as error:
            yield from _faults(error.faults, text, source, place)
            continue
        if not _arithmetic(formula):
            yield problem(source, place, f"算式「{text}」不只是加减乘除", "条件写在各个量的 where 里")
        named = expressions.names(formula)
        used |= named
        for name in sorted(named - set(metric.measures)):
            yield problem(
                source, place, f"算式用到的量 {name} 没有写", did_you_mean(name, list(metric.measures))
            )
    for name in metric.measures:
        if name not in used:
            yield problem(
                source,
                ("metric", "measures", name),
                f"量 {name} 没有算式用到",
                "写进 value 或 beside，或删去",
            )


def _arithmetic(expr: Expr) -> bool:
    """Whether nothing but numbers, names and the four rules occurs."""
    if isinstance(expr, Literal):
        return isinstance(expr.value, int | Decimal) and not isinstance(expr.value, bool)
    return isinstance(expr, Name | Arithmetic | Negative) and all(map(_arithmetic, children(expr)))


def _whole(indicator: Indicator, metric: Metric, source: Source) -> Iterator[Problem]:
    if metric.unit is not None and indicator.unit is not None:
        yield problem(
            source,
            ("metric", "unit"),
            f"指标 {indicator.id} 已有单位 {indicator.unit}",
            "删去 metric 里的 unit",
        )
    unit = indicator.unit or metric.unit
    if (unit == "%") != (metric.scale == 100):
        yield problem(
            source,
            ("metric", "scale") if metric.scale != 1 else ("metric",),
            f"单位是 {unit or '空'}，乘数却是 {metric.scale}",
            "百分比写 scale: 100，别的单位不写 100",
        )
    window = metric.window
    if window is not None and (window.years is None) == (window.from_ is None):
        yield problem(source, ("metric", "window"), "累计的起算写得不明", "years 与 from 恰写一个")
    if metric.across is not None and metric.across.level not in metric.levels:
        yield problem(
            source,
            ("metric", "across", "level"),
            f"逐个计算的层级 {metric.across.level} 不在 levels 中",
            "把它加进 levels",
        )
    ids = [beside.id for beside in metric.beside]
    for i, name in enumerate(ids):
        if name in ids[:i]:
            yield problem(source, ("metric", "beside", i, "id"), f"并列的数 {name} 写了两次", "换一个编号")


def _example(metric: Metric, example: MetricExample, source: Source, place: Place) -> Iterator[Problem]:
    said = f"算例「{example.name}」"
    if not _PERIODS[metric.calendar].fullmatch(example.period):
        written = "年份，如 2023" if metric.calendar == "calendar" else "学年，如 2022/2023"
        yield problem(
            source, (*place, "period"), f"{said}的统计期 {example.period} 写得不对", f"写成{written}"
        )
    if (example.value is None) != (example.why is not None):
        yield problem(
            source,
            (*place, "value"),
            f"{said}的值与原因对不上",
            "没有值的写 value: null 和 why，有值的不写 why",
        )
    read = {m.in_ for m in metric.measures.values()}
    read |= {having.in_ for m in metric.measures.values() for having in m.having}
    for dataset in example.rows:
        if dataset not in read:
            yield problem(
                source,
                (*place, "rows", dataset),
                f"{said}写了用不到的数据集 {dataset}",
                did_you_mean(dataset, read),
            )
    wanted = [beside.id for beside in metric.beside]
    if set(example.beside) != set(wanted):
        yield problem(
            source, (*place, "beside"), f"{said}的并列数与定义不一致", f"应写：{'、'.join(wanted) or '无'}"
        )
    for code, kind in example.organisations.items():
        if kind not in _KINDS:
            yield problem(
                source,
                (*place, "organisations", code),
                f"{said}的机构类别 {kind} 不存在",
                did_you_mean(kind, _KINDS),
            )
