"""The texts that a workbook's sheets share."""

from __future__ import annotations

from numba import int64, void

from zhijiao.engines.worksheets.kernel.signs import (
    BYTES,
    FINE,
    ITEM,
    ITEM_END,
    KEPT,
    ODD,
    OWN,
    STATUS,
    TEXT,
    TEXT_END,
    UNUSUAL,
)
from zhijiao.engines.worksheets.kernel.texts import (
    compiled,
    copied,
    found_at,
    given,
    longs,
    octets,
    past_blanks,
    spans,
    stands,
)


@compiled(void(given, int64, int64, octets, longs, spans, longs))
def read_strings(xml, at, end, text, offsets, odd, found):
    """Read the texts of xml[at:end].

    text and offsets: each text, empty for an odd one. odd: number of each odd text, and where it begins and ends. found: what
    it came to.
    """
    found[STATUS] = UNUSUAL
    while True:
        at = past_blanks(xml, at, end)
        if at >= end:
            break
        if not stands(xml, at, ITEM):
            return
        begin = at
        at += ITEM.size
        kept = stands(xml, at, KEPT)
        length = -1
        if kept or stands(xml, at, TEXT):
            at += KEPT.size if kept else TEXT.size
            length = copied(xml, at, end, text, found[BYTES], not kept)
        if length >= 0 and stands(xml, at + length, TEXT_END):
            at += length + TEXT_END.size
            found[BYTES] += length
        else:
            at = found_at(xml, at, end, ITEM_END) + ITEM_END.size
            if at > end or found[ODD] == odd.shape[0]:
                return
            for place in range(begin, at):
                if xml[place] == 60 and xml[place + 1] in (33, 63):  # comments and CDATA may hold anything
                    return
            odd[found[ODD], 0] = found[OWN]
            odd[found[ODD], 1] = begin
            odd[found[ODD], 2] = at
            found[ODD] += 1
        found[OWN] += 1
        offsets[found[OWN]] = found[BYTES]
    if at == end:
        found[STATUS] = FINE
