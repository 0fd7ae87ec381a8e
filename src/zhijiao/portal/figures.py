"""Numbers as people read them. Every digit of a Decimal is kept: nothing here rounds."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from zhijiao.indicators.wording import OP_WORDS, number
from zhijiao.lib.dates import in_chinese
from zhijiao.policy.types import Bound, Figure, Period

__all__ = ["bound", "bounds", "number", "period", "quantity", "said", "signed", "spoken"]

_SHORT_FORMS = ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万"))
_PLACES = Decimal("0.01")


def quantity(value: Decimal, unit: str | None) -> str:
    """A number with its unit: 250,000人次, 75%. A year carries no separator: 2023年."""
    if unit == "年" and value == value.to_integral_value() and 1900 <= value <= 2200:
        return f"{value:f}年"
    return f"{number(value)}{unit or ''}"


def spoken(value: Decimal, unit: str | None) -> str:
    """A number for running text: 25万人次, 5,000万元, 1亿元, where the short form is exact."""
    for size, name in _SHORT_FORMS:
        short = value / size
        if abs(value) >= size and short == short.quantize(_PLACES):
            return f"{number(short)}{name}{unit or ''}"
    return quantity(value, unit)


def signed(value: Decimal, unit: str | None) -> str:
    """A change: +5.6 个百分点 for a share, −12个 for a count, with a true minus sign."""
    points = "个百分点" if unit == "%" else unit
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{quantity(abs(value), points)}"


def said(op: str) -> str:
    """How a published figure was hedged: 约 for ~, 不少于 for >=."""
    return {">=": "不少于", "~": "约", ">": "超过", "<=": "不超过", "<": "不到"}.get(op, "")


def bound(item: Bound | Figure, short: bool = False) -> str:
    """≥ 75%, ≤ 3%, 约 20家, 100%."""
    return f"{OP_WORDS[item.op]}{(spoken if short else quantity)(item.value, item.unit)}"


def bounds(items: Iterable[Bound | Figure], short: bool = False) -> str:
    """One bound, or two that make a range: 1—2个; `short` says 100亿元 where that is exact."""
    listed = list(items)
    lower = next((item for item in listed if item.op in (">=", ">")), None)
    upper = next((item for item in listed if item.op in ("<=", "<")), None)
    if len(listed) == 2 and lower and upper and lower.unit == upper.unit:
        return f"{number(lower.value)}—{quantity(upper.value, upper.unit)}"
    return "；".join(bound(item, short) for item in listed)


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
