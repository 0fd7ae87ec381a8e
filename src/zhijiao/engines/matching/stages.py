"""A batch, once: who asks, who is filed, who is seated; in one stage, or in two (school, then major)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from zhijiao.engines.matching import rounds
from zhijiao.engines.matching.adjusting import Adjusted, adjusted
from zhijiao.engines.matching.kernel import expanding, places, plain
from zhijiao.engines.matching.market import Bools, Bytes, Floats, Ints, Longs, Shorts
from zhijiao.engines.matching.preparing import Prepared
from zhijiao.engines.matching.rounds import Asking
from zhijiao.engines.matching.types import LastSeat, Returned


@dataclass(frozen=True)
class Closed:
    """Of each choice: what closes its unit (`kernel.expanding`), by which limit, below which minimum."""

    why: Bytes
    rule: Ints
    line: Floats


@dataclass(frozen=True)
class Pools:
    """First stage of two: the cells of a school for one origin, together."""

    school_begin: Ints
    school_cells: Ints
    pool_of: Ints
    """int32[c]: the pool of each cell of the batch."""
    seats: Longs
    own: Bools


@dataclass(frozen=True)
class Filing:
    """The first stage: who was filed to which school."""

    asking: Asking
    filed: Longs
    pools: Pools
    seats: Longs


@dataclass(frozen=True)
class Batched:
    """A batch come to rest once."""

    takes: Bools
    closed: Closed
    asking: Asking
    filed: Longs
    """int64[n]: the proposal that each holds, -1 for none."""
    capacity: Longs
    """int64[c]: up to how many a cell was filed."""
    seated: Bytes
    """Of each proposal, 1 if it has the seat."""
    rows: Shorts
    """Batch of each choice; in two stages only of the choices of the school that the applicant was filed to."""
    review: Ints
    filing: Filing | None = None
    adjusting: Adjusted | None = None

    def placements(self, p: Prepared) -> tuple[Longs, Ints, Longs]:
        """Who has a seat, in which cell, by which choice."""
        proposals = np.nonzero(self.seated)[0]
        rows = self.asking.choice_of[proposals].astype(np.int64)
        people = p.market.choice_applicant[rows].astype(np.int64)
        cells = ((self.asking.proposals[proposals] >> 32) & plain.CELL).astype(np.int32)
        if self.adjusting is not None:
            people = np.concatenate([people, self.adjusting.people])
            cells = np.concatenate([cells, self.adjusting.cells])
            rows = np.concatenate([rows, self.adjusting.rows])
        return people, cells, rows


def batched(p: Prepared, number: int, takes: Bools, seats: Longs) -> Batched:
    """Run a batch once with the given seats."""
    batch = p.market.rules.batches[number]
    if batch.stages == 2:
        return _two_stages(p, number, takes, seats)
    rank, review = p.market.choice_rank, p.market.choice_review
    if batch.returned is Returned.NEXT:
        rank = np.where(review >= 0, np.int32(-1), rank)
    rows = p.market.choice_batch
    asking, closed = _asking(p, number, takes, rows, rank)
    capacity = seats if batch.returned is Returned.NEXT else _filed_up_to(seats, batch.ratio)
    filed = rounds.settled(p, asking, capacity)
    seated = rounds.flags(len(asking.proposals), filed)
    whose_review = review[asking.choice_of]
    if batch.returned is Returned.OUT and (batch.ratio > 1 or bool((whose_review >= 0).any())):
        kept = seated.copy()
        kept[whose_review >= 0] = 0
        stand = rounds.standing(p, asking, filed)
        seated = np.zeros_like(kept)
        places.best_of(
            stand.begin,
            stand.entries,
            kept,
            seated,
            seats,
            np.empty_like(stand.entries),
            int(p.market.rules.last_seat is LastSeat.ADMIT_TIED),
        )
    return Batched(takes, closed, asking, filed, capacity, seated, rows, review)


def _asking(p: Prepared, number: int, takes: Bools, rows: Shorts, rank: Ints) -> tuple[Asking, Closed]:
    market = p.market
    most = int(np.diff(p.unit_begin)[market.choice_unit[rows == number]].sum())
    proposals = np.empty(most, dtype=np.int64)
    choice_of = np.empty(most, dtype=np.int32)
    first = np.empty(len(market.ids), dtype=np.int64)
    closed = Closed(
        np.zeros(len(rows), dtype=np.uint8),
        np.full(len(rows), -1, dtype=np.int32),
        np.full(len(rows), np.nan),
    )
    count = expanding.expanded(
        number, takes, market.choice_start, rows, market.choice_unit, rank, p.choice_key,
        p.unit_begin, p.unit_cells, p.cell_origin, p.opens, market.origin_set,
        p.minimum, p.total, p.rule_begin, p.rules, p.met,
        proposals, choice_of, first, closed.why, closed.rule, closed.line,
    )  # fmt: skip
    own = bool((market.unit_own & (market.unit_batch == number)).any())
    return Asking(proposals[:count], choice_of[:count], first, len(market.cells), not own), closed


def _filed_up_to(seats: Longs, ratio: float) -> Longs:
    """`ceil(seats × ratio)`, of the ratio as it is written."""
    if ratio == 1:
        return seats
    exact = Fraction(repr(ratio))
    return np.array([ceil(int(each) * exact) for each in seats], dtype=np.int64)


def _two_stages(p: Prepared, number: int, takes: Bools, seats: Longs) -> Batched:
    market, batch = p.market, p.market.rules.batches[number]
    _, closed = _asking(p, number, takes, market.choice_batch, market.choice_rank)
    pools = _pools(p, number, seats)
    rows = np.nonzero(market.choice_batch == number)[0]
    schools = market.unit_school[market.choice_unit[rows]]
    most = int(np.diff(pools.school_begin)[schools].sum())
    proposals = np.empty(most, dtype=np.int64)
    choice_of = np.empty(most, dtype=np.int32)
    first = np.empty(len(market.ids), dtype=np.int64)
    count = expanding.filed_to(
        number, takes, market.choice_start, market.choice_batch, market.choice_unit, market.choice_rank,
        p.choice_key, market.unit_school,
        pools.school_begin, pools.school_cells, pools.pool_of, p.cell_origin,
        p.opens, market.origin_set, p.minimum, p.total, p.rule_begin, p.rules, p.met,
        proposals, choice_of, first,
    )  # fmt: skip
    common = not bool((market.unit_own & (market.unit_batch == number)).any())
    asking = Asking(proposals[:count], choice_of[:count], first, len(pools.seats), common)
    capacity = _filed_up_to(pools.seats, batch.ratio)
    filed = rounds.settled(p, asking, capacity)
    filing = Filing(asking, filed, pools, capacity)
    # Second stage: only the choices of the school that she was filed to, and only if it did not return her.
    whose = market.choice_applicant
    school_of = np.full(len(market.ids), -1, dtype=np.int32)
    people = np.nonzero(filed >= 0)[0]
    school_of[people] = market.unit_school[market.choice_unit[asking.choice_of[filed[people]]]]
    inside = (market.choice_batch == number) & (market.unit_school[market.choice_unit] == school_of[whose])
    inside_rows = np.where(inside, market.choice_batch, np.int16(-1))
    returned = np.zeros(len(market.ids), dtype=np.bool_)
    returned[whose[inside & (market.choice_review >= 0)]] = True
    goes_on = (school_of >= 0) & ~returned
    second, _ = _asking(p, number, goes_on, inside_rows, market.choice_rank)
    held = rounds.settled(p, second, seats)
    seated = rounds.flags(len(second.proposals), held)
    left = adjusted(p, number, goes_on & (held < 0), school_of, inside_rows, second, held, seats)
    return Batched(
        takes, closed, second, held, seats, seated, inside_rows, market.choice_review, filing, left
    )


def _pools(p: Prepared, number: int, seats: Longs) -> Pools:
    market = p.market
    members: dict[tuple[int, int], list[int]] = {}
    by_school: dict[int, list[int]] = defaultdict(list)
    for at, unit in enumerate(market.cell_unit):
        if market.unit_batch[unit] == number:
            school = int(market.unit_school[unit])
            by_school[school].append(at)
            members.setdefault((school, int(p.cell_origin[at])), []).append(at)
    pool_of = np.full(len(market.cells), -1, dtype=np.int32)
    for pool, cells in enumerate(members.values()):
        pool_of[cells] = pool
    listed = [by_school.get(school, []) for school in range(len(market.units))]
    return Pools(
        school_begin=np.cumsum([0, *(len(each) for each in listed)]).astype(np.int32),
        school_cells=np.array([cell for each in listed for cell in each], dtype=np.int32),
        pool_of=pool_of,
        seats=np.array([int(seats[cells].sum()) for cells in members.values()], dtype=np.int64),
        own=np.array(
            [bool(market.unit_own[market.cell_unit[each[0]]]) for each in members.values()], dtype=np.bool_
        ),
    )
