"""What a keyboard, a cell or a pasted page puts around a value: full width, odd spaces, invisible characters."""

from __future__ import annotations

import re
import unicodedata

from zhijiao.lib.folding import fold

_SPACES = "\u3000\u00a0\u2002\u2003\u2007\u2009\u202f\t\r\n"
_NOTHING = "\u200b\u200c\u200d\u2060\ufeff"
_MINUS = "\u2212\u2010\u2011\u2012\u2013"
# Not NFKC: it would read 5² as 52 and ① as 1.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_TIDY = (
    _HALF_WIDTH
    | dict.fromkeys(map(ord, _SPACES), " ")
    | dict.fromkeys(map(ord, _NOTHING), None)
    | dict.fromkeys(map(ord, _MINUS), "-")
    | {ord("￥"): "¥", ord("％"): "%"}
)
_HIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORMULA = re.compile(r"=\s*[A-Za-z0-9(@'\"+\-$]|[@+]\s*[A-Za-z(]")


class Unreadable(ValueError):
    """A value that cannot be read: a code and Chinese words with the remedy, without the label of the field."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


def tidy(text: str) -> str:
    """Half width, plain spaces and hyphens, nothing invisible, nothing around it. For values, not for prose."""
    return text.translate(_TIDY).strip()


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute it."""
    return _FORMULA.match(tidy(text)) is not None


def prose(text: str, *, lines: bool) -> str:
    """A text as it is kept: one kind of line end, nothing around it. Raises `Unreadable`."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").strip().strip(_NOTHING).strip()
    if kept.startswith("=") and is_formula(kept):
        raise Unreadable("formula", f"“{cut(kept)}”是公式；请填写文字本身")
    if not lines and "\n" in kept:
        raise Unreadable("several_lines", "只能写一行；请去掉换行")
    for place, sign in enumerate(kept, 1):
        if sign in "\n\t":
            continue
        if unicodedata.category(sign) in ("Cc", "Cs") or sign in _HIDDEN:
            raise Unreadable("hidden_character", f"第{place}个字符是看不见的控制字符；请删去后重新输入")
    return kept


def same(one: str, other: str) -> bool:
    """Whether two words differ only in width, case or spaces."""
    return fold(one) == fold(other)


def cut(text: str, longest: int = 40) -> str:
    """A value as a message quotes it."""
    return text if len(text) <= longest else f"{text[:longest]}…"
