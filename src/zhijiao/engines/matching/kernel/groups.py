"""Sorting inside groups: who asked a cell, in the order of the cell."""

from __future__ import annotations

from numba import int32, int64, njit, void
from numba.types import Array

words = Array(int32, 1, "C")
longs = Array(int64, 1, "C")


@njit(void(words, longs, longs), cache=True)
def begins(groups, begin, count):
    """Where each group begins when its members stand together. begin: int64[g+1]; count: int64[g], of use to `gathered`.

    A group below 0 is left out.
    """
    begin[:] = 0
    for at in range(groups.size):
        if groups[at] >= 0:
            begin[groups[at] + 1] += 1
    for group in range(begin.size - 1):
        begin[group + 1] += begin[group]
        count[group] = begin[group]


@njit(void(words, longs, longs, longs), cache=True)
def gathered(groups, values, count, entries):
    """Members by group, each as its value (31 bits) above and its number (32 bits) below, unsorted."""
    for at in range(groups.size):
        group = groups[at]
        if group >= 0:
            entries[count[group]] = (values[at] << 32) | at
            count[group] += 1


@njit(void(longs, int64, int64), cache=True)
def _sort(entries, low, high):
    """Sort entries[low:high] ascending: halves around a middle value, short parts by insertion."""
    stack = [(low, high)]
    while len(stack) > 0:
        left, right = stack.pop()
        while right - left > 24:
            one = entries[left]
            two = entries[(left + right) >> 1]
            three = entries[right - 1]
            pivot = max(min(one, two), min(max(one, two), three))
            up = left
            down = right - 1
            while up <= down:
                while entries[up] < pivot:
                    up += 1
                while entries[down] > pivot:
                    down -= 1
                if up <= down:
                    entries[up], entries[down] = entries[down], entries[up]
                    up += 1
                    down -= 1
            if down + 1 - left < right - up:
                stack.append((up, right))
                right = down + 1
            else:
                stack.append((left, down + 1))
                left = up
        for at in range(left + 1, right):
            value = entries[at]
            place = at - 1
            while place >= left and entries[place] > value:
                entries[place + 1] = entries[place]
                place -= 1
            entries[place + 1] = value


@njit(void(longs, longs), cache=True)
def sorted_groups(begin, entries):
    """Sort each group's entries."""
    for group in range(begin.size - 1):
        if begin[group + 1] - begin[group] > 1:
            _sort(entries, begin[group], begin[group + 1])
