"""Numbers as officials type them: separators, units, percent signs. Exact: nothing here rounds or guesses."""

from __future__ import annotations

import re
from decimal import Decimal

from zhijiao.engines.forms.tidying import Unreadable, cut, is_formula, tidy
from zhijiao.engines.forms.types import MOST_DECIMALS, MOST_DIGITS, Field, FieldKind

_NUMBER = re.compile(
    r"(?P<sign>[+-]?) ?"
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,3}(?: [0-9]{3})+(?![0-9])|[0-9]+|(?=\.[0-9]))"
    r"(?P<part>\.[0-9]*)?"
    r" ?(?P<suffix>.*)"
)
_FULL_STOP = re.compile(r"(?<=[0-9])。(?=[0-9])")
"""What the decimal point becomes where a Chinese keyboard is on."""
_MONEY_SIGN = re.compile(r"(?P<sign>[+-]?)(?:¥|人民币|RMB|CNY)\s*", re.IGNORECASE)
_NO_VALUE = frozenset(
    {"无", "没有", "暂无", "空", "-", "--", "—", "——", "/", "\\", "n/a", "na", "null", "none"}
)
_NOT_FINITE = frozenset({"inf", "infinity", "nan", "∞", "无穷", "无穷大"})
_ABOUT = re.compile(r"约|大约|近|余|多|左右|以上|以下|上下|至少|超过|不足|[<>≥≤≈~～]")
_SCIENTIFIC = re.compile(r"[eE] ?[+-]?[0-9]")
_RANGE = re.compile(r"[-~至到—] ?[0-9]")
_FRACTION = re.compile(r"/ ?[0-9]")
_HAN_DIGITS = re.compile(r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+")

_POWERS = (("亿", 8), ("千万", 7), ("百万", 6), ("万", 4))
_ALIASES = {"圆": "元", "块": "元", "块钱": "元", "㎡": "平方米", "m²": "平方米", "m2": "平方米"}


def read_number(text: str, field: Field) -> Decimal:
    """The exact number that a text stands for, in the field's own unit. Raises `Unreadable`."""
    written = _FULL_STOP.sub(".", tidy(text))
    value = _value(written, field)
    _fits(written, value, field)
    return value


def unit_of(field: Field) -> str:
    """The unit that a number of this field is in; empty for a bare number."""
    if field.kind is FieldKind.PERCENT:
        return field.unit or "%"
    if field.kind is FieldKind.MONEY:
        return field.unit or "元"
    return field.unit or ""


def decimals_of(field: Field) -> int:
    """The decimals that a number of this field may have."""
    most = {FieldKind.INTEGER: 0, FieldKind.MONEY: 2}.get(field.kind, MOST_DECIMALS)
    return most if field.decimals is None else min(field.decimals, most)


def places(value: Decimal) -> int:
    """The decimals that a number really has: 1.50 has one."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _value(written: str, field: Field) -> Decimal:
    _refuse_early(written)
    unit = unit_of(field)
    bare = written
    if split(unit)[1] == "元":
        bare = _MONEY_SIGN.sub(lambda found: found["sign"], written, count=1)
    found = _NUMBER.fullmatch(bare)
    if found is None:
        raise _not_a_number(written)
    suffix = found["suffix"].strip()
    if suffix != unit:  # a unit may begin like a word that is refused
        _refuse_suffix(written, suffix)
    digits = found["whole"].replace(",", "").replace(" ", "") + (found["part"] or "")
    if len(digits.replace(".", "")) > MOST_DIGITS:
        raise Unreadable("too_long", f"“{cut(written)}”的位数太多（最多{MOST_DIGITS}位）；请核对")
    value = Decimal(f"{found['sign']}{digits or '0'}")
    return _plain(value.scaleb(_power(written, suffix, unit)))


def _plain(value: Decimal) -> Decimal:
    """The same number without exponent, trailing zeros or a negative zero."""
    return Decimal(format(value.normalize(), "f")) if value else Decimal(0)


def _fits(written: str, value: Decimal, field: Field) -> None:
    allowed, has = decimals_of(field), places(value)
    if has <= allowed:
        return
    in_unit = (
        ""
        if written.replace(",", "").lstrip("+") == format(value, "f")
        else f"（即{value:f}{unit_of(field)}）"
    )
    if allowed == 0:
        raise Unreadable("not_whole", f"“{cut(written)}”{in_unit}不是整数；请填整数，平台不会自动取整")
    raise Unreadable(
        "too_many_decimals",
        f"“{cut(written)}”{in_unit}有{has}位小数，最多{allowed}位；请自行取舍后再填，平台不会自动四舍五入",
    )


def _refuse_early(written: str) -> None:
    if written.lower() in _NO_VALUE:
        raise Unreadable("blank_word", f"“{written}”不是数；确实没有发生请填0，没有数据请留空")
    if written.startswith("#"):
        raise Unreadable("cell_error", f"“{cut(written)}”是表格的错误值；请改正单元格后再填")
    if is_formula(written) or written.startswith("="):
        raise Unreadable("formula", f"“{cut(written)}”是公式；请填写算出的数")
    if written.lower().lstrip("+-") in _NOT_FINITE:
        raise Unreadable("not_finite", f"“{cut(written)}”不是有限的数；请填写具体的数")


def _refuse_suffix(written: str, suffix: str) -> None:
    if _SCIENTIFIC.match(suffix):
        raise Unreadable("scientific", f"“{cut(written)}”是科学记数法；请写出完整的数")
    if _FRACTION.match(suffix):
        raise Unreadable("fraction", f"“{cut(written)}”是分数；请填写算出的数")
    if _RANGE.match(suffix):
        raise Unreadable("range", f"“{cut(written)}”是一个范围；请填写一个确切的数")
    if suffix[:1] in tuple(",.0123456789"):
        raise Unreadable(
            "separator", f"“{cut(written)}”的分隔符不对；千位每三位一个逗号，小数点只有一个，如 1,234.5"
        )
    if _ABOUT.search(suffix):
        raise Unreadable("about", f"“{cut(written)}”不是确切的数；请填写确切的数，说明写在备注里")


def _not_a_number(written: str) -> Unreadable:
    if _ABOUT.match(written):
        return Unreadable("about", f"“{cut(written)}”不是确切的数；请填写确切的数，说明写在备注里")
    if _HAN_DIGITS.match(written):
        return Unreadable("chinese_number", f"“{cut(written)}”是汉字数字；请用阿拉伯数字填写")
    if written.startswith("(") and written.endswith(")"):
        return Unreadable("not_a_number", f"“{cut(written)}”带括号；负数请写负号，如 -12")
    return Unreadable("not_a_number", f"“{cut(written)}”不是数；请用阿拉伯数字填写，如 1,234.5")


def split(unit: str) -> tuple[int, str]:
    """A unit as a power of ten and its base: 万人次 is (4, 人次). 千 only before 元: 千瓦 is a base of its own."""
    unit = _ALIASES.get(unit, unit)
    for prefix, power in _POWERS:
        if unit.startswith(prefix):
            base = unit[len(prefix) :]
            return power, _ALIASES.get(base, base)
    return (3, "元") if unit == "千元" else (0, unit)


def _power(written: str, suffix: str, unit: str) -> int:
    """The power of ten from the unit that was typed to the field's unit."""
    typed = suffix.replace(" ", "")
    if not typed or typed.lower() == unit.lower():
        return 0
    (here, base), (power, wanted) = split(typed), split(unit)
    if base.lower() == wanted.lower():
        return here - power
    if not base:  # only a magnitude was typed: 1.5万
        if here != power:
            return here - power
        number = written.removesuffix(suffix).strip()
        raise Unreadable(
            "unit_ambiguous",
            f"“{cut(written)}”看不出是{number}{unit}，还是{written}个{unit}；"
            f"请连单位写全，如“{number}{unit}”，或只写以{unit}计的数",
        )
    if typed == "‰" or (typed == "%" and unit != "%"):
        wants = f"这里的单位是{unit}" if unit else "这里要填的数没有单位"
        raise Unreadable("unit", f"“{cut(written)}”带“{typed}”，{wants}；请换算后再填")
    if not unit:
        raise Unreadable("unit", f"“{cut(written)}”带单位“{typed}”，这里的数没有单位；请只填数")
    raise Unreadable("unit", f"“{cut(written)}”的单位是“{typed}”，这里的单位是“{unit}”；请换算后再填")
