"""Which clauses of a pack are served, planned or unserved."""

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
