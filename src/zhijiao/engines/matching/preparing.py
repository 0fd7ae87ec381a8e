"""What does not change while a season is matched: keys of everybody everywhere, and which cells are open to whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhijiao.engines.matching import ordering
from zhijiao.engines.matching.kernel import groups, plain
from zhijiao.engines.matching.market import Bools, Floats, Ints, Longs, Market
from zhijiao.engines.matching.types import Cell, LastSeat, Limit


@dataclass(frozen=True)
class Prepared:
    """Of a market with n applicants, m choices, c cells and u units."""

    market: Market
    total: Floats
    common_key: Ints
    """int32[n]: place by the common chain, by the lot too if there is one; equal only where nothing may part two."""
    standing: Ints
    """int32[n]: one plus how many applicants of the season are better by the chain, lots apart."""
    common_class: Ints
    """int32[n]: class by the chain, lots apart."""
    standing_of: Ints
    """The standing of a class."""
    choice_key: Ints
    """int32[m]: key in the cells of the unit."""
    choice_class: Ints
    """int32[m]: class in the cells of the unit, lots apart."""
    unit_begin: Ints
    unit_cells: Ints
    """The cells of unit u, in the order of the plan: unit_cells[unit_begin[u]:unit_begin[u+1]]."""
    cell_origin: Ints
    """int32[c]: number of the origin, 0 for everybody."""
    opens: Bools
    """bool[origin sets, origins]."""
    minimum: Floats
    """float64[c]: NaN for none."""
    rule_begin: Ints
    rules: Ints
    """The limits of cell c: rules[rule_begin[c]:rule_begin[c+1]]."""
    met: Bools
    """bool[limits, n]."""
    minimum_rule: Bools
    """bool[limits]: the limit is a minimum of marks."""
    has: Bools
    """bool[batches, n]: who has choices in a batch."""
    excluded: Bools
    """bool[batches, n]: who has choices in a batch that excludes this one."""


def prepared(market: Market) -> Prepared:
    """Everything that the kernels need. Raises `BadInput` for expressions that cannot be computed."""
    rules, people = market.rules, len(market.ids)
    numbers = ordering.Numbers(market.columns)
    common = ordering.classes(numbers, rules.order, people)
    counts = np.bincount(common, minlength=1)
    standing_of = (np.cumsum(counts) - counts + 1).astype(np.int32)
    whose = market.choice_applicant
    own = market.unit_own[market.choice_unit]
    choice_class = np.where(own, market.choice_rank, common[whose]).astype(np.int32)
    choice_key, common_key = choice_class, common
    if rules.last_seat is LastSeat.LOTTERY:
        equal = _equal_ranks(market, own)
        tied = (counts[common] > 1) & _has_common(market, own, whose)
        tied[whose[equal]] = True
        lot = ordering.lots(rules.seed, market.ids, tied)
        common_key = np.empty(people, dtype=np.int32)
        common_key[np.lexsort((lot, common))] = np.arange(people, dtype=np.int32)
        choice_key = common_key[whose]
        choice_key[own] = choice_class[own]
        if len(equal):
            # Ranks of all units in one row: only their order inside a unit matters.
            rows = np.nonzero(own)[0]
            order = rows[np.lexsort((lot[whose[rows]], choice_class[rows]))]
            choice_key[order] = np.arange(len(order), dtype=np.int32)
    unit_begin, unit_cells = _lists(market.cell_unit, len(market.units))
    origins: dict[str, int] = {"": 0}
    cell_origin = np.array(
        [origins.setdefault(cell.origin, len(origins)) for cell in market.cells], dtype=np.int32
    )
    opens = np.array(
        [[not origin or origin in each for origin in origins] for each in market.origin_sets], dtype=np.bool_
    ).reshape(len(market.origin_sets), len(origins))
    pairs = [
        (at, number)
        for at, cell in enumerate(market.cells)
        for number, limit in enumerate(rules.limits)
        if _concerns(limit, cell)
    ]
    rule_begin, _ = _lists(np.array([at for at, _ in pairs], dtype=np.int32), len(market.cells))
    met = np.array([numbers.met(limit) for limit in rules.limits], dtype=np.bool_).reshape(
        len(rules.limits), people
    )
    has = np.zeros((len(rules.batches), people), dtype=np.bool_)
    has[market.choice_batch, whose] = True
    excluded = np.zeros_like(has)
    for number, batch in enumerate(rules.batches):
        for other, excluding in enumerate(rules.batches):
            if other != number and batch.id in excluding.excludes:
                excluded[number] |= has[other]
    return Prepared(
        market=market,
        total=market.columns["total"],
        common_key=common_key,
        standing=standing_of[common],
        common_class=common,
        standing_of=standing_of,
        choice_key=choice_key,
        choice_class=choice_class,
        unit_begin=unit_begin,
        unit_cells=unit_cells,
        cell_origin=cell_origin,
        opens=opens,
        minimum=np.array(
            [np.nan if cell.min_total is None else cell.min_total for cell in market.cells], dtype=np.float64
        ),
        rule_begin=rule_begin,
        rules=np.array([number for _, number in pairs], dtype=np.int32),
        met=met,
        minimum_rule=np.array([limit.minimum for limit in rules.limits], dtype=np.bool_),
        has=has,
        excluded=excluded & has,
    )


def _has_common(market: Market, own: Bools, whose: Ints) -> Bools:
    """Who has a choice of a unit that follows the common chain."""
    found = np.zeros(len(market.ids), dtype=np.bool_)
    found[whose[~own]] = True
    return found


def _equal_ranks(market: Market, own: Bools) -> Longs:
    """Choices whose applicant shares her rank in the unit's own order with somebody else who chose it."""
    if not own.any():
        return np.zeros(0, dtype=np.int64)
    # In two stages applicants meet at the school, whichever of its majors they named.
    two = np.array([batch.stages == 2 for batch in market.rules.batches], dtype=np.bool_)[market.unit_batch]
    ordering_unit = np.where(two, market.unit_school, np.arange(len(market.units), dtype=np.int32))
    unit = np.where(own & (market.choice_rank > 0), ordering_unit[market.choice_unit], np.int32(-1))
    begin = np.empty(len(market.units) + 1, dtype=np.int64)
    count = np.empty(len(market.units), dtype=np.int64)
    groups.begins(unit, begin, count)
    entries = np.empty(int(begin[-1]), dtype=np.int64)
    groups.gathered(unit, market.choice_rank.astype(np.int64), count, entries)
    groups.sorted_groups(begin, entries)
    rows = entries & plain.KEY
    same = (entries[1:] >> 32 == entries[:-1] >> 32) & (unit[rows[1:]] == unit[rows[:-1]])
    return np.concatenate([rows[1:][same], rows[:-1][same]])


def _concerns(limit: Limit, cell: Cell) -> bool:
    return (
        limit.batch in ("", cell.batch)
        and limit.school in ("", cell.school)
        and limit.major in ("", cell.major)
        and limit.origin in ("", cell.origin)
    )


def _lists(groups: Ints, count: int) -> tuple[Ints, Ints]:
    """Members by group: where each group begins, and the members in their order."""
    begin = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(groups, minlength=count), out=begin[1:])
    return begin, np.argsort(groups, kind="stable").astype(np.int32)
