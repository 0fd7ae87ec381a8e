"""A mark in the first cell of a sheet: the usual reader begins at the first row and column that hold anything."""

from __future__ import annotations

import re
from typing import TypeAlias

import polars as pl

Pieces: TypeAlias = tuple[bytes | memoryview, ...]
"""XML that is not copied together."""
MARK = "\u2060§"
MARKED = f'<row r="1"><c r="A1" t="str"><v>{MARK}</v></c></row>'.encode()
_DATA = re.compile(rb"<sheetData(?:\s[^>]*)?(?<!/)>")


def begun(xml: bytes) -> Pieces:
    """The sheet with something in A1."""
    start = _DATA.search(xml)
    at = start.end() if start is not None else 0
    whole = memoryview(xml)
    return whole[:at], MARKED if at else b"", whole[at:]


def unmarked(cells: pl.DataFrame) -> pl.DataFrame:
    """What was read, without the mark."""
    if cells.height and cells.width and cells.item(0, 0) == MARK:
        return cells.with_columns(cells.to_series(0).scatter(0, None))
    return cells
