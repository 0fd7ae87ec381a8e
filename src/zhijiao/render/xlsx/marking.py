"""Somebody's own workbook with the wrong cells marked; everything else in it stays as it was."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from zhijiao.render.xlsx.opening import open_book

SUMMARY = "要改正的地方"
BY = "导入检查"
MOST_MARKED = 20_000
"""Cells that are coloured, and lines of the list; whoever has more mistakes has one that repeats."""
_WRONG = PatternFill("solid", fgColor="FFD9D9")
_MILD = PatternFill("solid", fgColor="FFF3C4")
_HEADER_WITHIN = 12
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST = 32_000


@dataclass(frozen=True)
class Mark:
    """What is wrong in a cell: by its address (K7) where that is known, else by row (from 1; 0: the sheet) and the title of
    its column (empty: the row). `mild`: it may stay as it is."""

    sheet: str
    row: int
    column: str
    words: str
    cell: str = ""
    mild: bool = False


def marked(content: bytes, marks: Sequence[Mark]) -> bytes:
    """The workbook with a coloured ground and a note at each mark, and a first sheet that lists them. Marks that it bears from
    an earlier time are taken off. Raises UnreadableBook."""
    book = open_book(content)
    _unmark(book)
    places = _places(book, marks[:MOST_MARKED])
    notes: dict[tuple[str, str], list[str]] = {}
    wrong: set[tuple[str, str]] = set()
    for mark, place in zip(marks, places, strict=False):
        if place:
            notes.setdefault((mark.sheet, place), []).append(_said(mark.words))
            if not mark.mild:
                wrong.add((mark.sheet, place))
    for (sheet, place), words in notes.items():
        cell = book[sheet][place]
        if not isinstance(cell, MergedCell):
            cell.fill = _WRONG if (sheet, place) in wrong else _MILD
            cell.comment = Comment("\n".join(words), BY, width=320, height=min(40 + 40 * len(words), 400))
    _list(book, marks, places)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _unmark(book: Workbook) -> None:
    """Take off what an earlier check left: whoever mends half of it must not find the mended half still red."""
    if SUMMARY not in book.sheetnames:
        return
    del book[SUMMARY]
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell, MergedCell) and cell.comment and cell.comment.author == BY:
                    cell.comment = None
                    cell.fill = PatternFill()


def _places(book: Workbook, marks: Sequence[Mark]) -> list[str]:
    """The address of each mark; empty where it has none."""
    titles: dict[str, dict[str, int]] = {}
    found = []
    for mark in marks:
        sheet = book[mark.sheet] if mark.sheet in book.sheetnames else None
        if not isinstance(sheet, Worksheet):
            found.append("")
        elif _ADDRESS.fullmatch(mark.cell):
            found.append(mark.cell)
        elif mark.row > 0:
            if mark.sheet not in titles:
                titles[mark.sheet] = _titles(sheet)
            found.append(f"{get_column_letter(titles[mark.sheet].get(mark.column, 1))}{mark.row}")
        else:
            found.append("")
    return found


def _titles(sheet: Worksheet) -> dict[str, int]:
    """Where the titles of columns stand; a title that occurs twice means its first place."""
    found: dict[str, int] = {}
    for row in range(1, min(sheet.max_row, _HEADER_WITHIN) + 1):
        for column in range(1, min(sheet.max_column, 60) + 1):
            title = str(sheet.cell(row, column).value or "").strip()
            if title:
                found.setdefault(title, column)
    return found


def _list(book: Workbook, marks: Sequence[Mark], places: Sequence[str]) -> None:
    sheet = book.create_sheet(SUMMARY, 0)
    sheet.append(["工作表", "位置", "列", "要改正什么"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, (mark, place) in enumerate(zip(marks, places, strict=False), 2):
        where = place or (f"第 {mark.row} 行" if mark.row else "")
        for column, text in enumerate((mark.sheet, where, mark.column, _said(mark.words)), 1):
            cell = sheet.cell(number, column)
            cell.value = _said(text) or None
            if text:
                cell.data_type = "s"  # nothing that somebody sent becomes a formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if place:
            name = mark.sheet.replace("'", "''")
            at = f"B{number}"
            sheet[at].hyperlink = Hyperlink(ref=at, location=f"'{name}'!{place}")
            sheet[at].font = Font(color="0B57A4", underline="single")
    if len(marks) > len(places):
        words = f"还有 {len(marks) - len(places):,} 处没有列出；多半是同一个问题，改好后再交一次"
        sheet.cell(len(places) + 2, 4, words)
    for letter, width in (("A", 14), ("B", 10), ("C", 18), ("D", 100)):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0


def _said(text: str) -> str:
    """A text that a cell and a note can hold."""
    return _FORBIDDEN.sub("", text)[:_LONGEST]
