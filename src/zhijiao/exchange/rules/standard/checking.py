"""What a standard must fulfil beyond its form: that its parts fit together and that its examples would pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from zhijiao.engines.expressions import ExpressionError, Kind, check, parse
from zhijiao.exchange.rules.standard.schema import expression_schema
from zhijiao.exchange.types import Code, CodeList, Dataset, Field, FieldType, Privacy, Role, Standard

PATTERNS = ("identity", "uscc", "school", "phone")
"""Shapes of text that intake knows how to check."""
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ONCE = (Role.ORGANISATION, Role.PERSON, Role.PERIOD, Role.MAJOR)
_MOST_LENGTH = {FieldType.NUMBER: 28, FieldType.MONEY: 28, FieldType.TEXT: 4000, FieldType.TIME: 10}


@dataclass(frozen=True)
class Found:
    """A fault of meaning: in which data set or list, at which place, and what to write instead."""

    kind: Literal["dataset", "list"]
    of: str
    path: tuple[str | int, ...]
    words: str
    remedy: str


def faults(standard: Standard) -> Iterator[Found]:
    """All of them."""
    yield from _unique_datasets(standard.datasets)
    known = {each.id for each in standard.datasets}
    for dataset in standard.datasets:
        yield from _dataset(dataset, standard.codes, known)
    for codes in standard.codes.values():
        yield from _list(codes)


def _unique_datasets(datasets: Sequence[Dataset]) -> Iterator[Found]:
    for what, words in (("id", "编号"), ("number", "数据表序号"), ("name", "中文名"), ("english", "英文名")):
        counted = Counter(getattr(each, what) for each in datasets)
        for each in datasets:
            if counted[getattr(each, what)] > 1:
                said = f"{words} {getattr(each, what)} 有 {counted[getattr(each, what)]} 个数据集在用"
                yield Found("dataset", each.id, (what,), said, "改成一个没有用过的")


def _dataset(dataset: Dataset, codes: Mapping[str, CodeList], known: set[str]) -> Iterator[Found]:
    def found(path: tuple[str | int, ...], words: str, remedy: str) -> Found:
        return Found("dataset", dataset.id, path, words, remedy)

    if not _ID.fullmatch(dataset.id):
        yield found(("id",), f"编号 {dataset.id} 不合格", "用小写字母开头，只含小写字母、数字和下划线")
    if not dataset.fields:
        yield found(("fields",), "没有字段", "至少写一个字段")
    for what, words in (("id", "编号"), ("number", "编号"), ("pinyin", "字段名"), ("name", "中文名")):
        counted = Counter(getattr(field, what) for field in dataset.fields)
        for place, field in enumerate(dataset.fields):
            if counted[getattr(field, what)] > 1:
                said = f"{words} {getattr(field, what)} 有 {counted[getattr(field, what)]} 个字段在用"
                yield found(("fields", place, what), said, "改成本数据集里没有用过的")
    for role in _ONCE:
        places = [place for place, field in enumerate(dataset.fields) if field.role is role]
        for place in places[1:]:
            yield found(("fields", place, "role"), f"有 {len(places)} 个字段的 role 是 {role}", "只留一个")
    if dataset.domain == "exchange" and dataset.the(Role.ORGANISATION) is None:
        yield found(("fields",), "没有 role: organisation 的字段", "指明哪个字段是这一行所属机构的代码")
    yield from _key(dataset)
    for place, field in enumerate(dataset.fields):
        for words, remedy in _field(field, codes, known):
            yield found(("fields", place), f"字段 {field.id}：{words}", remedy)
    yield from _titles(dataset)
    yield from _checks(dataset, codes)


def _key(dataset: Dataset) -> Iterator[Found]:
    if not dataset.key:
        yield Found("dataset", dataset.id, ("key",), "没有业务主键", "写出能认出一行的必填字段")
    for place, name in enumerate(dataset.key):
        field = dataset.by_id.get(name)
        if field is None:
            yield Found("dataset", dataset.id, ("key", place), f"主键里的 {name} 不是字段", "改成字段的编号")
        elif not field.mandatory:
            remedy = f"把 {name} 改为必填（M），或换一个必填的字段"
            yield Found("dataset", dataset.id, ("key", place), f"主键里的 {name} 不是必填", remedy)


def _field(field: Field, codes: Mapping[str, CodeList], known: set[str]) -> Iterator[tuple[str, str]]:
    if not _ID.fullmatch(field.id):
        yield f"编号 {field.id} 不合格", "用小写字母开头，只含小写字母、数字和下划线"
    if not 0 < field.length <= _MOST_LENGTH[field.type]:
        yield (
            f"长度 {field.length} 不合格",
            f"{field.type.words}的长度在 1 到 {_MOST_LENGTH[field.type]} 之间",
        )
    if not 0 <= field.decimals < max(field.length, 1) or (field.decimals and field.type in _TEXTUAL):
        yield f"小数位数 {field.decimals} 不合格", "小数位数要小于长度，只有数值和金额才有"
    if field.values is not None and field.values not in codes:
        yield f"没有代码表 {field.values}", "改正 values，或在 codes/ 里写出这张代码表"
    if field.values is not None and field.type is not FieldType.TEXT:
        yield "有代码表的字段应是文本", "把 type 改为 C"
    if field.refers and field.refers not in known:
        yield f"没有数据集 {field.refers}", "改正 refers"
    if field.pattern and field.pattern not in PATTERNS:
        yield f"没有校验规则 {field.pattern}", f"可用的是 {'、'.join(PATTERNS)}"
    if field.role is Role.PERSON and (field.privacy is not Privacy.SENSITIVE or field.pattern != "identity"):
        yield "身份证件号没有按敏感信息保护", "写 privacy: sensitive 和 pattern: identity"
    if field.least is not None and field.most is not None and not _in_order(field):
        yield f"下限 {field.least} 大于上限 {field.most}", "对调或改正"
    if field.example:
        yield from _example(field, codes)


_TEXTUAL = (FieldType.TEXT, FieldType.TIME)


def _in_order(field: Field) -> bool:
    least, most = field.least, field.most
    if isinstance(least, Decimal) and isinstance(most, Decimal):
        return least <= most
    return isinstance(least, date) and isinstance(most, date) and least <= most


def _example(field: Field, codes: Mapping[str, CodeList]) -> Iterator[tuple[str, str]]:
    """An example that intake would refuse misleads whoever fills in."""
    listed = codes.get(field.values or "")
    if listed is not None and not listed.open and field.example not in listed.by_name:
        yield f"示例“{field.example}”不在代码表 {listed.id} 里", "改成表里的名称"
    if field.values is None and field.type is FieldType.TEXT and len(field.example) > field.length:
        yield f"示例“{field.example}”超过长度 {field.length}", "缩短示例或加大长度"
    if field.type is FieldType.TIME:
        try:
            date.fromisoformat(field.example)
        except ValueError:
            yield f"示例“{field.example}”不是日期", "写作 2023-09-01 这样"
    if field.type in (FieldType.NUMBER, FieldType.MONEY):
        try:
            Decimal(field.example)
        except InvalidOperation:
            yield f"示例“{field.example}”不是数", "改成一个数，不带单位"


def _titles(dataset: Dataset) -> Iterator[Found]:
    """A title that two fields answer to could not be matched."""
    owners: dict[str, list[int]] = {}
    for place, field in enumerate(dataset.fields):
        for title in {field.id, field.pinyin.lower(), field.name, *field.aliases}:
            owners.setdefault(title, []).append(place)
    for title, places in owners.items():
        if len(places) > 1:
            names = "、".join(dataset.fields[place].id for place in places)
            yield Found(
                "dataset",
                dataset.id,
                ("fields", places[-1]),
                f"列名“{title}”同时指 {names}",
                "从其中一个字段的别名里去掉",
            )


def _checks(dataset: Dataset, codes: Mapping[str, CodeList]) -> Iterator[Found]:
    schema = expression_schema(dataset, codes)
    counted = Counter(each.id for each in dataset.checks)
    for place, each in enumerate(dataset.checks):
        path = ("checks", place)
        if counted[each.id] > 1:
            yield Found("dataset", dataset.id, (*path, "id"), f"校验 {each.id} 写了两次", "改一个编号")
        if each.field not in dataset.by_id:
            yield Found(
                "dataset",
                dataset.id,
                (*path, "field"),
                f"校验 {each.id} 标记的 {each.field} 不是字段",
                "改成字段的编号",
            )
        try:
            wrong = check(parse(each.when), schema, Kind.BOOL).faults
        except ExpressionError as error:
            wrong = error.faults
        for fault in wrong:
            words = f"校验 {each.id} 的条件第 {fault.at + 1} 个字符：{fault.words}"
            yield Found("dataset", dataset.id, (*path, "when"), words, fault.remedy)


def _list(codes: CodeList) -> Iterator[Found]:
    if not _ID.fullmatch(codes.id):
        yield Found("list", codes.id, ("id",), f"代码表编号 {codes.id} 不合格", "只用小写字母、数字和下划线")
    if not codes.entries and not codes.open:
        yield Found("list", codes.id, ("entries",), "没有条目", "写出条目，或写 open: true（待导入）")
    counted = Counter(entry.code for entry in codes.entries)
    named: dict[str, str] = {}
    for place, entry in enumerate(codes.entries):
        path = ("entries", place)
        if counted[entry.code] > 1:
            yield Found("list", codes.id, path, f"代码 {entry.code} 写了两次", "删去多余的一条")
        if entry.until is not None and entry.since is not None and entry.until <= entry.since:
            yield Found("list", codes.id, path, f"代码 {entry.code} 的止期不晚于起期", "改正 since 或 until")
        for new in entry.replaced_by:
            if new not in codes.by_code:
                yield Found(
                    "list",
                    codes.id,
                    path,
                    f"代码 {entry.code} 改为 {new}，而表里没有 {new}",
                    "改正 replaced_by",
                )
        if entry.until is None and not codes.open:
            yield from _names(codes, place, entry, named)


def _names(codes: CodeList, place: int, entry: Code, named: dict[str, str]) -> Iterator[Found]:
    """A name that stands for two codes could not be translated."""
    for name in (entry.name, *entry.other_names):
        other = named.setdefault(name, entry.code)
        if other != entry.code:
            words = f"名称“{name}”同时指代码 {other} 和 {entry.code}"
            yield Found("list", codes.id, ("entries", place), words, "从其中一条里去掉")
