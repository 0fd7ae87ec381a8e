"""What reading gives: sheets with their first rows, then all rows as text, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

HEAD = 40
"""Rows of a sheet that are looked at for its heading."""
CHUNK = 200_000
"""Rows that are worked on at once: what bounds the memory of a long file."""


@dataclass(frozen=True)
class Fault:
    """A cell or row that cannot be read as it stands. `column` counts from 0; -1 is the row."""

    row: int
    column: int
    rule: str  # formula, error, digits, encoding, columns, quotes
    value: str
    words: str  # what is wrong and what to do, without the place


@dataclass(frozen=True)
class Sheet:
    """A table of the file. `head` are its first rows, merged cells filled; row 1 is the first."""

    name: str
    head: tuple[tuple[str, ...], ...]
    hidden: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chunk:
    """Rows as text columns "0", "1", …, each as its reader sees it; `rows` are their numbers in the sheet or lines in the
    file. Blank cells are null. `clean`: for sure no cell holds a blank or a sign that nobody sees."""

    sheet: str
    rows: pl.Series
    cells: pl.DataFrame
    faults: tuple[Fault, ...] = field(default=())
    clean: bool = False


class Opened(Protocol):
    """A file that can be read."""

    kind: str  # xlsx, csv, json
    notes: tuple[str, ...]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Its tables."""
        ...

    def chunks(self, sheet: str, after: int) -> Iterator[Chunk]:
        """All rows below row `after` of a sheet. May be asked for more than once."""
        ...


def numbered(cells: pl.DataFrame, first: int) -> pl.Series:
    """Row numbers of a frame whose first row has a number."""
    return pl.int_range(first, first + cells.height, dtype=pl.Int64, eager=True).alias("row")
