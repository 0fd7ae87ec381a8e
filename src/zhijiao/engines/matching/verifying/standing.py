"""Places, ties and lines in cells, from who asked and who was taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zhijiao.engines.matching.market import Bools, Floats, Longs
from zhijiao.engines.matching.result import NUMBER
from zhijiao.engines.matching.types import Reason
from zhijiao.engines.matching.verifying import loops


@dataclass(frozen=True)
class Entries:
    """Somebody at a cell: each of those who may have asked it."""

    cell: npt.NDArray[np.integer[Any]]
    key: Longs
    lot: Longs
    total: Floats

    def __len__(self) -> int:
        return len(self.cell)

    def joined(self, other: Entries) -> Entries:
        return Entries(
            np.concatenate([self.cell, other.cell]),
            np.concatenate([self.key, other.key]),
            np.concatenate([self.lot, other.lot]),
            np.concatenate([self.total, other.total]),
        )


@dataclass(frozen=True)
class Standing:
    """Of entries (0: did not ask): own place, and how many who asked stand in the class. Of cells: what became of it."""

    entries: Entries
    place: Longs
    ties: Longs
    count: Longs
    """Taken."""
    last: Longs
    """Key of the last class taken."""
    low: Floats
    """Lowest total in it; NaN: nobody was taken."""
    line: Floats
    """Its lowest total, or rank."""
    at_line: Longs
    """How many who asked stand in it."""
    refused: Longs
    """Key of the best class refused."""


_NONE = np.iinfo(np.int64).max


def standing(
    entries: Entries, asked: Bools, taken: Bools, own: Bools, order: Longs | None = None
) -> Standing:
    """`asked` and `taken` by entry, `own` by cell: it has an order of its own. `order`: of all entries by cell, from the best,
    where it is known already."""
    cells = len(own)
    if order is None:
        at = np.flatnonzero(asked)
        at = at[np.lexsort((entries.lot[at], entries.key[at], entries.cell[at]))]
    else:
        at = order[asked[order]]
    cell, key, lot = entries.cell[at], entries.key[at], entries.lot[at]
    new_cell = _changes(cell)
    new_class = new_cell | _changes(key)
    place, ties = np.zeros(len(entries), np.int64), np.zeros(len(entries), np.int64)
    place[at] = _begin(new_class | _changes(lot)) - _begin(new_cell) + 1
    runs = np.diff(np.append(np.flatnonzero(new_class), len(at)))
    ties[at] = np.repeat(runs, runs)
    inside = at[taken[at]]
    last = np.full(cells, -1, dtype=np.int64)
    last[entries.cell[inside]] = entries.key[inside]
    in_last = inside[entries.key[inside] == last[entries.cell[inside]]]
    low = np.full(cells, np.nan)
    by_total = in_last[np.argsort(-entries.total[in_last], kind="stable")]
    low[entries.cell[by_total]] = entries.total[by_total]
    at_line = np.zeros(cells, dtype=np.int64)
    at_line[entries.cell[in_last]] = ties[in_last]
    refused = np.full(cells, _NONE)
    out = at[~taken[at]][::-1]
    refused[entries.cell[out]] = entries.key[out]
    count = np.bincount(entries.cell[inside], minlength=cells).astype(np.int64)
    line = np.where(own & (count > 0), last, low).astype(np.float64)
    return Standing(entries, place, ties, count, last, low, line, at_line, refused)


def refusals(found: Standing, which: Longs, seats: Longs, policy: int) -> tuple[Longs, Floats, Longs, Longs]:
    """Code, line, place and ties of some entries that were refused."""
    cell, key = found.entries.cell[which], found.entries.key[which]
    code = np.full(len(which), NUMBER[Reason.BELOW_LINE], dtype=np.int64)
    if policy == loops.STRICT:
        code[(key == found.refused[cell]) & (found.count[cell] < seats[cell])] = NUMBER[Reason.TIED_OUT]
    if policy == loops.LOTTERY:
        code[(found.count[cell] > 0) & (key == found.last[cell])] = NUMBER[Reason.LOT]
    ties = np.where(code == NUMBER[Reason.BELOW_LINE], 0, found.ties[which])
    return code, found.line[cell], found.place[which], ties


def _changes(values: npt.NDArray[Any]) -> Bools:
    found = np.ones(len(values), dtype=np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found


def _begin(new: Bools) -> Longs:
    """Where the run of each began."""
    return np.maximum.accumulate(np.where(new, np.arange(len(new)), 0)) if len(new) else np.zeros(0, np.int64)


__all__ = ["Entries", "Standing", "refusals", "standing"]
