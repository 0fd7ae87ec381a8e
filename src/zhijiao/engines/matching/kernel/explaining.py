"""The reason of every choice, from who asked what and where the lines lie."""

from __future__ import annotations

from numba import boolean, float64, int16, int32, int64, njit, uint8, void
from numba.types import Array

from zhijiao.engines.matching.kernel.expanding import LIMIT, MINIMUM, NO_CELL, OPEN
from zhijiao.engines.matching.kernel.plain import CELL, LAST
from zhijiao.engines.matching.result import NUMBER
from zhijiao.engines.matching.types import Reason

words = Array(int32, 1, "C")
longs = Array(int64, 1, "C")
shorts = Array(int16, 1, "C")
bytes_ = Array(uint8, 1, "C")
floats = Array(float64, 1, "C")
flags = Array(boolean, 1, "C")

ADMITTED, HIGHER, AFTER = NUMBER[Reason.ADMITTED], NUMBER[Reason.PLACED_HIGHER], NUMBER[Reason.AFTER_FILING]
BELOW, TIED, LOT = NUMBER[Reason.BELOW_LINE], NUMBER[Reason.TIED_OUT], NUMBER[Reason.LOT]
BEYOND, RETURNED = NUMBER[Reason.BEYOND_SEATS], NUMBER[Reason.RETURNED]
SHUT_MINIMUM, SHUT_LIMIT = NUMBER[Reason.BELOW_MINIMUM], NUMBER[Reason.LIMIT]
SHUT_ABSENT, SHUT_NO_CELL = NUMBER[Reason.NOT_ACCEPTABLE], NUMBER[Reason.NO_CELL]
STRICT, TAKE_TIED, LOTTERY = 0, 1, 2


@njit(
    void(
        int64, flags, longs, shorts, longs, words, longs, longs, bytes_,
        bytes_, words, floats, words, flags,
        words, words, words, longs, floats, words, words, floats, words, int64,
        bytes_, words, floats, words, words,
    ),
    cache=True,
)  # fmt: skip
def explained(
    batch, takes, choice_start, choice_batch, proposals, choice_of, first, filed, seated,
    why, why_rule, why_line, review, minimum_rule,
    place, ties, classes, capacity, line, last_class, place_seated, line_seated, tied_seated, policy,
    code, detail, line_of, place_of, ties_of,
):  # fmt: skip
    """Reasons of one batch (or of the second stage) for those who take part.

    filed: the proposal that each holds after filing. seated: whether a filed proposal has the seat. place, ties, classes: of each
    proposal among all who asked. capacity, line, last_class: of each cell when filing; place_seated, line_seated, tied_seated: among
    the filed who were not returned, and the line of the seats. review: of each choice, -1 none; it counts for filed choices, and for
    those that nothing else closes. minimum_rule: whether a rule is a minimum of marks.
    """
    for who in range(takes.size):
        if not takes[who]:
            continue
        at = first[who]
        mine = filed[who]
        ended = int64(-1)
        for row in range(choice_start[who], choice_start[who + 1]):
            if choice_batch[row] != batch:
                continue
            if ended >= 0:
                code[row] = ended
                continue
            if why[row] == OPEN and at < 0:
                continue  # returned in the first stage: said by the caller
            if why[row] != OPEN:
                if why[row] == NO_CELL:
                    code[row] = SHUT_NO_CELL
                elif why[row] == MINIMUM:
                    code[row] = SHUT_MINIMUM
                    line_of[row] = why_line[row]
                elif why[row] == LIMIT:
                    if minimum_rule[why_rule[row]]:
                        code[row] = SHUT_MINIMUM
                    else:
                        code[row] = SHUT_LIMIT
                        detail[row] = why_rule[row]
                elif review[row] >= 0:
                    code[row] = RETURNED
                    detail[row] = review[row]
                else:
                    code[row] = SHUT_ABSENT
                continue
            last = at
            while at < proposals.size and choice_of[at] == row:
                last = at
                if at == mine:
                    break
                at += 1
            cell = (proposals[last] >> 32) & CELL
            if last == mine:
                ended = AFTER
                if seated[last] != 0:
                    ended = HIGHER
                    code[row] = ADMITTED
                    line_of[row] = line_seated[cell]
                    place_of[row] = place_seated[last]
                    ties_of[row] = tied_seated[cell]
                elif review[row] >= 0:
                    code[row] = RETURNED
                    detail[row] = review[row]
                else:
                    code[row] = BEYOND
                    line_of[row] = line_seated[cell]
                    place_of[row] = place_seated[last]
                continue
            line_of[row] = line[cell]
            place_of[row] = place[last]
            code[row] = BELOW
            if policy == STRICT and place[last] - 1 < capacity[cell]:
                code[row] = TIED
                ties_of[row] = ties[last]
            elif policy == LOTTERY and classes[last] == last_class[cell]:
                code[row] = LOT
                ties_of[row] = ties[last]


@njit(
    void(
        int64, flags, longs, shorts, words, words, longs, words, longs, longs, flags,
        bytes_, words, floats, flags,
        words, words, words, longs, floats, words, int64,
        bytes_, words, floats, words, words,
    ),
    cache=True,
)  # fmt: skip
def explained_filing(
    batch, takes, choice_start, choice_batch, choice_unit, unit_school, proposals, choice_of, first, filed, placed,
    why, why_rule, why_line, minimum_rule,
    place, ties, classes, capacity, line, last_class, policy,
    code, detail, line_of, place_of, ties_of,
):  # fmt: skip
    """Reasons of the first of two stages: of the choices of all schools that an applicant was not filed to.

    placed: who has a seat in the end. The rest as in `explained`; cells are pools of schools here.
    """
    for who in range(takes.size):
        if not takes[who]:
            continue
        mine = filed[who]
        start = choice_start[who]
        end = choice_start[who + 1]
        school_filed = int64(-1)
        row_filed = end
        if mine >= 0:
            row_filed = int64(choice_of[mine])
            school_filed = int64(unit_school[choice_unit[row_filed]])
        for row in range(start, end):
            if choice_batch[row] != batch:
                continue
            school = unit_school[choice_unit[row]]
            if school == school_filed:
                continue
            first_row = row
            for other in range(start, row):
                if choice_batch[other] == batch and unit_school[choice_unit[other]] == school:
                    first_row = other
                    break
            if first_row > row_filed:
                code[row] = HIGHER if placed[who] else AFTER
                continue
            if why[row] != OPEN:
                if why[row] == NO_CELL:
                    code[row] = SHUT_NO_CELL
                elif why[row] == MINIMUM:
                    code[row] = SHUT_MINIMUM
                    line_of[row] = why_line[row]
                elif why[row] == LIMIT:
                    if minimum_rule[why_rule[row]]:
                        code[row] = SHUT_MINIMUM
                    else:
                        code[row] = SHUT_LIMIT
                        detail[row] = why_rule[row]
                else:
                    code[row] = SHUT_ABSENT
                continue
            last = first[who]
            at = last
            while at < proposals.size:
                if choice_of[at] == first_row:
                    last = at
                if proposals[at] >= LAST:
                    break
                at += 1
            pool = (proposals[last] >> 32) & CELL
            line_of[row] = line[pool]
            place_of[row] = place[last]
            code[row] = BELOW
            if policy == STRICT and place[last] - 1 < capacity[pool]:
                code[row] = TIED
                ties_of[row] = ties[last]
            elif policy == LOTTERY and classes[last] == last_class[pool]:
                code[row] = LOT
                ties_of[row] = ties[last]
