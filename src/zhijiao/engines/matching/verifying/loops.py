"""The verifier's inner loops, compiled. They work on pairs: an applicant and a cell that is open to her, in her order.

Pairs stand by applicant; those of applicant i are `first[i]` up to `first[i + 1]`. `key` and `lot`: the smaller is the better.
"""

from __future__ import annotations

import numpy as np
from numba import boolean, float64, int32, int64, njit, uint8, void

from zhijiao.engines.matching.kernel import COMPILED  # noqa: F401 - settles where compiled code is kept

_longs, _ints = int64[::1], int32[::1]
_bools, _bytes, _floats = boolean[::1], uint8[::1], float64[::1]
_grid = boolean[:, ::1]

ADMIT_TIED, STRICT, LOTTERY = 0, 1, 2
OPEN, NO_CELL, BELOW, LIMIT, ABSENT, RETURNED = 0, 1, 2, 3, 4, 5


@njit(
    int64(
        _longs, _bools, _ints, _ints, _ints, _longs, _ints, _ints, _ints, _grid,
        _floats, _floats, _longs, _ints, _grid, boolean, boolean, _longs, _ints, _bytes, _ints, _floats,
    ),
    cache=True,
)  # fmt: skip
def pairs(  # type: ignore[no-untyped-def]
    start, part, unit, rank, review, cells_first, cells_of, cell_origin, origin_set, has,
    total, least, limit_first, limit_of, kept, sent_back, fill, first, cell, code, detail, line,
):  # fmt: skip
    """The cells of every choice that are open, and what closes the last one of a choice that has none.

    With `fill` false only counted. `first` is by choice.
    """
    at = 0
    for who in range(len(start) - 1):
        for row in range(start[who], start[who + 1]):
            first[row] = at
            if not part[who]:
                continue
            code[row] = NO_CELL
            for everybody in range(2):
                for step in range(cells_first[unit[row]], cells_first[unit[row] + 1]):
                    asked = cells_of[step]
                    origin = cell_origin[asked]
                    if everybody == 1 and origin >= 0:
                        continue
                    if everybody == 0 and (origin < 0 or not has[origin_set[who], origin]):
                        continue
                    found = OPEN
                    if not total[who] >= least[asked]:
                        found = BELOW
                        line[row] = least[asked]
                    else:
                        for nth in range(limit_first[asked], limit_first[asked + 1]):
                            if not kept[limit_of[nth], who]:
                                found = LIMIT
                                detail[row] = limit_of[nth]
                                break
                        if found == OPEN and rank[row] < 0:
                            found = ABSENT
                        if found == OPEN and sent_back and review[row] >= 0:
                            found = RETURNED
                            detail[row] = review[row]
                    if found == OPEN:
                        if fill:
                            cell[at] = asked
                        at += 1
                    code[row] = found
            if at > first[row]:
                code[row] = OPEN
    first[start[len(start) - 1]] = at
    return at


@njit(void(_longs, _ints, _longs, _longs, _longs, _longs, _longs, _longs, int64, _longs), cache=True)
def rest(first, cell, key, lot, seats, order, begin, where, last_seat, held):  # type: ignore[no-untyped-def]
    """Where everybody rests, found by raising lines: `held` is the pair, -1 without one.

    `order` has the pairs by cell from the best, `begin` where a cell's begin, `where` the place of a pair in `order`. All lines
    begin at the bottom; everybody goes to her first cell above whose line she stands; a line that lets in too many is raised.
    """
    people, places = len(first) - 1, len(seats)
    line = begin[1:].copy()
    asked = np.zeros(len(cell), dtype=np.bool_)
    stirred = np.zeros(places, dtype=np.bool_)
    for who in range(people):
        held[who] = first[who]
        if first[who] < first[who + 1]:
            asked[first[who]] = True
            stirred[cell[first[who]]] = True
    raised = True
    while raised:
        raised = False
        for place in range(places):
            if not stirred[place]:
                continue
            stirred[place] = False
            taken = 0
            at = begin[place]
            while at < line[place]:
                one = order[at]
                to = at
                together = 0
                while to < line[place] and key[order[to]] == key[one] and lot[order[to]] == lot[one]:
                    if asked[order[to]]:
                        together += 1
                    to += 1
                full = taken >= seats[place]
                if last_seat != ADMIT_TIED and taken + together > seats[place]:
                    full = True
                if full:
                    line[place] = at
                    raised = True
                    break
                taken += together
                at = to
        if not raised:
            break
        for who in range(people):
            at = held[who]
            if at < first[who + 1] and where[at] >= line[cell[at]]:
                while at < first[who + 1] and where[at] >= line[cell[at]]:
                    at += 1
                held[who] = at
                if at < first[who + 1]:
                    asked[at] = True
                    stirred[cell[at]] = True
    for who in range(people):
        if held[who] >= first[who + 1]:
            held[who] = -1


@njit(void(_ints, _longs, _longs, _longs, _longs, _longs, _longs), cache=True)
def inside(cell, key, lot, held, count, worst, worst_lot):  # type: ignore[no-untyped-def]
    """How many each cell has, and the key and lot of the worst of them."""
    for who in range(len(held)):
        at = held[who]
        if at < 0:
            continue
        place = cell[at]
        if (
            count[place] == 0
            or key[at] > worst[place]
            or (key[at] == worst[place] and lot[at] > worst_lot[place])
        ):
            worst[place] = key[at]
            worst_lot[place] = lot[at]
        count[place] += 1


@njit(
    int64(
        _longs, _ints, _longs, _longs, _longs, _longs, _longs, _longs, _longs, int64, _longs, _longs, _longs, _longs, _longs
    ),
    cache=True,
)  # fmt: skip
def waiting(  # type: ignore[no-untyped-def]
    first, cell, key, lot, held, seats, count, worst, worst_lot, last_seat, best, best_lot, best_pair, alike, wronged
):  # fmt: skip
    """Who prefers a cell to what she has. `wronged` gets the pairs to which a better right was overruled or a seat left.

    Of each cell: key, lot and pair of the best who waits, and how many wait in that class. Gives back how many are wronged,
    also beyond the room of `wronged`.
    """
    found = 0
    for who in range(len(held)):
        end = held[who] if held[who] >= 0 else first[who + 1]
        for at in range(first[who], end):
            place = cell[at]
            if key[at] < best[place] or (key[at] == best[place] and lot[at] < best_lot[place]):
                best[place] = key[at]
                best_lot[place] = lot[at]
                best_pair[place] = at
                alike[place] = 1
            elif key[at] == best[place] and lot[at] == best_lot[place]:
                alike[place] += 1
            wrong = last_seat != STRICT and count[place] < seats[place]
            if count[place] > 0:
                if key[at] < worst[place]:
                    wrong = True
                elif key[at] == worst[place]:
                    wrong = wrong or last_seat != LOTTERY or lot[at] < worst_lot[place]
            if wrong:
                if found < len(wronged):
                    wronged[found] = at
                found += 1
    return found


@njit(boolean(_floats, float64, _longs, _bools), cache=True)
def in_units(values, scale, units, missing):  # type: ignore[no-untyped-def]
    """Whether every value is a whole number of 1/scale; then `units` has them, and `missing` where there is none."""
    for at in range(len(values)):
        value = values[at]
        missing[at] = value != value
        if missing[at]:
            units[at] = 0
            continue
        whole = round(value * scale)
        if whole / scale != value:
            return False
        units[at] = int64(whole)
    return True


@njit(
    int64(
        _longs, _ints, _ints, _bytes, _ints, _floats, _ints, _ints, _ints, _bools, _longs, _floats, _floats, _longs,
        _ints, _longs, boolean, _longs, _longs, _floats, _floats, _ints, _longs, _longs, _longs, _ints, _longs,
        _longs, _longs, _ints, _ints, _longs,
    ),
    cache=True,
)  # fmt: skip
def plain(  # type: ignore[no-untyped-def]
    start, unit, rank, code, detail, line, place, ties, cell_of, own, common, total, least, seats, seat_cell,
    seat_row, lottery, count, worst, low, cell_line, tied, best, best_pair, alike, asked, begin, at_line,
    slot_key, slot_who, slot_count, equal,
):  # fmt: skip
    """Whether a plain market's result needs no second look: 0 it does not, else the step that was not satisfied.

    Fills, by cell: how many it has, the worst of them, its line, who waits first; by slot (a place in a cell) who stands there.
    `equal` gets the slots where two stand in one class in one cell and lots must tell; its last entry is how many.
    """
    admitted, higher, below, lot, minimum, absent = 0, 2, 4, 6, 7, 9
    people, cells = len(start) - 1, len(seats)
    for who in range(people):
        cell = seat_cell[who]
        if cell < 0:
            if seat_row[who] >= 0:
                return 1
            continue
        row = seat_row[who]
        if cell >= cells or row < start[who] or row >= start[who + 1] or cell_of[unit[row]] != cell:
            return 2
        if rank[row] < 0 or not total[who] >= least[cell]:
            return 3
        key = int64(rank[row]) if own[cell] else common[who]
        count[cell] += 1
        if count[cell] > seats[cell]:
            return 4
        if count[cell] == 1 or key > worst[cell]:
            worst[cell] = key
            low[cell] = total[who]
        elif key == worst[cell] and total[who] < low[cell]:
            low[cell] = total[who]
    for cell in range(cells):
        cell_line[cell] = float64(worst[cell]) if own[cell] and count[cell] > 0 else low[cell]
    for who in range(people):
        seat = seat_row[who] if seat_cell[who] >= 0 else start[who + 1]
        for row in range(start[who], start[who + 1]):
            if row > seat:
                if code[row] != higher or detail[row] != -1 or place[row] != 0 or ties[row] != 0:
                    return 5
                if line[row] == line[row]:
                    return 5
                continue
            if detail[row] != -1:
                return 6
            cell = cell_of[unit[row]]
            if cell < 0:
                return 7
            if not total[who] >= least[cell]:
                if code[row] != minimum or line[row] != least[cell] or place[row] != 0 or ties[row] != 0:
                    return 8
                continue
            if rank[row] < 0:
                if code[row] != absent or line[row] == line[row] or place[row] != 0 or ties[row] != 0:
                    return 9
                continue
            key = int64(rank[row]) if own[cell] else common[who]
            asked[cell] += 1
            if line[row] != cell_line[cell] and (
                line[row] == line[row] or cell_line[cell] == cell_line[cell]
            ):
                return 10
            # Places are all different under a lottery: the admitted have the first ones.
            if lottery and (place[row] <= count[cell]) != (row == seat):
                return 23
            if key == worst[cell] and count[cell] > 0:
                at_line[cell] += 1
            if row == seat:
                if code[row] != admitted or ties[row] != tied[cell]:
                    return 11
                continue
            if count[cell] < seats[cell] or (count[cell] > 0 and key < worst[cell]):
                return 12
            if count[cell] > 0 and key == worst[cell]:
                if not lottery or code[row] != lot or ties[row] != tied[cell]:
                    return 13
            elif code[row] != below or ties[row] != 0:
                return 14
            if key < best[cell]:
                best[cell] = key
                best_pair[cell] = row
                alike[cell] = 1
            elif key == best[cell]:
                alike[cell] += 1
    for cell in range(cells):
        begin[cell + 1] = begin[cell] + asked[cell]
        if count[cell] > 0 and at_line[cell] != tied[cell]:
            return 15
    for who in range(people):
        seat = seat_row[who] if seat_cell[who] >= 0 else start[who + 1] - 1
        for row in range(start[who], seat + 1):
            cell = cell_of[unit[row]]
            if rank[row] < 0 or not total[who] >= least[cell]:
                continue
            at = begin[cell] + place[row] - 1
            if place[row] < 1 or at >= begin[cell + 1]:
                return 16
            key = int64(rank[row]) if own[cell] else common[who]
            if slot_count[at] == 0:
                slot_key[at] = key
                slot_who[at] = who
            elif lottery or slot_key[at] != key:
                return 17
            slot_count[at] += 1
    pairs = 0
    for cell in range(cells):
        at = begin[cell]
        while at < begin[cell + 1]:
            together = slot_count[at]
            if together == 0:
                return 18
            to = at + together
            if to > begin[cell + 1]:
                return 19
            for empty in range(at + 1, to):
                if slot_count[empty] != 0:
                    return 20
            if to < begin[cell + 1] and slot_count[to] > 0:
                if slot_key[to] < slot_key[at] or (slot_key[to] == slot_key[at] and not lottery):
                    return 21
                if slot_key[to] == slot_key[at]:
                    if pairs >= len(equal) - 1:
                        return 22
                    equal[pairs] = at
                    pairs += 1
            at = to
    equal[len(equal) - 1] = pairs
    return 0
