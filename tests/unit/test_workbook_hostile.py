"""A workbook is somebody's upload: what would exhaust the machine is refused before it is unpacked."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.starting import write_minimal
from zhijiao.policy.packs.workbook import WorkbookRefused, read_draft
from zhijiao.policy.packs.workbook.fields import TARGETS
from zhijiao.policy.packs.workbook.values import Unreadable, read
from zhijiao.policy.packs.workbook.writing import workbook

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def shelf(tmp_path: Path) -> Library:
    write_minimal(tmp_path / "city")
    return Library([tmp_path])


def with_sheet(shelf: Library, old: str, new: str) -> bytes:
    """The pack's workbook, its first sheet changed as no spreadsheet program would."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(shelf.index("city")))) as package,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for name in package.namelist():
            part = package.read(name).decode()
            changed.writestr(name, re.sub(old, new, part, count=1) if name == SHEET else part)
    return out.getvalue()


@pytest.mark.parametrize(
    "reference", ["AA1:XFD1048576", "aa1:xfd1048576", "$AA$1:$XFD$1048576", "&#65;A1:XFD1048576"]
)
def test_merging_all_cells_of_a_sheet_is_refused_at_once(
    shelf: Library, tmp_path: Path, reference: str
) -> None:
    """The library would make seventeen thousand million objects of this one line."""
    content = with_sheet(
        shelf, "<pageMargins", f'<mergeCells><mergeCell ref="{reference}"/></mergeCells><pageMargins'
    )
    file = tmp_path / "merged.xlsx"
    file.write_bytes(content)
    with pytest.raises(WorkbookRefused, match="合并的单元格过多"):
        read_draft(shelf, file)


def test_what_unpacks_to_too_much_is_refused(shelf: Library, tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(3):
            package.writestr(f"xl/worksheets/sheet{number}.xml", b" " * 70_000_000)
    with pytest.raises(WorkbookRefused, match="展开后过大"):
        read_draft(shelf, file)


@pytest.mark.parametrize(
    "typed", ["1e9999999", "９ｅ999999999", "1e999999亿", "-1e-9999999", "NaN", "sNaN", "Infinity"]
)
def test_a_number_beyond_all_measure_is_unreadable(typed: str) -> None:
    with pytest.raises(Unreadable):
        read(TARGETS.field("value"), typed)
