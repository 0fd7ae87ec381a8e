"""Editing a workbook as an official does: find a cell by its row and its column title, type over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADER = 3


class Desk:
    """A workbook on somebody's desk. Saving goes through another program, as it would there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = load_workbook(path)

    def column(self, sheet: str, title: str) -> int:
        titles = [cell.value for cell in self.book[sheet][HEADER]]
        return titles.index(title) + 1

    def row(self, sheet: str, group: str, line: str = "") -> int:
        """The row of an indicator (and bound) or of a task row and item."""
        table: Worksheet = self.book[sheet]
        for row in range(HEADER + 1, table.max_row + 1):
            if (table.cell(row, 1).value, table.cell(row, 2).value or "") == (group, line):
                return row
        raise LookupError(f"{group} {line}")

    def type(self, sheet: str, row: int, title: str, value: Any) -> str:
        """Type into a cell, or into the first cell of the merged range it is in; returns where."""
        table: Worksheet = self.book[sheet]
        column = self.column(sheet, title)
        for block in table.merged_cells.ranges:
            if block.min_row <= row <= block.max_row and block.min_col <= column <= block.max_col:
                row, column = block.min_row, block.min_col
        cell = table.cell(row, column)
        cell.value = value
        return cell.coordinate

    def add(self, sheet: str, **values: Any) -> int:
        """Fill in a new row below the table."""
        row = self.book[sheet].max_row + 1
        for title, value in values.items():
            self.book[sheet].cell(row, self.column(sheet, title)).value = value
        return row

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path
