"""Deferred acceptance where applicants may be equal: a class that does not fit is taken whole or refused whole."""

from __future__ import annotations

from numba import boolean, int32, int64, njit, void
from numba.types import Array

from zhijiao.engines.matching.kernel.plain import CELL, KEY, LAST

words = Array(int32, 1, "C")
longs = Array(int64, 1, "C")


@njit(int64(longs, int64, int64), cache=True)
def _drop(heap, base, size):
    """Take the worst entry off a heap; the new size."""
    size -= 1
    value = heap[base + size]
    at = 0
    child = 1
    while child < size:
        if child + 1 < size and heap[base + child + 1] > heap[base + child]:
            child += 1
        if heap[base + child] <= value:
            break
        heap[base + at] = heap[base + child]
        at = child
        child = 2 * at + 1
    heap[base + at] = value
    return size


@njit(int64(longs, int64, int64), cache=True)
def _alike(heap, base, size):
    """How many entries are in the class on top. Equal keys hang together from the top."""
    if size == 0:
        return 0
    key = heap[base] >> 32
    stack = [int64(0)]
    count = 0
    while len(stack) > 0:
        at = stack.pop()
        count += 1
        for child in (2 * at + 1, 2 * at + 2):
            if child < size and heap[base + child] >> 32 == key:
                stack.append(child)
    return count


@njit(void(longs, longs, longs, longs, longs, longs, longs, boolean), cache=True)
def by_classes(proposals, queue, seats, begin, held, closed, heap, take_tied):
    """Deferred acceptance with classes.

    queue: the first proposal of each applicant; used up. begin: where each cell's part of the heap begins, with room for all who
    may ask it. held: how many each holds at the end. closed: the key of the best class refused (2^31: none).
    take_tied: a class that begins within the seats is taken whole; else one that does not end within them is refused whole.
    """
    length = queue.size
    on_top = closed * 0  # how many stand in the class on top of each heap
    head = 0
    tail = 0
    waiting = length
    while waiting > 0:
        at = queue[head]
        head += 1
        if head == length:
            head = 0
        waiting -= 1
        while True:
            proposal = proposals[at]
            key = proposal & KEY
            cell = (proposal >> 32) & CELL
            if key < closed[cell]:
                break
            if proposal >= LAST:
                at = -1
                break
            at += 1
        if at < 0:
            continue
        base = begin[cell]
        size = held[cell]
        if size == 0 or key > heap[base] >> 32:
            on_top[cell] = 1
        elif key == heap[base] >> 32:
            on_top[cell] += 1
        entry = (key << 32) | at
        place = size
        while place > 0:
            above = (place - 1) >> 1
            if heap[base + above] >= entry:
                break
            heap[base + place] = heap[base + above]
            place = above
        heap[base + place] = entry
        size += 1
        while size > seats[cell]:
            if take_tied and size - on_top[cell] < seats[cell]:
                break
            worst = heap[base] >> 32
            while size > 0 and heap[base] >> 32 == worst:
                out = heap[base] & KEY
                size = _drop(heap, base, size)
                if proposals[out] < LAST:
                    queue[tail] = out + 1
                    tail += 1
                    if tail == length:
                        tail = 0
                    waiting += 1
            closed[cell] = worst
            on_top[cell] = _alike(heap, base, size)
        held[cell] = size
