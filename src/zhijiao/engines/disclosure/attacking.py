"""The attacker: what can be worked out from a publication. Knows nothing of how cells were chosen to be hidden.

Two ways, in turn until neither finds more: exact elimination over all relations at once, and bounds from what each marker
says, from counts being whole and not negative, and from every relation, given or eliminated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from zhijiao.engines.disclosure.elimination import Equation, eliminated
from zhijiao.engines.disclosure.types import Cause, Key, Published, Sum

ROUNDS = 30
"""Bounds are passed on at most so often; they are true at any time, only not always the narrowest."""

Bounds = dict[Key, tuple[int, int | None]]


class How(StrEnum):
    """How a cell was worked out."""

    EXACT = "exact"
    """As a combination of sums and differences."""
    BOUNDS = "bounds"
    """By narrowing it down."""


@dataclass(frozen=True)
class Recovery:
    """A hidden cell that lies, for certain, from `low` to `high`: nearer together than the rule promises."""

    key: Key
    low: int
    high: int
    how: How


def attack(published: Published) -> list[Recovery]:
    """Every hidden cell that can be worked out, and every unprinted one that turns out to be small."""
    bounds = _at_first_sight(published)
    exact: dict[Key, int] | None = None
    fixed = _fixed(bounds)
    while True:
        equations = [_equation(one, fixed) for one in published.sums]
        reduced = eliminated(equations)
        solved = {
            key: row.value // row.terms[key] for row in reduced if len(row.terms) == 1 for key in row.terms
        }
        exact = solved if exact is None else exact
        bounds.update((key, (value, value)) for key, value in solved.items())
        _narrow((*equations, *reduced), bounds)
        known, fixed = len(fixed), _fixed(bounds)
        if len(fixed) == known:
            break
    found = []
    for key, (low, high) in sorted(bounds.items()):
        if high is not None and key not in published.shown and _too_near(published, key, low, high):
            found.append(Recovery(key, low, high, How.EXACT if key in exact else How.BOUNDS))
    return found


def _at_first_sight(published: Published) -> Bounds:
    """What is known before any calculation. A rounded figure is known to within half a unit, a blank adds nothing."""
    rule = published.rule
    unit = rule.round_to or 1
    bounds: Bounds = {}
    for key in sorted({key for one in published.sums for key in (one.total, *one.parts)}):
        if key in published.shown:
            twice = 2 * (published.shown[key] or 0)
            bounds[key] = (max(0, _half_up(twice - unit)), _half_up(twice + unit) - 1)
        else:
            marker = published.markers.get(key)
            bounds[key] = rule.known(marker.cause if marker else None)
    return bounds


def _half_up(twice: int) -> int:
    return -(-twice // 2)


def _fixed(bounds: Bounds) -> dict[Key, int]:
    return {key: low for key, (low, high) in bounds.items() if low == high}


def _equation(one: Sum, fixed: Mapping[Key, int]) -> Equation:
    terms: dict[Key, int] = {}
    value = 0
    for key, sign in ((one.total, -1), *((part, 1) for part in one.parts)):
        if key in fixed:
            value -= sign * fixed[key]
        else:
            terms[key] = sign
    return Equation(terms, value)


def _narrow(equations: Iterable[Equation], bounds: Bounds) -> None:
    """Passes bounds along every equation until nothing narrows any more, or `ROUNDS` are over."""
    rows = [equation for equation in equations if equation.terms]
    for _ in range(ROUNDS):
        narrower = [_narrow_one(row, bounds) for row in rows]
        if not any(narrower):
            return


def _narrow_one(row: Equation, bounds: Bounds) -> bool:
    """Bounds of each term from those of all others. A sum with two open ends on one side says nothing there."""
    least = [_times(factor, *bounds[key])[0] for key, factor in row.terms.items()]
    most = [_times(factor, *bounds[key])[1] for key, factor in row.terms.items()]
    open_least, open_most = least.count(None), most.count(None)
    sum_least, sum_most = sum(x for x in least if x is not None), sum(x for x in most if x is not None)
    narrower = False
    for (key, factor), own_least, own_most in zip(row.terms.items(), least, most, strict=True):
        low, high = bounds[key]
        up = None if open_least - (own_least is None) else row.value - (sum_least - (own_least or 0))
        down = None if open_most - (own_most is None) else row.value - (sum_most - (own_most or 0))
        if factor < 0:
            up, down = (None if down is None else -down), (None if up is None else -up)
        size = abs(factor)
        new_low = low if down is None else max(low, -(-down // size))
        new_high = high if up is None else up // size if high is None else min(high, up // size)
        if (new_low, new_high) != (low, high):
            bounds[key] = (new_low, new_high)
            narrower = True
    return narrower


def _times(factor: int, low: int, high: int | None) -> tuple[int | None, int | None]:
    """The least and most that a term can come to; None where there is no end."""
    far = None if high is None else factor * high
    return (factor * low, far) if factor > 0 else (far, factor * low)


def _too_near(published: Published, key: Key, low: int, high: int) -> bool:
    """Whether the distance of the ends is less than the rule promises of what the cell turns out to be."""
    rule = published.rule
    marker = published.markers.get(key)
    small = rule.is_small(low) and rule.is_small(high)
    if marker is None and not small:
        return False  # it was not printed, but it is no secret either
    owed = rule.protection if small else 1
    if marker is not None and marker.cause is Cause.DOMINANT:
        owed = max(owed, ceil(low * rule.spread))
    return high - low < owed
