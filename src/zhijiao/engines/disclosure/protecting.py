"""Hiding: what is small, and then as little more as keeps it from being worked out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from zhijiao.engines.disclosure.grid import Grid, Steps, rate, rounded
from zhijiao.engines.disclosure.searching import cheap
from zhijiao.engines.disclosure.tables import check, named
from zhijiao.engines.disclosure.types import Cause, Key, Marker, Move, Protected, Published, Rule, Sum, Table


class Unprotectable(ValueError):
    """No publication of this table keeps the rule. Its text is a Chinese sentence that names the cell and the remedy."""


def protect(table: Table, rule: Rule, *, after: Protected | None = None) -> Protected:
    """What may be published of a table, with the evidence that no hidden cell can be worked out from it.

    `after` is an earlier result, of which everything that still holds is kept, so that a repeated publication hides the
    same cells. Raises `NotAdditive` for a table that clashes, `Unprotectable` where a zero in a small group cannot be
    hidden whatever else is.
    """
    check(table)
    grid = Grid(table, rule)
    moves: list[Steps] = []
    served: set[int] = set()
    for move in after.moves if after else ():
        steps = grid.steps(move)
        if steps:
            _keep(grid, steps, moves, served)
    for cell in sorted(grid.causes, key=lambda i: (-grid.values[i], i)):
        if cell not in served:
            _keep(grid, cheap(grid, cell) or _all_of_it(grid, cell), moves, served)
    moves = _needed(grid, moves)
    return Protected(
        _published(table, grid, grid.markers(moves)),
        tuple(grid.move(steps) for steps in moves),
        {grid.keys[i]: owed for i, owed in grid.owed.items()},
    )


def primary_only(table: Table, rule: Rule) -> Published:
    """What hiding the small cells alone would publish. For comparison: it can be worked out."""
    check(table)
    grid = Grid(table, rule)
    return _published(table, grid, grid.markers(()))


def stands(table: Table, protected: Protected) -> list[Key]:
    """Hidden cells for which the evidence fails; none, if all is well.

    Each move is tried from the beginning: the changed table must add up, agree with every marker and show the same figures.
    Sensitive cells, printed or not, need a move of the distance that they are owed, others of at least one.
    """
    grid = Grid(table, protected.published.rule)
    markers = protected.published.markers
    moved: dict[Key, int] = {}
    meeting: dict[Key, list[Sum]] = {}
    for one in grid.sums:
        for key in (one.total, *one.parts):
            meeting.setdefault(key, []).append(one)
    for move in protected.moves:
        if not _consistent(grid, markers, meeting, move):
            continue
        for key, change in move.changes.items():
            moved[key] = max(moved.get(key, 0), abs(change))
    owed = {**dict.fromkeys(markers, 1), **protected.sensitive}
    return sorted(key for key, distance in owed.items() if moved.get(key, 0) < distance)


def _consistent(
    grid: Grid, markers: Mapping[Key, Marker], meeting: Mapping[Key, list[Sum]], move: Move
) -> bool:
    changes = move.changes
    for one in (one for key in changes for one in meeting.get(key, ())):
        if changes.get(one.total, 0) != sum(changes.get(key, 0) for key in one.parts):
            return False
    for key, change in changes.items():
        cell = grid.number[key]
        if grid.printed[cell] and key not in markers:
            return False
        low, high = grid.rule.known(markers[key].cause if key in markers else None)
        value = grid.values[cell] + change
        if value < low or (high is not None and value > high):
            return False
    return True


def _keep(grid: Grid, steps: Steps, moves: list[Steps], served: set[int]) -> None:
    moves.append(steps)
    served.update(grid.serves(steps))
    grid.hidden.update(i for i in steps if grid.printed[i])


def _all_of_it(grid: Grid, cell: int) -> Steps:
    """The last resort: everything that hangs together is hidden. Then twice as many everywhere would look the same."""
    block = grid.block(cell)
    steps = {i: grid.values[i] * grid.owed[cell] for i in block if grid.values[i]}
    if cell not in steps or not grid.balanced(steps):
        raise Unprotectable(
            f"“{named(grid.keys[cell])}”无论怎样隐藏其他数都能推算出来，不能公布；请合并相近的分组，或减少分组层次后再试。"
        )
    return steps


def _needed(grid: Grid, moves: list[Steps]) -> list[Steps]:
    """The moves without those whose work others do as well; the latest go first."""
    cover = Counter(cell for steps in moves for cell in grid.serves(steps))
    kept = []
    for steps in reversed(moves):
        work = grid.serves(steps)
        if all(cover[cell] > 1 for cell in work):
            cover.subtract(work)
        else:
            kept.append(steps)
    return kept[::-1]


def _published(table: Table, grid: Grid, causes: Mapping[int, Cause]) -> Published:
    rule = grid.rule
    markers = {grid.keys[i]: Marker(cause, cause.words(rule)) for i, cause in sorted(causes.items())}
    shown: dict[Key, int | None] = {}
    for key in sorted(table.cells):
        value = table.cells[key]
        if key not in markers and key not in table.unprinted:
            shown[key] = None if value is None else rounded(value, rule)
    ratios: dict[Key, Fraction | Marker | None] = {}
    for ratio in sorted(table.ratios, key=lambda r: r.key):
        ratios[ratio.key] = _ratio(grid, shown, markers, ratio.numerator, ratio.denominator)
    return Published(rule, shown, markers, ratios, grid.sums)


def _ratio(
    grid: Grid,
    shown: Mapping[Key, int | None],
    markers: Mapping[Key, Marker],
    numerator: Key,
    denominator: Key,
) -> Fraction | Marker | None:
    """A rate is shown only where both its figures are; else it carries the marker of the one that is not."""
    for key in (numerator, denominator):
        if key in markers:
            return markers[key]
    above, below = shown.get(numerator), shown.get(denominator)
    if above is None or below is None:
        blank = numerator not in grid.number or denominator not in grid.number
        return None if blank else _complementary(grid.rule)
    return rate(above, below)


def _complementary(rule: Rule) -> Marker:
    return Marker(Cause.COMPLEMENTARY, Cause.COMPLEMENTARY.words(rule))
