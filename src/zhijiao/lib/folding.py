"""Text as it is compared when somebody looks for it: what typists may mix up is one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 200
"""Characters of a query that are looked at. Nobody asks for more, and each word is sought in every row of a list."""


def fold(text: str) -> str:
    """Full and half width, upper and lower case, and runs of spaces made one."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()


def words_of(query: str) -> list[str]:
    """The words of a query; a space separates words that must all occur."""
    return [word for word in fold(query[:LONGEST]).split(" ") if word]


def matches(query: str, texts: Iterable[str | None]) -> bool:
    """Whether every word of the query occurs somewhere in the texts."""
    whole = fold("\n".join(text for text in texts if text))
    return all(word in whole for word in words_of(query))
