"""From choices of units to proposals to cells: which cells are open to whom, in which order they are asked."""

from __future__ import annotations

from numba import boolean, float64, int16, int32, int64, njit, uint8
from numba.types import Array

from zhijiao.engines.matching.kernel.plain import LAST

OPEN, NO_CELL, MINIMUM, LIMIT, ABSENT = 0, 1, 2, 3, 4
"""What closes a unit to somebody."""

words = Array(int32, 1, "C")
longs = Array(int64, 1, "C")
shorts = Array(int16, 1, "C")
bytes_ = Array(uint8, 1, "C")
floats = Array(float64, 1, "C")
flags = Array(boolean, 1, "C")
table = Array(boolean, 2, "C")


@njit(
    int64(
        int64, flags, longs, shorts, words, words, words,
        words, words, words, table, words,
        floats, floats, words, words, table,
        longs, words, longs, bytes_, words, floats,
    ),
    cache=True,
)  # fmt: skip
def expanded(
    batch, takes, choice_start, choice_batch, choice_unit, choice_rank, choice_key,
    unit_begin, unit_cells, cell_origin, opens, origin_set,
    minimum, total, rule_begin, rules, met,
    proposals, choice_of, first, why, why_rule, why_line,
):  # fmt: skip
    """Write the proposals of those who take part in a batch; returns how many.

    unit_cells[unit_begin[u]:unit_begin[u+1]]: cells of unit u. cell_origin: 0 for everybody. opens: bool[origin sets, origins].
    rules[rule_begin[c]:rule_begin[c+1]]: rows of `met` (bool[rules, n]) that cell c asks for. choice_key: her key there.
    first: the first proposal of each applicant, -1 for none. why, why_rule, why_line: what closes a choice without open cell.
    """
    count = 0
    for who in range(takes.size):
        first[who] = -1
        if not takes[who]:
            continue
        before = count
        for row in range(choice_start[who], choice_start[who + 1]):
            if choice_batch[row] != batch:
                continue
            unit = choice_unit[row]
            reason = NO_CELL
            found = False
            for turn in range(2):
                for at in range(unit_begin[unit], unit_begin[unit + 1]):
                    cell = unit_cells[at]
                    origin = cell_origin[cell]
                    if (origin == 0) != (turn == 1) or not opens[origin_set[who], origin]:
                        continue
                    reason = OPEN
                    if total[who] < minimum[cell]:
                        reason = MINIMUM
                        why_line[row] = minimum[cell]
                    else:
                        for place in range(rule_begin[cell], rule_begin[cell + 1]):
                            if not met[rules[place], who]:
                                reason = LIMIT
                                why_rule[row] = rules[place]
                                break
                    if reason == OPEN and choice_rank[row] < 0:
                        reason = ABSENT
                    if reason == OPEN:
                        found = True
                        proposals[count] = (int64(cell) << 32) | int64(choice_key[row])
                        choice_of[count] = row
                        count += 1
            why[row] = OPEN if found else reason
        if count > before:
            first[who] = before
            proposals[count - 1] |= LAST
    return count


@njit(
    int64(
        int64, flags, longs, shorts, words, words, words, words,
        words, words, words, words, table, words,
        floats, floats, words, words, table,
        longs, words, longs,
    ),
    cache=True,
)  # fmt: skip
def filed_to(
    batch, takes, choice_start, choice_batch, choice_unit, choice_rank, choice_key, unit_school,
    school_begin, school_cells, pool_of, cell_origin, opens, origin_set,
    minimum, total, rule_begin, rules, met,
    proposals, choice_of, first,
):  # fmt: skip
    """The same for the first stage of two: proposals to schools, the seats of one origin together (a pool).

    A pool stands where the first of its cells stands that is open to her. `choice_of` is her first choice of the school.
    school_cells[school_begin[s]:school_begin[s+1]]: the cells of a school, in the order of the plan. pool_of: of each cell.
    """
    count = 0
    for who in range(takes.size):
        first[who] = -1
        if not takes[who]:
            continue
        before = count
        begin = choice_start[who]
        end = choice_start[who + 1]
        for row in range(begin, end):
            if choice_batch[row] != batch or choice_rank[row] < 0:
                continue
            school = unit_school[choice_unit[row]]
            again = False
            for other in range(begin, row):
                if choice_batch[other] == batch and unit_school[choice_unit[other]] == school:
                    again = True
                    break
            if again:
                continue
            since = count
            for turn in range(2):
                for at in range(school_begin[school], school_begin[school + 1]):
                    cell = school_cells[at]
                    origin = cell_origin[cell]
                    if (origin == 0) != (turn == 1) or not opens[origin_set[who], origin]:
                        continue
                    good = not total[who] < minimum[cell]
                    for place in range(rule_begin[cell], rule_begin[cell + 1]):
                        good = good and met[rules[place], who]
                    proposal = (int64(pool_of[cell]) << 32) | int64(choice_key[row])
                    for earlier in range(since, count):
                        good = good and proposals[earlier] != proposal
                    if good:
                        proposals[count] = proposal
                        choice_of[count] = row
                        count += 1
        if count > before:
            first[who] = before
            proposals[count - 1] |= LAST
    return count
