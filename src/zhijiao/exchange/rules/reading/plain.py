"""A long sheet of the plain kind, read by compiled loops. Its odd cells are put before the usual reader, each kind once."""

from __future__ import annotations

from collections.abc import Sequence

import fastexcel
import numpy as np
import numpy.typing as npt
import polars as pl

from zhijiao.engines.worksheets.kernel import signs
from zhijiao.engines.worksheets.kernel.keeping import KEPT
from zhijiao.exchange.rules.reading.marking import MARKED
from zhijiao.exchange.rules.reading.package import Package, Part
from zhijiao.exchange.rules.reading.surveying import MOST_CELLS, MOST_COLUMNS, Survey, merged, survey

_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_SHEET = b"<worksheet " + _MAIN + b"><sheetData>"
_SHEET_END = b"</sheetData></worksheet>"


def ready() -> bool:
    """Whether the loops were compiled at set-up. Nobody waits for a compiler while a file is read."""
    return KEPT.ready()


def shared(package: Package, part: Part) -> pl.Series | None:
    """The texts that the sheets share. None: the usual reader has to look. Raises FileUnusable."""
    from zhijiao.engines.worksheets import reading

    def ask(items: Sequence[bytes]) -> list[str | None] | None:
        cells = [b' t="s"><v>%d</v></c>' % number for number in range(len(items))]
        return _said(package, part, cells, (b"<sst " + _MAIN + b">", *items, b"</sst>"))

    xml = package.strings()
    return reading.shared(xml, ask) if xml else pl.Series([], dtype=pl.String)


def read(package: Package, part: Part, xml: bytes, strings: pl.Series) -> tuple[pl.DataFrame, Survey] | None:
    """The cells of a sheet from A1 on, and what is to be told of them. None: the usual reader has to look."""
    from zhijiao.engines.worksheets import reading

    def ask(cells: Sequence[bytes]) -> list[str | None] | None:
        said = _said(package, part, cells, (b"<sst " + _MAIN + b"></sst>",))
        blank = said and any(
            text is None and b't="e"' not in cell for text, cell in zip(said, cells, strict=True)
        )
        return None if blank else said  # blank cells do not reach as far as others

    found = reading.cells(xml, strings, _kinds(package), (MOST_COLUMNS, MOST_CELLS), ask)
    if found is None:
        return None
    seen = survey(xml, package.looks) if found.flags else Survey(merged(xml))
    return found.cells, seen


def _kinds(package: Package) -> npt.NDArray[np.uint8]:
    kinds = np.full(package.styles, signs.PLAIN, dtype=np.uint8)
    kinds[list(package.dated)] |= signs.DATED
    kinds[list(package.looks)] |= signs.LOOK
    return kinds


def _said(
    package: Package, part: Part, cells: Sequence[bytes], strings: Sequence[bytes]
) -> list[str | None] | None:
    """The text of each cell, given from behind its place on, as the usual reader has it; None where that fails."""
    if not cells:
        return []
    rows = (
        b'<row r="%d"><c r="A%d"%b</row>' % (number, number, cell)
        for number, cell in enumerate(cells, start=2)
    )
    content = package.only(part, (_SHEET, MARKED, b"".join(rows), _SHEET_END), strings)
    try:
        book = fastexcel.read_excel(content)
        table = book.load_sheet(part.name, header_row=None, dtypes="string", eager=True)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # as many ways as the reader has, a panic of its own among them
        return None
    said = pl.from_arrow(table)
    assert isinstance(said, pl.DataFrame)
    texts: list[str | None] = said.to_series(0)[1:].to_list()
    if said.width != 1 or len(texts) > len(cells):
        return None
    return texts + [None] * (len(cells) - len(texts))
