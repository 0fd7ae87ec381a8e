"""Files of which nothing can be read: what each is, and what its sender should do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from zhijiao.exchange.rules.reading.types import Sheet
from zhijiao.exchange.types import FileUnusable

MOST_BYTES = 2_000_000_000
"""Bytes of a file in memory. A longer csv is read from its path."""
MOST_UNPACKED = 1_500_000_000
"""Bytes that a workbook may unpack to: about a million rows of twenty columns."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "用 Excel 或 WPS 打开，另存为 .xlsx（Excel 工作簿）再交"


def unusable(name: str, what: str, remedy: str) -> FileUnusable:
    """The refusal: the file's name, what it is, what to do."""
    return FileUnusable(f"读不了文件{f'“{name}”' if name else ''}：{what}。{remedy}。")


def nothing_in(name: str) -> FileUnusable:
    """There is nothing in it."""
    return unusable(name, "里面没有内容", "选对文件，填好后保存再交")


def refuse_blank(sheets: Iterable[Sheet], name: str) -> None:
    """Refuse a file whose tables begin with nothing but blank rows. Raises FileUnusable."""
    if not any(text.strip() for sheet in sheets for row in sheet.head for text in row):
        raise nothing_in(name)


def not_a_workbook(name: str) -> FileUnusable:
    """The package is broken."""
    return unusable(name, "不是 .xlsx 工作簿，或已经损坏", _SAVE_AS)


def refuse_kind(start: bytes, content: bytes | Path, name: str) -> None:
    """Refuse by the first bytes what is no text and no package. Raises FileUnusable."""
    if start[:8] == _OLE:
        if _mentions(content, "EncryptedPackage".encode("utf-16-le")):
            raise unusable(name, "工作簿有打开密码", "在“文件—信息—保护工作簿”里去掉密码，保存后再交")
        raise unusable(name, "是旧格式的工作簿（.xls 或 .et）", _SAVE_AS)
    for sign, what in (
        (b"%PDF", "是 PDF 文档"),
        (b"\x89PNG", "是图片"),
        (b"\xff\xd8\xff", "是图片"),
        (b"Rar!", "是压缩包"),
        (b"7z\xbc\xaf", "是压缩包"),
        (b"\x1f\x8b", "是压缩包"),
    ):
        if start.startswith(sign):
            raise unusable(name, what, "交 .xlsx、.csv 或 .json 的数据文件")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if text.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")):
        raise unusable(name, "其实是网页或 XML，只是扩展名像表格", _SAVE_AS)


def _mentions(content: bytes | Path, sought: bytes) -> bool:
    if isinstance(content, bytes):
        return sought in content
    with content.open("rb") as file:
        return sought in file.read(50_000_000)
