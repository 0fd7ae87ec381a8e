"""An expression's text cut into words and signs, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhijiao.engines.expressions.types import ExpressionError, Fault

LONGEST = 4000
"""Signs that an expression may have. Packs come from strangers."""
KEYWORDS = frozenset(
    "and or not in between is missing present if then else true false".split()  # noqa: SIM905 - reads as the list it is
)
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d+)?(?![\w.]))
    |(?P<word>[A-Za-z_\u3400-\u9fff][\w\u3400-\u9fff]*)
    |(?P<text>"(?:[^"\\]|\\["\\])*")
    |(?P<sign>!=|<=|>=|[=<>+\-*/(),])""",
    re.VERBOSE | re.ASCII,
)
_WIDE = {
    "（": "(",
    "）": ")",
    "，": ",",
    "“": '"',
    "”": '"',
    "＝": "=",
    "＜": "<",
    "＞": ">",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
}


@dataclass(frozen=True)
class Token:
    """A word or sign: `kind` is number, word, keyword, text, sign or end."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """All of them, then the end. Raises `ExpressionError`."""
    if len(text) > LONGEST:
        raise ExpressionError(
            (Fault(LONGEST, f"表达式有{len(text)}个字符，最多{LONGEST}个", "拆成几条较短的写"),)
        )
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError((_stranger(text, at),))
        kind = str(match.lastgroup)
        if kind != "space":
            word = match[0]
            found.append(Token("keyword" if word in KEYWORDS else kind, word, at))
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _stranger(text: str, at: int) -> Fault:
    sign = text[at]
    if sign in _WIDE:
        return Fault(at, f"全角的“{sign}”不能用在这里", f"改用半角的 {_WIDE[sign]}")
    if sign == '"':
        return Fault(at, "文字没有写完，缺少收尾的引号", '补上 "；文字里的引号写成 \\"')
    if sign == "'":
        return Fault(at, "文字要用双引号", '改成 "…"')
    if sign.isdigit() and sign.isascii():
        return Fault(at, "数字写得不对", "写成 12 或 0.5 这样；名称不要以数字开头")
    if sign in "&|!":
        return Fault(at, f"不认识“{sign}”", "并且写 and，或者写 or，不是写 not，不等于写 !=")
    return Fault(at, f"不认识“{sign}”", "删去它，或对照表达式写法改正")
