"""The rows of the comparison: a concept with what each place promised, and where the definitions part. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from zhijiao.indicators.types import Verdict
from zhijiao.policy.types import Clause, Concept, Conflict, Indicator
from zhijiao.portal.compare.columns import Column, Entry
from zhijiao.portal.compare.differences import Difference, differences

MEASURED = (Verdict.MET, Verdict.NOT_MET)
"""Verdicts whose actual is the same measure as the target, so that both may stand on one scale."""


@dataclass(frozen=True)
class Said:
    """A side of a conflict. `column` is None when the pack of the clause is not installed."""

    column: Column | None
    clause: Clause | None
    clause_id: str
    says: str


@dataclass(frozen=True)
class Dispute:
    """A conflict with the place whose pack decides it."""

    owner: Column
    conflict: Conflict
    sides: tuple[Said, ...]

    @property
    def places(self) -> set[str]:
        return {side.column.id for side in self.sides if side.column}


@dataclass(frozen=True)
class Bar:
    """A target on the common scale, and the published figure where it is the same measure."""

    entry: Entry
    target: Decimal
    share: float
    actual: Decimal | None
    actual_share: float | None


@dataclass(frozen=True)
class Line:
    """A concept across the columns."""

    concept: Concept
    cells: tuple[tuple[Column, tuple[Entry, ...]], ...]
    told: tuple[tuple[Dispute, Concept | None], ...]
    """Its conflicts, each with the line above that tells it in full already."""
    differences: tuple[Difference, ...]
    bars: tuple[Bar, ...]

    @property
    def disputes(self) -> list[Dispute]:
        return [dispute for dispute, _ in self.told]

    @property
    def entries(self) -> list[Entry]:
        return [entry for _, entries in self.cells for entry in entries]

    @property
    def places(self) -> int:
        """How many places set a target."""
        return sum(bool(entries) for _, entries in self.cells)


def disputes(columns: list[Column]) -> list[Dispute]:
    """Every conflict that a pack here decides, in the order of the packs."""
    by_id = {column.id: column for column in columns}
    return [
        Dispute(
            owner,
            conflict,
            tuple(_said(by_id, owner, side.pack, side.clause, side.says) for side in conflict.sides),
        )
        for owner in columns
        for conflict in owner.index.pack.decisions.conflicts
    ]


def _said(by_id: dict[str, Column], owner: Column, pack: str | None, clause: str, says: str) -> Said:
    column = by_id.get(pack) if pack else owner
    return Said(column, column.index.clauses.get(clause) if column else None, clause, says)


def lines(columns: list[Column], shown: list[Column]) -> list[Line]:
    """A line for each concept on which a shown place set a target. `columns` are all places: they hold the conflicts."""
    entries: dict[tuple[str, str], list[Entry]] = {}
    concepts: dict[tuple[str, str], Concept] = {}
    for column in columns:
        for pack in reversed(column.index.family):
            concepts.update({(pack.id, c.id): c for c in pack.concepts})
    for column in shown:
        for indicator in column.index.pack.indicators:
            key = _definer(column, indicator.concept)
            if key is not None:
                entries.setdefault(key, []).append(Entry(column, column.board.row(indicator.id)))
    every = disputes(columns)
    return [_line(concepts[key], shown, entries[key], every) for key in concepts if key in entries]


def told_once(listed: list[Line]) -> list[Line]:
    """The lines in the order of the page, with each conflict told in full only where it is first met."""
    first: dict[str, Concept] = {}
    found = []
    for line in listed:
        found.append(replace(line, told=tuple((d, first.get(d.conflict.id)) for d in line.disputes)))
        for dispute in line.disputes:
            first.setdefault(dispute.conflict.id, line.concept)
    return found


def _definer(column: Column, concept: str | None) -> tuple[str, str] | None:
    """Which pack of the family says what the concept means; the nearest wins, so equal ids elsewhere stay apart."""
    if concept is None:
        return None
    return next(
        ((p.id, concept) for p in column.index.family if any(c.id == concept for c in p.concepts)), None
    )


def _line(concept: Concept, shown: list[Column], entries: list[Entry], every: list[Dispute]) -> Line:
    cells = tuple((column, tuple(e for e in entries if e.column is column)) for column in shown)
    return Line(
        concept,
        cells,
        tuple((dispute, None) for dispute in _about(concept, every)),
        tuple(differences(entries)),
        tuple(_bars(concept, entries)),
    )


def _about(concept: Concept, every: list[Dispute]) -> Iterable[Dispute]:
    return (dispute for dispute in every if dispute.conflict.id in concept.conflicts)


def _bars(concept: Concept, entries: list[Entry]) -> Iterable[Bar]:
    """Bars from zero for what may be compared: the same unit, and for plain counts the same level of place.

    A province's count holds its cities', so it is never drawn beside them; a ratio may be.
    """
    if not concept.comparable:
        return
    groups: dict[tuple[str, str], list[tuple[Entry, Decimal]]] = {}
    for entry in entries:
        value = _single(entry.indicator)
        if value is not None:
            ratio = entry.indicator.definition.denominator is not None
            level = "" if ratio else entry.column.index.pack.manifest.level
            groups.setdefault((entry.indicator.targets[0].unit, level), []).append((entry, value))
    for group in groups.values():
        if len({entry.column.id for entry, _ in group}) > 1:
            yield from _scaled(group)


def _scaled(group: list[tuple[Entry, Decimal]]) -> Iterable[Bar]:
    measured = [(entry, value, _measured(entry)) for entry, value in group]
    top = max(max(value, actual or Decimal(0)) for _, value, actual in measured)
    if top <= 0:
        return
    for entry, value, actual in measured:
        share = None if actual is None else float(actual / top)
        yield Bar(entry, value, float(value / top), actual, share)


def _single(indicator: Indicator) -> Decimal | None:
    """The target as one number; a range is not one."""
    return (
        indicator.targets[0].value
        if len(indicator.targets) == 1 and indicator.targets[0].value >= 0
        else None
    )


def _measured(entry: Entry) -> Decimal | None:
    actual = entry.row.actual
    same = actual is not None and actual.unit == entry.indicator.targets[0].unit
    return actual.value if actual is not None and same and entry.row.verdict in MEASURED else None
