"""xlsx, read straight into text columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property

import fastexcel
import polars as pl

from zhijiao.exchange.rules.reading import plain
from zhijiao.exchange.rules.reading.marking import Pieces, begun, unmarked
from zhijiao.exchange.rules.reading.package import Package, Part
from zhijiao.exchange.rules.reading.refusing import not_a_workbook, unusable
from zhijiao.exchange.rules.reading.surveying import Survey, bounded, survey
from zhijiao.exchange.rules.reading.types import CHUNK, HEAD, Chunk, Sheet, numbered

LONG = 8_000_000
"""Bytes of a sheet from which the compiled loops are worth their start."""
_MOMENT = len("2026-01-01 00:00:00")
_A1 = re.compile(rb'<c r="A1"[^>]*?(?<!/)>(?:<v>[^<]|<is>)')


class Workbook:
    """An xlsx file."""

    kind = "xlsx"
    notes: tuple[str, ...] = ()

    def __init__(self, content: bytes, name: str) -> None:
        self._package = Package(content, name)
        self._name = name
        self._read: dict[str, tuple[pl.DataFrame, Survey]] = {}

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets. Raises FileUnusable."""
        found = []
        for part in self._package.parts:
            cells, seen = self._sheet(part)
            head = tuple(tuple(cell or "" for cell in row) for row in cells.head(HEAD).rows())
            notes = []
            if seen.hidden:
                rows = "、".join(map(str, seen.hidden[:5])) + ("……" if len(seen.hidden) > 5 else "")
                notes.append(f"工作表“{part.name}”第 {rows} 行是隐藏的，也一并读入")
            found.append(Sheet(part.name, head, part.hidden, tuple(notes)))
        return tuple(found)

    def chunks(self, sheet: str, after: int) -> Iterator[Chunk]:
        """Rows below a row."""
        part = next(part for part in self._package.parts if part.name == sheet)
        cells, seen = self._sheet(part)
        for start in range(after, max(cells.height, 1), CHUNK):
            piece = cells.slice(start, CHUNK)
            last = start + max(piece.height, CHUNK)
            faults = tuple(f for f in seen.faults if start < f.row <= last)
            if piece.height or faults:
                yield Chunk(sheet, numbered(piece, start + 1), piece, faults)

    def _sheet(self, part: Part) -> tuple[pl.DataFrame, Survey]:
        if part.name not in self._read:
            self._read[part.name] = self._load(part)
        return self._read[part.name]

    def _load(self, part: Part) -> tuple[pl.DataFrame, Survey]:
        with ThreadPoolExecutor(2) as threads:
            long = self._package.size(part) >= LONG
            # Texts and styles are read while the sheet is looked at; its cells only when they are known to fit.
            opening = None if long else threads.submit(self._opened, self._package.content)
            strings = threads.submit(lambda: self._strings) if long and plain.ready() else None
            xml = self._package.sheet(part)
            if strings is not None and (shared := strings.result()) is not None:
                found = plain.read(self._package, part, xml, shared)
                if found is not None:
                    return _dressed(*found), found[1]
            xml = bounded(xml, self._name, part.name)
            reading = threads.submit(self._cells, part, xml, opening)
            # The reader works outside of Python, so looking through the bytes costs no time of its own.
            seen = survey(xml, self._package.looks)
            cells = reading.result()
        return _dressed(cells, seen), seen

    @cached_property
    def _strings(self) -> pl.Series | None:
        return plain.shared(self._package, self._package.parts[0])

    def _opened(self, content: bytes) -> fastexcel.ExcelReader:
        try:
            return fastexcel.read_excel(content)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:
            raise not_a_workbook(self._name) from error

    def _cells(self, part: Part, xml: bytes, opening: Future[fastexcel.ExcelReader] | None) -> pl.DataFrame:
        """All cells of a sheet from A1 on."""
        if opening is not None and _A1.search(xml, 0, 20_000) and len(xml) == self._package.size(part):
            return self._loaded(part, opening.result())
        return unmarked(self._of_xml(part, begun(xml)))

    def _of_xml(self, part: Part, xml: Pieces) -> pl.DataFrame:
        return self._loaded(part, self._opened(self._package.only(part, xml)))

    def _loaded(self, part: Part, book: fastexcel.ExcelReader) -> pl.DataFrame:
        try:
            cells = pl.from_arrow(book.load_sheet(part.name, header_row=None, dtypes="string", eager=True))
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:
            # A damaged part fails in as many ways as the reader has, a panic of its own among them.
            raise unusable(
                self._name, f"工作表“{part.name}”已经损坏", "用 Excel 或 WPS 打开，另存为 .xlsx 再交"
            ) from error
        assert isinstance(cells, pl.DataFrame)
        cells.columns = [str(number) for number in range(cells.width)]
        return cells


def _dressed(cells: pl.DataFrame, seen: Survey) -> pl.DataFrame:
    """Dates without the midnight, cells as their style shows them, merged cells filled."""
    if not cells.width:
        return cells
    dated = [name for name in cells.columns if (cells[name].str.len_bytes() == _MOMENT).any()]
    cells = cells.with_columns(pl.col(dated).str.strip_suffix(" 00:00:00")) if dated else cells
    changes: dict[int, dict[int, str | None]] = {}
    for (row, column), shown in seen.shown.items():
        changes.setdefault(column, {})[row - 1] = shown
    for fault in seen.faults:
        if fault.rule == "digits":
            changes.setdefault(fault.column, {})[fault.row - 1] = fault.value
    for top, left, bottom, right in seen.merged:
        if top > cells.height or left >= cells.width:
            continue
        text = changes.get(left, {}).get(top - 1, cells.item(top - 1, left))
        for column in range(left, min(right + 1, cells.width)):
            for row in range(top - 1, min(bottom, cells.height)):
                if (row, column) != (top - 1, left):
                    changes.setdefault(column, {})[row] = text
    changed = []
    for column, texts in changes.items():
        within = {row: text for row, text in texts.items() if row < cells.height}
        if column < cells.width and within:
            values = pl.Series(list(within.values()), dtype=pl.String)
            changed.append(cells.to_series(column).scatter(list(within), values))
    return cells.with_columns(changed)
