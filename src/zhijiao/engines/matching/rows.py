"""The plain market as rectangles: every applicant has the same number of choices, every choice is one cell, nobody equals another.

This is what the engine is measured with; whole seasons go through `running`.
"""

from __future__ import annotations

import numpy as np

from zhijiao.engines.matching.kernel import packing, plain
from zhijiao.engines.matching.kernel import rows as kernel
from zhijiao.engines.matching.market import Ints


class EqualsMet(Exception):
    """Two equal applicants met at a full cell: a policy of the last seat has to decide, which `running` knows."""


def by_quality(quality: Ints) -> Ints:
    """Numbers of applicants by a number that is not negative, the smallest first."""
    order = np.empty(len(quality), dtype=np.int32)
    space = np.empty(2 * len(quality), dtype=np.int64)
    packing.by_key(quality, space, order, np.empty(3 * 2048, dtype=np.int32))
    return order


def deferred(choices: Ints, ranks: Ints, seats: Ints, quality: Ints) -> Ints:
    """The cell of each applicant (-1: none) by deferred acceptance.

    choices: int32[n, k], cells. ranks: int32[n, k], of the applicant there, 0 is best. quality: int32[n], not negative, the
    better the smaller; it only says in which order people are let in, which saves time and changes nothing.
    """
    people, width = choices.shape
    order = by_quality(quality)
    proposals = np.empty(people * width, dtype=np.int64)
    packing.packed(choices, ranks, order, proposals)
    queue = np.arange(0, people * width, width, dtype=np.int32)
    cells = np.empty(4 * len(seats), dtype=np.int32)
    packing.opened(seats, cells)
    heap = np.empty(int(seats.sum(dtype=np.int64)), dtype=np.int64)
    if plain.deferred(proposals, queue, cells, heap):
        raise EqualsMet
    found = np.empty(people, dtype=np.int32)
    packing.seated(cells, heap, order, found, width)
    return found


def serial(choices: Ints, keys: Ints, seats: Ints) -> Ints:
    """The same under one common order. keys: int32[n], not negative, 0 is best."""
    cells = np.empty(2 * len(seats), dtype=np.int32)
    cells[0::2], cells[1::2] = seats, -1
    found = np.empty(len(choices), dtype=np.int32)
    if kernel.serial_rows(choices, keys, by_quality(keys), cells, found):
        raise EqualsMet
    return found
