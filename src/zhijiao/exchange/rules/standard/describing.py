"""The standard in sentences, for whoever fills in: the same words in a template, on a page and in the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.types import (
    Code,
    CodeList,
    Dataset,
    Due,
    Field,
    FieldType,
    Frequency,
    Keeping,
    Role,
    Standard,
)
from zhijiao.lib.numbers import number

_PATTERNS = {
    "identity": "18 位居民身份证号，末位可为 X",
    "uscc": "18 位统一社会信用代码",
    "school": "十位学校代码",
    "phone": "手机号，或带区号的固定电话",
}
_MOST_NAMED = 60
"""Names of codes that a sentence spells out."""


def title_of(field: Field) -> str:
    """The title of a column: its name, its unit, and a star where it must be filled in."""
    unit = f"（{field.unit}）" if field.unit else ""
    return f"{field.name}{unit}{'*' if field.mandatory else ''}"


def asks(field: Field) -> str:
    """What to write into a cell of the field, briefly."""
    known = field.values or field.pattern or field.role is Role.ORGANISATION
    shape = {
        FieldType.TEXT: "" if known else f"不超过 {field.length} 个字",
        FieldType.NUMBER: f"填数，{f'最多 {field.decimals} 位小数' if field.decimals else '整数'}",
        FieldType.MONEY: "填数，单位是元，最多两位小数",
        FieldType.TIME: "填日期，如 2023-09-01",
    }[field.type]
    parts = (
        "必填" if field.mandatory else "选填",
        "填名称或代码" if field.values else "",
        _PATTERNS.get(field.pattern, ""),
        shape,
        bounds_words(field),
        field.note,
    )
    return "。".join(part for part in parts if part) + "。"


def bounds_words(field: Field) -> str:
    """The bounds of a number; those of dates only where they are closer than a lifetime."""
    least, most = field.least, field.most
    if isinstance(least, date) or isinstance(most, date) or field.type is FieldType.TIME:
        return ""
    low = _plain(least, field) if isinstance(least, Decimal) else None
    high = _plain(most, field) if isinstance(most, Decimal) else None
    if low is not None and high is not None:
        return f"在 {low} 到 {high} 之间"
    if low is not None:
        return f"不小于 {low}"
    return f"不大于 {high}" if high is not None else ""


def _plain(value: Decimal, field: Field) -> str:
    return str(value) if field.length <= 4 else number(value)


def codes_in_force(codes: CodeList) -> list[Code]:
    """Entries that may still be used."""
    return [entry for entry in codes.entries if entry.until is None]


def values_words(field: Field, codes: Mapping[str, CodeList]) -> str:
    """Which values a field may have."""
    if field.pattern:
        return _PATTERNS.get(field.pattern, "")
    listed = codes.get(field.values or "")
    if listed is None:
        return ""
    entries = codes_in_force(listed)
    if not entries:
        return f"{listed.name}的代码；平台还没有导入这张代码表"
    if len(entries) > _MOST_NAMED:
        return f"{listed.name}的代码或名称，共 {len(entries)} 项"
    return "、".join(entry.name for entry in entries)


def due_words(due: Due) -> str:
    """How often, and by when: 每学年，8 月结束后 61 天内."""
    if due.frequency is Frequency.CHANGE:
        words = f"有变动时，{due.days} 天内"
    elif due.frequency in (Frequency.YEAR, Frequency.SCHOOL_YEAR):
        words = f"{due.frequency.words}，{due.month or 12} 月结束后 {due.days} 天内"
    else:
        words = f"{due.frequency.words}，期满后 {due.days} 天内"
    return f"{words}（平台默认，各地可另定）" if due.inferred else words


def keeping_words(dataset: Dataset) -> str:
    """What a file does to rows that it does not hold."""
    if dataset.keeping is Keeping.EVENTS:
        return "只增加和更正：文件里没有的行不受影响"
    period = next((field.name for field in dataset.fields if field.role is Role.PERIOD), "")
    scope = f"文件里出现的单位和{period}" if period else "文件里出现的单位"
    return f"整体更新：{scope}，以文件为准；原来有而文件里没有的行，入库前会列出，确认后按已消失处理"


def owes_words(dataset: Dataset) -> str:
    """Who hands in, in the order in which kinds are listed everywhere."""
    return "、".join(kind.words for kind in OrganisationKind if kind in dataset.owes)


def facts_of(dataset: Dataset, standard: Standard) -> list[tuple[str, str]]:
    """What a data set is, line by line."""
    key = "、".join(dataset.by_id[name].name for name in dataset.key)
    facts = [
        ("数据集", f"{dataset.name}（{dataset.id}），数据表序号 {dataset.number}"),
        ("分类", f"{dataset.subset} / {dataset.klass} / {dataset.subclass}"),
        ("范围", dataset.scope),
        ("数据来源", dataset.source),
        ("以谁为准", dataset.owner),
        ("谁报送", owes_words(dataset)),
        ("何时报送", due_words(dataset.due)),
        ("怎样入库", keeping_words(dataset)),
        ("怎样认出一行", f"{key}；同一文件里不能有两行相同"),
        *((f"行内校验 {place}", check.words) for place, check in enumerate(dataset.checks, 1)),
        ("说明", dataset.note),
        ("数据标准", f"{standard.edition}，内容校验码 {standard.hash[:12]}"),
    ]
    return [(label, text) for label, text in facts if text]
