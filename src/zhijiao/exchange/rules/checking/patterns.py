"""Values with a shape of their own: identity numbers, credit codes, codes of schools, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from zhijiao.exchange.rules import identity
from zhijiao.exchange.rules.checking.values import Reader, Taken, doubted, half_width, refused
from zhijiao.lib import citizens, codes

_DIGITS17 = re.compile(r"[0-9]{17}[0-9X]")
_OLD = re.compile(r"[0-9]{15}")
_PAPER = re.compile(r"[A-Z]{1,3}[0-9A-Z]{6,15}")
_FLOAT = re.compile(r"[0-9](\.[0-9]+)?E\+?1[0-9]")
_MOBILE = re.compile(r"1[0-9]{10}")
_FIXED = re.compile(r"(0[0-9]{2,3}-?)?[2-9][0-9]{6,7}(-[0-9]{1,6})?|[48]00-?[0-9]{3}-?[0-9]{4}")
_BLANKS = re.compile(r"[\s\-—–－_.·]+")


def read_identity(text: str, today: date) -> Taken:
    """An identity number of 18 signs, or a paper of another kind with a warning."""
    bare = _BLANKS.sub("", half_width(text)).upper().lstrip("'‘’`")
    if _FLOAT.fullmatch(half_width(text).upper()):
        return refused("pattern", "被当作数字保存，尾数已经丢失；把这一列设为“文本”格式，照原件重新填写")
    if _OLD.fullmatch(bare):
        return refused("pattern", "是 15 位的旧号码，请照新证填 18 位")
    if not _DIGITS17.fullmatch(bare):
        if _PAPER.fullmatch(bare):
            return doubted(
                bare, "pattern", "不是居民身份证号，按护照等其他证件收下；如果是身份证，请照原件改正"
            )
        if bare.isdigit() or _DIGITS17.match(bare):
            return refused("pattern", f"有 {len(bare)} 位，身份证号是 18 位，请照原件补全")
        return refused("pattern", "不是身份证号，应是 18 位数字（末位可以是 X），请照原件填写")
    if not identity.is_number(bare):
        sign = citizens.check_sign(bare[:17])
        if sign != bare[17]:
            return refused("pattern", f"校验码应为 {sign}，多半有一位写错，请照原件核对")
        return refused("pattern", f"第 7 到 14 位 {bare[6:14]} 不是日期，请照原件核对")
    born = date(int(bare[6:10]), int(bare[10:12]), int(bare[12:14]))
    if born > today:
        return refused("pattern", f"出生日期 {born.isoformat()} 在今天之后，请照原件核对")
    if today.year - born.year > 100:
        return doubted(bare, "pattern", f"出生于 {born.year} 年，已过百岁，请核对")
    return Taken(bare)


def read_credit_code(text: str, today: date) -> Taken:
    """A unified social credit code."""
    bare = _BLANKS.sub("", half_width(text)).upper()
    if codes.is_credit_code(bare):
        return Taken(bare)
    if len(bare) != 18:
        return refused("pattern", f"有 {len(bare)} 位，统一社会信用代码是 18 位，请照营业执照填写")
    try:
        sign = codes.check_sign(bare[:17])
    except ValueError:
        return refused("pattern", "含有统一社会信用代码不用的字符（如 I、O、S、V、Z），请照营业执照填写")
    return refused("pattern", f"校验码应为 {sign}，多半有一位写错，请照营业执照核对")


def read_school_code(text: str, today: date) -> Taken:
    """A school's code of ten digits."""
    bare = half_width(text)
    if codes.is_school_code(bare):
        return Taken(bare)
    return refused("pattern", f"不是学校标识码，应是 10 位数字，现在有 {len(bare)} 位，请核对")


def read_phone(text: str, today: date) -> Taken:
    """A mobile or fixed telephone number."""
    bare = half_width(text).replace(" ", "").replace("—", "-").replace("(", "").replace(")", "-")
    digits = re.sub(r"^(\+?86|0086)(?=1[0-9]{10}$)", "", bare.replace("-", ""))
    bare = bare.strip("-")
    if _MOBILE.fullmatch(digits):
        return Taken(digits)
    if _FIXED.fullmatch(bare):
        return Taken(bare)
    return refused("pattern", "不是电话号码，应是 11 位手机号，或区号加号码，请核对")


PATTERNS: Mapping[str, Callable[[str, date], Taken]] = {
    "identity": read_identity,
    "uscc": read_credit_code,
    "school": read_school_code,
    "phone": read_phone,
}


def reader_of_pattern(name: str, today: date) -> Reader:
    """How values of a pattern are read. Raises KeyError for a pattern nobody knows."""
    read = PATTERNS[name]
    return lambda text: read(text, today)
