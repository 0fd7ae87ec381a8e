"""Keys of earlier parts of a file, twelve bytes each, so that a long file's repeated keys are found without holding it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]

MOST_MERGED = 2_000_000
"""Keys of a run. Merging takes four times what it merges, so that long runs are better left as they are."""


class Repeated(Exception):
    """A key came again among rows that are checked piece by piece: only all of them together say which rows wait."""


@dataclass(frozen=True)
class _Run:
    """Hashes in ascending order and the rows they stand in, of one sheet and one part or several neighbouring ones."""

    sheet: str
    hashes: Hashes
    rows: Rows


class Once:
    """Keys of which none may come twice; where they stood is not asked."""

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def add(self, hashes: Hashes) -> None:
        """Note the hashes of a part. Raises Repeated where one is known already."""
        ordered = np.sort(hashes)
        if not len(ordered):
            return
        twice = bool((ordered[1:] == ordered[:-1]).any())
        for run in self._runs:
            spots = np.searchsorted(run, ordered)
            spots[spots == len(run)] = 0
            twice = twice or bool((run[spots] == ordered).any())
        if twice:
            raise Repeated
        self._runs.append(ordered)


class Seen:
    """What stood where. Runs of like size are merged, so that there are few however many parts came."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def again(self, hashes: Hashes) -> Iterator[tuple[int, str, int]]:
        """The places of hashes that were added before: place, sheet, row."""
        for run in self._runs:
            spots = np.searchsorted(run.hashes, hashes)
            spots[spots == len(run.hashes)] = 0
            for place in np.flatnonzero(run.hashes[spots] == hashes):
                yield int(place), run.sheet, int(run.rows[spots[place]])

    def add(self, sheet: str, hashes: Hashes, rows: Rows) -> None:
        """Note the hashes of a part; of equal ones the first."""
        if not len(hashes):
            return
        distinct, first = np.unique(hashes, return_index=True)
        self._add(_Run(sheet, distinct, rows[first]))

    def add_all(self, other: Seen) -> None:
        """Note what others noted."""
        for run in other._runs:
            self._add(run)

    def _add(self, run: _Run) -> None:
        self._runs.append(run)
        while len(self._runs) > 1 and self._mergeable(*self._runs[-2:]):
            newer, older = self._runs.pop(), self._runs.pop()
            self._runs.append(_merged(older, newer))

    @staticmethod
    def _mergeable(older: _Run, newer: _Run) -> bool:
        alike = older.sheet == newer.sheet and len(older.hashes) <= 2 * len(newer.hashes)
        return alike and len(older.hashes) + len(newer.hashes) <= MOST_MERGED


def _merged(older: _Run, newer: _Run) -> _Run:
    hashes = np.concatenate((older.hashes, newer.hashes))
    order = hashes.argsort(kind="stable")  # of two equal ones the earlier row stands first
    hashes, rows = hashes[order], np.concatenate((older.rows, newer.rows))[order]
    new = np.ones(len(hashes), dtype=np.bool_)
    new[1:] = hashes[1:] != hashes[:-1]
    return _Run(older.sheet, hashes, rows) if new.all() else _Run(older.sheet, hashes[new], rows[new])
