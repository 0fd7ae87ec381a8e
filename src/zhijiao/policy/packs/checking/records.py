"""Rules of student records must be decidable: conditions that can be read, signers that are known, columns that exist."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.engines.expressions import ExpressionError, Field, Kind, Schema, check, parse
from zhijiao.policy.packs.checking.context import Context, did_you_mean, problem
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.reading import Source
from zhijiao.policy.types import RECORD_FACTS, RecordRule

_FIELDS = frozenset(
    {
        *("organisation", "person", "name", "sex", "ethnic", "student_no", "grade", "class_no", "major"),
        *("track", "education", "full_time", "enrolled_on", "left_on", "status", "phone"),
    }
)
"""Fields of a roster that a column of an upper register may hold."""


def rules(context: Context) -> Iterator[Problem]:
    """Conditions have a type and known names, an event is written once a pack, and what is inferred says from what."""
    written: dict[str, str] = {}
    for rule, source in context.entries("records"):
        if rule.event in written:
            yield problem(
                source,
                ("event",),
                f"学籍事项 {rule.id} 与 {written[rule.event]} 写的是同一种事项 {rule.event}",
                "一个政策包里一种事项只写一条",
            )
        written.setdefault(rule.event, rule.id)
        if not rule.clauses and rule.basis is None:
            yield problem(
                source,
                ("id",),
                f"学籍事项 {rule.id} 没有写依据",
                "写 clauses；条款没有写到的，在 basis 里写依据",
            )
        if rule.inferred and rule.note is None:
            yield problem(source, ("inferred",), f"学籍事项 {rule.id} 是推定的，却没有写依据", "补上 note")
        yield from _clauses(context, rule.clauses, rule.id, source)
        yield from _parameters(context, rule, source)
        yield from _conditions(rule, source)
        yield from _steps(context, rule, source)
        if rule.event == "register" and not (rule.tracks and rule.terms):
            yield problem(source, ("event",), f"学籍事项 {rule.id} 没有写学制和学期", "补上 tracks 和 terms")


def registers(context: Context) -> Iterator[Problem]:
    """Columns hold fields that a roster has, each once."""
    for register, source in context.entries("registers"):
        yield from _clauses(context, register.clauses, register.id, source)
        seen: set[str] = set()
        for i, column in enumerate(register.columns):
            place = ("columns", i, "field")
            if column.field not in _FIELDS:
                yield problem(
                    source,
                    place,
                    f"上级学籍系统 {register.id} 的列“{column.column}”用到的字段 {column.field} 不存在",
                    did_you_mean(column.field, _FIELDS),
                )
            elif column.field in seen:
                yield problem(
                    source,
                    place,
                    f"上级学籍系统 {register.id} 有两列用字段 {column.field}",
                    "一个字段只对应一列",
                )
            seen.add(column.field)
        if "person" not in seen:
            yield problem(
                source,
                ("columns",),
                f"上级学籍系统 {register.id} 没有身份证件号一列",
                "补上 field: person 的一列",
            )


def _clauses(context: Context, ids: list[str], subject: str, source: Source) -> Iterator[Problem]:
    for i, clause in enumerate(ids):
        if clause not in context.index.clauses:
            yield problem(
                source,
                ("clauses", i),
                f"{subject} 的条款 {clause} 不存在",
                did_you_mean(clause, context.index.clauses),
            )


def _parameters(context: Context, rule: RecordRule, source: Source) -> Iterator[Problem]:
    for name, parameter in rule.parameters.items():
        if context.index.parameter(parameter) is None:
            known = {p.id for pack in context.index.family for p in pack.parameters}
            yield problem(
                source,
                ("parameters", name),
                f"学籍事项 {rule.id} 用到的参数 {parameter} 不存在",
                did_you_mean(parameter, known),
            )


def _conditions(rule: RecordRule, source: Source) -> Iterator[Problem]:
    schema = Schema({**RECORD_FACTS, **{n: Field(Kind.NUMBER, n, scale=6) for n in rule.parameters}})
    written: list[tuple[tuple[str | int, ...], str]] = [
        (("checks", i, "when"), each.when) for i, each in enumerate(rule.checks)
    ]
    for i, reason in enumerate(rule.reasons):
        if reason.when is not None:
            written.append((("reasons", i, "when"), reason.when))
            if reason.words is None:
                yield problem(
                    source,
                    ("reasons", i),
                    f"学籍事项 {rule.id} 的原因“{reason.name}”有条件，却没有写不满足时怎么说",
                    "补上 words",
                )
    for place, text in written:
        try:
            faults = check(parse(text), schema, Kind.BOOL).faults
        except ExpressionError as error:
            faults = error.faults
        for fault in faults:
            yield problem(source, place, f"学籍事项 {rule.id} 的条件“{text}”{fault.words}", fault.remedy)


def _steps(context: Context, rule: RecordRule, source: Source) -> Iterator[Problem]:
    for i, step in enumerate(rule.steps):
        if (step.by == "unit") != (step.unit is not None):
            yield problem(
                source,
                ("steps", i),
                f"学籍事项 {rule.id} 的第 {i + 1} 步 by 与 unit 不配",
                "by: unit 时写 unit，其余不写",
            )
        elif step.unit is not None and context.index.unit(step.unit) is None:
            yield problem(
                source,
                ("steps", i, "unit"),
                f"学籍事项 {rule.id} 的单位「{step.unit}」没有登记",
                did_you_mean(step.unit, context.index.spellings),
            )
