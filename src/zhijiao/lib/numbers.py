"""Exact numbers as people write them. Every digit of a Decimal is kept: nothing here rounds."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_SHORT_FORMS = ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万"))
_PLACES = Decimal("0.01")


def plain(value: Decimal) -> str:
    """12000, 50.6, 1.5: no exponent, no separators, no trailing zeros."""
    return format(value.normalize(), "f") if value else "0"


def number(value: Decimal) -> str:
    """12,000 · 50.6: thousands separated."""
    return f"{Decimal(plain(value)):,}"


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
    """A change: +5.6个百分点 for a share, −12个 for a count, with a true minus sign."""
    points = "个百分点" if unit == "%" else unit
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{quantity(abs(value), points)}"


def whole(text: str) -> int | None:
    """A whole number as typed; None when it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def row_id(text: str | None) -> int | None:
    """The number of a row, out of an address or a form; None where it is none that a table may hold."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def amount(text: str) -> Decimal | None:
    """An amount as typed; None when it is none."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**8 else None
