"""The plain market: every unit is one cell, and no two applicants who meet at a full cell are equal there.

`deferred` and `serial` report when equals do meet: what they found is then of no use, and the kernel of classes (`classes.py`)
has to decide.

A proposal is a number of 64 bits, the cell above and her key there in the lower 32 bits (0 is best), and stands in a list: the
proposals of one applicant side by side, the last one marked by `LAST`. Who is displaced from a cell goes on with the proposal
after the one that was held, so the kernel needs no applicants. Numbers are signed throughout: there is room, and mixing is slow.
"""

from __future__ import annotations

from numba import boolean, int32, int64, njit
from numba.types import Array

from zhijiao.engines.matching.kernel.prefetching import prefetch

LAST = 1 << 62
"""Marks the last proposal of an applicant."""
CELL = (1 << 30) - 1
"""The bits of a cell, after a shift by 32."""
KEY = (1 << 32) - 1
"""The bits of a key, and those of a proposal's number in a heap's entry."""
NONE = -1
"""No proposal."""
AHEAD = 24
"""How many applicants ahead memory is asked for."""
BEGIN, SEATS, HELD, WORST = 0, 1, 2, 3
"""The four words of a cell: where its part of the heap begins, its seats, how many it holds, and the key of the worst of them."""

words = Array(int32, 1, "C")
longs = Array(int64, 1, "C")


@njit(int32(longs, int64, int64), cache=True, inline="always")
def _sift(heap, base, size):
    """Let the entry on top of a heap (worst on top) sink to its place; the key that is on top then."""
    value = heap[base]
    at = 0
    child = 1
    while child < size:
        worst = heap[base + child]
        if child + 1 < size:
            other = heap[base + child + 1]
            if other > worst:
                worst = other
                child += 1
        if worst <= value:
            break
        heap[base + at] = worst
        at = child
        child = 2 * at + 1
    heap[base + at] = value
    return int32(heap[base] >> 32)


@njit(boolean(longs, words, words, longs), cache=True)
def deferred(proposals, queue, cells, heap):
    """Deferred acceptance. Returns whether equals met.

    queue: the first proposal of each applicant, in the order in which they are let in (the better first saves time); it is used
    up. cells: four words a cell. heap: entries of key and proposal; what a cell holds at the end stands in its part.
    """
    length = queue.size
    head = 0
    tail = 0
    waiting = length
    while waiting > 0:
        at = int64(queue[head])
        # Three steps before use: her proposal, the cell, the top of its heap. What lies beyond those waiting is old and harmless.
        ahead = head + AHEAD
        if ahead >= length:
            ahead -= length
        if ahead < length:
            prefetch(proposals, int64(queue[ahead]))
        ahead = head + AHEAD // 2
        if ahead >= length:
            ahead -= length
        if ahead < length:
            prefetch(cells, ((proposals[queue[ahead]] >> 32) & CELL) << 2)
        ahead = head + AHEAD // 4
        if ahead >= length:
            ahead -= length
        if ahead < length:
            prefetch(heap, int64(cells[((proposals[queue[ahead]] >> 32) & CELL) << 2]))
        head += 1
        if head == length:
            head = 0
        waiting -= 1
        while True:
            proposal = proposals[at]
            key = proposal & KEY
            cell = ((proposal >> 32) & CELL) << 2
            size = int64(cells[cell + HELD])
            if size < cells[cell + SEATS]:
                base = int64(cells[cell + BEGIN])
                entry = (key << 32) | at
                place = size
                while place > 0:
                    above = (place - 1) >> 1
                    if heap[base + above] >= entry:
                        break
                    heap[base + place] = heap[base + above]
                    place = above
                heap[base + place] = entry
                cells[cell + HELD] = size + 1
                cells[cell + WORST] = heap[base] >> 32
                break
            if size > 0:
                worst = int64(cells[cell + WORST])
                if key < worst:
                    base = int64(cells[cell + BEGIN])
                    out = heap[base] & KEY
                    heap[base] = (key << 32) | at
                    now = _sift(heap, base, size)
                    if now == worst:
                        return True
                    cells[cell + WORST] = now
                    if proposals[out] < LAST:
                        queue[tail] = out + 1
                        tail += 1
                        if tail == length:
                            tail = 0
                        waiting += 1
                    break
                if key == worst:
                    return True
            if proposal >= LAST:
                break
            at += 1
    return False


@njit(boolean(longs, words, words), cache=True)
def serial(proposals, order, cells):
    """Everybody chooses once, the better before the worse. Returns whether equals met.

    order: the first proposal of each applicant, the best first; replaced by the one that she holds, or `NONE`. The key of a
    proposal is her class by the common chain.
    """
    length = order.size
    for number in range(length):
        if number + AHEAD < length:
            prefetch(proposals, int64(order[number + AHEAD]))
        if number + AHEAD // 2 < length:
            prefetch(cells, ((proposals[order[number + AHEAD // 2]] >> 32) & CELL) << 2)
        at = int64(order[number])
        found = NONE
        while True:
            proposal = proposals[at]
            key = proposal & KEY
            cell = ((proposal >> 32) & CELL) << 2
            size = int64(cells[cell + HELD])
            if size < cells[cell + SEATS]:
                cells[cell + HELD] = size + 1
                cells[cell + WORST] = key
                found = at
                break
            if size > 0 and cells[cell + WORST] == key:
                return True
            if proposal >= LAST:
                break
            at += 1
        order[number] = found
    return False
