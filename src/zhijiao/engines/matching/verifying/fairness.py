"""The guarantees of a batch, each with its own function. They look at who has which seat, not at how it was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from zhijiao.engines.matching.market import Ints, Longs
from zhijiao.engines.matching.types import Guarantee, Violation
from zhijiao.engines.matching.verifying import loops
from zhijiao.engines.matching.verifying.asking import Asking, Season
from zhijiao.engines.matching.verifying.resting import of_all

MOST = 1000
"""Violations of one kind in one batch that are named."""
_WORST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Found:
    """A batch of a result. Of applicants, -1 for none: `cell` of the seat got in it, also if it was given up; `pair` of `asks`."""

    season: Season
    asks: Asking
    cell: Longs
    row: Longs
    """Row of `asks` by which the result says that the seat came."""
    seats: Longs
    """int64[c]: with which the batch came to rest."""
    bad: list[Violation] = field(default_factory=list)

    @cached_property
    def pair(self) -> Longs:
        """The pair of the seat: of the said row, to the said cell."""
        found = np.full(len(self.cell), -1, dtype=np.int64)
        row = self.row[self.asks.who[self.asks.pair_row]]
        cell = self.cell[self.asks.who[self.asks.pair_row]]
        at = np.flatnonzero((self.asks.pair_row == row) & (self.asks.cell == cell))
        found[self.asks.who[self.asks.pair_row[at]]] = at
        return found

    @cached_property
    def count(self) -> Longs:
        """int64[c]: how many have a seat there."""
        return np.bincount(self.cell[self.cell >= 0], minlength=len(self.seats)).astype(np.int64)

    @cached_property
    def worst(self) -> tuple[Longs, Longs]:
        """Key and lot of the worst that each cell has."""
        key, lot = np.zeros(len(self.seats), np.int64), np.zeros(len(self.seats), np.int64)
        loops.inside(
            self.asks.cell, self.asks.key, self.asks.lot, self.pair, np.zeros_like(self.seats), key, lot
        )
        return key, lot

    def violation(
        self, guarantee: Guarantee, words: str, who: int = -1, row: int = -1, cell: int = -1
    ) -> Violation:
        market = self.season.market
        return Violation(
            guarantee,
            self.asks.batch.id,
            words,
            market.ids[who] if who >= 0 else "",
            int(market.choice_order[self.asks.rows[row]]) if row >= 0 else 0,
            market.cells[cell].id if cell >= 0 else "",
        )

    def name(self, cell: int) -> str:
        return self.season.market.cells[cell].id


def entitled(found: Found, adjustable: dict[int, list[int]]) -> Iterator[Violation]:
    """`two_seats`: every seat was asked for, is open to its applicant, and she takes part.

    `adjustable`: cells that may come by adjustment, for those who have none of their named majors.
    """
    market = found.season.market
    for who in np.flatnonzero((found.cell >= 0) & (found.pair < 0)).tolist()[:MOST]:
        cell, row = int(found.cell[who]), int(found.row[who])
        if cell in adjustable.get(who, ()) and row == _last_of_school(found, who, cell):
            continue
        reason = (
            "不参加本批次" if not found.asks.takes_part[who] else "没有填报这个志愿，或不符合这个计划格的条件"
        )
        yield found.violation(
            Guarantee.TWO_SEATS,
            f"{market.ids[who]}占了{found.name(cell)}的计划，却{reason}",
            who,
            row,
            cell,
        )


def _last_of_school(found: Found, who: int, cell: int) -> int:
    market = found.season.market
    school = market.unit_school[market.cell_unit[cell]]
    rows = range(int(found.asks.start[who]), int(found.asks.start[who + 1]))
    return max(row for row in rows if market.unit_school[found.asks.unit[row]] == school)


def within_plan(found: Found) -> Iterator[Violation]:
    """`over_plan`: no more than the seats, or under `admit_tied` not without the last class."""
    for cell in np.flatnonzero(found.count > found.seats).tolist():
        has, seats = int(found.count[cell]), int(found.seats[cell])
        if found.season.policy == loops.ADMIT_TIED and seats > 0:
            inside = np.flatnonzero(found.cell == cell)
            keys = [key_at(found.asks, who, cell, found.season) for who in inside.tolist()]
            if sum(key < max(keys) for key in keys) < seats:
                continue
        yield found.violation(
            Guarantee.OVER_PLAN, f"{found.name(cell)}计划{seats}人，录取了{has}人，超过计划", cell=cell
        )


def key_at(asks: Asking, who: int, cell: int, season: Season) -> tuple[int, int]:
    """Key and lot of somebody at a cell of a unit (in two stages: of a school) that she chose."""
    market = season.market
    lot = int(season.lot[who])
    if not market.unit_own[market.cell_unit[cell]]:
        return int(season.common[who]), lot
    unit = market.cell_unit[cell]
    for row in range(int(asks.start[who]), int(asks.start[who + 1])):
        same = (
            market.unit_school[asks.unit[row]] == market.unit_school[unit]
            if asks.batch.stages == 2
            else asks.unit[row] == unit
        )
        if same:
            return int(asks.rank[row]), lot
    return _WORST, lot


def undisturbed(found: Found) -> tuple[list[Violation], _Waiting]:
    """`envy`, `lot` and `waste`: nobody prefers a cell that has a worse one, or a seat left. One stage, without filing."""
    asks, season = found.asks, found.season
    cells = len(found.seats)
    waiting = _Waiting(
        np.full(cells, _WORST),
        np.full(cells, _WORST),
        np.full(cells, -1, np.int64),
        np.zeros(cells, np.int64),
    )
    wronged = np.zeros(MOST, dtype=np.int64)
    key, lot = found.worst
    many = loops.waiting(
        asks.first, asks.cell, asks.key, asks.lot, found.pair, found.seats, found.count, key, lot,
        season.policy, waiting.key, waiting.lot, waiting.pair, waiting.alike, wronged,
    )  # fmt: skip
    bad = [_wrong(found, int(pair), key, lot) for pair in wronged[: min(many, MOST)]]
    if season.policy == loops.STRICT:
        left = found.seats - found.count
        for cell in np.flatnonzero((waiting.pair >= 0) & (waiting.alike <= left)).tolist():
            row = int(asks.pair_row[waiting.pair[cell]])
            bad.append(_wasted(found, int(asks.who[row]), row, cell))
    return bad, waiting


@dataclass(frozen=True)
class _Waiting:
    """Of each cell, the best class that prefers it to what it has: key, lot, a pair of it (-1: nobody waits), how many."""

    key: Longs
    lot: Longs
    pair: Longs
    alike: Longs


def _wrong(found: Found, pair: int, worst: Longs, worst_lot: Longs) -> Violation:
    asks = found.asks
    row, cell = int(asks.pair_row[pair]), int(asks.cell[pair])
    who = int(asks.who[row])
    name = found.season.market.ids[who]
    same = found.count[cell] > 0 and asks.key[pair] == worst[cell]
    if found.count[cell] < found.seats[cell] and found.season.policy != loops.STRICT:
        return _wasted(found, who, row, cell)
    if same and found.season.policy == loops.LOTTERY:
        return found.violation(
            Guarantee.LOT, f"{name}与{found.name(cell)}的最后一名同分，签号在前却未录取", who, row, cell
        )
    than = "同序" if same else "排在其后"
    return found.violation(
        Guarantee.ENVY, f"{name}未进{found.name(cell)}，却有{than}的考生被录取", who, row, cell
    )


def _wasted(found: Found, who: int, row: int, cell: int) -> Violation:
    name = found.season.market.ids[who]
    return found.violation(
        Guarantee.WASTE, f"{found.name(cell)}还有空余计划，{name}填报了却未录取", who, row, cell
    )


def best_there_is(found: Found, waiting: _Waiting) -> Iterator[Violation]:
    """`not_best`, after nobody envies and nothing is wasted. See "Why it is the best" in the document.

    Where every class at a line is a single applicant it is enough that no circle of cells could pass applicants on to each other;
    else the batch is brought to rest a second way and compared.
    """
    asks, season = found.asks, found.season
    market = season.market
    full = waiting.pair >= 0
    one_order = not market.unit_own[market.cell_unit[season.cell_batch == asks.number]].any()
    if one_order and season.policy != loops.STRICT:
        return
    over = season.policy == loops.ADMIT_TIED and (found.count > found.seats).any()
    if not over and (waiting.alike[full] == 1).all():
        yield from _circles(found, waiting)
        return
    best = of_all(asks, found.seats, season.policy)
    for who in np.flatnonzero(best != found.pair).tolist()[:MOST]:
        at = int(best[who] if best[who] >= 0 else found.pair[who])
        row, cell = int(asks.pair_row[at]), int(asks.cell[at])
        yield found.violation(
            Guarantee.NOT_BEST,
            f"{market.ids[who]}还可以有更好的结果：{found.name(cell)}，而不损害排在前面的任何人",
            who,
            row,
            cell,
        )


def _circles(found: Found, waiting: _Waiting) -> Iterator[Violation]:
    """From a cell to where the best who waits for it sits now: a circle of cells could pass all these on."""
    asks = found.asks
    sits = np.full(len(found.seats), -1, dtype=np.int64)
    full = np.flatnonzero(waiting.pair >= 0)
    sits[full] = found.cell[asks.who[asks.pair_row[waiting.pair[full]]]]
    seen = np.zeros(len(sits), dtype=np.int64)
    for turn, begin in enumerate(full.tolist(), 1):
        cell = begin
        while cell >= 0 and not seen[cell]:
            seen[cell] = turn
            cell = int(sits[cell])
        if cell >= 0 and seen[cell] == turn:
            row = int(asks.pair_row[waiting.pair[cell]])
            who = int(asks.who[row])
            yield found.violation(
                Guarantee.NOT_BEST,
                f"{found.season.market.ids[who]}等人互换后都能得到更靠前的志愿，而不损害任何人",
                who,
                row,
                cell,
            )


def as_filed(found: Found, expected: Longs) -> Iterator[Violation]:
    """Seats after filing and in two stages: compared with the batch brought to rest a second way, and each difference named."""
    asks, market = found.asks, found.season.market
    for who in np.flatnonzero((found.cell != expected) & asks.takes_part).tolist()[:MOST]:
        cell = int(expected[who])
        name = market.ids[who]
        row = _row_of(
            asks, who, cell if cell >= 0 else int(found.cell[who]), market.unit_school, market.cell_unit
        )
        if cell < 0:
            has = int(found.cell[who])
            yield found.violation(
                Guarantee.NOT_BEST, f"{name}按规则不该得到{found.name(has)}的计划", who, row, has
            )
            continue
        if found.count[cell] < found.seats[cell]:
            yield _wasted(found, who, row, cell)
            continue
        mine = key_at(asks, who, cell, found.season)
        others = [
            key_at(asks, each, cell, found.season) for each in np.flatnonzero(found.cell == cell).tolist()
        ]
        worst = max(others, default=(-1, -1))
        if found.season.policy == loops.LOTTERY and worst[0] == mine[0] and worst > mine:
            guarantee, words = Guarantee.LOT, f"{name}与{found.name(cell)}的最后一名同分，签号在前却未录取"
        elif worst > mine:
            guarantee, words = Guarantee.ENVY, f"{name}未进{found.name(cell)}，却有排在其后的考生被录取"
        else:
            guarantee, words = Guarantee.NOT_BEST, f"{name}按规则应得到{found.name(cell)}的计划"
        yield found.violation(guarantee, words, who, row, cell)


def _row_of(asks: Asking, who: int, cell: int, school: Ints, unit_of: Ints) -> int:
    for row in range(int(asks.start[who]), int(asks.start[who + 1])):
        unit = unit_of[cell]
        if asks.unit[row] == unit or (asks.batch.stages == 2 and school[asks.unit[row]] == school[unit]):
            return row
    return -1


__all__ = ["Found", "as_filed", "best_there_is", "entitled", "undisturbed", "within_plan"]
