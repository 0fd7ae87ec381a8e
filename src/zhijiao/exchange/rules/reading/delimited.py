"""csv: UTF-8, UTF-16 or GB18030; comma, semicolon or tab; read in blocks, so that length costs no memory."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from zhijiao.exchange.rules.reading.refusing import nothing_in, unusable
from zhijiao.exchange.rules.reading.types import HEAD, Chunk, Fault, Sheet, numbered

BLOCK = 32_000_000
"""Bytes read at once."""
LOOKED_AT = 1_000_000
"""Bytes that are looked at together for the encoding."""
WIDEST = 2_000
_STRAY = re.compile(rb'[^,;\t\r\n"]"[^,;\t\r\n"]')
_TOUCHED = (b" ", b'"', b"\x7f", b"\xc2", b"\xe1", b"\xe2", b"\xe3\x80\x80", b"\xef\xbb\xbf", b"\xef\xbf")
"""Blanks and signs that nobody sees begin with one of these, as do a few others; and what is quoted may hold line ends."""
_QUOTED_LINES = 40
"""A quoted cell of more lines than this has lost its closing quote."""


@dataclass(frozen=True)
class _Text:
    """A block as UTF-8, from which line it starts, and what was wrong with its bytes."""

    content: bytes
    line: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Block:
    """Lines of a csv, not cut into cells yet. Those up to line `after` are no rows."""

    file: Delimited
    text: _Text
    after: int

    def chunk(self, sheet: str = "") -> Chunk:
        """All of its rows."""
        cells, rows, faults = self.file.parse(self.text)
        above = int((rows <= self.after).sum())  # rows are in order
        if above:
            cells, rows = cells.slice(above), rows.slice(above)
        found = tuple(f for f in (*self.text.faults, *faults) if f.row > self.after)
        return Chunk(sheet, rows, cells, found, clean=_is_clean(self.text.content))

    @property
    def plain(self) -> bool:
        """Whether each line is a row as it stands."""
        return not self.text.faults and b'"' not in self.text.content and b"\n" in self.text.content

    @property
    def skip(self) -> int:
        """Lines that are no rows."""
        return max(self.after - self.text.line + 1, 0)


class Delimited:
    """A csv file."""

    kind = "csv"

    def __init__(self, content: bytes | Path, name: str) -> None:
        self._content, self._name = _without_utf16(content), name
        self.encoding = self._find_encoding()
        first = next(self._blocks(64_000), None)
        if first is None:
            raise nothing_in(name)
        text = self._utf8(first, 1).content
        self.delimiter = _delimiter(text)
        self.width = _width(text, self.delimiter)
        if self.width > WIDEST:
            raise unusable(name, f"一行有 {self.width} 列", f"去掉无关的列，最多 {WIDEST} 列")
        rows = list(csv.reader(io.StringIO(_lines(text, 400)), delimiter=self.delimiter))[:HEAD]
        self._head = tuple(tuple(cell.strip() for cell in row) for row in rows)
        self.notes: tuple[str, ...] = ("按 GB18030 编码读取",) if self.encoding == "gb18030" else ()

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One table, without a name."""
        return (Sheet("", self._head),)

    def chunks(self, sheet: str, after: int) -> Iterator[Chunk]:
        """Rows below a line, block by block."""
        chunks = (block.chunk(sheet) for block in self.blocks(after))
        return (chunk for chunk in chunks if chunk.cells.height or chunk.faults)

    def blocks(self, after: int) -> Iterator[Block]:
        """The same, not cut into cells yet."""
        return self._below(after, repeat(BLOCK))

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._content) if isinstance(self._content, bytes) else self._content.stat().st_size

    def pieces(self, after: int, rows: int) -> Iterator[Block] | None:
        """The same in pieces of about so many rows, the first ones smaller, so that somebody can begin. None for a file that is
        too short to be cut."""
        start = next(self._blocks(64_000), b"")
        size = rows * max(len(start) // max(_count_lines(start), 1), 1)
        if self.size < 2 * size:
            return None
        return self._below(after, chain((max(size // 8, 1), max(size // 4, 1)), repeat(max(size // 2, 1))))

    def of_lines(self, content: bytes, numbers: Sequence[int]) -> Chunk | None:
        """Rows of lines that do not follow each other, each of them one row. None where they turn out to be otherwise."""
        cells, rows, faults = self.parse(_Text(content, 0, ()))
        if rows.to_list() != list(range(len(numbers))):
            return None
        found = tuple(replace(fault, row=numbers[fault.row]) for fault in faults)
        return Chunk("", pl.Series("row", numbers, dtype=pl.Int64), cells, found, clean=_is_clean(content))

    def _below(self, after: int, sizes: Iterator[int]) -> Iterator[Block]:
        line = 1
        for block in self._blocks(sizes):
            text = self._utf8(block, line)
            line += _count_lines(block)
            if line > after + 1 or not block.endswith((b"\n", b"\r")):
                yield Block(self, text, after)

    # -- bytes -----------------------------------------------------------------------------------------

    def _find_encoding(self) -> str:
        """UTF-8 unless a byte says otherwise; the Chinese national encoding contains the older two."""
        for block in self._blocks(LOOKED_AT):
            if block.isascii():
                continue
            try:
                block.decode("utf-8")
                return "utf-8"
            except UnicodeDecodeError as error:
                try:
                    block.decode("gb18030")
                    return "gb18030"
                except UnicodeDecodeError as other:
                    # Damaged either way: the one that gets further is meant.
                    return (
                        "utf-8" if error.start >= other.start or block[:3] == codecs.BOM_UTF8 else "gb18030"
                    )
        return "utf-8"

    def _blocks(self, sizes: int | Iterator[int]) -> Iterator[bytes]:
        """The file cut after line ends that stand outside of quotes, each time so many bytes further."""
        steps = repeat(sizes) if isinstance(sizes, int) else sizes
        with (
            io.BytesIO(self._content)
            if isinstance(self._content, bytes)
            else self._content.open("rb") as file
        ):
            rest = b""
            while True:
                size = next(steps)
                read = file.read(size)
                block = rest + read
                if not block:
                    return
                if len(read) < size:
                    yield block
                    return
                cut = _cut(block)
                if cut == 0 and len(block) > 4 * BLOCK:
                    raise unusable(
                        self._name, "有一行长得读不完", "检查换行和引号是否配对，用 Excel 另存为 csv 再交"
                    )
                if cut:
                    yield block[:cut]
                rest = block[cut:]

    def _utf8(self, block: bytes, line: int) -> _Text:
        if self.encoding == "utf-8":
            block = block.removeprefix(codecs.BOM_UTF8)
            try:
                if not _is_utf8(block):
                    block.decode("utf-8")
                faults: tuple[Fault, ...] = ()
            except UnicodeDecodeError:
                block, faults = _repair(block, "utf-8", line)
        else:
            try:
                block, faults = block.decode(self.encoding).encode(), ()
            except UnicodeDecodeError:
                block, faults = _repair(block, self.encoding, line)
        if b"\r" in block and b"\n" not in block:
            block = block.replace(b"\r", b"\n")
        return _Text(block, line, faults)

    # -- cells -----------------------------------------------------------------------------------------

    def parse(self, text: _Text) -> tuple[pl.DataFrame, pl.Series, list[Fault]]:
        """Rows of a text, the line that each begins at, and what is wrong with them."""
        quoted = b'"' in text.content
        if not quoted or (text.content.count(b'"') % 2 == 0 and not _STRAY.search(text.content)):
            try:
                return self._parse_fast(text)
            except PolarsError:
                pass
        return self._parse_slowly(text)

    def _parse_fast(self, text: _Text) -> tuple[pl.DataFrame, pl.Series, list[Fault]]:
        """A first line of our own settles the width; one column too many catches rows that are too long."""
        width = self.width + 1
        cells = pl.read_csv(
            io.BytesIO(self.delimiter.encode() * (width - 1) + b"\n" + text.content),
            has_header=False,
            infer_schema=False,
            schema={str(i): pl.String for i in range(width)},
            separator=self.delimiter,
            quote_char='"',
            truncate_ragged_lines=True,
        ).slice(1)
        rows = numbered(cells, text.line)
        if b'"' in text.content:
            inner = cells.select(
                pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0))
            )
            lines = inner.to_series()
            if lines.sum():
                rows = (rows + lines.cum_sum() - lines).cast(pl.Int64)
        return self._trimmed(cells, rows)

    def _parse_slowly(self, text: _Text) -> tuple[pl.DataFrame, pl.Series, list[Fault]]:
        """Stray quotes: one row at a time, with the lines named whose quotes do not pair."""
        kept: list[list[str | None]] = []
        lines: list[int] = []
        faults: list[Fault] = []
        width = self.width + 1
        for first, cells in _rows(text.content.decode(), self.delimiter):
            if sum(cell.count("\n") for cell in cells) > _QUOTED_LINES:
                words = "从这里开始的引号没有配对，后面许多行被连成了一格；删去或补上这个引号"
                faults.append(Fault(text.line + first, -1, "quotes", cells[0][:20], words))
            kept.append([cell or None for cell in (cells + [""] * width)[:width]])
            lines.append(text.line + first)
        frame = pl.DataFrame(kept, schema={str(i): pl.String for i in range(width)}, orient="row")
        cells_, rows, more = self._trimmed(frame, pl.Series("row", lines, dtype=pl.Int64))
        return cells_, rows, [*faults, *more]

    def _trimmed(self, cells: pl.DataFrame, rows: pl.Series) -> tuple[pl.DataFrame, pl.Series, list[Fault]]:
        """Without the column too many, whose content is a fault of its row."""
        spare = cells.to_series(self.width)
        faults = []
        over = spare.is_not_null() & (spare.str.strip_chars() != "")
        if over.any():
            words = f"这一行比表头多出内容，多半是某格里有没加引号的分隔符；每行应是 {self.width} 列"
            faults = [
                Fault(row, -1, "columns", value, words)
                for row, value in zip(rows.filter(over), spare.filter(over), strict=True)
            ]
        return cells.drop(str(self.width)), rows, faults


def _without_utf16(content: bytes | Path) -> bytes | Path:
    """What Excel calls Unicode text, as UTF-8. It is rare and short, so it is decoded as a whole."""
    if isinstance(content, Path):
        with content.open("rb") as file:
            if file.read(2) not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                return content
        content = content.read_bytes()
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return content.decode("utf-16", "replace").encode("utf-8", "replace")
    return content


def _cut(block: bytes) -> int:
    """Where the last line outside of quotes ends; 0 where there is none."""
    quotes = block.count(b'"')
    end = len(block)
    while (at := block.rfind(b"\n", 0, end)) >= 0:
        quotes -= block.count(b'"', at, end)
        if quotes % 2 == 0:
            return at + 1
        end = at
    return 0


def _is_utf8(block: bytes) -> bool:
    """Whether all of a block is text; where not, decoding says from where on."""
    if block.isascii():
        return True
    try:
        pl.Series([block], dtype=pl.Binary).cast(pl.String)
    except PolarsError:
        return False
    return True


def _is_clean(block: bytes) -> bool:
    """Whether nothing in a block needs cleaning. Quick, and careful: where in doubt it says no."""
    # One byte is found several times as fast as several, and those faster by polars.
    longer = [sign for sign in _TOUCHED if sign[:1] in block]
    if any(len(sign) == 1 for sign in longer):
        return False
    whole = pl.Series([block], dtype=pl.Binary)
    if any(whole.bin.contains(sign)[0] for sign in longer):
        return False
    ends, returns = block.count(b"\n"), block.count(b"\r")
    if returns not in (0, ends):
        return False
    return int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) < 0x20)) == ends + returns


def _count_lines(block: bytes) -> int:
    return block.count(b"\n") or block.count(b"\r")


def _repair(block: bytes, encoding: str, line: int) -> tuple[bytes, tuple[Fault, ...]]:
    """Undecodable bytes replaced, and the lines named."""
    faults = []
    lines = []
    for number, raw in enumerate(block.split(b"\n")):
        try:
            lines.append(raw.decode(encoding))
        except UnicodeDecodeError as error:
            lines.append(raw.decode(encoding, "replace"))
            words = f"第 {error.start + 1} 个字节不是{'UTF-8' if encoding == 'utf-8' else ' GB18030 '}文字；核对这一行，另存为“CSV UTF-8”再交"
            faults.append(Fault(line + number, -1, "encoding", lines[-1][:20], words))
    return "\n".join(lines).encode("utf-8", "replace"), tuple(faults)


def _lines(text: bytes, most: int) -> str:
    return "\n".join(text.decode("utf-8", "replace").replace("\x00", "").splitlines()[:most])


def _delimiter(text: bytes) -> str:
    """The sign that cuts the most lines into the same number of cells."""
    lines = [line for line in _lines(text, 50).split("\n") if line.strip()]
    counts = {sign: sorted(line.count(sign) for line in lines) for sign in (",", "\t", ";")}
    return max(counts, key=lambda sign: (counts[sign][len(lines) // 2] if lines else 0, sign == ","))


def _width(text: bytes, delimiter: str) -> int:
    """Columns of the heading and of the rows around it: what most lines have, at least what the longest of the first has."""
    widths = [
        len(row)
        for row in csv.reader(io.StringIO(_lines(text, 60)), delimiter=delimiter)
        if any(cell.strip() for cell in row)
    ]
    if not widths:
        return 1
    return max(sorted(widths)[len(widths) // 2], 1)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they start at, from 0."""
    csv.field_size_limit(1 << 27)
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
    before = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            before = reader.line_num
            continue
        yield before, row
        before = reader.line_num
