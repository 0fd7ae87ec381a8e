"""Where a batch comes to rest, found a second way: by raising the lines from the bottom until nobody is let in too many."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from zhijiao.engines.matching.market import Bools, Ints, Longs
from zhijiao.engines.matching.types import Batch, Returned
from zhijiao.engines.matching.verifying import loops
from zhijiao.engines.matching.verifying.asking import Asking, Season, by_school


@dataclass
class Rest:
    """A batch at rest. Of applicants: `cell` of the seat (-1: none), `pair` of the seat or filing (-1: none)."""

    cell: Longs
    pair: Longs
    """Of `asks`; in two stages of `schools`."""
    filing: Longs
    """int64[cells, or cells of the first stage]: up to how many were filed."""
    schools: Asking | None = None
    pool: Ints | None = None
    """Of the pairs of `schools`: cell of the first stage."""
    named: Longs | None = None
    """int64[n]: pair of `asks` by which a named major was given; -1: none."""
    adjusted: dict[int, int] = field(default_factory=dict)
    """Cell of who was adjusted."""
    tried: list[tuple[int, int]] = field(default_factory=list)
    """Applicant and cell, in the order of time: who asked for adjustment."""
    kept: Bools | None = None
    """bool[n]: filed and not returned."""


def rest(first: Longs, cell: Ints, key: Longs, lot: Longs, seats: Longs, policy: int) -> Longs:
    """The pair that everybody holds, -1 without one."""
    return _raised(first, cell, key, lot, seats, policy, np.lexsort((lot, key, cell)).astype(np.int64))


def _raised(
    first: Longs, cell: Ints, key: Longs, lot: Longs, seats: Longs, policy: int, order: Longs
) -> Longs:
    begin = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=len(seats)))]).astype(np.int64)
    where = np.empty(len(cell), dtype=np.int64)
    where[order] = np.arange(len(cell))
    held = np.empty(len(first) - 1, dtype=np.int64)
    loops.rest(first, cell, key, lot, seats, order, begin, where, policy, held)
    return held


def of_all(asks: Asking, seats: Longs, policy: int) -> Longs:
    """`rest` of all pairs of a batch, which are sorted once."""
    return _raised(asks.first, asks.cell, asks.key, asks.lot, seats, policy, asks.order)


def some(first: Longs, wanted: Bools) -> tuple[Longs, Longs]:
    """The pairs that are wanted, and where each applicant's begin among them."""
    upto = np.concatenate([[0], np.cumsum(wanted)]).astype(np.int64)
    return np.flatnonzero(wanted), upto[first]


def among(asks: Asking, wanted: Bools, seats: Longs, policy: int) -> Longs:
    """`rest` of some of the pairs; the pairs that are given back are those of `asks`."""
    pairs, first = some(asks.first, wanted)
    held = rest(first, asks.cell[pairs], asks.key[pairs], asks.lot[pairs], seats, policy)
    return np.where(held < 0, -1, pairs[held]) if len(pairs) else held


def files(asks: Asking) -> bool:
    """Whether filing and having a seat are two things in the batch."""
    out = asks.batch.returned is Returned.OUT
    return out and (asks.batch.ratio > 1 or bool((asks.review >= 0).any()))


def filed_up_to(batch: Batch, seats: Longs) -> Longs:
    """With the ratio as the decimal that was written."""
    ratio = Fraction(str(batch.ratio)) if batch.returned is Returned.OUT else Fraction(1)
    return -(-seats * ratio.numerator // ratio.denominator)


def one_stage(season: Season, asks: Asking, seats: Longs) -> Rest:
    """Filing, then the seats among those filed and not returned."""
    capacity = filed_up_to(asks.batch, seats)
    pair = of_all(asks, capacity, season.policy)
    if not files(asks):
        return Rest(_cells(asks.cell, pair), pair, capacity, kept=pair >= 0)
    filed = np.zeros(len(asks.cell), dtype=np.bool_)
    filed[pair[pair >= 0]] = True
    filed &= asks.review[asks.pair_row] < 0
    seat = among(asks, filed, seats, season.policy)
    kept = (pair >= 0) & filed[pair] if len(filed) else pair >= 0
    return Rest(_cells(asks.cell, seat), pair, capacity, kept=kept)


def two_stages(season: Season, asks: Asking, seats: Longs) -> Rest:
    """Filing to schools, then majors by name, then by adjustment."""
    schools = season.schools.get(asks.number) or by_school(season, asks)
    season.schools[asks.number] = schools
    cells = np.flatnonzero(season.cell_batch == asks.number)
    pools: dict[tuple[int, int], int] = {}
    school_of = season.market.unit_school[season.market.cell_unit]
    pool_of = np.full(len(season.seats), -1, dtype=np.int32)
    for each in cells.tolist():
        pool_of[each] = pools.setdefault((int(school_of[each]), int(season.cell_origin[each])), len(pools))
    capacity = filed_up_to(
        asks.batch, np.bincount(pool_of[cells], weights=seats[cells], minlength=len(pools)).astype(np.int64)
    )
    pool = pool_of[schools.cell]
    _, first_of = np.unique(schools.pair_row * np.int64(len(pools) + 1) + pool, return_index=True)
    different = np.zeros(len(pool), dtype=np.bool_)
    different[first_of] = True
    pairs, first = some(schools.first, different)
    held = rest(first, pool[pairs], schools.key[pairs], schools.lot[pairs], capacity, season.policy)
    pair = np.where(held < 0, -1, pairs[held]) if len(pairs) else held
    row = np.where(pair < 0, -1, schools.pair_row[pair]) if len(pool) else pair
    kept = (row >= 0) & (schools.review[row] < 0) if len(schools.rows) else row >= 0
    school = np.where(kept, schools.unit[row], -1) if len(schools.rows) else np.full(len(row), -1)
    wanted = season.market.unit_school[asks.unit][asks.pair_row] == school[asks.who[asks.pair_row]]
    named = among(asks, wanted, seats, season.policy)
    found = Rest(_cells(asks.cell, named), pair, capacity, schools, pool, named, kept=kept)
    _adjust(season, asks, found, wanted, seats, school)
    return found


def _adjust(season: Season, asks: Asking, found: Rest, wanted: Bools, seats: Longs, school: Longs) -> None:
    """Class by class from the best, those of a class at once; see the document, two stages."""
    schools = found.schools
    assert schools is not None
    assert found.named is not None
    agreed = np.zeros(len(school), dtype=np.bool_)
    rows = season.market.choice_adjust[asks.rows] & (season.market.unit_school[asks.unit] == school[asks.who])
    agreed[asks.who[rows]] = True
    waiting = np.flatnonzero(agreed & (found.named < 0) & (school >= 0))
    if not len(waiting):
        return
    free = seats - np.bincount(found.cell[found.cell >= 0], minlength=len(seats))
    worst: dict[int, tuple[int, int]] = {}
    for at in np.flatnonzero(wanted & _before(asks, found.named)).tolist():
        place, key = int(asks.cell[at]), (int(asks.key[at]), int(asks.lot[at]))
        worst[place] = min(worst.get(place, key), key)
    classes: dict[tuple[int, int, int], list[int]] = {}
    for who in waiting.tolist():
        at = int(found.pair[who])
        classes.setdefault((int(school[who]), int(schools.key[at]), int(schools.lot[at])), []).append(who)
    for (_, *key_and_lot), together in sorted(classes.items()):
        mine = (key_and_lot[0], key_and_lot[1])
        asking = together
        while asking:
            groups: dict[int, list[int]] = {}
            for who in asking:
                row = int(schools.pair_row[found.pair[who]])
                cells = schools.cell[schools.row_first[row] : schools.row_first[row + 1]].tolist()
                best = [c for c in cells if free[c] > 0 and not (c in worst and mine >= worst[c])]
                if best:
                    groups.setdefault(min(best, key=lambda c: (-free[c], c)), []).append(who)
            asking = []
            for cell, group in groups.items():
                found.tried += [(who, cell) for who in group]
                if season.policy != loops.ADMIT_TIED and len(group) > free[cell]:
                    worst[cell] = mine
                    asking += group
                else:
                    free[cell] -= len(group)
                    found.adjusted |= dict.fromkeys(group, cell)
    for who, cell in found.adjusted.items():
        found.cell[who] = cell


def _before(asks: Asking, held: Longs) -> Bools:
    """Pairs that somebody prefers to what she holds: before it, or all of hers."""
    who = asks.who[asks.pair_row]
    return (held[who] < 0) | (np.arange(len(who)) < held[who])


def _cells(cell: Ints, held: Longs) -> Longs:
    return np.where(held < 0, -1, cell[held]).astype(np.int64) if len(cell) else held.copy()


def at_rest(season: Season, asks: Asking, seats: Longs) -> Rest:
    """The batch with these seats."""
    return two_stages(season, asks, seats) if asks.batch.stages == 2 else one_stage(season, asks, seats)


__all__ = ["Rest", "at_rest", "filed_up_to", "files", "of_all", "rest"]
