"""Opens what somebody sends as a workbook: any bytes may come, and nothing may be trusted."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MOST_BYTES = 20_000_000
MOST_UNPACKED = 200_000_000
MOST_MERGED = 1_000_000
"""Cells under merged ranges. The library makes an object for each before anybody can look, so they are counted first."""


class UnreadableBook(ValueError):
    """The file is no workbook, or too big to look at: what is wrong, and what to do, each a Chinese clause."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}。{remedy}。")
        self.message, self.remedy = message, remedy


def open_book(content: bytes, *, values: bool = False) -> Workbook:
    """A workbook to read and edit. With `values`, formulas are what they last computed. Raises UnreadableBook."""
    check_package(content)
    # Every process of the product knows these functions; only one that gets a workbook needs the library.
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # openpyxl warns of extensions that it drops; nothing of them is read here.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(content), data_only=values)
    except Exception as error:
        # A broken package fails in as many ways as there are parts; each means the same to its sender.
        raise not_a_workbook() from error


def check_package(content: bytes) -> None:
    """Refuse what is no package, or unpacks to more than a workbook of an office holds. Raises UnreadableBook."""
    if len(content) > MOST_BYTES:
        raise UnreadableBook(f"文件超过 {MOST_BYTES // 1_000_000} MB", "去掉图片和无关的工作表")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(entry.file_size for entry in package.infolist()) > MOST_UNPACKED:
                raise UnreadableBook("文件展开后过大", "去掉无关的工作表和空行的格式")
            merged = sum(_merged(package.read(name)) for name in package.namelist())
    except UnreadableBook:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise not_a_workbook() from error
    if merged > MOST_MERGED:
        raise UnreadableBook("合并的单元格过多", "取消整行、整列的合并，只合并表内的格子")


def not_a_workbook() -> UnreadableBook:
    """The file cannot be opened."""
    return UnreadableBook("打不开，不是 .xlsx 工作簿或已经损坏", "用 Excel 或 WPS 打开，另存为 .xlsx 再交回")


def _merged(part: bytes) -> int:
    """How many cells the merged ranges of a part cover. What is no XML merges nothing."""
    from openpyxl.utils import range_boundaries

    ranges: list[str] = []

    def started(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "mergeCell" and "ref" in attributes:
            ranges.append(attributes["ref"])

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = started
    with suppress(expat.ExpatError):  # whoever reads this part says so
        parser.Parse(part, True)
    bounds = [[edge or 0 for edge in range_boundaries(reference)] for reference in ranges]
    return sum((right - left + 1) * (bottom - top + 1) for left, top, right, bottom in bounds)
