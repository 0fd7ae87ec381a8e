"""How much room text takes, so that columns and rows fit without anybody dragging them."""

from __future__ import annotations

import math
import unicodedata
from datetime import date
from decimal import Decimal

from zhijiao.render.xlsx.types import Cell, Column, Link, Text

WIDE = 2.1
"""A Chinese character beside a Latin one in the fonts used here, as spreadsheet programs measure columns."""

PADDING = 1.6
LINE_POINTS = 14.6
ROW_POINTS = 18.0
MOST_POINTS = 405.0
"""Spreadsheet programs allow 409 points a row."""


def text_width(text: str) -> float:
    """The width of the longest line of a text in Latin characters."""
    return max((sum(map(_character, line)) for line in text.split("\n")), default=0.0)


def _character(character: str) -> float:
    return WIDE if unicodedata.east_asian_width(character) in "WFA" else 1.0


def shown(cell: Cell) -> str:
    """A cell roughly as it appears, for measuring."""
    match cell:
        case None:
            return ""
        case Text() | Link():
            return cell.text
        case Decimal() | int():
            return f"{cell:,}"
        case date():
            return cell.isoformat()
    return cell


def column_width(column: Column, cells: list[Cell]) -> float:
    """Wide enough for the content up to the column's limit, and for a header on at most two lines."""
    indent = max((cell.indent for cell in cells if isinstance(cell, Text)), default=0)
    content = max((text_width(shown(cell)) for cell in cells), default=0.0) + 2 * indent
    title = max(text_width(part) for part in header_parts(column))
    least = title / 2 + 1 if title > 14 else title
    return min(max(content, least), max(column.width, least)) + PADDING


def header_parts(column: Column) -> list[str]:
    """The title and the unit, which may stand on a line of its own."""
    return [column.title] if column.unit is None else [column.title, f"（{column.unit}）"]


def header(column: Column) -> str:
    """The words of a column's header."""
    return "\n".join(header_parts(column))


def lines_needed(text: str, width: float) -> int:
    """Lines that a wrapped text takes in a column."""
    room = max(width - PADDING, 2.0)
    return sum(_lines(text_width(line), room) for line in text.split("\n"))


def _lines(needed: float, room: float) -> int:
    """A column is made as wide as its widest text; what wraps is broken a little early at punctuation."""
    return 1 if needed <= room + 0.01 else math.ceil(needed * 1.08 / room)


def row_height(texts: list[str], widths: list[float]) -> float:
    """The height of a row whose cells wrap."""
    lines = max((lines_needed(text, width) for text, width in zip(texts, widths, strict=True)), default=1)
    return min(ROW_POINTS + (lines - 1) * LINE_POINTS, MOST_POINTS)
