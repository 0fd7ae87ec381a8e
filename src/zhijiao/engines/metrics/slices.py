"""Coded columns of a prepared table as slices of bits, 64 rows to a word: the k-th slice of a column holds the k-th bit of every row's
number. A condition on them is a few operations on whole words, and counting is counting bits (O'Neil and Quass, "Improved query
performance with variant indexes", 1997).

Rows lie by organisation, and every organisation begins a new word, so that no word belongs to two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Bits: TypeAlias = npt.NDArray[np.uint64]
"""A bit for each row of a block."""
BLOCK = 1 << 14
"""Words that are worked on at once (a million rows): they stay near the processor, and memory does not grow with the rows."""


@dataclass(frozen=True)
class Cut:
    """A column as numbers from 1 on, 0 where it is missing."""

    kind: str
    """text (the place of the value among the column's values), truth (false, true), whole, date (days)."""
    low: int
    """What 1 stands for: a whole number, or a date as its proleptic Gregorian ordinal."""
    least: int
    """The lowest number that a row has."""
    top: int
    """The highest."""
    at: int
    """The number of its first slice. Slice 0 of a table says where there is a row."""

    @property
    def slices(self) -> range:
        """Its slices, the lowest bit first."""
        return range(self.at, self.at + self.top.bit_length())


@dataclass(frozen=True, eq=False)
class CutTable:
    """The slices of one data set."""

    columns: Mapping[str, Cut]
    organisations: Sequence[str | None]
    starts: npt.NDArray[np.int64]
    """The first word of each organisation."""
    words: Bits
    """Slices by words."""

    def blocks(self) -> Iterator[Block]:
        """All rows, a block at a time."""
        for begin in range(0, self.words.shape[1], BLOCK):
            end = min(begin + BLOCK, self.words.shape[1])
            first = int(np.searchsorted(self.starts, begin, side="right")) - 1
            last = int(np.searchsorted(self.starts, end, side="left"))
            starts = np.maximum(self.starts[first:last], begin) - begin
            yield Block(self.words[:, begin:end], starts, self.organisations[first:last])


class Block:
    """Some rows. What was asked once is kept."""

    def __init__(
        self, words: Bits, starts: npt.NDArray[np.int64], organisations: Sequence[str | None]
    ) -> None:
        self.words, self.starts, self.organisations = words, starts, organisations
        self.kept: dict[tuple[Cut, str, int], Bits] = {}

    @property
    def all(self) -> Bits:
        """Every row."""
        return self.words[0]

    @property
    def none(self) -> Bits:
        """No row."""
        return np.zeros_like(self.words[0])

    def known(self, cut: Cut) -> Bits:
        """Rows that have a value."""
        return self.at_least(cut, 1)

    def missing(self, cut: Cut) -> Bits:
        """Rows that have none."""
        return self.all & ~self.known(cut)

    def equal(self, cut: Cut, number: int) -> Bits:
        """Rows that have this number."""
        key = (cut, "=", number)
        if key not in self.kept:
            found = self.none
            if 1 <= number <= cut.top:
                found = ~found
                for k, at in enumerate(cut.slices):
                    found &= self.words[at] if number >> k & 1 else ~self.words[at]
            self.kept[key] = found
        return self.kept[key]

    def at_least(self, cut: Cut, number: int) -> Bits:
        """Rows that have this number or a higher one. From the lowest bit up: where it is 1 the row's must be, and what lies below
        decides; where it is 0, a row's 1 decides."""
        number = max(number, 1)
        key = (cut, ">=", number)
        if key not in self.kept:
            found = self.none
            if number <= cut.top:
                found = ~found
                for k, at in enumerate(cut.slices):
                    if number >> k & 1:
                        found &= self.words[at]
                    else:
                        found |= self.words[at]
            self.kept[key] = found
        return self.kept[key]

    def between(self, cut: Cut, first: int, last: int) -> Bits:
        """Rows whose number lies between two, both included."""
        return self.at_least(cut, first) & ~self.at_least(cut, last + 1)

    def above(self, cut: Cut, other: Cut) -> Bits:
        """Rows that have two numbers of the same `low`, the first higher than the other."""
        found, zero = self.none, self.none
        for k in range(max(cut.top.bit_length(), other.top.bit_length())):
            one = self.words[cut.at + k] if k < cut.top.bit_length() else zero
            two = self.words[other.at + k] if k < other.top.bit_length() else zero
            found = (one & ~two) | (found & ~(one ^ two))
        return found & self.known(cut) & self.known(other)

    def counted(self, bits: Bits) -> npt.NDArray[np.int64]:
        """How many rows of each organisation are in each of several selections: selections by organisations."""
        return np.add.reduceat(np.bitwise_count(bits), self.starts, axis=-1, dtype=np.int64)


def read_slices(path: Path) -> dict[str, CutTable]:
    """The slices of a prepared table, by data set; none where the file is not there. They are read from disk as they are used."""
    if not path.exists():
        return {}
    with path.open("rb") as stream:
        stream.seek(-8, 2)
        length = int.from_bytes(stream.read(8), "little")
        stream.seek(-8 - length, 2)
        told: dict[str, Any] = json.loads(stream.read(length))
    found = {}
    for name, table in told.items():
        shape = (table["slices"], table["words"])
        words: Bits = np.asarray(
            np.memmap(path, dtype=np.uint64, mode="r", offset=table["offset"], shape=shape)
        )
        columns = {column: Cut(**cut) for column, cut in table["columns"].items()}
        found[name] = CutTable(
            columns, table["organisations"], np.array(table["starts"], dtype=np.int64), words
        )
    return found
