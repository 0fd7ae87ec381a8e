"""How marks are added: the best within a class, summed across classes, with a cap and classes that stand alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Confirmed:
    """A claim that was confirmed: the class to which it belongs and its marks."""

    cls: str
    points: Decimal


@dataclass(frozen=True)
class Combining:
    """How a season adds marks. `alone_from`: from so many marks in one claim of the class on, nothing else is added
    (None: never). `cap`: at most so many in all (None: no cap). `highest_only`: classes are not summed at all."""

    alone: tuple[tuple[str, Decimal], ...] = ()
    cap: Decimal | None = None
    highest_only: bool = False


def total_of(claims: Iterable[Confirmed], how: Combining) -> Decimal:
    """What is added to somebody's total."""
    best: dict[str, Decimal] = {}
    for claim in claims:
        best[claim.cls] = max(best.get(claim.cls, Decimal(0)), claim.points)
    alone = [best[cls] for cls, least in how.alone if best.get(cls, Decimal(-1)) >= least]
    if alone:
        found = max(alone)
    elif how.highest_only:
        found = max(best.values(), default=Decimal(0))
    else:
        found = sum(best.values(), Decimal(0))
    return found if how.cap is None else min(found, how.cap)
