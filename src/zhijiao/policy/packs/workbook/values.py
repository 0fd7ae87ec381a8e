"""From what stands in a cell to the canonical text of its field, and back to words."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from zhijiao.lib.dates import is_partial_date
from zhijiao.lib.numbers import plain
from zhijiao.policy.packs.workbook.fields import ALSO_MEANS, Field

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_DATE = re.compile(r"^(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?)?年?$")
_BIG = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
MOST_DIGITS = 25


class Unreadable(Exception):
    """A cell cannot be understood: what is wrong, and what to write."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(f"{message}。{remedy}")


def tidy(text: str) -> str:
    """Text as it is compared: without control characters, line ends of one kind, no space around lines."""
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones, without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


# -- lists -----------------------------------------------------------------------------------------


BULLET = "·"


def join(words: list[str]) -> str:
    """A list in one cell: 甲、乙; as lines with bullets where the words hold separators themselves."""
    tidied = [tidy(word).replace("\n", " ") for word in words]
    for separator in ("、", "；"):
        joined = separator.join(tidied)
        if split(joined) == tidied:
            return joined
    return "\n".join(f"{BULLET}{word}" for word in tidied)


def split(text: str) -> list[str]:
    """The words of a cell. Separators inside brackets belong to the word: 县（市、区）."""
    text = text.strip()
    if "\n" in text or text.startswith(BULLET):
        lines = (line.strip().removeprefix(BULLET).strip() for line in text.split("\n"))
        return [line for line in lines if line]
    separators = "；;" if re.search(r"[；;]", _outside_brackets(text)) else "、，,"
    words, word, depth = [], "", 0
    for sign in text:
        depth = max(0, depth + (sign in "（([【《") - (sign in "）)]】》"))
        if depth == 0 and sign in separators:
            words.append(word)
            word = ""
        else:
            word += sign
    return [w.strip() for w in [*words, word] if w.strip()]


def _outside_brackets(text: str) -> str:
    kept, depth = "", 0
    for sign in text:
        depth = max(0, depth + (sign in "（([【《") - (sign in "）)]】》"))
        kept += sign if depth == 0 else ""
    return kept


def list_text(words: list[str]) -> str:
    """The canonical text of a list."""
    return "\n".join(tidy(word).replace("\n", " ") for word in words)


# -- reading cells ---------------------------------------------------------------------------------


def read(field: Field, raw: Any, number_format: str = "") -> str:
    """The canonical text of a cell. Raises Unreadable."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return ""
    match field.kind:
        case "number":
            return _number(raw, number_format)
        case "date":
            return _date(raw, number_format)
        case "choice":
            return _choice(field, raw)
        case "list":
            return "\n".join(split(tidy(_text(raw))))
        case "unit":
            return half_width(_text(raw))
    return tidy(_text(raw))


def _text(raw: Any) -> str:
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, int | float | Decimal):
        return _decimal_text(raw)
    if isinstance(raw, datetime | date):
        return raw.strftime("%Y-%m-%d")
    return str(raw)


def _decimal_text(raw: int | float | Decimal) -> str:
    value = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not value.is_finite() or value.adjusted() > MOST_DIGITS or value.adjusted() < -MOST_DIGITS:
        raise Unreadable("数值过大或不是数字", "核对后重新填写")
    return plain(value)


def _number(raw: Any, number_format: str) -> str:
    if isinstance(raw, bool | datetime | date):
        raise Unreadable(f"应是数字，却写成了“{_text(raw)}”", "把单元格格式改为“常规”，只写数字")
    if isinstance(raw, int | float):
        text = _decimal_text(raw)
        return plain(Decimal(text) * 100) if "%" in number_format else text
    text = half_width(str(raw)).replace(",", "").removesuffix("%")
    factor = _BIG.get(text[-1:], Decimal(1))
    try:
        value = Decimal(text.rstrip("万亿") if factor != 1 else text)
    except InvalidOperation:
        raise Unreadable(f"应是数字，却写成了“{raw}”", "只写数字本身，关系和单位写在各自的列") from None
    _decimal_text(value)  # refuses what is too large or no number, before it is multiplied
    return _decimal_text(value * factor)


def _date(raw: Any, number_format: str) -> str:
    if isinstance(raw, datetime | date):
        # A spreadsheet program turns “2023-12” into the first of that month; its format still says so.
        pattern = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", number_format).lower()
        return raw.strftime("%Y-%m-%d" if "d" in pattern or "m" not in pattern else "%Y-%m")
    found = _DATE.match(half_width(_text(raw)))
    if found:
        parts = [found[1], *(f"{int(part):02d}" for part in found.groups()[1:] if part)]
        text = "-".join(parts)
        if is_partial_date(text):
            return text
    raise Unreadable(f"日期“{_text(raw)}”不合格", "写成 2023、2023-12 或 2023-12-31，且日期存在")


def _choice(field: Field, raw: Any) -> str:
    text = half_width(_text(raw))
    for code, word in field.choices.items():
        if text in (half_width(word), half_width(code)):
            return code
    others = {half_width(word): code for word, code in ALSO_MEANS.get(field.key, {}).items()}
    if text in others:
        return others[text]
    raise Unreadable(f"“{_text(raw)}”不在可选范围内", f"改为下列之一：{'、'.join(field.choices.values())}")


# -- comparing and showing -------------------------------------------------------------------------


def same(field: Field, old: str, new: str) -> bool:
    """Whether two canonical texts say the same. A number that lost its trailing nought is no change."""
    if old == new:
        return True
    if field.kind == "unit":
        return half_width(old) == half_width(new)
    if field.kind == "text" and new:
        try:
            return Decimal(old) == Decimal(new)
        except InvalidOperation:
            return False
    return False


def shown(field: Field, text: str) -> str | Decimal | None:
    """A canonical text as the cell that people see."""
    if not text:
        return None
    match field.kind:
        case "number":
            return Decimal(text)
        case "choice":
            return field.choices[text]
        case "list":
            return join(text.split("\n"))
    return text
