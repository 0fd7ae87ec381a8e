"""From choices and ranks in rectangles to proposals, and back: what a plain market needs around its kernel."""

from __future__ import annotations

from numba import int32, int64, njit, void
from numba.types import Array

from zhijiao.engines.matching.kernel.plain import BEGIN, CELL, HELD, KEY, LAST, NONE, SEATS, WORST
from zhijiao.engines.matching.kernel.prefetching import prefetch

words = Array(int32, 1, "C")
longs = Array(int64, 1, "C")
rectangle = Array(int32, 2, "C")


@njit(void(rectangle, rectangle, words, longs), cache=True)
def packed(choices, ranks, order, proposals):
    """Proposals of rectangles of choices (cells) and of ranks there, people in the given order; each row must be full."""
    people, width = choices.shape
    flat_choices = choices.reshape(choices.size)
    flat_ranks = ranks.reshape(ranks.size)
    for number in range(people):
        if number + 16 < people:
            soon = int64(order[number + 16]) * width
            prefetch(flat_choices, soon)
            prefetch(flat_choices, soon + width - 1)
            prefetch(flat_ranks, soon)
            prefetch(flat_ranks, soon + width - 1)
        source = int64(order[number]) * width
        base = number * width
        for column in range(width):
            proposals[base + column] = (int64(flat_choices[source + column]) << 32) | int64(
                flat_ranks[source + column]
            )
        proposals[base + width - 1] |= LAST


@njit(void(words, longs, words, words), cache=True)
def by_key(keys, space, order, counts):
    """Numbers of people in the order of their keys (not negative), the smallest first; equals in the order of their numbers.

    A radix sort in three passes of eleven bits. space: int64[2n]; counts: int32[3 · 2048].
    """
    people = keys.size
    counts[:] = 0
    for number in range(people):
        key = int64(keys[number])
        counts[key & 2047] += 1
        counts[2048 + ((key >> 11) & 2047)] += 1
        counts[4096 + (key >> 22)] += 1
        space[number] = (key << 32) | number
    source = 0
    target = people
    for step in range(3):
        begin = step * 2048
        total = int32(0)
        used = 0
        for bucket in range(begin, begin + 2048):
            here = counts[bucket]
            used += here > 0
            counts[bucket] = total
            total += here
        if used <= 1:
            continue  # all alike in these bits
        shift = 32 + 11 * step
        for number in range(people):
            entry = space[source + number]
            bucket = begin + ((entry >> shift) & 2047)
            space[target + counts[bucket]] = entry
            counts[bucket] += 1
        source, target = target, source
    for number in range(people):
        order[number] = space[source + number] & KEY


@njit(void(words, words), cache=True)
def opened(seats, cells):
    """The four words of each cell before anybody is let in."""
    begin = 0
    for cell in range(seats.size):
        cells[4 * cell + BEGIN] = begin
        cells[4 * cell + SEATS] = seats[cell]
        cells[4 * cell + HELD] = 0
        cells[4 * cell + WORST] = 0
        begin += seats[cell]


@njit(void(words, longs, words, words, int64), cache=True)
def seated(cells, heap, order, found, width):
    """After `deferred`: the cell of each applicant of a rectangle (`width` proposals each, in the given order), -1 for none."""
    found[:] = -1
    for cell in range(cells.size >> 2):
        base = int64(cells[4 * cell + BEGIN])
        size = int64(cells[4 * cell + HELD])
        for place in range(size):
            if place + 16 < size:
                prefetch(order, (heap[base + place + 16] & KEY) // width)
            found[order[(heap[base + place] & KEY) // width]] = cell


@njit(void(longs, words, words, words), cache=True)
def seated_serially(proposals, taken, order, found):
    """After `serial`: the cell of each applicant. order: who stood at each place."""
    for number in range(taken.size):
        at = taken[number]
        found[order[number]] = -1 if at == NONE else (proposals[at] >> 32) & CELL
