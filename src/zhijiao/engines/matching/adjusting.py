"""Adjusting inside a school (服从调剂): the seats that are left, for those whom no major that they named could take."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from zhijiao.engines.matching.kernel import plain
from zhijiao.engines.matching.market import Bools, Ints, Longs, Shorts
from zhijiao.engines.matching.preparing import Prepared
from zhijiao.engines.matching.rounds import Asking
from zhijiao.engines.matching.types import LastSeat

_NEVER = 2**31


@dataclass(frozen=True)
class Adjusted:
    """Seats given by adjustment, and all cells that were asked on the way."""

    people: Longs
    cells: Ints
    rows: Longs
    """The last choice of the school, by which the seat is told."""
    asked: tuple[tuple[int, int], ...]
    """Applicant and cell, in the order in which they were asked; those who got it too."""


def adjusted(
    p: Prepared,
    number: int,
    left: Bools,
    school_of: Ints,
    rows: Shorts,
    second: Asking,
    held: Longs,
    seats: Longs,
) -> Adjusted:
    """Give what is left after the second stage.

    left: filed, not returned and without a seat. school_of: number of the school that each was filed to. rows: batch of each choice
    of that school, -1 for the others. second, held: what was asked in the second stage, and who holds what.
    """
    market, policy = p.market, p.market.rules.last_seat
    holding = held[held >= 0]
    taken = np.bincount((second.proposals[holding] >> 32) & plain.CELL, minlength=len(market.cells))
    free = [int(each) for each in seats - taken]
    shut = _closed(p, second, held) if policy is LastSeat.STRICT else {}
    cells_of: dict[int, list[int]] = defaultdict(list)
    for cell, unit in enumerate(market.cell_unit):
        if market.unit_batch[unit] == number:
            cells_of[int(market.unit_school[unit])].append(cell)
    waiting: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    last_row: dict[int, int] = {}
    for who in np.nonzero(left)[0].tolist():
        mine = [
            row
            for row in range(market.choice_start[who], market.choice_start[who + 1])
            if rows[row] == number
        ]
        if any(market.choice_adjust[row] for row in mine):
            last_row[who] = mine[-1]
            waiting[int(school_of[who])][int(p.choice_key[mine[-1]])].append(who)
    seated: list[tuple[int, int]] = []
    asked: list[tuple[int, int]] = []
    for school, by_class in waiting.items():
        for key in sorted(by_class):
            open_to = {
                who: [
                    cell for cell in cells_of[school] if _open(p, who, cell) and key < shut.get(cell, _NEVER)
                ]
                for who in by_class[key]
            }
            pending = by_class[key]
            while pending:
                wish: dict[int, list[int]] = defaultdict(list)
                for who in pending:
                    able = [cell for cell in open_to[who] if free[cell] > 0 and key < shut.get(cell, _NEVER)]
                    if able:
                        wish[max(able, key=lambda cell: free[cell])].append(who)
                pending = []
                for cell, people in wish.items():
                    asked += [(who, cell) for who in people]
                    if policy is not LastSeat.ADMIT_TIED and len(people) > free[cell]:
                        shut[cell] = key
                        pending += people
                    else:
                        free[cell] -= len(people)
                        seated += [(who, cell) for who in people]
    return Adjusted(
        np.array([who for who, _ in seated], dtype=np.int64),
        np.array([cell for _, cell in seated], dtype=np.int32),
        np.array([last_row[who] for who, _ in seated], dtype=np.int64),
        tuple(asked),
    )


def _closed(p: Prepared, second: Asking, held: Longs) -> dict[int, int]:
    """The best key refused of each cell in the second stage."""
    shut: dict[int, int] = {}
    for who in np.nonzero(second.first >= 0)[0].tolist():
        at = int(second.first[who])
        while at != held[who]:
            proposal = int(second.proposals[at])
            cell, key = (proposal >> 32) & plain.CELL, proposal & plain.KEY
            shut[cell] = min(shut.get(cell, _NEVER), key)
            if proposal >= plain.LAST:
                break
            at += 1
    return shut


def _open(p: Prepared, who: int, cell: int) -> bool:
    """Whether a cell is open to somebody who stands in the school's order."""
    if not p.opens[p.market.origin_set[who], p.cell_origin[cell]] or p.total[who] < p.minimum[cell]:
        return False
    limits = p.rules[p.rule_begin[cell] : p.rule_begin[cell + 1]]
    return bool(p.met[limits, who].all())
