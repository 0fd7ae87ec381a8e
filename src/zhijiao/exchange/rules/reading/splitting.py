"""A long sheet read in two parts at once: the reader keeps one processor busy, and there are more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

Pieces: TypeAlias = tuple[bytes | memoryview, ...]
"""XML that is not copied together."""
LONG = 8_000_000
"""Bytes of a sheet from which it is worth the while."""
MARK = "\u2060§"
_DATA = re.compile(rb"<sheetData(?:\s[^>]*)?(?<!/)>")
_ROW = re.compile(rb'<row\s[^>]*?\br="([1-9][0-9]{0,6})"')


@dataclass(frozen=True)
class Halves:
    """Two sheets that hold the rows of one: those before a row, and the others below a row with a mark in its first cell."""

    first: Pieces
    second: Pieces
    row: int
    """The first row of the second, counted from 1."""

    def together(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame | None:
        """The cells of both; None where the rows were not in order, so that it has to be read as a whole."""
        begun = second.height and second.width and second.item(0, 0) == MARK
        if not begun or first.height >= self.row:
            return None
        # Rows without cells at the end of the first half: the reader does not tell of them.
        filled = pl.concat([first, first.clear(self.row - 1 - first.height)])
        return pl.concat([filled, second.slice(1)], how="diagonal")


def begun(xml: bytes) -> Pieces:
    """The sheet with something in A1, since the reader begins at the first row and column that hold anything."""
    start = _DATA.search(xml)
    at = start.end() if start is not None else 0
    whole = memoryview(xml)
    return whole[:at], _marked(1) if at else b"", whole[at:]


def halves(xml: bytes) -> Halves | None:
    """A long sheet in two parts, both with something in their first column; None for any other."""
    if len(xml) < LONG:
        return None
    start, middle = _DATA.search(xml, 0, 20_000), xml.find(b"<row ", len(xml) // 2)
    row = _ROW.match(xml, middle) if start is not None and start.end() < middle else None
    if start is None or row is None or int(row.group(1)) < 3:
        return None
    at, number, whole = start.end(), int(row.group(1)), memoryview(xml)
    return Halves(
        (whole[:at], _marked(1), whole[at:middle], b"</sheetData></worksheet>"),
        (whole[:at], _marked(number - 1), whole[middle:]),
        number,
    )


def _marked(row: int) -> bytes:
    return f'<row r="{row}"><c r="A{row}" t="str"><v>{MARK}</v></c></row>'.encode()
