"""Everything that names a unit: tasks that it leads or joins, clauses, programmes, mechanisms. Pure.

A group of units, such as all counties, is not its members: a member's page lists what names it and, apart from
that, what names a group that it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from zhijiao.indicators import queries as indicators
from zhijiao.policy.types import (
    Clause,
    Division,
    Institution,
    Mechanism,
    Obligation,
    PackIndex,
    Programme,
    Unit,
)
from zhijiao.supervision.queries import count, task_lines
from zhijiao.supervision.types import TaskLine, TaskState


@dataclass(frozen=True)
class Involvement:
    """What names one unit, and through which groups more concerns it."""

    lead: list[TaskLine]
    joint: list[TaskLine]
    clauses: list[Clause]
    programmes: list[Programme]
    mechanisms: list[Mechanism]
    obligations: list[Obligation]
    groups: list[tuple[Unit, int]]
    """Groups that it belongs to, each with the number of clauses that name the group."""

    @property
    def lead_counts(self) -> dict[TaskState, int]:
        return count(self.lead)

    @property
    def joint_counts(self) -> dict[TaskState, int]:
        return count(self.joint)

    @property
    def nothing(self) -> bool:
        return not (
            self.lead
            or self.joint
            or self.clauses
            or self.programmes
            or self.mechanisms
            or self.obligations
            or self.groups
        )


def involvement(index: PackIndex, name: str, on: date) -> Involvement:
    """Everything of a pack that names this unit under any spelling."""

    def named(spellings: Iterable[str]) -> bool:
        return any(index.canonical(spelled) == name for spelled in spellings)

    items = task_lines(index, indicators.board(index, on).closings, on)
    return Involvement(
        [item for item in items if item.units and named(item.units[:1])],
        [item for item in items if named(item.units[1:])],
        [clause for clause in index.pack.clauses if named(clause.units)],
        [p for p in index.pack.programmes if named(p.units)],
        [m for m in index.pack.mechanisms if named(m.units)],
        [o for o in index.pack.obligations if named(o.reporters)],
        _groups(index, name),
    )


def _groups(index: PackIndex, name: str) -> list[tuple[Unit, int]]:
    found = []
    for unit in index.pack.places.units:
        if any(member.name == name for member in members_of(index, unit)):
            naming = [c for c in index.pack.clauses if any(index.canonical(s) == unit.name for s in c.units)]
            found.append((unit, len(naming)))
    return found


def members_of(index: PackIndex, unit: Unit) -> Sequence[Unit | Division | Institution]:
    """The members of a group, by unit id, division code or institution id."""
    known: dict[str, Unit | Division | Institution] = {}
    for pack in reversed(index.family):
        known |= {d.code: d for d in pack.places.divisions}
        known |= {u.id: u for u in pack.places.units}
        known |= {i.id: i for i in pack.places.institutions}
    return [known[member] for member in unit.members if member in known]
