"""The looks of cells, made once each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

FONT, HEADING_FONT = "宋体", "黑体"
LINE, HEADER_FILL, SHOWN_FILL = "#B7BDC5", "#E9EEF4", "#F5F6F8"
EXACT_DIGITS = 15
"""Spreadsheet programs keep this many significant digits; a longer number is written as text."""

_BASE: dict[str, Any] = {"font_name": FONT, "font_size": 11, "valign": "top", "text_wrap": True}
_CELL = {**_BASE, "border": 1, "border_color": LINE}

LOOKS: dict[str, dict[str, Any]] = {
    "title": {**_BASE, "font_name": HEADING_FONT, "font_size": 16, "text_wrap": False, "valign": "vcenter"},
    "source": {**_BASE, "font_size": 10, "font_color": "#555555", "text_wrap": False, "valign": "vcenter"},
    "header": {
        **_CELL,
        "font_name": HEADING_FONT,
        "bg_color": HEADER_FILL,
        "align": "center",
        "valign": "vcenter",
    },
    "text": {**_CELL, "align": "left"},
    "merged": {**_CELL, "align": "left", "valign": "vcenter"},
    "number": {**_CELL, "align": "right"},
    "date": {**_CELL, "align": "center", "num_format": "yyyy-mm-dd"},
    "link": {**_CELL, "align": "left", "font_color": "#0B57A4", "underline": 1},
    "plain": {**_BASE},
}


class Formats:
    """The formats of one workbook, by look and the ways in which a cell departs from it."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Format] = {}

    def get(self, look: str, **more: Any) -> Format:
        """A format. The same request gives the same object, which keeps the file small."""
        key = (look, *sorted(more.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({**LOOKS[look], **more})
        return self._made[key]


def decimals(value: Decimal | int) -> int:
    """The decimal places that a number is written with; trailing noughts do not count."""
    exponent = Decimal(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def is_exact(value: Decimal | int) -> bool:
    """Whether a spreadsheet program can hold this number to the last digit."""
    number = Decimal(value)
    return number.is_finite() and len(number.normalize().as_tuple().digits) <= EXACT_DIGITS


def number_format(value: Decimal | int, places: int) -> str:
    """Thousands separated, all decimals shown, and room left so that points align in the column."""
    own = decimals(value)
    point = f".{'0' * own}" if own else ""
    missing = "" if own == places else ("_." if not own else "") + "_0" * (places - own)
    return f"#,##0{point}{missing}"


def is_risky(text: str) -> bool:
    """Whether a program could take a text for a formula when the cell is edited or pasted elsewhere."""
    return text.lstrip()[:1] in {"=", "+", "-", "@"} or text[:1] in {"\t", "\r", "\n"}
