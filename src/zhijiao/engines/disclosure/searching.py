"""Looking for a move: changes that touch a given cell, keep every sum, and hide as little as possible.

A search over half-finished moves, cheapest first. Each step mends one relation that does not add up. A cell that mends
two at once is looked for first: it closes the rectangle (in three dimensions: the box) that a move usually is.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import log2

from zhijiao.engines.disclosure.grid import Grid, Steps
from zhijiao.engines.disclosure.types import Cause

HIDDEN = 1
"""Cost of a cell that is hidden already: short moves before long ones."""
RELABELLED = 40
"""Cost of telling less of a cell than that it is small."""
PUBLISHED, PER_DOUBLING, TOTAL = 60, 20, 40
"""Cost of a figure lost: small figures before large ones (each doubling counts), parts before totals."""
UNMENDED = (200, 600, 3000)
"""What a relation that does not add up yet is expected to cost: the higher, the sooner a search ends, and the dearer. The
next is tried where one finds nothing."""
WIDTH = 6
"""How many ways of one kind to mend a relation are tried from one state."""
PATIENCE = 1500
"""States looked at before the search gives up."""


@dataclass(frozen=True)
class _State:
    cost: int
    steps: Steps
    off: dict[int, int]
    """Relations that do not add up yet, in the order in which they came up."""


def cheap(grid: Grid, cell: int) -> Steps | None:
    """A move that changes the cell by what it is owed; None when none was found. Cheap, not surely the cheapest."""
    searches = [(unmended, False) for unmended in UNMENDED] + [(UNMENDED[-1], True)]
    found = (_search(grid, cell, unmended, rising=rising) for unmended, rising in searches)
    return next((steps for steps in found if steps), None)


def _search(grid: Grid, cell: int, unmended: int, *, rising: bool) -> Steps | None:
    """One search. A rising one carries every change on into the totals: dear, but hardly ever in vain."""
    size = grid.owed[cell]
    order = count(0, -1)
    heap: list[tuple[int, int, _State]] = []

    def push(state: _State) -> None:
        heappush(heap, (state.cost + unmended * len(state.off), next(order), state))

    for change in (size, -size):
        first = _with(grid, _State(0, {}, {}), cell, change)
        if first:
            push(first)
    for _ in range(PATIENCE):
        if not heap:
            return None
        state = heappop(heap)[2]
        if not state.off:
            return state.steps
        for relation, other in _up(grid, state) if rising else _ways(grid, state):
            sign = next(s for r, s in grid.within[other] if r == relation)
            following = _with(grid, state, other, -sign * state.off[relation])
            if following:
                push(following)
    return None


def price(grid: Grid, cell: int, change: int) -> int | None:
    """What it costs to let a cell move so; None when it cannot."""
    if not grid.in_range(cell, change, grid.loosest(cell)):
        return None
    if not grid.printed[cell]:
        return HIDDEN
    if cell not in grid.hidden:
        lost = PUBLISHED + int(PER_DOUBLING * log2(max(grid.values[cell], 1)))
        return lost + TOTAL if cell in grid.tops else lost
    return HIDDEN if grid.in_range(cell, change, grid.causes.get(cell, Cause.COMPLEMENTARY)) else RELABELLED


def _with(grid: Grid, state: _State, cell: int, change: int) -> _State | None:
    cost = price(grid, cell, change)
    if cost is None:
        return None
    off = dict(state.off)
    for relation, sign in grid.within[cell]:
        before = off.pop(relation, 0)
        after = before + sign * change
        if before and after:
            return None
        if after:
            off[relation] = after
    return _State(state.cost + cost, {**state.steps, cell: change}, off)


def _ways(grid: Grid, state: _State) -> list[tuple[int, int]]:
    """One relation to mend, and the cells to try: those that mend another one too, then hidden, then small ones, the total."""
    relation, closing = _nearest(grid, state)
    hidden: list[int] = []
    others: list[int] = []
    for cell in grid.members[relation]:
        if cell in state.steps or cell in closing:
            continue
        kind = hidden if cell in grid.hidden or not grid.printed[cell] else others
        if len(kind) < WIDTH:
            kind.append(cell)
        elif len(hidden) + len(others) == 2 * WIDTH:
            break
    cells = [*closing, *hidden, *others]
    total = grid.totals[relation]
    if total not in state.steps and total not in cells and grid.can_move(total):
        cells.append(total)
    return [(relation, cell) for cell in cells]


def _up(grid: Grid, state: _State) -> list[tuple[int, int]]:
    """The first relation that its total can mend, with that total; else as in any search."""
    for relation in state.off:
        total = grid.totals[relation]
        if total not in state.steps and grid.can_move(total):
            return [(relation, total)]
    return _ways(grid, state)


def _nearest(grid: Grid, state: _State) -> tuple[int, list[int]]:
    """The first relation that one cell can mend together with another; else the first."""
    beside: dict[int, set[int]] = {}
    for relation in state.off:
        for cell in grid.members[relation]:
            if cell not in state.steps:
                beside.setdefault(cell, set()).add(relation)
    for relation in state.off:
        closing = [c for c in grid.members[relation] if c not in state.steps and len(beside[c]) > 1]
        if closing:
            return relation, closing[:WIDTH]
    return next(iter(state.off)), []
