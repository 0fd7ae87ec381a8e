"""The text of a cell as its writer sees it: a percentage stays one, a number keeps its digits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter

from zhijiao.lib.numbers import plain

MOST_ROWS = 5_000
MOST_COLUMNS = 60


def text_of(value: Any, number_format: str = "") -> str:
    """What a cell says."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, int | float):
        return _number(value, number_format)
    return str(value).strip()


def _number(value: int | float, number_format: str) -> str:
    # A float is written with the digits that give it back: what the writer typed.
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or abs(exact.adjusted()) > 25:
        return str(value)
    return f"{plain(_rounded(exact * 100))}%" if "%" in number_format else plain(_rounded(exact))


def _rounded(value: Decimal) -> Decimal:
    """Spreadsheet programs compute with 15 digits and leave a tail behind: 0.30000000000000004 is 0.3."""
    digits = len(value.normalize().as_tuple().digits)
    return value if digits <= 15 else Decimal(f"{value:.15g}")


def place(row: int, column: int) -> str:
    """A cell by row and column from 0: K7."""
    return f"{get_column_letter(column + 1)}{row + 1}"
