"""One round of proposals: who asked which cell, who holds what, and where everybody stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zhijiao.engines.matching.kernel import classes as by_class
from zhijiao.engines.matching.kernel import groups, packing, places, plain
from zhijiao.engines.matching.market import Bytes, Floats, Ints, Longs
from zhijiao.engines.matching.types import LastSeat

if TYPE_CHECKING:
    from zhijiao.engines.matching.preparing import Prepared


@dataclass(frozen=True)
class Asking:
    """All proposals that might be made in a round: of who takes part, to cells (or pools) open to them."""

    proposals: Longs
    choice_of: Ints
    """Choice of each proposal."""
    first: Longs
    """int64[n]: first proposal of each applicant, -1 for none."""
    cells: int
    """How many cells there are to number."""
    common: bool
    """All cells follow the common chain."""


@dataclass(frozen=True)
class Standing:
    """Who asked what, and where everybody stands among those who asked: of each proposal, 0 for those that were not made."""

    begin: Longs
    entries: Longs
    """Key and number of the proposals made, by cell from begin[c], the best first."""
    classes: Ints
    place: Ints
    ties: Ints


@dataclass(frozen=True)
class Lines:
    """Of each cell: how many have won, and of the last class among them the lowest total, the class and how many asked in it."""

    admitted: Longs
    last_total: Floats
    last_class: Ints
    tied: Ints


def settled(p: Prepared, asking: Asking, seats: Longs) -> Longs:
    """The proposal that each applicant holds when nobody who was refused has anything left, -1 for none."""
    held = np.full(len(p.market.ids), -1, dtype=np.int64)
    people = np.nonzero(asking.first >= 0)[0]
    if len(people) == 0:
        return held
    order = np.empty(len(people), dtype=np.int32)
    packing.by_key(
        p.common_key[people],
        np.empty(2 * len(people), dtype=np.int64),
        order,
        np.empty(3 * 2048, dtype=np.int32),
    )
    queue = asking.first[people[order]]
    kept = _single(asking, queue.astype(np.int32), seats)
    if kept is None:
        kept = _classes(asking, queue, seats, p.market.rules.last_seat is LastSeat.ADMIT_TIED)
    places.holders(asking.choice_of, p.market.choice_applicant, kept, held)
    return held


def _single(asking: Asking, queue: Ints, seats: Longs) -> Longs | None:
    """The proposals held, as long as no equals meet; None when they do."""
    demand = np.bincount((asking.proposals >> 32) & plain.CELL, minlength=asking.cells)
    cells = np.empty(4 * asking.cells, dtype=np.int32)
    packing.opened(np.minimum(seats, demand).astype(np.int32), cells)
    if asking.common:
        if plain.serial(asking.proposals, queue, cells):
            return None
        return queue[queue >= 0].astype(np.int64)
    heap = np.zeros(int(np.minimum(seats, demand).sum()), dtype=np.int64)
    if plain.deferred(asking.proposals, queue, cells, heap):
        return None
    held = cells[plain.HELD :: 4]
    ends = np.cumsum(held)
    inside = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - held, held)
    return heap[np.repeat(cells[plain.BEGIN :: 4], held) + inside] & plain.KEY


def _classes(asking: Asking, queue: Longs, seats: Longs, take_tied: bool) -> Longs:
    demand = np.bincount((asking.proposals >> 32) & plain.CELL, minlength=asking.cells)
    begin = np.cumsum(demand) - demand
    held = np.zeros(asking.cells, dtype=np.int64)
    closed = np.full(asking.cells, 2**31, dtype=np.int64)
    heap = np.zeros(max(1, len(asking.proposals)), dtype=np.int64)
    by_class.by_classes(asking.proposals, queue, seats, begin, held, closed, heap, take_tied)
    ends = np.cumsum(held)
    inside = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - held, held)
    return heap[np.repeat(begin, held) + inside] & plain.KEY


def standing(p: Prepared, asking: Asking, held: Longs) -> Standing:
    """Where everybody stands among those who asked."""
    cells = np.empty(len(asking.proposals), dtype=np.int32)
    places.asked(asking.proposals, asking.first, held, cells)
    return ranked(p, asking, cells)


def ranked(p: Prepared, asking: Asking, cells: Ints) -> Standing:
    """The same where it is known who asked: the cell of each proposal, -1 for those that do not count."""
    begin = np.empty(asking.cells + 1, dtype=np.int64)
    count = np.empty(asking.cells, dtype=np.int64)
    groups.begins(cells, begin, count)
    entries = np.empty(int(begin[-1]), dtype=np.int64)
    groups.gathered(cells, asking.proposals & plain.KEY, count, entries)
    groups.sorted_groups(begin, entries)
    classes = p.choice_class[asking.choice_of]
    place, ties = np.zeros_like(classes), np.zeros_like(classes)
    places.placed(begin, entries, classes, place, ties)
    return Standing(begin, entries, classes, place, ties)


def lines(p: Prepared, asking: Asking, stand: Standing, winner: Bytes, ties: Ints) -> Lines:
    """The lines of the cells. winner: 1 for proposals that won. ties: how many asked in the class of each proposal."""
    cells = asking.cells
    found = Lines(
        np.zeros(cells, dtype=np.int64),
        np.full(cells, np.nan),
        np.full(cells, -1, dtype=np.int32),
        np.zeros(cells, dtype=np.int32),
    )
    places.lines(
        stand.begin,
        stand.entries,
        stand.classes,
        winner,
        asking.choice_of,
        p.total,
        p.market.choice_applicant,
        found.admitted,
        ties,
        found.last_total,
        found.last_class,
        found.tied,
    )
    return found


def line_values(found: Lines, own: npt.NDArray[np.bool_]) -> Floats:
    """The line of each cell as it is told: the rank where the order is the unit's own, else the lowest total."""
    ranks = np.where(found.last_class >= 0, found.last_class, np.nan)
    return np.where(own, ranks, found.last_total).astype(np.float64)


def flags(count: int, where: Longs) -> Bytes:
    """1 at the given places; those below 0 are left out."""
    found = np.zeros(count, dtype=np.uint8)
    found[where[where >= 0]] = 1
    return found
