"""What a new version of a pack touches: its objects that changed, and the work that hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from zhijiao.indicators.queries import board
from zhijiao.planning.types import Impact, Touched
from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.base import Identified

ROOMS = ("obligations", "indicators", "tasks", "chains", "procedures")
"""Rooms on which people's work hangs; a task row's items count one by one."""

Work = Mapping[tuple[str, str], Mapping[str, int]]
"""(room, object) → how many rows of which kind of work hang on it, in words."""


def impact(old: PackIndex, new: PackIndex, *, on: date, work: Work) -> Impact:
    """Compare two versions where work hangs on them. `work` comes from the domains that hold it."""
    touched = [
        found for room in ROOMS for found in _compared(room, _objects(old, room), _objects(new, room), work)
    ]
    return Impact(old.id, old.version, new.version, tuple(touched), _verdicts(old, new, on))


def _objects(index: PackIndex, room: str) -> dict[str, Identified]:
    if room == "tasks":
        return {item_id: item for item_id, (_, item) in index.items.items()}
    entries: Iterable[Identified] = getattr(index.pack, room)
    return {entry.id: entry for entry in entries}


def _compared(
    room: str, before: Mapping[str, Identified], after: Mapping[str, Identified], work: Work
) -> Iterable[Touched]:
    for entry_id in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(entry_id), after.get(entry_id)
        if old == new:
            continue
        change = "added" if old is None else "removed" if new is None else "changed"
        fields = () if old is None or new is None else _changed_fields(old, new)
        shown = new or old
        yield Touched(
            room, entry_id, getattr(shown, "name", entry_id), change, fields, work.get((room, entry_id), {})
        )


def _changed_fields(old: Identified, new: Identified) -> tuple[str, ...]:
    was, becomes = old.model_dump(mode="json"), new.model_dump(mode="json")
    return tuple(key for key in becomes if was.get(key) != becomes[key])


def _verdicts(old: PackIndex, new: PackIndex, on: date) -> list[tuple[str, str, str, str]]:
    """Indicators whose verdict on a day would change."""
    before = {row.indicator.id: row for row in board(old, on).rows}
    changed = []
    for row in board(new, on).rows:
        was = before.get(row.indicator.id)
        if was is not None and was.verdict is not row.verdict:
            changed.append((row.indicator.id, row.indicator.name, was.verdict.words, row.verdict.words))
    return changed
