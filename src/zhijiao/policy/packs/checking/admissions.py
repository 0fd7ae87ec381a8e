"""Rules of admission must be runnable: who is named is known, batches and rounds fit, what orders candidates can be computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from zhijiao.engines.expressions import ExpressionError, Field, Kind, Schema, check, parse
from zhijiao.policy.packs.checking.context import Context, did_you_mean, problem
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.reading import Source
from zhijiao.policy.types import Admission, AdmissionBatch, AdmissionElsewhere, AdmissionKind

Place = tuple[str | int, ...]
TOTAL = "total"
SEX = "性别"
"""A column of its own beside those of the rules."""


def rules(context: Context) -> Iterator[Problem]:
    """At most one set of rules a pack, and everything that it names is there."""
    for number, (admission, source) in enumerate(context.entries("admissions")):
        if number:
            yield problem(
                source, ("id",), f"招生规则 {admission.id} 是本包的第二份", "一个政策包只写一份招生规则"
            )
        yield from _known(admission, source)
        yield from _written_once(admission, source)
        yield from _clauses(context, admission, source)
        yield from _units(context, admission, source)
        yield from _order(admission, source)
        yield from _checks(admission, source)
        yield from _days(admission, source)
        yield from _inferred(admission, source)


def _known(admission: Admission, source: Source) -> Iterator[Problem]:
    bureaus = {b.id for b in admission.bureaus}
    batches = {b.id for b in admission.batches}
    kinds = {k.kind for k in admission.kinds}
    named: list[tuple[Place, str, Collection[str], str]] = [(("lead",), admission.lead, bureaus, "部门")]
    named += [(("plan_signed_by", i), b, bureaus, "部门") for i, b in enumerate(admission.plan_signed_by)]
    named += [(("result_signed_by", i), b, bureaus, "部门") for i, b in enumerate(admission.result_signed_by)]
    named += [(("kinds", i, "approve"), k.approve, bureaus, "部门") for i, k in enumerate(admission.kinds)]
    for i, batch in enumerate(admission.batches):
        named += [(("batches", i, "excludes", j), b, batches, "批次") for j, b in enumerate(batch.excludes)]
        named += [(("batches", i, "kinds", j), k, kinds, "学校类别") for j, k in enumerate(batch.kinds)]
    for i, other in enumerate(admission.elsewhere):
        named.append((("elsewhere", i, "imports"), other.imports, bureaus, "部门"))
        named += [(("elsewhere", i, "closes", j), b, batches, "批次") for j, b in enumerate(other.closes)]
        named += [(("elsewhere", i, "kinds", j), k, kinds, "学校类别") for j, k in enumerate(other.kinds)]
    for i, window in enumerate(admission.rounds):
        named += [(("rounds", i, "batches", j), b, batches, "批次") for j, b in enumerate(window.batches)]
    for place, word, known, what in named:
        if word not in known:
            yield problem(
                source, place, f"招生规则 {admission.id} 的{what} {word} 没有写", did_you_mean(word, known)
            )


def _written_once(admission: Admission, source: Source) -> Iterator[Problem]:
    lists: list[tuple[str, Iterable[str]]] = [
        ("bureaus", (b.id for b in admission.bureaus)),
        ("batches", (b.id for b in admission.batches)),
        ("rounds", (r.id for r in admission.rounds)),
        ("bonus", (b.id for b in admission.bonus)),
        ("origins", (o.word for o in admission.origins)),
        ("kinds", (k.kind.value for k in admission.kinds)),
        ("subjects", (s.column for s in admission.subjects)),
        ("checks", (c.id for c in admission.checks)),
        ("elsewhere", (e.id for e in admission.elsewhere)),
        ("subjects、checks 的列名", (*columns(admission), *(c.column for c in admission.checks), TOTAL, SEX)),
    ]
    for key, words in lists:
        for word, times in Counter(words).items():
            if times > 1:
                yield problem(
                    source, (key,), f"招生规则 {admission.id} 的 {key} 里 {word} 写了 {times} 次", "只留一项"
                )


def _clauses(context: Context, admission: Admission, source: Source) -> Iterator[Problem]:
    places: list[tuple[Place, str]] = [(("clauses", i), c) for i, c in enumerate(admission.clauses)]
    lists: list[tuple[str, Sequence[AdmissionKind | AdmissionBatch | AdmissionElsewhere]]] = [
        ("kinds", admission.kinds),
        ("batches", admission.batches),
        ("elsewhere", admission.elsewhere),
    ]
    for key, entries in lists:
        for i, entry in enumerate(entries):
            places += [((key, i, "clauses", j), c) for j, c in enumerate(entry.clauses)]
            if not entry.clauses and not entry.inferred:
                yield problem(
                    source,
                    (key, i),
                    f"招生规则 {admission.id} 的 {key} 第 {i + 1} 项没有依据条款",
                    "写 clauses；文件没有写的，写 inferred: true 和 note",
                )
            if entry.inferred and entry.note is None:
                yield problem(
                    source, (key, i), f"招生规则 {admission.id} 的 {key} 第 {i + 1} 项是推定的", "补上 note"
                )
    for place, clause in places:
        if clause not in context.index.clauses:
            yield problem(
                source,
                place,
                f"招生规则 {admission.id} 的条款 {clause} 不存在",
                did_you_mean(clause, context.index.clauses),
            )


def _units(context: Context, admission: Admission, source: Source) -> Iterator[Problem]:
    named: list[tuple[Place, str]] = [
        (("bureaus", i, "unit"), b.unit) for i, b in enumerate(admission.bureaus)
    ]
    for i, batch in enumerate(admission.batches):
        for j, group in enumerate(batch.groups):
            named += [(("batches", i, "groups", j, "schools", n), s) for n, s in enumerate(group.schools)]
    for place, unit in named:
        if context.index.unit(unit) is None:
            yield problem(
                source,
                place,
                f"招生规则 {admission.id} 的单位「{unit}」没有登记",
                did_you_mean(unit, context.index.spellings),
            )


def _order(admission: Admission, source: Source) -> Iterator[Problem]:
    if admission.order[0].by != TOTAL:
        yield problem(
            source,
            ("order", 0, "by"),
            f"招生规则 {admission.id} 的第一排序不是投档分",
            f"第一项写 by: {TOTAL}",
        )
    schema = Schema({name: Field(Kind.NUMBER, name, scale=2) for name in (TOTAL, *columns(admission))})
    for i, step in enumerate(admission.order):
        try:
            faults = check(parse(step.by), schema, Kind.NUMBER).faults
        except ExpressionError as error:
            faults = error.faults
        for fault in faults:
            yield problem(
                source,
                ("order", i, "by"),
                f"招生规则 {admission.id} 的排序“{step.by}”{fault.words}",
                fault.remedy,
            )


def _checks(admission: Admission, source: Source) -> Iterator[Problem]:
    """Conditions are written with these names, so that each must be one."""
    for i, one in enumerate(admission.checks):
        try:
            faults = check(
                parse(f"{one.column} = 1"),
                Schema({one.column: Field(Kind.NUMBER, one.column, scale=2)}),
                Kind.BOOL,
            ).faults
        except ExpressionError as error:
            faults = error.faults
        for fault in faults:
            yield problem(
                source,
                ("checks", i, "column"),
                f"招生规则 {admission.id} 的列名“{one.column}”不能写进条件：{fault.words}",
                "只用汉字、字母和数字，不以数字开头",
            )


def columns(admission: Admission) -> tuple[str, ...]:
    """The columns of marks that the rules know."""
    return tuple(subject.column for subject in admission.subjects)


def _days(admission: Admission, source: Source) -> Iterator[Problem]:
    terms = admission.terms
    places: list[tuple[Place, str]] = [
        (("terms", key), getattr(terms, key)) for key in ("proposals", "top_up", "registering", "name_list")
    ]
    for i, window in enumerate(admission.rounds):
        places += [(("rounds", i, key), getattr(window, key)) for key in ("opens", "closes")]
        if window.closes <= window.opens:
            yield problem(
                source, ("rounds", i, "closes"), f"轮次 {window.id} 的截止不晚于开放", "改正 opens 或 closes"
            )
    for place, written in places:
        try:
            date.fromisoformat(f"2000-{written[:5]}")
        except ValueError:
            yield problem(
                source, place, f"招生规则 {admission.id} 的日期“{written}”不存在", "改成真实的月-日"
            )


def _inferred(admission: Admission, source: Source) -> Iterator[Problem]:
    keys = set(Admission.model_fields)
    for i, key in enumerate(admission.inferred):
        if key not in keys:
            yield problem(
                source,
                ("inferred", i),
                f"招生规则 {admission.id} 的 inferred 里 {key} 不是键",
                did_you_mean(key, keys),
            )
    if admission.inferred and admission.note is None:
        yield problem(source, ("inferred",), f"招生规则 {admission.id} 有推定的内容", "在 note 里写依据")
