"""Somebody's own workbook with the wrong cells marked; everything else in it stays as it was."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from zhijiao.render.xlsx.opening import open_book

SUMMARY = "要改正的地方"
_WRONG = PatternFill("solid", fgColor="FFD9D9")
_BY = "导入检查"
_HEADER_WITHIN = 12


@dataclass(frozen=True)
class Mark:
    """What is wrong in a cell: by sheet, row (from 1; 0: the sheet) and the title of its column (empty: the row)."""

    sheet: str
    row: int
    column: str
    words: str


def marked(content: bytes, marks: Sequence[Mark]) -> bytes:
    """The workbook with a coloured ground and a note at each mark, and a first sheet that lists them. Raises UnreadableBook."""
    book = open_book(content)
    for name in [sheet for sheet in book.sheetnames if sheet == SUMMARY]:
        del book[name]
    notes: dict[tuple[str, int, int], list[str]] = {}
    for mark in marks:
        if mark.row and mark.sheet in book.sheetnames:
            column = _column(book[mark.sheet], mark.column)
            notes.setdefault((mark.sheet, mark.row, column), []).append(mark.words)
    for (sheet, row, column), words in notes.items():
        cell = book[sheet].cell(row, column)
        if not isinstance(cell, MergedCell):
            cell.fill = _WRONG
            cell.comment = Comment("\n".join(words), _BY, width=320, height=40 + 40 * len(words))
    _list(book, marks)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _column(sheet: Worksheet, title: str) -> int:
    """The column with a title, the first one where there is none."""
    for row in range(1, min(sheet.max_row, _HEADER_WITHIN) + 1):
        for column in range(1, min(sheet.max_column, 60) + 1):
            if title and str(sheet.cell(row, column).value or "").strip() == title:
                return column
    return 1


def _list(book: Workbook, marks: Sequence[Mark]) -> None:
    sheet = book.create_sheet(SUMMARY, 0)
    sheet.append(["工作表", "行", "列", "要改正什么"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for mark in marks:
        sheet.append([mark.sheet, mark.row or None, mark.column, mark.words])
    for letter, width in (("A", 14), ("B", 8), ("C", 16), ("D", 100)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    book.active = 0
