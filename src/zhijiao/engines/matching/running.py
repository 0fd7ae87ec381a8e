"""The whole season: batch after batch, flows, giving up, reasons (meaning: docs/algorithms/matching.md)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np

from zhijiao.engines.matching.market import Bools, Ints, Longs, Market
from zhijiao.engines.matching.preparing import Prepared, prepared
from zhijiao.engines.matching.reasons import told, unasked
from zhijiao.engines.matching.result import NUMBER, Result, blank
from zhijiao.engines.matching.stages import Batched, batched
from zhijiao.engines.matching.types import BadInput, Fault, Moved, Reason

Hops = dict[tuple[int, int], int]
"""Seats moved, by source and target."""


def match(market: Market) -> Result:
    """Who has which seat, with lines and reasons. Raises `BadInput` for rules that cannot be computed, and for a seat given up
    that was never given."""
    p = prepared(market)
    result = blank(market)
    placed = np.zeros(len(market.ids), dtype=np.bool_)
    hops: Hops = defaultdict(int)
    for number in range(len(market.rules.batches)):
        has, excluded = p.has[number], p.excluded[number]
        unasked(result, p, number, Reason.PLACED_EARLIER, has & placed)
        unasked(result, p, number, Reason.EXCLUDED, excluded)
        takes = has & ~excluded & ~placed
        done = _at_rest(p, number, takes, result.seats, hops)
        told(result, p, number, done)
        people, cells, rows = done.placements(p)
        given = _given_up(p, number, people, cells)
        result.code[rows[given]] = NUMBER[Reason.GIVEN_UP]
        people, kept, rows = people[~given], cells[~given], rows[~given]
        result.cell[people], result.choice[people] = kept, rows
        placed[people] = True
        _leave(p, number, result, cells[given], hops)
    moved = [
        Moved(market.cells[source].id, market.cells[target].id, seats)
        for (source, target), seats in hops.items()
    ]
    return replace(result, moved=tuple(sorted(moved, key=lambda each: (each.source, each.target))))


def _at_rest(p: Prepared, number: int, takes: Bools, seats: Longs, hops: Hops) -> Batched:
    """Run a batch, move unused seats one step, and again, until nothing moves."""
    flows = [
        (source, target) for source, target in _flows(p) if _batch(p, source) == _batch(p, target) == number
    ]
    while True:
        done = batched(p, number, takes, seats)
        if not flows:
            return done
        unused = np.maximum(0, seats - _admitted(p, done))
        for source, target in flows:
            if unused[source] > 0:
                seats[source] -= unused[source]
                seats[target] += unused[source]
                hops[source, target] += int(unused[source])
        if not any(unused[source] > 0 for source, _ in flows):
            return done


def _admitted(p: Prepared, done: Batched) -> Longs:
    _, cells, _ = done.placements(p)
    return np.bincount(cells, minlength=len(p.market.cells))


def _flows(p: Prepared) -> list[tuple[int, int]]:
    numbers = {cell.id: at for at, cell in enumerate(p.market.cells)}
    return [(numbers[flow.source], numbers[flow.target]) for flow in p.market.rules.flows]


def _batch(p: Prepared, cell: int) -> int:
    return int(p.market.unit_batch[p.market.cell_unit[cell]])


def _leave(p: Prepared, number: int, result: Result, given: Ints, hops: Hops) -> None:
    """When a batch is over, what is unused and what was given up goes along the declarations until it has left the batch."""
    target_of = dict(_flows(p))
    back = np.bincount(given, minlength=len(p.market.cells))
    free = np.maximum(0, result.seats - result.admitted + back)
    for source in target_of:
        if _batch(p, source) != number or free[source] == 0:
            continue
        way = [source]
        while way[-1] in target_of and _batch(p, way[-1]) == number:
            way.append(target_of[way[-1]])
        if _batch(p, way[-1]) == number:
            continue
        for one, other in pairwise(way):
            hops[one, other] += int(free[source])
        result.seats[way[-1]] += free[source]


def _given_up(p: Prepared, number: int, people: Longs, cells: Ints) -> Bools:
    """Which of these placements were given up. Raises `BadInput` when somebody gave up what she never had, or must keep."""
    market = p.market
    wanted = {who for who, batch in market.given_up if batch == number}
    if wanted and not market.rules.batches[number].can_decline:
        name = market.rules.batches[number].id
        words = f"批次 {name} 录取后不得放弃，却有 {len(wanted)} 人放弃"
        raise BadInput([Fault("given_up.csv", 0, words, "删去这些行，或把该批次的 can_decline 写成 true")])
    given = np.isin(people, np.array(sorted(wanted), dtype=np.int64))
    missing = wanted - set(people[given].tolist())
    if missing:
        batch = market.rules.batches[number].id
        raise BadInput(
            [
                Fault(
                    "given_up.csv",
                    0,
                    f"考生 {market.ids[who]} 在批次 {batch} 没有录取，无从放弃",
                    "删去这一行，或核对考生号和批次",
                )
                for who in sorted(missing)
            ]
        )
    return given
