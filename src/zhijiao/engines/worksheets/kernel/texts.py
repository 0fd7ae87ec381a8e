"""Comparing and copying bytes."""

from __future__ import annotations

from functools import partial

from numba import boolean, int64, njit, uint8
from numba.types import Array

octets = Array(uint8, 1, "C")
given = Array(uint8, 1, "C", readonly=True)
longs = Array(int64, 1, "C")
spans = Array(int64, 2, "C")
UNWRITABLE = -1
compiled = partial(njit, cache=True, nogil=True, _nrt=False)
"""Nothing here makes an object, so none is counted: counting takes twice as long as reading does."""


@compiled(boolean(given, int64, given))
def stands(xml, at, words):
    """Whether the words stand there."""
    for step in range(words.size):  # noqa: SIM110 - compiled
        if xml[at + step] != words[step]:
            return False
    return True


@compiled(int64(given, int64, int64))
def past_blanks(xml, at, end):
    """The next byte that is no blank or line break."""
    while at < end and (xml[at] == 32 or 9 <= xml[at] <= 13):
        at += 1
    return at


@compiled(int64(given, int64, int64, given))
def found_at(xml, at, end, words):
    """Where the words stand next; `end` if nowhere before it."""
    while at < end:
        if xml[at] == words[0] and stands(xml, at, words):
            return at
        at += 1
    return end


@compiled(int64(given, int64, int64, octets, int64, boolean))
def copied(xml, at, end, text, place, trimmed):
    """Copy a text up to the next tag; how many bytes, or UNWRITABLE where it is not the text that the bytes say: entities, line
    breaks and escapes (_x000D_), and blanks at its ends that are not kept (`trimmed`)."""
    first = at
    while at < end and xml[at] != 60:
        sign = xml[at]
        if sign == 38 or sign == 13 or (sign == 95 and xml[at + 1] == 120):
            return UNWRITABLE
        text[place] = sign
        place += 1
        at += 1
    length = at - first
    if trimmed and length and (xml[first] <= 32 or xml[at - 1] <= 32):
        return UNWRITABLE
    return length
