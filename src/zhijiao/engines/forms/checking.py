"""The static checker of forms: everything unsound in a form, all at once, before anybody fills it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhijiao.engines.forms.numbers import decimals_of, places, split, unit_of
from zhijiao.engines.forms.types import (
    CHOOSING,
    NUMERIC,
    WORDED,
    Check,
    Field,
    FieldKind,
    Form,
    Jump,
    Section,
)
from zhijiao.engines.forms.values import SEPARATORS
from zhijiao.lib.folding import fold

_CONDITIONS = CHOOSING | {FieldKind.YES_NO}


@dataclass(frozen=True)
class SpecFault:
    """Something unsound in a form: a code, the id of the field, section or check, and Chinese words with the remedy."""

    code: str
    where: str
    words: str


def faults(form: Form) -> list[SpecFault]:
    """Every fault; an empty list means sound."""
    found = [*_ids(form)]
    before: dict[str, Field] = {}
    for field in form.fields:
        found += [*_field(field), *_choices(field), *_condition(field, before)]
        before.setdefault(field.id, field)
    for check in form.checks:
        found += _check(check, before)
    rules: list[Check | Jump] = [*form.checks, *form.jumps]
    for rule in rules:
        if rule.words.endswith("。"):
            found.append(
                SpecFault("words_form", rule.id, f"“{rule.id}”的说明以句号结尾；句号由平台补上，请去掉。")
            )
    for jump in form.jumps:
        target = before.get(jump.field)
        if target is None or target.kind not in NUMERIC:
            found.append(
                SpecFault("check_field", jump.id, f"“{jump.id}”比较的“{jump.field}”不是表单里的数；请改正。")
            )
        if jump.percent <= 0:
            found.append(
                SpecFault("bad_percent", jump.id, f"“{jump.id}”的幅度是{jump.percent}%；请写大于0的数。")
            )
    return found


def _ids(form: Form) -> Iterator[SpecFault]:
    if not form.fields:
        yield SpecFault("no_field", form.id, f"表单“{form.name}”没有要填的项；请至少写一项。")
    for section in form.sections:
        yield from _section(section)
    lists = {
        "分节": [section.id for section in form.sections],
        "项": [field.id for field in form.fields],
        "校验": [*(check.id for check in form.checks), *(jump.id for jump in form.jumps)],
    }
    for what, ids in lists.items():
        for key, times in Counter(ids).items():
            if times > 1:
                yield SpecFault("duplicate", key, f"{what}的编号“{key}”用了{times}次；请改成互不相同的编号。")
            if not key:
                yield SpecFault("empty_name", key, f"有一个{what}没有编号；请补上。")


def _section(section: Section) -> Iterator[SpecFault]:
    if not section.fields:
        yield SpecFault("empty_section", section.id, f"分节“{section.name}”里没有要填的项；请补上或去掉它。")
    for label, times in Counter(field.label.strip() for field in section.fields).items():
        if not label:
            yield SpecFault("empty_name", section.id, f"分节“{section.name}”里有一项没有名称；请补上。")
        elif times > 1:
            yield SpecFault(
                "same_label",
                section.id,
                f"分节“{section.name}”里有{times}项都叫“{label}”；请换用不同的名称。",
            )


def _field(field: Field) -> Iterator[SpecFault]:
    numeric = field.kind in NUMERIC
    limits = [limit for limit in (field.minimum, field.maximum) if limit is not None]
    wanted = Decimal if numeric else date if field.kind is FieldKind.DATE else None
    if any(wanted is None or not isinstance(limit, wanted) for limit in limits):
        yield _odd(field, "最小值、最大值", "只用于数和日期，且须同类")
    elif len(limits) == 2 and limits[0] > limits[1]:  # type: ignore[operator]  # both of one type, see above
        yield SpecFault(
            "empty_range",
            field.id,
            f"“{field.label}”的最小值{limits[0]}大于最大值{limits[1]}，什么都填不了；请改正。",
        )
    for limit in limits:
        if numeric and isinstance(limit, Decimal) and places(limit) > decimals_of(field):
            yield SpecFault(
                "limit_decimals",
                field.id,
                f"“{field.label}”的界限{limit}的小数比允许填的（{decimals_of(field)}位）还多；请改正。",
            )
    if field.decimals is not None and (not numeric or field.decimals < 0):
        yield _odd(field, "小数位数", "只用于数，且不能为负")
    if field.kind is FieldKind.INTEGER and field.decimals:
        yield _odd(field, "小数位数", "整数没有小数")
    if field.max_length is not None and (
        field.kind not in WORDED | {FieldKind.FILE, FieldKind.CHOICES} or field.max_length < 1
    ):
        yield _odd(field, "max_length", "只用于文字、多选和附件，且至少为1")
    if field.unit is not None and not numeric:
        yield _odd(field, "单位", "只用于数")
    if field.kind is FieldKind.MONEY and split(unit_of(field)) != (0, "元"):
        yield _odd(field, "单位", f"金额以元计，不能是“{field.unit}”；以{field.unit}计的请用 number")
    if field.kind is FieldKind.PERCENT and unit_of(field) not in ("%", "个百分点"):
        yield _odd(field, "单位", "百分比的单位只能是 % 或 个百分点")


def _odd(field: Field, what: str, why: str) -> SpecFault:
    return SpecFault(
        "odd_setting", field.id, f"“{field.label}”（{field.kind.value}）的{what}：{why}；请改正或去掉。"
    )


def _choices(field: Field) -> Iterator[SpecFault]:
    if field.kind not in CHOOSING:
        if field.choices:
            yield _odd(field, "选项", "只用于单选和多选")
        return
    if len(field.choices) < 1:
        yield SpecFault("no_choice", field.id, f"“{field.label}”没有选项；请至少写一个。")
    for words in ([c.value for c in field.choices], [fold(c.label) for c in field.choices]):
        for word, times in Counter(words).items():
            if times > 1 or not word:
                yield SpecFault(
                    "same_choice", field.id, f"“{field.label}”的选项“{word}”重复或为空；请改成互不相同的。"
                )
    crossing = {fold(c.value): c for c in field.choices}
    for choice in field.choices:
        other = crossing.get(fold(choice.label))
        if other is not None and other != choice:
            yield SpecFault(
                "same_choice",
                field.id,
                f"“{field.label}”的选项名称“{choice.label}”是另一个选项的值；请改成互不相同的。",
            )
        if field.kind is FieldKind.CHOICES and (SEPARATORS.search(choice.label + choice.value)):
            yield SpecFault(
                "choice_separator",
                field.id,
                f"“{field.label}”的选项“{choice.label}”含顿号、逗号、分号或竖线，写进一格就分不开；请改写。",
            )


def _condition(field: Field, before: dict[str, Field]) -> Iterator[SpecFault]:
    condition = field.shown_when
    if condition is None:
        return
    other = before.get(condition.field)
    if other is None or other.kind not in _CONDITIONS:
        yield SpecFault(
            "condition_field",
            field.id,
            f"“{field.label}”的显示条件看“{condition.field}”，它须是排在前面的是否、单选或多选项；请改正。",
        )
        return
    known: set[str | bool] = (
        {True, False} if other.kind is FieldKind.YES_NO else {choice.value for choice in other.choices}
    )
    for value in condition.values:
        if value not in known:
            yield SpecFault(
                "condition_value",
                field.id,
                f"“{field.label}”的显示条件“{value}”不是“{other.label}”的取值；请改正。",
            )
    if not condition.values:
        yield SpecFault("condition_value", field.id, f"“{field.label}”的显示条件没有取值；请补上。")


def _check(check: Check, fields: dict[str, Field]) -> Iterator[SpecFault]:
    named = [*check.left, *check.right]
    odd = [name for name in named if name not in fields or fields[name].kind not in NUMERIC]
    for name in odd:
        yield SpecFault("check_field", check.id, f"校验“{check.id}”里的“{name}”不是表单里的数；请改正。")
    if not check.left:
        yield SpecFault("check_side", check.id, f"校验“{check.id}”的左边没有项；请补上。")
    for name, times in Counter(named).items():
        if times > 1:
            yield SpecFault(
                "check_side",
                check.id,
                f"校验“{check.id}”里“{name}”出现{times}次，两边互相抵消或重复计算；请改正。",
            )
    units = {unit_of(fields[name]) for name in named if name not in odd}
    if len(units) > 1:
        yield SpecFault(
            "check_units",
            check.id,
            f"校验“{check.id}”把单位不同的项（{'、'.join(sorted(unit or '无单位' for unit in units))}）放在一起比；请改正。",
        )
