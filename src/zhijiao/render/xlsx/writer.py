"""Writes a `Book` as the bytes of an .xlsx file."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from zhijiao.render.xlsx.formats import (
    HEADER_FILL,
    SHOWN_FILL,
    Formats,
    decimals,
    is_exact,
    is_risky,
    number_format,
)
from zhijiao.render.xlsx.measure import (
    LINE_POINTS,
    MOST_POINTS,
    ROW_POINTS,
    column_width,
    header,
    row_height,
    shown,
)
from zhijiao.render.xlsx.types import Book, Cell, Column, Fact, Link, Sheet, Text

HEADER_ROW = 2
"""Above it stand the title and the source line."""

MOST_CHARACTERS = 32_000
"""Spreadsheet programs allow 32,767 characters a cell."""

A4 = 9
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def write_book(book: Book) -> bytes:
    """The file. Equal books give equal bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = Workbook(out, options)
    # No time of day and no machine in the file: what was asked for decides every byte.
    workbook.set_properties({"title": _clean(book.title), "created": book.created})
    workbook.set_size(2400, 1400)
    for name, value in book.properties.items():
        workbook.set_custom_property(name, value, "text")
    formats = Formats(workbook)
    taken: set[str] = set()
    for sheet in book.sheets:
        worksheet = workbook.add_worksheet(sheet_name(sheet.name, taken))
        _SheetWriter(worksheet, formats, sheet).write()
    if book.facts:
        _write_facts(workbook.add_worksheet(sheet_name(book.facts_name, taken)), formats, book)
    workbook.close()
    return out.getvalue()


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that spreadsheet programs accept, unlike those already taken."""
    base = _FORBIDDEN_IN_NAMES.sub("", _clean(wanted)).strip("' ")[:31] or "表"
    name, count = base, 1
    while name.casefold() in taken:
        count += 1
        name = f"{base[: 31 - len(str(count))]}{count}"
    taken.add(name.casefold())
    return name


def _clean(text: str) -> str:
    """Without characters that the format cannot hold."""
    text = _CONTROLS.sub("", text)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}……（以下略）"


class _SheetWriter:
    """Writes one table."""

    def __init__(self, worksheet: Worksheet, formats: Formats, sheet: Sheet) -> None:
        self.worksheet, self.formats, self.sheet = worksheet, formats, sheet
        self.columns = list(sheet.columns)
        self.rows = [list(row) for row in sheet.rows]
        self.widths = [
            column_width(column, [row[i] for row in self.rows]) for i, column in enumerate(self.columns)
        ]
        self.places = [
            max((decimals(r[i]) for r in self.rows if _is_number(r[i])), default=0)  # type: ignore[arg-type]
            for i in range(len(self.columns))
        ]
        self.spans = [merged_spans(self.rows, self.columns, i) for i in range(len(self.columns))]
        self.inside = [{row for start, end in found for row in range(start, end + 1)} for found in self.spans]
        self.heights = self._heights()

    def write(self) -> None:
        """Everything, in an order that never changes."""
        if self.sheet.hidden:
            self.worksheet.very_hidden()
        self._frame()
        for number, row in enumerate(self.rows):
            at = HEADER_ROW + 1 + number
            self.worksheet.set_row(at, self.heights[number])
            for i, cell in enumerate(row):
                if number not in self.inside[i]:
                    self._cell(at, i, cell, "text")
        for i, found in enumerate(self.spans):
            for start, end in found:
                self._merged(i, start, end)
        if not self.rows:
            self.worksheet.write_string(HEADER_ROW + 1, 0, self.sheet.empty, self.formats.get("source"))
        self._choices()
        self._protect()
        self._print_setup()

    def _frame(self) -> None:
        self.worksheet.set_row(0, 30)
        self.worksheet.write_string(0, 0, _clean(self.sheet.title), self.formats.get("title"))
        self.worksheet.set_row(1, 18)
        self.worksheet.write_string(1, 0, _clean(self.sheet.source), self.formats.get("source"))
        for i, (column, width) in enumerate(zip(self.columns, self.widths, strict=True)):
            # The whole column is open, so that rows added below a protected table can be typed into.
            look = self.formats.get("plain", locked=False) if self.sheet.protected else None
            self.worksheet.set_column(i, i, width, look)
            self.worksheet.write_string(HEADER_ROW, i, header(column), self.formats.get("header"))
        self.worksheet.set_row(HEADER_ROW, row_height([header(c) for c in self.columns], self.widths) + 6)
        self.worksheet.freeze_panes(HEADER_ROW + 1, self.sheet.freeze_columns)

    def _heights(self) -> list[float]:
        """Rows fit their own cells; rows under one merged cell together leave room for its text."""
        heights = []
        for number, row in enumerate(self.rows):
            texts = ["" if number in self.inside[i] else _clean(shown(cell)) for i, cell in enumerate(row)]
            widths = [
                width - 2 * cell.indent if isinstance(cell, Text) else width
                for cell, width in zip(row, self.widths, strict=True)
            ]
            printed = [column.printed for column in self.columns]
            on_paper = row_height(*_chosen(texts, widths, printed))
            # What is for the screen only may not stretch the print much; the cell still holds it whole.
            on_screen = min(row_height(texts, widths), ROW_POINTS + 2 * LINE_POINTS)
            heights.append(max(on_paper, on_screen))
        for i, found in enumerate(self.spans):
            for start, end in found:
                needed = row_height([_clean(shown(self.rows[start][i]))], [self.widths[i]])
                missing = max(0.0, needed - sum(heights[start : end + 1])) / (end - start + 1)
                heights[start : end + 1] = [min(h + missing, MOST_POINTS) for h in heights[start : end + 1]]
        return heights

    def _cell(self, at: int, i: int, cell: Cell, look: str) -> None:
        more = self._lock(i)
        match cell:
            case None:
                self.worksheet.write_blank(at, i, None, self.formats.get(look, **more))
            case Link() if cell.url:
                self.worksheet.write_url(at, i, cell.url, self.formats.get("link", **more), _clean(cell.text))
            case Text():
                more |= {"indent": cell.indent} if cell.indent else {}
                more |= {"bold": True} if cell.strong else {}
                self._text(at, i, cell.text, look, more)
            case Link() | str():
                self._text(at, i, cell if isinstance(cell, str) else cell.text, look, more)
            case Decimal() | int():
                self._number(at, i, cell, more)
            case date():
                self.worksheet.write_datetime(at, i, cell, self.formats.get("date", **more))

    def _text(self, at: int, i: int, text: str, look: str, more: dict[str, Any]) -> None:
        text = _clean(text)
        if is_risky(text):
            more = {**more, "quote_prefix": True}
        self.worksheet.write_string(at, i, text, self.formats.get(look, **more))

    def _number(self, at: int, i: int, value: Decimal | int, more: dict[str, Any]) -> None:
        if not is_exact(value):
            self.worksheet.write_string(at, i, f"{value:,f}", self.formats.get("number", **more))
            return
        form = self.formats.get("number", num_format=number_format(value, self.places[i]), **more)
        self.worksheet.write_number(at, i, value, form)

    def _lock(self, i: int) -> dict[str, Any]:
        if not self.sheet.protected:
            return {}
        return {"bg_color": SHOWN_FILL} if self.columns[i].locked else {"locked": False}

    def _merged(self, i: int, start: int, end: int) -> None:
        first, last = HEADER_ROW + 1 + start, HEADER_ROW + 1 + end
        blank = self.formats.get("merged", **self._lock(i))
        self.worksheet.merge_range(first, i, last, i, "", blank)
        self._cell(first, i, self.rows[start][i], "merged")

    def _choices(self) -> None:
        last = HEADER_ROW + len(self.rows) + self.sheet.spare_rows
        if last <= HEADER_ROW:
            return
        for i, column in enumerate(self.columns):
            if column.choices:
                self.worksheet.data_validation(
                    HEADER_ROW + 1,
                    i,
                    last,
                    i,
                    {
                        "validate": "list",
                        "source": list(column.choices),
                        "ignore_blank": True,
                        "error_type": "warning",
                        "error_title": column.title[:32],
                        "error_message": f"请从列表中选择：{'、'.join(column.choices)}"[:255],
                    },
                )
            elif column.hint:
                self.worksheet.data_validation(
                    HEADER_ROW + 1,
                    i,
                    last,
                    i,
                    {"validate": "any", "input_title": column.title[:32], "input_message": column.hint[:255]},
                )

    def _protect(self) -> None:
        if self.sheet.protected:
            allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "sort", "autofilter")
            self.worksheet.protect("", dict.fromkeys(allowed, True))
        elif self.rows and not any(column.merge for column in self.columns):
            self.worksheet.autofilter(HEADER_ROW, 0, HEADER_ROW + len(self.rows), len(self.columns) - 1)

    def _print_setup(self) -> None:
        _print_setup(self.worksheet, self.sheet.title)
        self.worksheet.repeat_rows(HEADER_ROW)
        printed = max((i for i, column in enumerate(self.columns) if column.printed), default=0)
        if printed < len(self.columns) - 1:
            self.worksheet.print_area(0, 0, HEADER_ROW + max(len(self.rows), 1), printed)


def merged_spans(rows: Sequence[Sequence[Cell]], columns: Sequence[Column], i: int) -> list[tuple[int, int]]:
    """Runs of at least two equal neighbours in a column that merges, as (first, last) from 0."""
    if not columns[i].merge:
        return []
    within = columns[i].within
    found, start = [], 0
    for at in range(1, len(rows) + 1):
        if at < len(rows) and _same(rows, at, i) and (within is None or _same_up(rows, columns, at, within)):
            continue
        if at - start > 1 and (within is not None or rows[start][i] not in (None, "")):
            found.append((start, at - 1))
        start = at
    return found


def _same(rows: Sequence[Sequence[Cell]], at: int, i: int) -> bool:
    return rows[at][i] == rows[at - 1][i]


def _same_up(rows: Sequence[Sequence[Cell]], columns: Sequence[Column], at: int, i: int) -> bool:
    above = columns[i].within
    return _same(rows, at, i) and (above is None or _same_up(rows, columns, at, above))


def _chosen(texts: list[str], widths: list[float], wanted: list[bool]) -> tuple[list[str], list[float]]:
    """The texts and widths of the columns that are wanted."""
    kept = [(t, w) for t, w, yes in zip(texts, widths, wanted, strict=True) if yes]
    return [t for t, _ in kept], [w for _, w in kept]


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, Decimal | int)


def _print_setup(worksheet: Worksheet, title: str) -> None:
    worksheet.set_landscape()
    worksheet.set_paper(A4)
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    worksheet.fit_to_pages(1, 0)
    worksheet.set_footer(f"&L&9{_clean(title).replace('&', '&&')[:120]}&R&9第 &P 页，共 &N 页")
    worksheet.hide_gridlines(2)


def _write_facts(worksheet: Worksheet, formats: Formats, book: Book) -> None:
    worksheet.set_column(0, 0, 22)
    worksheet.set_column(1, 1, 96)
    worksheet.set_row(0, 30)
    worksheet.write_string(0, 0, _clean(book.title), formats.get("title"))
    for number, fact in enumerate(book.facts):
        _write_fact(worksheet, formats, number + HEADER_ROW, fact)
    _print_setup(worksheet, book.title)


def _write_fact(worksheet: Worksheet, formats: Formats, at: int, fact: Fact) -> None:
    label = formats.get("header", align="left", valign="top", bg_color=HEADER_FILL)
    worksheet.write_string(at, 0, _clean(fact.label), label)
    text = _clean(shown(fact.text))
    if isinstance(fact.text, Link) and fact.text.url:
        worksheet.write_url(at, 1, fact.text.url, formats.get("link"), text)
    else:
        worksheet.write_string(
            at, 1, text, formats.get("text", **({"quote_prefix": True} if is_risky(text) else {}))
        )
    worksheet.set_row(at, row_height([text], [96]))
