"""From the task rows of a pack to work items: what is new, what has changed, who joins and who leaves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zhijiao.indicators.types import Closing
from zhijiao.lib.dates import last_day
from zhijiao.policy.types import PackIndex, TaskItem, TaskRow
from zhijiao.supervision.types import Addressee, AssignmentState, Duty, Expansion, Rollup
from zhijiao.supervision.types.starting import ItemChange, Joining, Leaving, Start, Wanted

_COMPARED = (
    *("row", "document", "number", "title", "deliverable", "evidence", "clauses", "indicators"),
    *("addressees", "due", "inferred", "every", "closed_on"),
)


@dataclass(frozen=True)
class Known:
    """An item as it stands: what a pack can change of it, and who has a part, `done` or not."""

    key: str
    title: str
    content: Wanted
    parts: Mapping[int, tuple[Duty, AssignmentState]]
    carried: bool = False


def wanted_items(index: PackIndex, closings: Iterable[Closing]) -> list[Wanted]:
    """Every task item of a pack as a work item: units in the document's order, the first leads."""
    closed = {c.document.id: c.closes_on for c in closings if c.closed}
    return [_wanted(row, item, closed.get(row.document)) for row in index.pack.tasks for item in row.items]


def rollup_of(expansion: Expansion) -> Rollup:
    """The roll-up that an item starts with: where a group has to do it, each member has to."""
    return Rollup.ALL if Duty.MEMBER in expansion.duties.values() else Rollup.LEAD


def plan_start(
    wanted: Sequence[Wanted], known: Iterable[Known], expansions: Mapping[str, Expansion]
) -> Start:
    """What starting does, by the keys of items. `expansions` are those of the wanted items and of the known ones."""
    have = {item.key: item for item in known}
    keys = {item.key for item in wanted}
    return Start(
        new=tuple(item for item in wanted if item.key not in have),
        changed=tuple(
            change for item in wanted if item.key in have for change in _changes(have[item.key], item)
        ),
        gone=tuple(key for key in have if key not in keys),
        joining=tuple(
            Joining(key, organisation, duty)
            for key, expansion in expansions.items()
            if key in keys or key in have
            for organisation, duty in expansion.duties.items()
            if _joins(have.get(key), organisation, duty)
        ),
        leaving=tuple(
            Leaving(key, organisation)
            for key, item in have.items()
            if key in expansions
            for organisation, (_, state) in item.parts.items()
            if organisation not in expansions[key].duties and state is not AssignmentState.RELEASED
        ),
        nobody=tuple((key, who) for key, expansion in expansions.items() for who in expansion.nobody),
    )


def _joins(known: Known | None, organisation: int, duty: Duty) -> bool:
    if known is None or organisation not in known.parts:
        return True
    held, state = known.parts[organisation]
    return held is not duty or state is AssignmentState.RELEASED


def _changes(known: Known, wanted: Wanted) -> Iterable[ItemChange]:
    for field in _COMPARED:
        # An item that was carried over has the due day of that decision.
        if known.carried and field in ("due", "inferred", "closed_on"):
            continue
        old, new = getattr(known.content, field), getattr(wanted, field)
        if old != new:
            yield ItemChange(known.key, known.title, field, old, new)


def _wanted(row: TaskRow, item: TaskItem, closed_on: date | None) -> Wanted:
    units = row.units if item.units is None else item.units
    return Wanted(
        key=item.id,
        row=row.id,
        document=row.document,
        number=row.number,
        title=item.name,
        deliverable=item.deliverable,
        evidence=tuple(item.evidence),
        clauses=tuple(item.clauses),
        indicators=tuple(item.indicators),
        addressees=tuple(
            Addressee(Duty.JOINT if place else Duty.LEAD, unit=unit) for place, unit in enumerate(units)
        ),
        due=last_day(item.due.on) if item.due.on is not None else None,
        inferred=item.due.inferred,
        every=item.due.every or "",
        closed_on=closed_on,
    )
