"""One value as a sender may write it, made canonical, or the words that say what is wrong. Asked only for values that are not
canonical already, and once for each that occurs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from zhijiao.exchange.rules.identity import mask
from zhijiao.exchange.types import Field, FieldType, Role, Severity
from zhijiao.lib import numbers as written

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufff0-\ufffc]"
)
_BREAKS = re.compile(r"[\t\r\n]+")
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_DATE = re.compile(
    r"([0-9]{4})(?:[-/.年]\s*([0-9]{1,2})[-/.月]\s*([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))"
    r"(?:[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?"
)
_MONTH = re.compile(r"[0-9]{4}(?:[-/.年]?[0-9]{1,2}月?|年)?")
_SERIAL = re.compile(r"[0-9]{5}(?:\.0*)?")
_SERIAL_ZERO = date(1899, 12, 30)
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x00A0: " ",
    0x2212: "-",
}
"""Width only: folding further would make 52 of 5² and 1 of ①."""
_NOTHING = frozenset({"无", "没有", "/", "-", "--", "—", "——", "不详", "未知", "空"})
_LIKE_NUMBER = re.compile(r"[0-9]{14,17}[0-9Xx]")
SHOWN = 24


@dataclass(frozen=True)
class Wrong:
    """Why a value is not taken as it stands, or a doubt. `words` go on from “…是 X，”."""

    rule: str
    words: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Taken:
    """The canonical text of a value; None where it cannot be taken. `wrong` may be a mere warning."""

    text: str | None
    wrong: Wrong | None = None


Reader = Callable[[str], Taken]


def refused(rule: str, words: str) -> Taken:
    """A value that is not taken."""
    return Taken(None, Wrong(rule, words))


def doubted(text: str, rule: str, words: str) -> Taken:
    """A value that is taken with a warning."""
    return Taken(text, Wrong(rule, words, Severity.WARNING))


def clean(text: str) -> str:
    """Without what nobody sees: control signs, breaks, blanks at the ends."""
    return _BREAKS.sub(" ", _INVISIBLE.sub("", text)).strip()


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as the ones on the keyboard."""
    return clean(text).translate(_HALF_WIDTH).strip()


def shown(text: str) -> str:
    """A value as a message quotes it; an identity number in the wrong column is masked there too."""
    text = _LIKE_NUMBER.sub(lambda found: mask(found.group(0)), clean(text))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def read_text(field: Field, text: str) -> Taken:
    """Plain words within their length."""
    text = clean(text)
    if "\ufffd" in text:
        return refused("encoding", "含有乱码，请按原件重新填写")
    if len(text) > field.length:
        return refused("length", f"有 {len(text)} 个字，最多 {field.length} 个，请缩短")
    return Taken(text or None)


def read_number(field: Field, text: str) -> Taken:
    """A number: thousands separated or not, full width, with its unit, as a percentage where the unit is one."""
    bare = half_width(text).replace("，", ",").replace(" ", "")
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if field.unit and bare.endswith(field.unit):
        bare = bare.removesuffix(field.unit)
    elif field.role is Role.PERIOD:
        bare = bare.rstrip("年级届")
    if not _NUMBER.fullmatch(bare):
        return refused("type", _number_asked(field, bare))
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return refused("type", _number_asked(field, bare))
    plain = written.plain(value)
    whole, _, fraction = plain.lstrip("-").partition(".")
    if len(fraction) > field.decimals:
        asked = f"最多 {field.decimals} 位小数" if field.decimals else "应是整数"
        return refused("decimals", f"有 {len(fraction)} 位小数，{asked}，请核对")
    if len(whole) > max(field.length - field.decimals, 1):
        return refused(
            "length",
            f"整数部分有 {len(whole)} 位，最多 {max(field.length - field.decimals, 1)} 位，请核对单位和小数点",
        )
    if field.least is not None and not isinstance(field.least, date) and value < field.least:
        return refused("range", f"小于 {_written(field, field.least)}，{_bounds(field)}，请核对")
    if field.most is not None and not isinstance(field.most, date) and value > field.most:
        return refused("range", f"大于 {_written(field, field.most)}，{_bounds(field)}，请核对")
    return Taken(plain)


def read_date(field: Field, text: str) -> Taken:
    """A day in any usual form."""
    bare = half_width(text)
    found = _DATE.fullmatch(bare)
    if found:
        year, *parts = found.groups()
        month, day = (parts[0], parts[1]) if parts[0] else (parts[2], parts[3])
        try:
            value = date(int(year), int(month), int(day))
        except ValueError:
            return refused("type", "没有这一天，请核对年月日")
    elif _SERIAL.fullmatch(bare):
        value = _SERIAL_ZERO + timedelta(days=int(bare.split(".")[0]))
    elif _MONTH.fullmatch(bare):
        return refused("type", "没有写到日，请写成 2023-09-01 的样子")
    elif bare in _NOTHING:
        return refused("type", "不是日期；没有的留空")
    else:
        return refused("type", "不是日期，请写成 2023-09-01 的样子")
    if isinstance(field.least, date) and value < field.least:
        return refused("range", f"早于 {field.least.isoformat()}，请核对年份")
    if isinstance(field.most, date) and value > field.most:
        return refused("range", f"晚于 {field.most.isoformat()}，请核对年份")
    return Taken(value.isoformat())


def _number_asked(field: Field, bare: str) -> str:
    what = "整数" if not field.decimals else "数"
    if bare in _NOTHING:
        return f"不是数，应填{what}；不知道或没有的留空，没有就是 0 的填 0"
    if bare.endswith(("万", "亿", "万元", "亿元")):
        return (
            f"带着数量词，应只写{what}" + (f"，单位是{field.unit}" if field.unit else "") + "，请换算后填写"
        )
    if bare.endswith("%"):
        return "是百分数，这一列不是百分比，请换算后填写"
    return f"不是数，应填{what}" + (f"，单位是{field.unit}，不要写字" if field.unit else "，不要写字")


def _bounds(field: Field) -> str:
    low = _written(field, field.least) if isinstance(field.least, Decimal) else None
    high = _written(field, field.most) if isinstance(field.most, Decimal) else None
    if low and high:
        return f"应在 {low} 到 {high} 之间"
    return f"不得小于 {low}" if low else f"不得大于 {high}"


def _written(field: Field, value: Decimal) -> str:
    """A bound; a year has no thousands."""
    return written.plain(value) if field.role is Role.PERIOD or field.length == 4 else written.number(value)


def reader_of_type(field: Field) -> Reader:
    """How values of a field without code list and pattern are read."""
    read = {
        FieldType.TEXT: read_text,
        FieldType.NUMBER: read_number,
        FieldType.MONEY: read_number,
        FieldType.TIME: read_date,
    }[field.type]
    return lambda text: read(field, text)
