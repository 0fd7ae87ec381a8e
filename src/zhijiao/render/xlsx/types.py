"""What a workbook consists of, before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere. Without an address they are plain words."""

    text: str
    url: str | None


@dataclass(frozen=True)
class Text:
    """Words with a look: set in by steps (a part under its whole), or strong."""

    text: str
    indent: int = 0
    strong: bool = False


Cell = str | int | Decimal | date | Link | Text | None
"""A number is written as a number with every digit it has; everything else that looks like one stays text."""


@dataclass(frozen=True)
class Column:
    """A column. The unit stands in the header, so that the cells are bare figures."""

    title: str
    unit: str | None = None
    kind: Literal["text", "number", "date"] = "text"
    width: int = 40
    """The widest it may become, counted in Latin characters; longer text wraps."""
    merge: bool = False
    """Equal neighbours below each other become one cell, as in the tables of official documents."""
    within: int | None = None
    """Merge only inside the merged cells of this column (its position)."""
    choices: tuple[str, ...] = ()
    """A drop-down list."""
    locked: bool = False
    """On a protected sheet: may not be typed over."""
    hint: str = ""
    """What to write here, shown when the cell is chosen."""
    printed: bool = True
    """Columns at the end that are for the screen only keep the print legible."""


@dataclass(frozen=True)
class Sheet:
    """A table with its title and the line that says where it comes from."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    source: str = ""
    empty: str = "没有内容。"
    freeze_columns: int = 0
    protected: bool = False
    spare_rows: int = 0
    """Empty rows below the table that carry its drop-downs, for new entries."""
    hidden: bool = False


@dataclass(frozen=True)
class Fact:
    """A line of the closing sheet."""

    label: str
    text: Cell


@dataclass(frozen=True)
class Book:
    """Sheets, then a sheet that says what this file is. `created` is an argument, so equal books have equal bytes."""

    title: str
    sheets: Sequence[Sheet]
    created: datetime
    facts: Sequence[Fact] = ()
    facts_name: str = "说明"
    properties: dict[str, str] = field(default_factory=dict)
    """Custom document properties, for programs that read the file back."""
