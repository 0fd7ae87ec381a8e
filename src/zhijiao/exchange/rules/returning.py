"""What goes back to the sender: their own file with every mistake beside the cell that has it.

A workbook comes back as it was, coloured and commented, up to a size at which that is still quick. A csv comes back whole, with
a first column 怎么改: a csv has no notes; a fault beside its row can be sorted and filtered; and since the file stays whole, it
can be mended in place and sent again without ending the records of the rows that were right. Intake passes over that column.
Beyond the stated sizes there is a list.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from xlsxwriter import Workbook

from zhijiao.exchange.rules.heading import HOW
from zhijiao.exchange.rules.reading import open_file
from zhijiao.exchange.types import CodeList, Dataset, Problem, Severity
from zhijiao.render.xlsx.marking import MOST_MARKED, SUMMARY, Mark, marked
from zhijiao.render.xlsx.opening import UnreadableBook

MOST_BYTES = 4_000_000
MOST_UNPACKED = 18_000_000
"""A workbook above one of these comes back as a list: marking it would take more than some ten seconds. They are about 20,000
rows of twenty columns."""
MOST_TEXT = 60_000_000
MOST_CHOICES = 250
"""Signs of a drop-down that stands in the cell's own rule."""
_RED = "#FFD9D9"


@dataclass(frozen=True)
class Returned:
    """A file to give back. `whole`: it is the sender's own; otherwise a list or only the rows that wait."""

    name: str
    content: bytes
    whole: bool


def give_back(content: bytes, name: str, problems: Sequence[Problem]) -> Returned:
    """The sender's file with its problems; where that is too big or cannot be done, the list."""
    stem = PurePath(name).stem or "数据"
    if content[:4] == b"PK\x03\x04":
        if _is_small(content):
            try:
                return Returned(f"{stem}_要改正.xlsx", marked(content, _marks(problems)), True)
            except UnreadableBook:
                pass  # it was read for its values, but cannot be written back: the list says the same
    elif len(content) <= MOST_TEXT and content.lstrip()[:1] not in (b"[", b"{"):
        return Returned(f"{stem}_要改正.csv", _annotated(content, problems), True)
    return Returned(f"{stem}_问题清单.xlsx", listed(problems), False)


def _is_small(content: bytes) -> bool:
    if len(content) > MOST_BYTES:
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return sum(entry.file_size for entry in package.infolist()) <= MOST_UNPACKED


def _marks(problems: Iterable[Problem]) -> list[Mark]:
    return [
        Mark(p.sheet, p.row, p.column, _words(p), p.cell, p.severity is Severity.WARNING)
        for p in sorted(problems, key=lambda p: (p.severity is Severity.WARNING, p.row))
    ]


def _words(problem: Problem) -> str:
    return f"（提醒）{problem.words}" if problem.severity is Severity.WARNING else problem.words


# -- csv -----------------------------------------------------------------------------------------------


def _annotated(content: bytes, problems: Iterable[Problem]) -> bytes:
    """The csv as UTF-8 that Excel recognises, with the column in front. Rows are known by the line they start at."""
    said: dict[int, list[str]] = {}
    for problem in problems:
        said.setdefault(problem.row, []).append(_words(problem))
    opened = open_file(content, "")
    head = opened.sheets[0].head
    heading = _heading_line(head)
    before = 1 if head and head[heading - 1][:1] == (HOW,) else 0
    out = io.StringIO(newline="")
    write = csv.writer(out, delimiter=getattr(opened, "delimiter", ","), lineterminator="\r\n").writerow
    for chunk in opened.chunks("", 0):
        for line, cells in zip(chunk.rows, chunk.cells.rows(), strict=True):
            words = HOW if line == heading else " ".join(said.get(line, ()))
            write([words, *(cell or "" for cell in cells[before:])])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _heading_line(head: Sequence[Sequence[str]]) -> int:
    """The line with the most titles."""
    counts = [sum(bool(cell) for cell in row) for row in head]
    return counts.index(max(counts)) + 1 if counts else 1


# -- lists ---------------------------------------------------------------------------------------------


def listed(problems: Sequence[Problem]) -> bytes:
    """A workbook that lists row, column, value, what is wrong."""
    out = io.BytesIO()
    book = Workbook(
        out,
        {"in_memory": True, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(SUMMARY)
    for column, (title, width) in enumerate(
        (("工作表", 14), ("行", 9), ("列", 20), ("单元格", 9), ("现在的值", 24), ("要改正什么", 90))
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, bold)
    sheet.freeze_panes(1, 0)
    for number, p in enumerate(problems[: _ROWS - 1], 1):
        sheet.write_string(number, 0, p.sheet)
        sheet.write_number(number, 1, p.row)
        for column, value in enumerate((p.column, p.cell, p.value, _words(p)), 2):
            sheet.write_string(number, column, value[:32_000], wrapped)
    sheet.autofilter(0, 0, max(min(len(problems), _ROWS - 1), 1), 5)
    book.close()
    return out.getvalue()


_ROWS = 100_000


@dataclass(frozen=True)
class Waiting:
    """A row that waits: its cells by title as they were sent, and its problems."""

    row: int
    cells: Mapping[str, str]
    problems: Sequence[Problem]


def only_wrong(
    dataset: Dataset, codes: Mapping[str, CodeList], columns: Mapping[str, str], rows: Sequence[Waiting]
) -> bytes:
    """A workbook in the layout of the template with only the rows that wait: mended, it is sent as an addition. `columns`:
    field id → title in the sender's file."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = {
        "head": book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E9EEF4"}
        ),
        "cell": book.add_format({"num_format": "@", "valign": "top"}),
        "wrong": book.add_format({"num_format": "@", "valign": "top", "bg_color": _RED}),
        "words": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    sheet = book.add_worksheet(dataset.name[:31])
    sheet.write_string(0, 0, HOW, looks["head"])
    sheet.set_column(0, 0, 60)
    for column, field in enumerate(dataset.fields, 1):
        unit = f"（{field.unit}）" if field.unit else ""
        sheet.write_string(0, column, f"{field.name}{unit}{'*' if field.mandatory else ''}", looks["head"])
        sheet.set_column(column, column, max(12, min(2 * len(field.name) + 6, 26)), looks["cell"])
        _choices(sheet, column, len(rows), codes.get(field.values or ""))
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(rows, 1):
        wrong: dict[str, list[str]] = {}
        for problem in row.problems:
            wrong.setdefault(problem.field, []).append(_words(problem))
        sheet.write_string(number, 0, "\n".join(_words(p) for p in row.problems)[:32_000], looks["words"])
        for column, field in enumerate(dataset.fields, 1):
            text = row.cells.get(columns.get(field.id, ""), "")
            sheet.write_string(number, column, text[:32_000], looks["wrong" if field.id in wrong else "cell"])
            if field.id in wrong and number <= MOST_MARKED:
                sheet.write_comment(number, column, "\n".join(wrong[field.id]), {"x_scale": 2.5})
    book.close()
    return out.getvalue()


def _choices(sheet: Any, column: int, rows: int, codes: CodeList | None) -> None:
    names = [entry.name for entry in codes.entries if entry.until is None] if codes else []
    if names and rows and len(",".join(names)) <= MOST_CHOICES:
        rule = {"validate": "list", "source": names, "error_type": "warning"}
        sheet.data_validation(1, column, rows, column, rule)
