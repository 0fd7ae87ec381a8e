"""Completeness, validity, duplicates and timeliness: shares of what was looked at, with what is missing by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zhijiao.engines.quality.types import Part, Subject


@dataclass(frozen=True)
class FieldUse:
    """A field of the standard."""

    id: str
    name: str
    mandatory: bool = True
    weight: int = 1
    """How much a gap here counts beside a gap elsewhere."""


@dataclass(frozen=True)
class Gap:
    """A field that is not filled everywhere."""

    field: FieldUse
    empty: int


@dataclass(frozen=True)
class Completeness:
    """Mandatory fields decide; optional ones are told apart and never make up for them."""

    mandatory: Part
    optional: Part
    gaps: tuple[Gap, ...]
    """The heaviest first: mandatory before optional, then weight × rows."""


def completeness(rows: int, filled: Mapping[str, int], fields: Sequence[FieldUse]) -> Completeness:
    """Share of filled cells. `filled`: rows in which a field is filled, by field id; a field not named there is empty.

    Raises `ValueError` where more rows are filled than there are.
    """
    for field in fields:
        if not 0 <= filled.get(field.id, 0) <= rows:
            raise ValueError(f"“{field.name}”填写了 {filled[field.id]} 行，而共有 {rows} 行；请核对计数。")
    gaps = [Gap(field, rows - filled.get(field.id, 0)) for field in fields]
    found = sorted(
        (gap for gap in gaps if gap.empty),
        key=lambda gap: (not gap.field.mandatory, -gap.field.weight * gap.empty, gap.field.id),
    )
    return Completeness(
        _filled(Subject.COMPLETENESS, "必填项", [gap for gap in gaps if gap.field.mandatory], rows),
        _filled(Subject.OPTIONAL, "选填项", [gap for gap in gaps if not gap.field.mandatory], rows),
        tuple(found),
    )


def _filled(subject: Subject, name: str, gaps: Sequence[Gap], rows: int) -> Part:
    of = sum(gap.field.weight for gap in gaps) * rows
    empty = sum(gap.field.weight * gap.empty for gap in gaps)
    worst = max(gaps, key=lambda gap: gap.empty, default=None)
    words = f"{name} {len(gaps)} 个，共 {rows:,} 行"
    if worst is not None and worst.empty:
        words += f"；“{worst.field.name}”空缺最多，{worst.empty:,} 行"
    return Part(subject, of - empty, of, words)


@dataclass(frozen=True)
class Validity:
    """Rows accepted of rows received, and how many rows each kind of fault stopped. A row may have several faults."""

    part: Part
    faults: tuple[tuple[str, int], ...]
    """The most frequent first."""


def validity(accepted: int, quarantined: int, faults: Mapping[str, int]) -> Validity:
    """Share of rows that passed the checks. `faults`: rows by kind of fault."""
    ordered = tuple(sorted(faults.items(), key=lambda item: (-item[1], item[0])))
    words = f"收到 {accepted + quarantined:,} 行，{quarantined:,} 行未通过"
    if ordered:
        words += f"；最多的是“{ordered[0][0]}”，{ordered[0][1]:,} 行"
    return Validity(Part(Subject.VALIDITY, accepted, accepted + quarantined, words), ordered)


@dataclass(frozen=True)
class Duplicates:
    """Rows that share an identity. Surplus: rows beyond the first of each group."""

    part: Part
    groups: tuple[tuple[Hashable, ...], ...]
    """Rows by group; the largest group first."""


def duplicates(rows: Iterable[tuple[Hashable, Hashable]]) -> Duplicates:
    """Groups among (identity, row) pairs. An identity of None is unknown, never a duplicate, and not looked at."""
    groups: defaultdict[Hashable, list[Hashable]] = defaultdict(list)
    for identity, row in rows:
        if identity is not None:
            groups[identity].append(row)
    looked = sum(len(group) for group in groups.values())
    several = sorted(
        (tuple(sorted(group, key=repr)) for group in groups.values() if len(group) > 1),
        key=lambda group: (-len(group), repr(group)),
    )
    surplus = sum(len(group) - 1 for group in several)
    words = f"{looked:,} 行有身份标识，{len(several):,} 组重复，多出 {surplus:,} 行"
    return Duplicates(Part(Subject.DUPLICATES, looked - surplus, looked, words), tuple(several))


@dataclass(frozen=True)
class Delivery:
    """Something owed by a day."""

    name: str
    due: date
    received: date | None = None


@dataclass(frozen=True)
class Timeliness:
    """Deliveries in time, of those that were due."""

    part: Part
    late: tuple[tuple[Delivery, int], ...]
    """With days late, the latest first; what is still owed counts up to the day asked about."""


def timeliness(
    deliveries: Iterable[Delivery], on: date, days: Callable[[date, date], int] | None = None
) -> Timeliness:
    """What came in time, as of a day. What is not yet due and not received is not counted.

    `days` counts the days after the first up to the second, such as working days; without it, days of the calendar.
    """
    between = days or (lambda start, end: (end - start).days)
    counted, late = 0, []
    for delivery in deliveries:
        came = delivery.received if delivery.received is not None and delivery.received <= on else None
        if came is None and delivery.due >= on:
            continue
        counted += 1
        if (came or on) > delivery.due:
            late.append((delivery, between(delivery.due, came or on)))
    late.sort(key=lambda item: (-item[1], item[0].due, item[0].name))
    words = f"应报 {counted:,} 项，{len(late):,} 项逾期"
    if late:
        words += f"；“{late[0][0].name}”逾期最久，{late[0][1]} 天"
    return Timeliness(Part(Subject.TIMELINESS, counted - len(late), counted, words), tuple(late))
