"""Who stands where among those who asked a cell, and where its line is."""

from __future__ import annotations

from numba import float64, int32, int64, njit, uint8, void
from numba.types import Array

from zhijiao.engines.matching.kernel.plain import CELL, KEY, LAST, NONE

words = Array(int32, 1, "C")
longs = Array(int64, 1, "C")
bytes_ = Array(uint8, 1, "C")
floats = Array(float64, 1, "C")


@njit(void(longs, longs, longs, words), cache=True)
def asked(proposals, first, held, cells):
    """The cell of each proposal that was made, -1 for the others. first, held: of each applicant, -1 for none."""
    cells[:] = -1
    for who in range(first.size):
        at = first[who]
        if at < 0:
            continue
        while True:
            cells[at] = (proposals[at] >> 32) & CELL
            if at == held[who] or proposals[at] >= LAST:
                break
            at += 1


@njit(void(longs, longs, words, words, words), cache=True)
def placed(begin, entries, classes, place, ties):
    """Place and ties of each proposal that was made.

    entries: key and proposal, sorted in each cell from begin[c]. classes: of each proposal, lots apart; it rises with the key.
    """
    for cell in range(begin.size - 1):
        low = begin[cell]
        high = begin[cell + 1]
        at = low
        while at < high:
            mine = classes[entries[at] & KEY]
            end = at
            key = entries[at] >> 32
            better = at
            while end < high and classes[entries[end] & KEY] == mine:
                if entries[end] >> 32 != key:
                    key = entries[end] >> 32
                    better = end
                place[entries[end] & KEY] = better - low + 1
                end += 1
            for member in range(at, end):
                ties[entries[member] & KEY] = end - at
            at = end


@njit(void(longs, longs, words, bytes_, words, floats, words, longs, words, floats, words, words), cache=True)
def lines(
    begin, entries, classes, winner, choice_of, total, whose, admitted, ties, last_total, last_class, tied
):
    """Of each cell: how many were admitted, and of the last class among them the lowest total, the class and its size.

    winner: whether a proposal won its seat. whose: the applicant of each choice.
    """
    for cell in range(begin.size - 1):
        admitted[cell] = 0
        last_class[cell] = -1
        tied[cell] = 0
        for at in range(begin[cell], begin[cell + 1]):
            proposal = entries[at] & KEY
            if winner[proposal] == 0:
                continue
            admitted[cell] += 1
            mine = total[whose[choice_of[proposal]]]
            if classes[proposal] != last_class[cell]:
                last_class[cell] = classes[proposal]
                last_total[cell] = mine
                tied[cell] = ties[proposal]
            elif mine < last_total[cell]:
                last_total[cell] = mine


@njit(void(longs, longs, bytes_, bytes_, longs, longs, int64), cache=True)
def best_of(begin, entries, filed, seated, seats, classes_key, take_tied):
    """Of those filed (1) the best get the seats, class by class: seated becomes 1. classes_key: space of the size of entries."""
    for cell in range(begin.size - 1):
        count = 0
        for at in range(begin[cell], begin[cell + 1]):
            if filed[entries[at] & KEY] != 0:
                classes_key[begin[cell] + count] = entries[at]
                count += 1
        at = 0
        while at < count:
            end = at
            key = classes_key[begin[cell] + at] >> 32
            while end < count and classes_key[begin[cell] + end] >> 32 == key:
                end += 1
            if at >= seats[cell] or (end > seats[cell] and take_tied == 0):
                break
            for member in range(at, end):
                seated[classes_key[begin[cell] + member] & KEY] = 1
            at = end


@njit(void(words, words, longs, longs), cache=True)
def holders(choice_of, whose, kept, held):
    """The proposal that each applicant holds, -1 for none. kept: proposals held, in any order."""
    held[:] = NONE
    for place in range(kept.size):
        held[whose[choice_of[kept[place]]]] = kept[place]
