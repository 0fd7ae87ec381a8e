"""Which clauses of a pack are served, planned or unserved, and which indicators somebody reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zhijiao.policy.types import Clause, PackIndex


@dataclass(frozen=True)
class Coverage:
    """Clause ids by state, in the order of the documents."""

    served: tuple[str, ...]
    planned: tuple[str, ...]
    unserved: tuple[str, ...]

    @property
    def clauses(self) -> int:
        return len(self.served) + len(self.planned) + len(self.unserved)

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.served + other.served, self.planned + other.planned, self.unserved + other.unserved
        )

    def as_json(self) -> dict[str, Any]:
        """The contract of `zhijiao packs coverage --json`."""
        return {
            "clauses": self.clauses,
            "served": len(self.served),
            "planned": list(self.planned),
            "unserved": list(self.unserved),
        }


def coverage(index: PackIndex, clauses: Iterable[Clause] | None = None) -> Coverage:
    """Coverage over the clauses that the pack itself holds, or over the given ones."""
    by_state: dict[str, list[str]] = {"served": [], "planned": [], "unserved": []}
    for clause in index.pack.clauses if clauses is None else clauses:
        by_state[index.served(clause)].append(clause.id)
    return Coverage(*(tuple(by_state[state]) for state in ("served", "planned", "unserved")))


@dataclass(frozen=True)
class Reporting:
    """Indicator ids by whether their figure is owed by somebody, in the order of the pack."""

    owed: tuple[str, ...]
    computed: tuple[str, ...]
    """Made up of other indicators, so that nobody reports them."""
    missing: tuple[str, ...]

    @property
    def indicators(self) -> int:
        return len(self.owed) + len(self.computed) + len(self.missing)

    def __add__(self, other: Reporting) -> Reporting:
        return Reporting(self.owed + other.owed, self.computed + other.computed, self.missing + other.missing)

    def as_json(self) -> dict[str, Any]:
        """The part `reporting` of `zhijiao packs coverage --json`."""
        return {
            "indicators": self.indicators,
            "owed": len(self.owed),
            "computed": list(self.computed),
            "missing": list(self.missing),
        }


def reporting(index: PackIndex) -> Reporting:
    """Which indicators of the pack somebody owes. One made up of others is missing when one of those is."""

    def reaches(indicator_id: str) -> bool:
        parts = index.indicators[indicator_id].parts
        return all(map(reaches, parts.of)) if parts else bool(index.obligations_of(indicator_id))

    found: dict[str, list[str]] = {"owed": [], "computed": [], "missing": []}
    for indicator in index.pack.indicators:
        state = "missing" if not reaches(indicator.id) else "computed" if indicator.parts else "owed"
        found[state].append(indicator.id)
    return Reporting(*(tuple(found[state]) for state in ("owed", "computed", "missing")))
