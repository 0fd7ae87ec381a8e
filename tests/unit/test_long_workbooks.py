"""A long sheet is read by other loops, in two halves at once, and gives what a short one gives."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from openpyxl import Workbook

from zhijiao.exchange.rules.reading import open_file, plain, workbook
from zhijiao.exchange.types import FileUnusable

SHEET = "xl/worksheets/sheet1.xml"
_ROW = re.compile(rb"<row .*?</row>", re.DOTALL)


def _book(seed: int) -> bytes:
    """Scattered cells of all kinds, with gaps between the rows and left of the columns."""
    random = Random(seed)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    rows = random.sample(range(random.choice((1, 4)), 120), random.choice((3, 20, 90)))
    for row in rows:
        for column in random.sample(range(random.choice((1, 3)), 12), random.randint(1, 6)):
            sheet.cell(row, column).value = random.choice(
                ["示例", "007", 12, 0.1 + 0.2, date(2023, 9, 1), True, "=1/0", "多\n行", 1234567890123456789]
            )
    if random.random() < 0.5:
        sheet.cell(max(rows), 20).value = "far"
    if len(rows) > 20:
        sheet.merge_cells(start_row=50, start_column=1, end_row=70, end_column=2)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _with_sheet(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w", 8) as other:
        for name in package.namelist():
            part = package.read(name)
            other.writestr(name, change(part) if name == SHEET else part)
    return out.getvalue()


def _read(content: bytes, monkeypatch: pytest.MonkeyPatch, long: int) -> list[object]:
    monkeypatch.setattr(workbook, "LONG", long)
    monkeypatch.setattr(plain, "ready", lambda: True)
    opened = open_file(content, "示例.xlsx")
    [sheet] = opened.sheets
    chunks = list(opened.chunks(sheet.name, 0))
    return [sheet, *((list(c.rows), c.cells.columns, c.cells.rows(), c.faults) for c in chunks)]


@pytest.mark.parametrize("seed", range(12))
def test_a_long_sheet_says_what_a_short_one_says(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    content = _book(seed)
    assert _read(content, monkeypatch, 1) == _read(content, monkeypatch, 10**12)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda xml: _shuffled(xml), id="rows out of order"),
        pytest.param(lambda xml: re.sub(rb'<row r="[0-9]+"', b"<row", xml), id="rows without numbers"),
        pytest.param(lambda xml: re.sub(rb'<c r="[A-Z]+[0-9]+"', b"<c", xml), id="cells without places"),
        pytest.param(lambda xml: _ROW.sub(b"", xml), id="no rows"),
        pytest.param(lambda xml: _ROW.sub(b"", xml, count=len(_ROW.findall(xml)) - 1), id="one row"),
    ],
)
def test_unusual_sheets_are_read_the_same(
    change: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(3):
        content = _with_sheet(_book(seed), change)
        assert _read(content, monkeypatch, 1) == _read(content, monkeypatch, 10**12)


def test_damage_is_seen_in_long_sheets_too(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _with_sheet(_book(1), lambda xml: xml)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entry = package.getinfo(SHEET)
        sums = entry.CRC.to_bytes(4, "little")
    with pytest.raises(FileUnusable, match="已经损坏"):
        _read(content.replace(sums, bytes(4)), monkeypatch, 1)


def test_a_sheet_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_book(1))) as package, zipfile.ZipFile(out, "w", 8) as other:
        for name in package.namelist():
            if name != SHEET:
                other.writestr(name, package.read(name))
    with pytest.raises(FileUnusable):
        _read(out.getvalue(), monkeypatch, 1)


def _shuffled(xml: bytes) -> bytes:
    rows = _ROW.findall(xml)
    Random(1).shuffle(rows)
    return _ROW.sub(lambda _: rows.pop(), xml)
