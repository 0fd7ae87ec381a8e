"""The zip package of a workbook: its sheets, styles and limits. Nothing in it is trusted."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from posixpath import join, normpath

from zhijiao.exchange.rules.reading.refusing import MOST_UNPACKED, not_a_workbook, unusable

_SHEET = re.compile(r"<sheet\s([^>]*?)/?>")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_PREFIX = re.compile(rb"<worksheet\b|<(\w+):worksheet\b")
_NUMBER_FORMAT = re.compile(r"<numFmt\s([^>]*?)/?>")
_CELL_FORMATS = re.compile(r"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(r"<xf\s([^>]*?)/?>")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
MOST_STYLES = 70_000
STRINGS = "xl/sharedStrings.xml"
_NUMBERS = frozenset(map(str, (*range(14), *range(37, 41), 48, 49)))
"""Formats of numbers and texts that are the same in every workbook."""
_OF_NUMBERS = re.compile(r"[0#?.,%@*_ ();+-]+|General", re.IGNORECASE)
_HOURS = re.compile(r"\[[hms]", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A sheet of the package."""

    name: str
    path: str
    hidden: bool


class Package:
    """A workbook's parts, each unpacked when it is asked for."""

    def __init__(self, content: bytes, name: str) -> None:
        self.content, self.name = content, name
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self.zip.infolist()
        # The last one: a package that zipfile does not know, several disks or a later version of the format.
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
            raise not_a_workbook(name) from error
        names = {entry.filename for entry in entries}
        self._refuse_other_packages(names)
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise unusable(name, "展开后过大", "去掉无关的工作表和空行的格式，或另存为 csv 再交")
        if any(entry.flag_bits & 1 for entry in entries):
            raise unusable(name, "压缩包有密码", "去掉密码再交")
        if len(names) != len(entries):
            raise not_a_workbook(name)

    def _refuse_other_packages(self, names: set[str]) -> None:
        if "xl/workbook.xml" in names:
            return
        if "xl/workbook.bin" in names:
            raise unusable(self.name, "是二进制工作簿（.xlsb）", "另存为 .xlsx（Excel 工作簿）再交")
        if "word/document.xml" in names:
            raise unusable(self.name, "是 Word 文档", "把表格复制到 Excel，另存为 .xlsx 再交")
        if "content.xml" in names:
            raise unusable(self.name, "是 OpenDocument 表格（.ods）", "另存为 .xlsx 再交")
        raise unusable(self.name, "是压缩包，不是工作簿", "解压后逐个交里面的 .xlsx 或 .csv")

    def read(self, path: str) -> bytes:
        """A part's bytes. Raises FileUnusable."""
        try:
            return self.zip.read(path)
        except KeyError as error:
            raise not_a_workbook(self.name) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise unusable(
                self.name, "工作簿没有传完整，或已经损坏", "用 Excel 或 WPS 打开，另存为 .xlsx 再交"
            ) from error

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The sheets in their order. Raises FileUnusable."""
        relations = {
            attributes.get("Id", ""): attributes.get("Target", "")
            for attributes in map(
                _attributes,
                re.findall(r"<(?:\w+:)?Relationship\s([^>]*?)/?>", self._text("xl/_rels/workbook.xml.rels")),
            )
        }
        found = []
        book = re.sub(r"<(/?)\w+:", r"<\1", self._text("xl/workbook.xml"))
        for text in _SHEET.findall(book):
            attributes = _attributes(text)
            number = next(
                (value for key, value in attributes.items() if key.endswith(":id") or key == "id"), ""
            )
            target = relations.get(number, "")
            if "worksheets/" not in target:
                continue  # charts and macros hold no rows
            path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            found.append(
                Part(attributes.get("name", ""), path, attributes.get("state", "visible") != "visible")
            )
        if not found:
            raise unusable(self.name, "工作簿里没有工作表", "把数据放在一张工作表里再交")
        return tuple(found)

    @cached_property
    def looks(self) -> dict[int, str]:
        """How styles show a number, for those whose text is not the bare number: "%", or noughts for codes like 0012."""
        shown = {}
        for number, (_, code) in enumerate(self._formats):
            code = _LITERAL.sub("", code).split(";")[0].strip()
            if code.endswith("%"):
                shown[number] = "%"
            elif len(code) > 1 and not code.strip("0"):
                shown[number] = code
        return shown

    @cached_property
    def dated(self) -> frozenset[int]:
        """Styles that may show a number as a date: all of which it is not known that they do not."""
        return frozenset(
            number
            for number, (known, code) in enumerate(self._formats)
            if known not in _NUMBERS
            and (_HOURS.search(code) or not _OF_NUMBERS.fullmatch(_LITERAL.sub("", code)))
        )

    @cached_property
    def styles(self) -> int:
        """How many styles a cell may have."""
        return len(self._formats)

    @cached_property
    def _formats(self) -> tuple[tuple[str, str], ...]:
        """Of each style the number of its format, where that is everybody's, and its code."""
        if "xl/styles.xml" not in self.zip.namelist():
            return ()
        styles = re.sub(r"<(/?)\w+:", r"<\1", self._text("xl/styles.xml"))
        codes = {}
        for text in _NUMBER_FORMAT.findall(styles)[:MOST_STYLES]:
            attributes = _attributes(text)
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        formats = _CELL_FORMATS.search(styles)
        if formats is None:
            return ()
        found = []
        for text in _CELL_FORMAT.findall(formats.group(0))[:MOST_STYLES]:
            number = _attributes(text).get("numFmtId", "")
            code = codes.get(number, {"9": "0%", "10": "0.00%"}.get(number, ""))
            found.append(("" if number in codes else number, code))
        return tuple(found)

    def sheet(self, part: Part) -> bytes:
        """A sheet's XML without the prefix that some programs give every name. Raises FileUnusable."""
        xml = self._unpacked(part.path) or self.read(part.path)
        root = _PREFIX.search(xml, 0, 5_000)
        if root is None:
            raise unusable(
                self.name, f"工作表“{part.name}”已经损坏", "用 Excel 或 WPS 打开，另存为 .xlsx 再交"
            )
        prefix = root.group(1)
        return re.sub(rb"<(/?)" + prefix + rb":", rb"<\1", xml) if prefix else xml

    def size(self, part: Part) -> int:
        """Bytes of a sheet as it was sent. What was taken out of it must not be read after all. Raises FileUnusable."""
        try:
            return self.zip.getinfo(part.path).file_size
        except KeyError as error:
            raise not_a_workbook(self.name) from error

    def _unpacked(self, path: str) -> bytes | None:
        """A long part in one call: twice as fast. None where it is not packed in the usual way, or not whole."""
        try:
            entry = self.zip.getinfo(path)
        except KeyError:
            return None
        start = entry.header_offset
        if entry.compress_type != zipfile.ZIP_DEFLATED or self.content[start : start + 4] != b"PK\x03\x04":
            return None
        name, extra = struct.unpack_from("<HH", self.content, start + 26)
        begin = start + 30 + name + extra
        try:
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            found = inflater.decompress(
                self.content[begin : begin + entry.compress_size], entry.file_size + 1
            )
        except (zlib.error, ValueError, OverflowError):
            return None
        return found if len(found) == entry.file_size and zlib.crc32(found) == entry.CRC else None

    def strings(self) -> bytes:
        """The XML of the texts that the sheets share; empty where they share none. Raises FileUnusable."""
        if STRINGS not in self.zip.namelist():
            return b""
        return self._unpacked(STRINGS) or self.read(STRINGS)

    def only(
        self, part: Part, xml: Sequence[bytes | memoryview], strings: Sequence[bytes] | None = None
    ) -> bytes:
        """A package with one sheet, whose XML is given in pieces, and its own shared texts or others; not compressed, since
        it is read at once."""
        out = io.BytesIO()
        common = self._common if strings is None else {**self._common, STRINGS: b"".join(strings)}
        with zipfile.ZipFile(out, "w") as package:
            for path, content in common.items():
                package.writestr(path, content)
            with package.open(part.path, "w") as sheet:
                for piece in xml:
                    sheet.write(piece)
        return out.getvalue()

    @cached_property
    def _common(self) -> dict[str, bytes]:
        """The parts that every sheet needs."""
        wanted = re.compile(
            r"\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|styles|sharedStrings)\.xml|xl/_rels/.*", re.I
        )
        return {path: self.read(path) for path in self.zip.namelist() if wanted.fullmatch(path)}

    def _text(self, path: str) -> str:
        return self.read(path).decode("utf-8", "replace")


def _attributes(text: str) -> dict[str, str]:
    return {key: unescape(double or single) for key, double, single in _ATTRIBUTE.findall(text)}
