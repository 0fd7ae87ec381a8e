"""A number as the XML has it, to the text that its reader sees: nine decimals, no noughts at the end."""

from __future__ import annotations

from numba import int64

from zhijiao.engines.worksheets.kernel.texts import UNWRITABLE, compiled, given, octets

DECIMALS = 9


@compiled(int64(given, int64, int64, octets, int64))
def _copied(xml, begin, end, text, place):
    for at in range(begin, end):
        text[place] = xml[at]
        place += 1
    return place


@compiled(int64(given, int64, int64, octets, int64))
def written(xml, at, end, text, place):
    """Write the number that begins at `at`; where the text ends, or UNWRITABLE where this is no plain number.

    The text is right wherever the number is near no tie: a double of at most five digits before the point is off by less
    than 0.0074 of the ninth decimal, of six digits by less than 0.06.
    """
    begin = at
    negative = xml[at] == 45
    if negative:
        at += 1
    first = at
    while at < end and 48 <= xml[at] <= 57:
        at += 1
    whole = at - first
    if whole == 0 or whole > 15 or (whole > 1 and xml[first] == 48):
        return UNWRITABLE
    if xml[at] == 60:
        return _copied(xml, begin, at, text, place)
    if xml[at] != 46 or whole > 6:
        return UNWRITABLE
    at += 1
    point = at
    while at < end and 48 <= xml[at] <= 57:
        at += 1
    decimals = at - point
    if decimals == 0 or decimals > 20 or xml[at] != 60:
        return UNWRITABLE
    if decimals <= DECIMALS:
        if xml[at - 1] == 48 or whole + decimals > 15:
            return UNWRITABLE
        return _copied(xml, begin, at, text, place)
    if negative and whole == 1 and xml[first] == 48:
        return UNWRITABLE  # what rounds to nought keeps its sign
    cut = point + DECIMALS
    tail = 0
    for step in range(4):
        tail = tail * 10 + (xml[cut + step] - 48 if cut + step < at else 0)
    margin = 100 if whole <= 5 else 700
    if 5000 - margin <= tail <= 5000 + margin:
        return UNWRITABLE
    place = _copied(xml, begin, cut, text, place)
    last = place - 1
    if tail > 5000:
        while text[last] == 57:
            last -= 1
        if text[last] == 46:
            return UNWRITABLE  # carried over the point
        text[last] += 1
        return last + 1
    while text[last] == 48:
        last -= 1
    return last if text[last] == 46 else last + 1
