"""Lines to cells: where each begins and ends, and which rows are odd."""

from __future__ import annotations

import numpy as np
from numba import boolean, int64, uint8

from zhijiao.engines.cells.kernel.kinds import compiled, given, grid, longs, octets


def _classes() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    classes = np.zeros(256, dtype=np.uint8)
    classes[:32] = 1
    classes[[34, 127, 0xC2, 0xE1, 0xE2, 0xE3, 0xEF]] = 1
    return classes


CLASSES = _classes()
"""1: a byte that has to be looked at. Controls, the quote, and those with which begin blanks other than the common one and
signs that nobody sees."""


@compiled(boolean(given, int64))
def _unseen(text, at):
    """Whether the byte that has to be looked at, and those behind it, may be a blank or a sign that nobody sees. In doubt they
    are. After the first byte of a character its others follow: the text is UTF-8."""
    sign = text[at]
    if sign < 128 or sign == 0xE1:
        return True
    second = text[at + 1]
    if sign == 0xC2:  # U+0080 to U+00A0
        return second <= 0xA0
    if sign == 0xE2:  # U+2000 to U+200F, U+2028 to U+202F, U+2040 to U+207F
        third = text[at + 2]
        return (second == 0x80 and (third < 0x90 or 0xA8 <= third < 0xB0)) or second == 0x81
    if sign == 0xE3:  # U+3000
        return second == 0x80 and text[at + 2] == 0x80
    return second == 0xBB or second == 0xBF  # U+FEC0 to U+FEFF, U+FFC0 to U+FFFF


@compiled(int64(given, int64, uint8, given, grid, grid, octets, longs))
def cut(text, at, delimiter, classes, starts, ends, odd, lines):
    """Cut the text from `at` on. Cells of column c and row r are text[starts[c, r]:ends[c, r]]; line r begins at lines[r], and
    lines[rows] is the end. A row is odd that has another number of cells, a blank at the end of one, or a sign that has to be
    looked at. Returns the number of rows."""
    size = text.size
    width = starts.shape[0]
    row = 0
    while at < size:
        lines[row] = at
        cell = at
        column = 0
        strange = False
        while True:
            while at < size and text[at] != delimiter and classes[text[at]] == 0:
                at += 1
            if at < size and text[at] != delimiter and text[at] != 10:
                if not (text[at] == 13 and at + 1 < size and text[at + 1] == 10):
                    strange = strange or _unseen(text, at)
                at += 1
                continue
            over = at == size or text[at] == 10
            end = at
            if over and at < size and end > cell and text[end - 1] == 13:
                end -= 1
            if end > cell and (text[cell] == 32 or text[end - 1] == 32):
                strange = True
            if column < width:
                starts[column, row] = cell
                ends[column, row] = end
            column += 1
            at += 1
            cell = at
            if over:
                break
        odd[row] = strange or column != width
        row += 1
    lines[row] = size
    return row
