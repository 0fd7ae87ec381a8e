"""The rows of a sheet to one number a cell: 0 for blank, k for the k-th text of the pool, -k for the k-th odd cell."""

from __future__ import annotations

from numba import int32, int64, void
from numba.types import Array

from zhijiao.engines.worksheets.kernel.numbers import written
from zhijiao.engines.worksheets.kernel.signs import (
    BYTES,
    CELL,
    CELL_END,
    CODE,
    DATED,
    ERRORS,
    FINE,
    FLAGS,
    FORMULA,
    FORMULA_END,
    FORMULAS,
    HEIGHT,
    HIDDEN,
    INLINE,
    INLINE_END,
    LONG,
    LOOK,
    LOOKS,
    NO_VALUE,
    ODD,
    OWN,
    PLAIN,
    ROW,
    ROW_END,
    STATUS,
    UNUSUAL,
    VALUE,
    VALUE_END,
    WIDTH,
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

grid = Array(int32, 2, "C")


@compiled(int64(given, int64, int64))
def _attribute(xml, at, end):
    """Where the value of an attribute begins, which stands in double quotes; -1 for anything else."""
    while at < end and xml[at] != 61:
        if xml[at] in (34, 39, 60, 62):
            return -1
        at += 1
    return at + 2 if at < end and xml[at + 1] == 34 else -1


@compiled(int64(given, int64, int64))
def _closing(xml, at, end):
    """The quote that ends a value; -1 where there is none or the value is not the bytes."""
    while at < end and xml[at] != 34:
        if xml[at] in (38, 60):
            return -1
        at += 1
    return at if at < end else -1


@compiled(int64(given, int64, int64, spans, int64, longs))
def _odd(xml, begin, end, odd, count, table):
    """The number of an odd cell, counted from 1, alike ones once; 0 when there are too many, or one whose end is not sure."""
    digest = int64(5381)
    for at in range(begin, end):
        if xml[at] == 60 and xml[at + 1] in (33, 63):  # comments and CDATA may hold anything
            return 0
        digest = (digest * 33 + xml[at]) & 0x7FFFFFFFFFFF
    place = (digest ^ (digest >> 17)) & (table.size - 1)
    while table[place] != 0:
        other = table[place] - 1
        if odd[other, 1] - odd[other, 0] == end - begin:
            same = True
            for step in range(end - begin):
                if xml[odd[other, 0] + step] != xml[begin + step]:
                    same = False
                    break
            if same:
                return other + 1
        place = (place + 1) & (table.size - 1)
    if count >= odd.shape[0]:
        return 0
    odd[count, 0] = begin
    odd[count, 1] = end
    table[place] = count + 1
    return count + 1


@compiled(int64(given, int64, int64, longs))
def _number_end(xml, at, end, found):
    """Where a number ends; notes that it may have lost digits: fifteen signs without a point, or an exponent."""
    begin = at
    point = False
    while at < end and xml[at] != 60:
        if xml[at] == 69 or xml[at] == 101:
            found[FLAGS] |= LONG
        point = point or xml[at] == 46
        at += 1
    if not point and at - begin >= 15:
        found[FLAGS] |= LONG
    return at


@compiled(int64(given, int64, int64))
def _past_formula(xml, at, end):
    """What follows a formula; `end` where there is more in it than its text."""
    while at < end and xml[at] != 62:
        at += 1
    if xml[at - 1] == 47:
        return at + 1
    while at < end and xml[at] != 60:
        at += 1
    return at + FORMULA_END.size if stands(xml, at, FORMULA_END) else end


@compiled(int64(int64, longs, longs, int64))
def _own(strings, offsets, found, stop):
    """Keep the text that was written up to there; its number in the pool."""
    found[OWN] += 1
    found[BYTES] = stop
    offsets[found[OWN]] = stop
    return strings + found[OWN]


@compiled(int64(given, int64, int64, int64, given, octets, longs, spans, longs, longs))
def _cell(xml, at, end, strings, styles, text, offsets, odd, table, found):
    """Read a cell from behind its place on; where the next begins, or -1. What it holds is in found[CODE]."""
    begin = at
    kind = 110  # n: a number
    style = -1
    while xml[at] == 32:
        name = at + 1
        value = _attribute(xml, name, end)
        at = _closing(xml, value, end) if value > 0 else -1
        if at < 0:
            return -1
        if xml[name + 1] == 61 and xml[name] == 115:
            style = 0
            for step in range(value, min(at, value + 9)):
                style = style * 10 + xml[step] - 48
        elif xml[name + 1] == 61 and xml[name] == 116:
            kind = int64(xml[value]) if at == value + 1 else at - value
        at += 1
    found[CODE] = 0
    if xml[at] == 47 and xml[at + 1] == 62:
        return at + 2
    if xml[at] != 62:
        return -1
    at += 1
    content = at
    if stands(xml, at, FORMULA):
        found[FLAGS] |= FORMULAS
        at = _past_formula(xml, at, end)
        if at >= end:
            return -1
    if kind == 110:  # n
        if stands(xml, at, CELL_END):
            return at + CELL_END.size
        if stands(xml, at, NO_VALUE):
            return at + NO_VALUE.size
        if stands(xml, at, VALUE):
            at += VALUE.size
            if stands(xml, at, VALUE_END):
                return at + VALUE_END.size
            stop = _number_end(xml, at, end, found)
            look = PLAIN
            if style >= 0:
                look = int64(styles[style]) if style < styles.size else DATED
            if look & LOOK:
                found[FLAGS] |= LOOKS
            if not look & DATED and stands(xml, stop, VALUE_END):
                place = written(xml, at, stop, text, found[BYTES])
                if place >= 0:
                    found[CODE] = _own(strings, offsets, found, place)
                    return stop + VALUE_END.size
    elif kind == 115:  # s
        if not stands(xml, at, VALUE):
            return -1
        at += VALUE.size
        number = 0
        first = at
        while at < end and 48 <= xml[at] <= 57 and at - first < 9:
            number = number * 10 + xml[at] - 48
            at += 1
        if at == first or number >= strings or not stands(xml, at, VALUE_END):
            return -1
        found[CODE] = number + 1
        return at + VALUE_END.size
    elif kind == 3 and stands(xml, at, VALUE):  # str
        at += VALUE.size
        length = copied(xml, at, end, text, found[BYTES], False)
        if length > 0 and stands(xml, at + length, VALUE_END):
            found[CODE] = _own(strings, offsets, found, found[BYTES] + length)
            return at + length + VALUE_END.size
    elif kind == 9 and stands(xml, at, INLINE):  # inlineStr
        at += INLINE.size
        length = copied(xml, at, end, text, found[BYTES], True)
        if length > 0 and stands(xml, at + length, INLINE_END):
            found[CODE] = _own(strings, offsets, found, found[BYTES] + length)
            return at + length + INLINE_END.size
    elif kind == 101:  # e
        found[FLAGS] |= ERRORS
    stop = found_at(xml, content, end, CELL_END) + CELL_END.size
    number = _odd(xml, begin, stop, odd, found[ODD], table)
    found[ODD] = max(found[ODD], number)
    found[CODE] = -number
    return stop if number else -1


@compiled(int64(given, int64, int64, longs))
def _row(xml, at, end, found):
    """Read a row's tag; where its end begins (> or />), or -1. Its number is in found[CODE]."""
    found[CODE] = 0
    at += ROW.size - 1
    while xml[at] == 32:
        name = at + 1
        value = _attribute(xml, name, end)
        at = _closing(xml, value, end) if value > 0 else -1
        if at < 0:
            return -1
        if xml[name + 1] == 61 and xml[name] == 114:
            for step in range(value, min(at, value + 8)):
                found[CODE] = found[CODE] * 10 + xml[step] - 48
        elif value - name == 8 and xml[name] == 104 and xml[value] in (49, 116):  # hidden="1", hidden="true"
            found[FLAGS] |= HIDDEN
        at += 1
    return at


@compiled(void(given, int64, int64, int64, int64, int64, given, grid, octets, longs, spans, longs, longs))
def read_rows(xml, at, end, first, last, strings, styles, codes, text, offsets, odd, table, found):
    """Read the rows of some XML.

    xml[at:end]: rows and nothing else, numbered from `first` to `last` at most. strings: how many texts the workbook shares.
    styles: the kind of each number format. codes[column, row - first]: filled; columns beyond it are counted only. text and
    offsets: texts of this sheet's own. odd: where the rest of each odd cell stands; table: empty, at least twice as long.
    found: what it came to.
    """
    found[STATUS] = UNUSUAL
    before = first - 1
    while True:
        at = past_blanks(xml, at, end)
        if at >= end:
            break
        if not stands(xml, at, ROW):
            return
        at = _row(xml, at, end, found)
        row = found[CODE]
        if at < 0 or row <= before or row > last:
            return
        before = row
        if xml[at] == 47 and xml[at + 1] == 62:
            at += 2
            continue
        if xml[at] != 62:
            return
        at += 1
        left = 0
        while True:
            at = past_blanks(xml, at, end)
            if not stands(xml, at, CELL):
                break
            at += CELL.size
            column = 0
            begin = at
            while 65 <= xml[at] <= 90 and at - begin < 4:
                column = column * 26 + xml[at] - 64
                at += 1
            number = 0
            begin = at
            while 48 <= xml[at] <= 57 and at - begin < 8:
                number = number * 10 + xml[at] - 48
                at += 1
            if number != row or column <= left or xml[at] != 34:
                return
            left = column
            at = _cell(xml, at + 1, end, strings, styles, text, offsets, odd, table, found)
            if at < 0 or at > end:
                return
            if found[CODE] != 0:
                found[WIDTH] = max(found[WIDTH], column)
                found[HEIGHT] = row
                if column <= codes.shape[0]:
                    codes[column - 1, row - first] = found[CODE]
        if not stands(xml, at, ROW_END):
            return
        at += ROW_END.size
    if at == end:
        found[STATUS] = FINE
