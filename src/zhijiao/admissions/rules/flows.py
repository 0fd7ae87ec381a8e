"""Where candidates go: from the county of the junior school to that of the school. What may be told of it to everybody. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhijiao.engines.disclosure import Rule, cube, protect
from zhijiao.engines.disclosure.types import Key

ALL = "*"
THRESHOLD = 10
"""Counts of persons below this are not told to everybody; the house's default where no pack says otherwise."""


@dataclass(frozen=True)
class Flows:
    """Counts by county of origin and of school. None: hidden, since small or leading back to something small."""

    counties: tuple[str, ...]
    counts: Mapping[Key, int | None]

    def of(self, source: str, target: str) -> int | None:
        """A count; ALL stands for every county."""
        return self.counts.get((source, target), 0)


def flows(counted: Mapping[tuple[str, str], int], counties: Sequence[str], *, everything: bool) -> Flows:
    """The table with its sums; exact for the bureaus (`everything`), else with small counts protected."""
    cells: dict[Key, int | None] = {
        (source, target): counted.get((source, target), 0) for source in counties for target in counties
    }
    for here in counties:
        cells[here, ALL] = sum(counted.get((here, there), 0) for there in counties)
        cells[ALL, here] = sum(counted.get((there, here), 0) for there in counties)
    cells[ALL, ALL] = sum(counted.values())
    if everything:
        return Flows(tuple(counties), cells)
    dimension = {**dict.fromkeys(counties, ALL), ALL: None}
    hidden = protect(cube(cells, (dimension, dimension)), Rule(threshold=THRESHOLD)).published.markers
    return Flows(tuple(counties), {key: None if key in hidden else count for key, count in cells.items()})
