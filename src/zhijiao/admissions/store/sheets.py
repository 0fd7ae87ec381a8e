"""A table out of a file as texts: .xlsx (first sheet) or .csv in UTF-8 or GB18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection

from zhijiao.admissions.types.rolls import BadRoll, RollFault

MOST_BYTES = 60_000_000
MOST_LINES = 500_000
HEADING_WITHIN = 8


def table_of(content: bytes, name: str) -> tuple[list[str], list[list[str]]]:
    """Heading and rows. Raises BadRoll where the file is no table."""
    if not content:
        raise BadRoll([RollFault(0, "", f"“{name}”是空文件", "重新选择文件")])
    if len(content) > MOST_BYTES:
        raise BadRoll([RollFault(0, "", f"“{name}”超过 {MOST_BYTES // 1_000_000} MB", "分成几个文件")])
    rows = _workbook(content, name) if content[:4] == b"PK\x03\x04" else _text(content, name)
    if len(rows) > MOST_LINES:
        raise BadRoll([RollFault(0, "", f"“{name}”超过 {MOST_LINES} 行", "分成几个文件")])
    if not rows:
        raise BadRoll([RollFault(0, "", f"“{name}”里没有一行字", "检查是不是选错了文件")])
    return rows[0], rows[1:]


def headed(content: bytes, name: str, words: Collection[str]) -> tuple[list[str], list[list[str]], int]:
    """Heading, rows, and the line of the first of them: the heading is the first line that has one of these words, since templates bear
    a title above it. Without such a line it is the first one. Raises BadRoll."""
    heading, rows = table_of(content, name)
    table = [heading, *rows[:HEADING_WITHIN]]
    at = next((n for n, row in enumerate(table) if {cell.strip() for cell in row} & set(words)), 0)
    return (heading, rows, 2) if at == 0 else (rows[at - 1], rows[at:], at + 2)


def _workbook(content: bytes, name: str) -> list[list[str]]:
    import fastexcel

    try:
        book = fastexcel.read_excel(content)
        frame = book.load_sheet(0, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise BadRoll(
            [RollFault(0, "", f"“{name}”不是能打开的 .xlsx 工作簿", "用 Excel 另存一次再上传")]
        ) from error
    return [[cell or "" for cell in row] for row in frame.iter_rows()]


def _text(content: bytes, name: str) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return list(csv.reader(io.StringIO(text)))
    raise BadRoll([RollFault(0, "", f"“{name}”的编码无法识别", "另存为 UTF-8 编码的 .csv 或 .xlsx")])
