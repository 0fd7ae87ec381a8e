"""What goes out into a workbook and what comes back. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Part = Literal["value", "numerator", "denominator", "text", "note"]
"""What is entered of a figure. A note is a word of explanation and belongs to every figure."""


@dataclass(frozen=True)
class Asked:
    """One thing to enter: a value, a numerator, a denominator or a text, each a row of the workbook."""

    part: Part
    name: str
    unit: str
    last: Decimal | str | None = None
    approved: Decimal | str | None = None
    now: Decimal | str | None = None


@dataclass(frozen=True)
class Owed:
    """A figure that is owed, as the workbook shows it. `open` is false while somebody else has it in hand."""

    report: int
    indicator: str
    name: str
    other_names: tuple[str, ...]
    organisation: str
    period: str
    period_words: str
    due: date
    state: str
    asked: tuple[Asked, ...]
    note: str = ""
    open: bool = True

    @property
    def label(self) -> str:
        """The figure as a message names it."""
        return f"{self.name}（{self.organisation}，{self.period_words}）"


@dataclass(frozen=True)
class Problem:
    """Something that keeps a workbook from being taken: where it stands, and a Chinese sentence with the remedy."""

    sheet: str
    cell: str
    words: str

    @property
    def where(self) -> str:
        """报送!K7."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


@dataclass(frozen=True)
class Found:
    """What a cell says, and where it stands. `computed`: it is the result of a formula."""

    text: str
    sheet: str
    cell: str
    computed: bool = False


@dataclass(frozen=True)
class Entry:
    """What was written for one figure."""

    report: int
    found: Mapping[Part, Found]

    @property
    def values(self) -> dict[str, str]:
        """The texts by part."""
        return {part: found.text for part, found in self.found.items()}


@dataclass(frozen=True)
class Taken:
    """A workbook as read: entries, what is wrong, and how many rows were left blank."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    blank: int = 0


@dataclass(frozen=True)
class Grid:
    """A sheet of somebody's own workbook as texts. `rows` start at row 1; blank cells are empty."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    computed: frozenset[tuple[int, int]] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Columns:
    """Which sheet, which column names the figure, and which holds the numbers; all from 0."""

    sheet: int
    names: int
    values: int


@dataclass(frozen=True)
class Row:
    """A row of somebody's own workbook: its name, what stands beside it, and which figures bear that name."""

    cell: str
    name: str
    text: str
    candidates: tuple[tuple[int, Part], ...]
    computed: bool = False


@dataclass(frozen=True)
class Matched:
    """Somebody's own workbook against what is owed. `missing` are things asked for that no row names."""

    taken: Taken
    unmatched: tuple[Row, ...]
    unclear: tuple[Row, ...]
    missing: tuple[str, ...]
