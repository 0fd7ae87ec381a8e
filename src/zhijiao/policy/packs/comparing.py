"""What differs between two packs, or two versions of one: by object, by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zhijiao.policy.packs.rooms import LISTS, MAPPINGS, TITLES
from zhijiao.policy.packs.serial import plain
from zhijiao.policy.types import Pack

_MAPPING_TITLES = {attribute: title for _, attribute, _, title in MAPPINGS}


@dataclass(frozen=True)
class Change:
    """One difference. `path` is empty when a whole object came or went."""

    room: str
    id: str
    name: str
    kind: Literal["added", "removed", "changed"]
    path: str
    old: Any
    new: Any

    @property
    def title(self) -> str:
        """The room in the reader's words."""
        return TITLES.get(self.room) or _MAPPING_TITLES[self.room]

    def as_json(self) -> dict[str, Any]:
        return {
            "room": self.room,
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "path": self.path,
            "old": self.old,
            "new": self.new,
        }


def compare(old: Pack, new: Pack) -> list[Change]:
    """Every difference between two packs, room by room, objects in the order of the new pack."""
    changes: list[Change] = []
    for _, attribute, _, title in MAPPINGS:
        before, after = plain(getattr(old, attribute)), plain(getattr(new, attribute))
        changes += [
            Change(attribute, attribute, title, "changed", *step) for step in differences(before, after)
        ]
    for room in LISTS:
        changes += _compare_room(room.name, getattr(old, room.name), getattr(new, room.name))
    return changes


def _compare_room(room: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
    before, after = {o.id: o for o in old}, {o.id: o for o in new}
    for object_id, thing in after.items():
        if object_id not in before:
            yield Change(room, object_id, _name(thing), "added", "", None, plain(thing))
            continue
        for path, was, now in differences(plain(before[object_id]), plain(thing)):
            yield Change(room, object_id, _name(thing), "changed", path, was, now)
    for object_id, thing in before.items():
        if object_id not in after:
            yield Change(room, object_id, _name(thing), "removed", "", plain(thing), None)


def _name(thing: Any) -> str:
    return str(getattr(thing, "name", None) or getattr(thing, "title", thing.id))


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Leaves that differ, as (path, old, new). Lists whose entries have ids are matched by id."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*new, *(k for k in old if k not in new)]:
            yield from differences(old.get(key), new.get(key), f"{path}.{key}" if path else key)
        return
    keyed_old, keyed_new = _by_id(old), _by_id(new)
    if keyed_old is not None and keyed_new is not None:
        yield from differences(keyed_old, keyed_new, path)
        return
    yield path, old, new


def _by_id(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, list) or not value:
        return None
    keys = [entry.get("id") or entry.get("code") if isinstance(entry, Mapping) else None for entry in value]
    if None in keys or len(set(keys)) != len(keys):
        return None
    return dict(zip(map(str, keys), value, strict=True))
