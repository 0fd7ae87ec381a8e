"""Where documents differ (C) and what they leave open (F), seen from every installed pack. Pure.

A conflict may be written in one pack and have sides in others, so a clause has to be looked up in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhijiao.policy.types import Clause, Conflict, Default, Indicator, PackIndex, Rule, Side


@dataclass(frozen=True)
class Party:
    """What one clause says; `index` is the pack that holds the clause, None where it is not installed."""

    index: PackIndex | None
    clause: Clause | None
    clause_id: str
    pack: str
    says: str


@dataclass(frozen=True)
class Difference:
    """A conflict with its sides looked up."""

    index: PackIndex
    conflict: Conflict
    sides: list[Party]


@dataclass(frozen=True)
class Question:
    """A default taken, with the clauses that it touches and the definitions that rest on it."""

    index: PackIndex
    default: Default
    sides: list[Party]
    indicators: list[tuple[PackIndex, Indicator]]
    rules: list[tuple[PackIndex, Rule]]


def differences(indexes: Sequence[PackIndex]) -> list[Difference]:
    """Every conflict of these packs."""
    return [
        Difference(index, conflict, [_party(index, side, indexes) for side in conflict.sides])
        for index in indexes
        for conflict in index.pack.decisions.conflicts
    ]


def questions(indexes: Sequence[PackIndex]) -> list[Question]:
    """Every default of these packs."""
    return [
        Question(
            index,
            default,
            [_party(index, side, indexes) for side in default.clauses],
            [(i, thing) for i in indexes for thing in _resting_indicators(i, default)],
            [(i, thing) for i in indexes for thing in _resting_rules(i, default)],
        )
        for index in indexes
        for default in index.pack.decisions.defaults
    ]


def touches(sides: Sequence[Party], pack: str, clause_id: str | None = None) -> bool:
    """Whether a side is a clause of this pack, or this very clause."""
    return any(side.pack == pack and clause_id in (None, side.clause_id) for side in sides)


def _party(index: PackIndex, side: Side, indexes: Sequence[PackIndex]) -> Party:
    pack = side.pack or next(
        (p.id for p in index.family if any(c.id == side.clause for c in p.clauses)), index.id
    )
    holder = next((i for i in indexes if i.id == pack), None)
    clause = holder.clauses.get(side.clause) if holder is not None else None
    return Party(holder, clause, side.clause, pack, side.says)


def _resting_indicators(index: PackIndex, default: Default) -> list[Indicator]:
    if index.defaults.get(default.id) != default:
        return []
    return [i for i in index.pack.indicators if default.id in i.definition.decisions]


def _resting_rules(index: PackIndex, default: Default) -> list[Rule]:
    if index.defaults.get(default.id) != default:
        return []
    return [r for r in index.pack.rules if default.id in r.decisions]
