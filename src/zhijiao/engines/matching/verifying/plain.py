"""The quick way for what most markets are: one batch of one stage, one cell a unit, nothing that files, flows or keeps away.

It only ever says that everything holds. Whatever does not satisfy it is looked at again by the general verifier, which names it.
"""

from __future__ import annotations

import numpy as np

from zhijiao.engines.matching.market import Ints, Longs, Market
from zhijiao.engines.matching.result import NUMBER, Result
from zhijiao.engines.matching.types import LastSeat, Reason
from zhijiao.engines.matching.verifying import loops
from zhijiao.engines.matching.verifying.orders import common_order, lots

# The codes as `loops.plain` writes them down.
assert [NUMBER[each] for each in (Reason.ADMITTED, Reason.PLACED_HIGHER, Reason.BELOW_LINE)] == [0, 2, 4]
assert [NUMBER[each] for each in (Reason.LOT, Reason.BELOW_MINIMUM, Reason.NOT_ACCEPTABLE)] == [6, 7, 9]
_WORST = np.iinfo(np.int64).max


def is_plain(market: Market) -> bool:
    """Whether this way can be taken."""
    rules = market.rules
    if len(rules.batches) != 1 or rules.flows or rules.limits or market.given_up:
        return False
    batch = rules.batches[0]
    alone = len(market.cells) == len(np.unique(market.cell_unit))
    origins = any(cell.origin for cell in market.cells)
    reviews = len(market.choice_review) > 0 and int(market.choice_review.max()) >= 0
    return (
        batch.stages == 1
        and batch.ratio == 1
        and not batch.excludes
        and alone
        and not origins
        and not reviews
    )


def holds(market: Market, result: Result) -> bool:
    """Everything holds beyond doubt."""
    cells, rows = len(market.cells), len(market.choice_unit)
    seats = np.array([cell.seats for cell in market.cells], dtype=np.int64)
    if result.moved or not np.array_equal(result.seats, seats):
        return False
    least = np.array(
        [-np.inf if c.min_total is None else c.min_total for c in market.cells], dtype=np.float64
    )
    cell_of = np.full(len(market.units), -1, dtype=np.int32)
    cell_of[market.cell_unit] = np.arange(cells, dtype=np.int32)
    own = np.ascontiguousarray(market.unit_own[market.cell_unit])
    lottery = market.rules.last_seat is LastSeat.LOTTERY
    common = common_order(market) if not own.all() else np.zeros(len(market.ids), dtype=np.int64)
    count, worst, begin = _zeros(cells), _zeros(cells), _zeros(cells + 1)
    low, line = np.full(cells, np.nan), np.full(cells, np.nan)
    best, pair, alike = np.full(cells, _WORST), np.full(cells, -1, np.int64), _zeros(cells)
    asked, at_line = np.zeros(cells, dtype=np.int32), _zeros(cells)
    upto = _asked_at_most(market, result)
    slot_key, slot_who = np.empty(upto, np.int64), np.empty(upto, np.int32)
    slot_count, equal = np.zeros(upto, np.int32), _zeros(upto // 4 + 1000)
    failed = loops.plain(
        market.choice_start, market.choice_unit, market.choice_rank, result.code, result.detail, result.line,
        result.place, result.ties, cell_of, own, common, market.columns["total"], least, seats, result.cell,
        result.choice, lottery, count, worst, low, line, result.tied, best, pair, alike, asked, begin, at_line,
        slot_key, slot_who, slot_count, equal,
    )  # fmt: skip
    if failed or rows == 0:
        return False
    if not _lines(market, result, own, common, count, worst, low):
        return False
    if lottery and not _lots(market, equal, slot_who):
        return False
    return _no_better(market, result, own, pair, alike)


def _asked_at_most(market: Market, result: Result) -> int:
    """How many choices stand up to the seats."""
    first, after = market.choice_start[:-1], market.choice_start[1:]
    end = np.where(result.cell >= 0, np.clip(result.choice + 1, first, after), after)
    return int((end - first).sum())


def _zeros(count: int) -> Longs:
    return np.zeros(count, dtype=np.int64)


def _lines(
    market: Market,
    result: Result,
    own: np.ndarray,
    common: Longs,
    count: Longs,
    worst: Longs,
    low: np.ndarray,
) -> bool:
    """`lines.csv`."""
    some = count > 0
    rank = worst if own.all() else np.where(own, worst, np.searchsorted(np.sort(common), worst) + 1)
    same = (result.last_total == low) | (np.isnan(result.last_total) & np.isnan(low))
    return bool(
        same.all()
        and (result.admitted == count).all()
        and (result.last_rank == np.where(some, rank, 0)).all()
        and (result.tied[~some] == 0).all()
    )


def _lots(market: Market, equal: Longs, slot_who: Ints) -> bool:
    """Where one class has several in a cell, they stand in the order of their lots; so the admitted have the better ones."""
    before = equal[: equal[-1]]
    if not len(before):
        return True
    one, other = slot_who[before], slot_who[before + 1]
    lot = lots(market, np.unique(np.concatenate([one, other])))
    return bool((lot[one] < lot[other]).all())


def _no_better(market: Market, result: Result, own: np.ndarray, pair: Longs, alike: Longs) -> bool:
    """`not_best`: no circle of cells, see the document. Where several are equal the general verifier decides."""
    strict = market.rules.last_seat is LastSeat.STRICT
    if not own.any() and not strict:
        return True
    waits = pair >= 0
    if (alike[waits] > 1).any():
        return False
    sits = np.full(len(pair), -1, dtype=np.int64)
    sits[waits] = result.cell[market.choice_applicant[pair[waits]]]
    # Whoever walks as many steps as there are cells walks in a circle.
    step = sits
    for _ in range(len(pair).bit_length()):
        step = np.where(step >= 0, step[step], -1)
    return bool((step < 0).all())


__all__ = ["holds", "is_plain"]
