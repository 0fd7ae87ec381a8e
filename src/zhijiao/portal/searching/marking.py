"""Where the words of a query stand in a text, so that the page can mark them. Pure.

The text is cut into pieces and each piece is printed by the template, which escapes it: nothing that stands in a
pack or in a query can become markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A run of text that is marked or not."""

    text: str
    marked: bool


def pieces(text: str, words: Sequence[str]) -> list[Piece]:
    """The text in runs; `words` are folded (half width, lower case) and match the text however it is typed."""
    folded, origin = _folded(text)
    marks = bytearray(len(text))
    for word in words:
        at = folded.find(word) if word else -1
        while at != -1:
            for place in range(origin[at], origin[at + len(word) - 1] + 1):
                marks[place] = 1
            at = folded.find(word, at + len(word))
    return _runs(text, marks)


def _folded(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place of the one that it came from."""
    made: list[str] = []
    origin: list[int] = []
    for place, sign in enumerate(text):
        for folded in unicodedata.normalize("NFKC", sign).lower():
            made.append(" " if folded.isspace() else folded)
            origin.append(place)
    return "".join(made), origin


def _runs(text: str, marks: bytearray) -> list[Piece]:
    found: list[Piece] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marks[place] != marks[start]:
            found.append(Piece(text[start:place], bool(marks[start])))
            start = place
    return found
