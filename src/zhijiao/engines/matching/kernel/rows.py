"""The common order on a rectangle of choices, without packing it first."""

from __future__ import annotations

from numba import boolean, int32, njit
from numba.types import Array

from zhijiao.engines.matching.kernel.plain import AHEAD
from zhijiao.engines.matching.kernel.prefetching import prefetch

words = Array(int32, 1, "C")
rectangle = Array(int32, 2, "C")


@njit(boolean(rectangle, words, words, words, words), cache=True)
def serial_rows(choices, keys, order, cells, found):
    """Everybody chooses once, the better before the worse; every row is full. Returns whether equals met.

    keys: of each applicant, 0 is best. order: the applicants, the best first. cells: pairs of the seats left and the key of the
    last one admitted (-1: nobody).
    """
    length = order.size
    width = choices.shape[1]
    flat = choices.reshape(choices.size)
    for number in range(length):
        if number + 2 * AHEAD < length:
            soon = order[number + 2 * AHEAD] * width
            prefetch(flat, soon)
            prefetch(flat, soon + width - 1)
            prefetch(keys, order[number + 2 * AHEAD])
        who = order[number]
        key = keys[who]
        taken = int32(-1)
        for column in range(width):
            cell = choices[who, column]
            if cells[2 * cell] > 0:
                cells[2 * cell] -= 1
                cells[2 * cell + 1] = key
                taken = cell
                break
            if cells[2 * cell + 1] == key:
                return True
        found[who] = taken
    return False
