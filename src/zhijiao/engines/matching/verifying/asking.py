"""Who could ask which cells in a batch: worked out from the market, before any result is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zhijiao.engines.matching.market import Bools, Bytes, Floats, Ints, Longs, Market
from zhijiao.engines.matching.types import Batch, Cell, LastSeat, Limit, Returned
from zhijiao.engines.matching.verifying import loops
from zhijiao.engines.matching.verifying.orders import common_order, fulfilled, lots

POLICY = {
    LastSeat.ADMIT_TIED: loops.ADMIT_TIED,
    LastSeat.STRICT: loops.STRICT,
    LastSeat.LOTTERY: loops.LOTTERY,
}


class Season:
    """A market with what all its batches need."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.policy = POLICY[market.rules.last_seat]
        self.common: Longs = common_order(market)
        self.total: Floats = market.columns["total"]
        self.cell_batch: Ints = np.array(
            [market.batch_numbers[cell.batch] for cell in market.cells], dtype=np.int32
        )
        self.least: Floats = np.array(
            [-np.inf if cell.min_total is None else cell.min_total for cell in market.cells], dtype=np.float64
        )
        self.seats: Longs = np.array([cell.seats for cell in market.cells], dtype=np.int64)
        """Of the plan."""
        words = sorted({cell.origin for cell in market.cells} - {""})
        number = {word: at for at, word in enumerate(words)}
        self.cell_origin: Ints = np.array(
            [number.get(cell.origin, -1) for cell in market.cells], dtype=np.int32
        )
        has = np.zeros((len(market.origin_sets), max(1, len(words))), dtype=np.bool_)
        for at, origins in enumerate(market.origin_sets):
            has[at, [number[word] for word in origins if word in number]] = True
        self.has = has
        self.kept = (
            np.stack([fulfilled(limit.require, market) for limit in market.rules.limits])
            if market.rules.limits
            else np.zeros((0, len(market.ids)), dtype=np.bool_)
        )
        speaking = [
            [at for at, limit in enumerate(market.rules.limits) if _speaks_of(limit, cell)]
            for cell in market.cells
        ]
        self.limit_first, self.limit_of = _listed(speaking)
        self.cells = _grouped(market.cell_unit, len(market.units))
        self.schools: dict[int, Asking] = {}
        """The first stage of batches in two stages, kept for replays."""
        self.school_cells = _grouped(market.unit_school[market.cell_unit], len(market.units))

    @cached_property
    def ordered(self) -> Longs:
        """The common order of everybody, ascending."""
        return np.sort(self.common)

    @cached_property
    def lot(self) -> Longs:
        """int64[n]: the drawn order, among those whom some order cannot tell apart."""
        market = self.market
        if self.policy != loops.LOTTERY:
            return np.zeros(len(market.ids), dtype=np.int64)
        ordered = self.ordered
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        drawn = np.isin(self.common, np.unique(twice)) if len(twice) else np.zeros(len(market.ids), np.bool_)
        if market.unit_own.any():
            rows = np.flatnonzero(market.choice_rank > 0)
            school = market.unit_school[market.choice_unit[rows]]
            pairs = market.choice_rank[rows].astype(np.int64) * len(market.units) + school
            _, number, counts = np.unique(pairs, return_inverse=True, return_counts=True)
            drawn[market.choice_applicant[rows[counts[number] > 1]]] = True
        return lots(market, np.flatnonzero(drawn))


@dataclass(frozen=True)
class Asking:
    """A batch: rows are its choices by applicant and order, pairs the open cells of each row in her order."""

    number: int
    batch: Batch
    rows: Longs
    """Of the market."""
    start: Longs
    """int64[n+1]: the rows of each applicant."""
    takes_part: Bools
    excluded: Bools
    unit: Ints
    rank: Ints
    review: Ints
    row_first: Longs
    """int64[rows+1]: the pairs of each row."""
    cell: Ints
    code: Bytes
    """uint8[rows]: what closes all cells of a choice, as `loops` names it."""
    detail: Ints
    line: Floats
    key: Longs
    lot: Longs

    @cached_property
    def who(self) -> Ints:
        """Whose row it is."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))

    @cached_property
    def pair_row(self) -> Longs:
        """Of which row a pair is."""
        return np.repeat(np.arange(len(self.rows), dtype=np.int64), np.diff(self.row_first))

    @cached_property
    def order(self) -> Longs:
        """The pairs by cell, from the best."""
        return np.lexsort((self.lot, self.key, self.cell)).astype(np.int64)

    @property
    def is_ordered(self) -> bool:
        """Whether `order` was needed already."""
        return "order" in self.__dict__

    @cached_property
    def first(self) -> Longs:
        """int64[n+1]: the pairs of each applicant."""
        return self.row_first[self.start]


def asking(season: Season, number: int, placed_before: Bools) -> Asking:
    """The batch as its applicants stood before it: `placed_before` have a seat of an earlier batch that they kept."""
    market = season.market
    batch = market.rules.batches[number]
    rows = np.flatnonzero(market.choice_batch == number)
    who = market.choice_applicant[rows]
    count = len(market.ids)
    start = np.concatenate([[0], np.cumsum(np.bincount(who, minlength=count))]).astype(np.int64)
    excluded = np.zeros(count, dtype=np.bool_)
    for other, each in enumerate(market.rules.batches):
        if batch.id in each.excludes:
            excluded[market.choice_applicant[market.choice_batch == other]] = True
    part = (np.diff(start) > 0) & ~placed_before & ~excluded
    unit, rank, review = (
        each[rows] for each in (market.choice_unit, market.choice_rank, market.choice_review)
    )
    sent_back = batch.returned is Returned.NEXT and batch.stages == 1
    found = _open(season, start, part, unit, rank, review, season.cells, sent_back)
    return Asking(number, batch, rows, start, part, excluded, unit, rank, review, *found)


def by_school(season: Season, asks: Asking) -> Asking:
    """The same batch with a row for each school of an applicant, in the order of its first choice: the first of two stages."""
    market = season.market
    school = market.unit_school[asks.unit].astype(np.int64)
    _, rows = np.unique(asks.who * np.int64(len(market.units) + 1) + school, return_index=True)
    rows = np.sort(rows)
    start = np.searchsorted(rows, asks.start).astype(np.int64)
    unit = school[rows].astype(np.int32)
    rank, review = asks.rank[rows], asks.review[rows]
    found = _open(season, start, asks.takes_part, unit, rank, review, season.school_cells, False)
    return Asking(
        asks.number,
        asks.batch,
        asks.rows[rows],
        start,
        asks.takes_part,
        asks.excluded,
        unit,
        rank,
        review,
        *found,
    )


def _open(
    season: Season,
    start: Longs,
    part: Bools,
    unit: Ints,
    rank: Ints,
    review: Ints,
    cells: tuple[Longs, Ints],
    sent_back: bool,
) -> tuple[Longs, Ints, Bytes, Ints, Floats, Longs, Longs]:
    """The last seven fields of `Asking`."""
    market, rows = season.market, int(start[-1])
    row_first = np.zeros(rows + 1, dtype=np.int64)
    code, detail = np.zeros(rows, dtype=np.uint8), np.full(rows, -1, dtype=np.int32)
    line = np.full(rows, np.nan)

    def run(fill: bool, cell: Ints) -> int:
        found: int = loops.pairs(
            start, part, unit, rank, review, *cells, season.cell_origin, market.origin_set, season.has,
            season.total, season.least, season.limit_first, season.limit_of, season.kept, sent_back, fill,
            row_first, cell, code, detail, line,
        )  # fmt: skip
        return found

    cell = np.zeros(run(False, np.zeros(0, dtype=np.int32)), dtype=np.int32)
    run(True, cell)
    line[code != loops.BELOW] = np.nan
    detail[(code != loops.LIMIT) & (code != loops.RETURNED)] = -1
    who = np.repeat(np.arange(len(part), dtype=np.int32), np.diff(start))
    pair_row = np.repeat(np.arange(rows, dtype=np.int64), np.diff(row_first))
    pair_who = who[pair_row]
    own = market.unit_own[unit][pair_row]
    key = np.where(own, rank[pair_row], season.common[pair_who]).astype(np.int64)
    return row_first, cell, code, detail, line, key, season.lot[pair_who]


def _speaks_of(limit: Limit, cell: Cell) -> bool:
    wanted = (limit.batch, limit.school, limit.major, limit.origin)
    given = (cell.batch, cell.school, cell.major, cell.origin)
    return all(not one or one == other for one, other in zip(wanted, given, strict=True))


def _grouped(group: Ints, groups: int) -> tuple[Longs, Ints]:
    """Members of each group, in their own order."""
    first = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))]).astype(np.int64)
    return first, np.argsort(group, kind="stable").astype(np.int32)


def _listed(parts: list[list[int]]) -> tuple[Longs, Ints]:
    first = np.concatenate([[0], np.cumsum([len(each) for each in parts])]).astype(np.int64)
    return first, np.array([at for each in parts for at in each], dtype=np.int32)


__all__ = ["Asking", "Season", "asking", "by_school"]
