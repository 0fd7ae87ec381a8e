"""Values that stand for several members: the least or the most of a level, for the levels above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from zhijiao.engines.metrics.types import WHOLE, Cell, Definition, Take


def asked_of(definition: Definition, levels: Collection[str]) -> list[str]:
    """The levels asked for at which a metric makes sense; the whole always does."""
    return [level for level in levels if not level or not definition.levels or level in definition.levels]


def needed_for(definition: Definition, levels: Sequence[str]) -> list[str]:
    """These levels, and the one whose members' values stand for those above."""
    across = definition.across
    return [*levels] if across is None or across.level in levels or not levels else [*levels, across.level]


def taken(
    definition: Definition, cells: Sequence[Cell], tree: Mapping[str, Mapping[str, str | None]]
) -> list[Cell]:
    """The cells, those above the metric's own level with the least (or most) of the values below them.

    Numerator and denominator are those of the member whose value it is; of equals, the first by code. Where no member has a value the
    cell stays as computed. The members' own cells must be among those given; at the whole, too.
    """
    across = definition.across
    if across is None:
        return list(cells)
    own = [
        cell
        for cell in cells
        if cell.level == across.level and cell.value is not None and cell.member is not None
    ]
    found: dict[tuple[Any, ...], list[Cell]] = defaultdict(list)
    above = {cell.level for cell in cells if cell.level != across.level}
    for cell in own:
        for level in above:
            member = WHOLE if level == WHOLE else tree.get(cell.member or "", {}).get(level)
            found[level, member, cell.groups, cell.period].append(cell)
    return [_from(cell, found, across.take) if cell.level in above else cell for cell in cells]


def _from(cell: Cell, found: Mapping[tuple[Any, ...], list[Cell]], take: Take) -> Cell:
    below = found.get((cell.level, cell.member, cell.groups, cell.period))
    if not below or cell.member is None:
        return cell
    sign = 1 if take is Take.LEAST else -1
    best = min(below, key=lambda each: (sign * (each.value or 0), each.member or ""))
    return replace(
        cell, numerator=best.numerator, denominator=best.denominator, value=best.value, reason=best.reason
    )
