"""Units as products of powers: 元/人 is 元¹·人⁻¹. None stands for a number that fits any unit, as a written 100 does."""

from __future__ import annotations

import re
from typing import TypeAlias

Unit: TypeAlias = tuple[tuple[str, int], ...]
PURE: Unit = ()
_PART = re.compile(r"([/·])?([^/·]+)")


def unit(text: str | None) -> Unit:
    """The unit that a text names."""
    powers: dict[str, int] = {}
    for sign, name in _PART.findall(text or ""):
        powers[name.strip()] = powers.get(name.strip(), 0) + (-1 if sign == "/" else 1)
    return _made(powers)


def times(left: Unit | None, right: Unit | None, power: int = 1) -> Unit | None:
    """The unit of a product; with power -1, of a quotient."""
    if left is None and right is None:
        return None
    powers = dict(left or PURE)
    for name, exponent in right or PURE:
        powers[name] = powers.get(name, 0) + power * exponent
    return _made(powers)


def words(of: Unit | None) -> str:
    """The unit as a reader writes it."""
    if not of:
        return "无单位"
    above = [name for name, exponent in of for _ in range(exponent)]
    below = [name for name, exponent in of for _ in range(-exponent)]
    return "·".join(above or ["1"]) + "".join(f"/{name}" for name in below)


def _made(powers: dict[str, int]) -> Unit:
    return tuple(sorted((name, exponent) for name, exponent in powers.items() if exponent))
