"""Chinese text set as Chinese: full-width punctuation, no spaces between figures and characters.

Packs are written by many hands and some type `(2023年,推定)` on a half-width keyboard. Only what touches a
Chinese character is changed, so ids, addresses and figures such as 12,000 stay as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache

_HAN = "\u3400-\u9fff\u3000-\u303f\uff00-\uffef“”‘’·"
_WIDE = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！", "(": "（", ")": "）"}
_HALF = re.compile(r"[,:;?!() ]")
_PUNCTUATION = re.compile(rf"(?<=[{_HAN}])\s?[,:;?!](?:\s(?=[{_HAN}]))?|(?<=[0-9A-Za-z%])[,;:?!](?=[{_HAN}])")
_OPENING = re.compile(rf"(?<=[{_HAN}])\s?\((?=\S)|\((?=[{_HAN}])")
_CLOSING = re.compile(rf"(?<=[{_HAN}])\)|\)(?=[{_HAN}])")
_SHORT = 500
"""Texts up to this length are kept: the packs' own, over and over. What somebody sends may be long, and never comes again."""
_GAP = re.compile(rf"(?<=[0-9]) (?=[%‰{_HAN}])|(?<=[{_HAN}]) (?=[0-9≥≤＞＜])|(?<=[≥≤＞＜约]) (?=[0-9])")


def typeset(text: str) -> str:
    """The same words, set as a Chinese page sets them."""
    if not _HALF.search(text):
        return text
    return _kept(text) if len(text) <= _SHORT else _typeset(text)


def _typeset(text: str) -> str:
    text = _OPENING.sub("（", text)
    if "（" in text:
        text = _closed(_CLOSING.sub("）", text))
    text = _PUNCTUATION.sub(lambda found: _WIDE[found[0].strip()], text)
    return _GAP.sub("", text)


_kept = lru_cache(maxsize=16384)(_typeset)


def _closed(text: str) -> str:
    """Close each full-width bracket with a full-width one, also after a figure: （F1)."""
    made, open_ = [], 0
    for sign in text:
        if sign == "（":
            open_ += 1
        elif sign == "）":
            open_ -= 1
        elif sign == ")" and open_ > 0:
            sign, open_ = "）", open_ - 1
        made.append(sign)
    return "".join(made)
