"""Cells put together: columns of text from where they stand, rows joined, bytes spelled. Compiled loops on import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from zhijiao.engines.cells.kernel.keeping import KEPT

with KEPT.settled():
    from zhijiao.engines.cells.kernel.joining import NO_SIGN, hexadecimal, lay, measure, sixty_four

Octets: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int32]
Longs: TypeAlias = npt.NDArray[np.int64]

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_BASE64 = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", dtype=np.uint8)
MOST = (1 << 31) - 1
"""Bytes that are joined at once."""


@dataclass(frozen=True)
class Cells:
    """Cells of a column: that of row r is source[starts[r]:ends[r]]."""

    source: Octets
    starts: Ints
    ends: Ints

    @classmethod
    def constant(cls, text: bytes, rows: int) -> Cells:
        """The same in each row."""
        return cls(
            np.frombuffer(text, dtype=np.uint8),
            np.zeros(rows, dtype=np.int32),
            np.full(rows, len(text), dtype=np.int32),
        )

    @classmethod
    def even(cls, text: Octets, size: int) -> Cells:
        """Cells of one size, one behind the other."""
        starts = np.arange(0, len(text), size, dtype=np.int32)
        return cls(text, starts, starts + np.int32(size))

    @classmethod
    def of(cls, column: pl.Series, order: Longs | None = None) -> Cells | None:
        """The cells of a text column without nulls; None where they are too much at once."""
        held = column.to_arrow(compat_level=pl.CompatLevel.oldest())
        assert isinstance(held, pa.LargeStringArray)
        _, offsets, text = held.buffers()
        places = np.frombuffer(offsets, dtype=np.int64)[held.offset : held.offset + len(held) + 1]
        if len(places) and places[-1] > MOST:
            return None
        short = places.astype(np.int32)
        starts, ends = short[:-1], short[1:]
        if order is not None:
            starts, ends = starts[order], ends[order]
        source = np.frombuffer(text, dtype=np.uint8) if text is not None else np.zeros(0, dtype=np.uint8)
        return cls(source, np.ascontiguousarray(starts), np.ascontiguousarray(ends))

    def hold(self, sign: bytes) -> bool:
        """Whether one of them, or what stands between them, holds a byte."""
        return bool((self.source == sign[0]).any())

    def taken(self, rows: Longs | Ints) -> Cells:
        """Those of some rows."""
        return Cells(self.source, self.starts[rows], self.ends[rows])

    @property
    def there(self) -> npt.NDArray[np.bool_]:
        """Which are not blank."""
        return self.ends > self.starts

    def only(self, there: npt.NDArray[np.bool_]) -> Cells:
        """The same, but blank elsewhere."""
        return (
            self if there.all() else Cells(self.source, self.starts, np.where(there, self.ends, self.starts))
        )

    def series(self) -> pl.Series:
        """As a column; a blank is null."""
        text, offsets = _joined([self], b"", b"")
        there = self.there
        return _series(text, offsets, None if there.all() else there)


def joined(columns: Sequence[Cells], between: bytes) -> pl.Series:
    """The cells of each row as one text, a sign of one byte between them."""
    text, offsets = _joined(columns, between, b"")
    return _series(text, offsets, None)


def lines(columns: Sequence[Cells], between: bytes, end: bytes) -> bytes:
    """The cells of each row with a sign of one byte between them and one at the end, row after row."""
    text, _ = _joined(columns, between, end)
    return text.tobytes()


def _joined(columns: Sequence[Cells], between: bytes, end: bytes) -> tuple[Octets, Longs]:
    rows = len(columns[0].starts)
    signs = [*([between] * (len(columns) - 1)), end]
    offsets = np.zeros(rows + 1, dtype=np.int64)
    for cells, sign in zip(columns, signs, strict=True):
        measure(cells.starts, cells.ends, offsets[1:], len(sign))
    np.cumsum(offsets, out=offsets)
    text, places = np.empty(offsets[-1], dtype=np.uint8), offsets[:-1].copy()
    for cells, sign in zip(columns, signs, strict=True):
        lay(cells.source, cells.starts, cells.ends, text, places, sign[0] if sign else NO_SIGN)
    return text, offsets


def _series(text: Octets, offsets: Longs, there: npt.NDArray[np.bool_] | None) -> pl.Series:
    valid = None if there is None else pa.py_buffer(np.packbits(there, bitorder="little"))
    blank = 0 if there is None else len(there) - int(np.count_nonzero(there))
    held = pa.LargeStringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(text), valid, blank
    )
    return pl.Series(held, dtype=pl.String)


def as_hexadecimal(blocks: bytes, size: int) -> Cells:
    """Blocks of so many bytes, each as twice as many signs."""
    text = np.empty(2 * len(blocks), dtype=np.uint8)
    hexadecimal(np.frombuffer(blocks, dtype=np.uint8), _HEX, text)
    return Cells.even(text, 2 * size)


def as_base64(blocks: bytes) -> Cells:
    """Blocks of 16 bytes, each as 24 signs."""
    text = np.empty(len(blocks) // 16 * 24, dtype=np.uint8)
    sixty_four(np.frombuffer(blocks, dtype=np.uint8), _BASE64, text)
    return Cells.even(text, 24)
