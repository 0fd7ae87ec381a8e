"""Texts and cells of a sheet as columns. Compiled loops on import: import it only where a long sheet is to be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from zhijiao.engines.worksheets.kernel import signs
from zhijiao.engines.worksheets.kernel.keeping import KEPT

with KEPT.settled():
    from zhijiao.engines.worksheets.kernel.cells import read_rows
    from zhijiao.engines.worksheets.kernel.strings import read_strings

MOST_ODD = 1 << 16
"""Different odd cells in half a sheet, from which on another reader is quicker."""
_AHEAD = 32
"""Bytes that must follow those that are read."""
_DATA = re.compile(rb"<sheetData>")
_ITEMS = re.compile(rb"<sst(?:\s[^>]*)?(?<!/)>")
_OTHER = re.compile(rb'<!|encoding\s*=\s*["\'](?!utf-8|us-ascii)', re.IGNORECASE)
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"')
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+[0-9]+:([A-Z]+)[0-9]+"')

Octets: TypeAlias = npt.NDArray[np.uint8]
Longs: TypeAlias = npt.NDArray[np.int64]
Asked: TypeAlias = Callable[[Sequence[bytes]], "Sequence[str | None] | None"]
"""What odd texts or cells say, by another reader; None where it cannot tell."""


@dataclass(frozen=True)
class Read:
    """A sheet from A1 on. `flags`: what has to be looked for in it (signs.HIDDEN and so on)."""

    cells: pl.DataFrame
    flags: int


def shared(xml: bytes, ask: Asked) -> pl.Series | None:
    """The texts of a workbook, in order. None: another reader has to look."""
    begin, end = _ITEMS.search(xml, 0, 2_000), xml.rfind(b"</sst>")
    if begin is None or end < begin.end() or _OTHER.search(xml, 0, begin.end()):
        return None
    octets = _with_room(xml, end)
    found = np.zeros(signs.NOTES, dtype=np.int64)
    most = (end - begin.end()) // len("<si/>") + 1
    text, offsets = np.empty(end, dtype=np.uint8), np.zeros(most + 1, dtype=np.int64)
    odd = np.empty((MOST_ODD, 3), dtype=np.int64)
    read_strings(octets, begin.end(), end, text, offsets, odd, found)
    if found[signs.STATUS] != signs.FINE:
        return None
    texts = _texts(text, offsets, found)
    if texts is None or not found[signs.ODD]:
        return texts
    places = odd[: found[signs.ODD]]
    said = ask([xml[start:stop] for _, start, stop in places.tolist()])
    return None if said is None else texts.scatter(places[:, 0], pl.Series(said, dtype=pl.String))


def cells(xml: bytes, strings: pl.Series, styles: Octets, most: tuple[int, int], ask: Asked) -> Read | None:
    """The cells of a sheet, in two halves at once. `styles`: kinds of number formats; `most`: columns and cells that can be
    held. None: another reader has to look."""
    begin, end = _DATA.search(xml, 0, 20_000), xml.rfind(b"</sheetData>")
    if begin is None or end < begin.end() or _OTHER.search(xml, 0, begin.end()):
        return None
    last = _row(xml, xml.rfind(b"<row ", begin.end(), end))
    if not last:
        return None
    middle = xml.find(b"<row ", (begin.end() + end) // 2, end)
    row = _row(xml, middle)
    pieces = [(begin.end(), end, 1, last)]
    if 1 < row <= last:
        pieces = [(begin.end(), middle, 1, row - 1), (middle, end, row, last)]
    dimension = _DIMENSION.search(xml, 0, begin.end())
    width = max(_column(dimension.group(1)) if dimension else 0, 1)
    octets = _with_room(xml, end)
    pool = pl.concat([pl.Series([None], dtype=pl.String), strings])
    while width <= most[0] and width * last <= most[1]:
        halves = [_Half(octets, piece, width, len(strings), styles) for piece in pieces]
        with ThreadPoolExecutor(2) as threads:
            if not all(threads.map(_Half.read, halves)):
                return None
        reach = max(half.noted(signs.WIDTH) for half in halves)
        if reach <= width:
            return _together(xml, halves, pool, ask) if reach else None
        width = reach
    return None


def _together(xml: bytes, halves: list[_Half], pool: pl.Series, ask: Asked) -> Read | None:
    odd = [half.odd_places() for half in halves]
    said = ask([xml[start:stop] for places in odd for start, stop in places])
    if said is None:
        return None
    frames, flags = [], 0
    for half, places in zip(halves, odd, strict=True):
        frame = half.frame(pool, said[: len(places)])
        if frame is None:
            return None
        said = said[len(places) :]
        frames.append(frame)
        flags |= half.noted(signs.FLAGS)
    width, height = (max(half.noted(what) for half in halves) for what in (signs.WIDTH, signs.HEIGHT))
    return Read(pl.concat(frames).head(height).select(map(str, range(width))), flags)


class _Half:
    """Some of the rows."""

    def __init__(
        self, octets: Octets, piece: tuple[int, int, int, int], width: int, strings: int, styles: Octets
    ) -> None:
        self._octets, self._piece, self._strings, self._styles = octets, piece, strings, styles
        begin, end, first, last = piece
        self._codes = np.zeros((width, last - first + 1), dtype=np.int32)
        self._text = np.empty(end - begin + _AHEAD, dtype=np.uint8)
        self._offsets = np.zeros((end - begin) // len('<c r="A1"><v>1</v></c>') + 2, dtype=np.int64)
        self._odd = np.empty((MOST_ODD, 2), dtype=np.int64)
        self._found = np.zeros(signs.NOTES, dtype=np.int64)

    def read(self) -> bool:
        """Run the loop; whether it could take the rows."""
        begin, end, first, last = self._piece
        table = np.zeros(2 * MOST_ODD, dtype=np.int64)
        read_rows(
            self._octets,
            begin,
            end,
            first,
            last,
            self._strings,
            self._styles,
            self._codes,
            self._text,
            self._offsets,
            self._odd,
            table,
            self._found,
        )
        return self.noted(signs.STATUS) == signs.FINE

    def noted(self, what: int) -> int:
        """What the loop came to."""
        return int(self._found[what])

    def odd_places(self) -> list[tuple[int, int]]:
        """Where the rest of each odd cell begins and ends."""
        return [(start, stop) for start, stop in self._odd[: self.noted(signs.ODD)].tolist()]

    def frame(self, pool: pl.Series, odd: Sequence[str | None]) -> pl.DataFrame | None:
        """The columns, when it is known what the odd cells say."""
        own = _texts(self._text, self._offsets, self._found)
        if own is None:
            return None
        whole = pl.concat([pool, own, pl.Series(odd, dtype=pl.String)])
        codes = self._codes
        if odd:
            codes = np.where(codes < 0, len(pool) + len(own) - 1 - codes, codes)
        columns: list[Any] = [
            whole.gather(pl.Series(column)).alias(str(number)) for number, column in enumerate(codes)
        ]
        return pl.DataFrame(columns)


def _texts(text: Octets, offsets: Longs, found: Longs) -> pl.Series | None:
    count, length = int(found[signs.OWN]), int(found[signs.BYTES])
    kept = pa.LargeStringArray.from_buffers(
        count, pa.py_buffer(offsets[: count + 1]), pa.py_buffer(text[:length])
    )
    try:
        kept.validate(full=True)
    except pa.ArrowInvalid:  # not UTF-8
        return None
    return pl.Series(kept, dtype=pl.String)


def _with_room(xml: bytes, end: int) -> Octets:
    """The bytes, with some behind those that are read."""
    return np.frombuffer(xml if len(xml) - end >= _AHEAD else xml + bytes(_AHEAD), dtype=np.uint8)


def _row(xml: bytes, at: int) -> int:
    found = _ROW.match(xml, at) if at > 0 else None
    return int(found.group(1)) if found else 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
