"""From an object of a pack to its page: the one place that knows where each room lives."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.urls import reverse

from zhijiao.policy.types import Division, Institution, PackIndex, Unit
from zhijiao.portal.frame import Frame

_DETAIL: Final[dict[str, str]] = {
    "documents": "document",
    "clauses": "clause",
    "indicators": "indicator",
    "tasks": "task",
    "programmes": "programme",
    "rules": "rule",
    "standards": "standard",
    "systems": "system",
    "mechanisms": "mechanism",
    "obligations": "obligation",
    "procedures": "procedure",
    "reported": "reported_one",
    "units": "unit",
    "divisions": "division",
}
"""Rooms whose objects have a page of their own, and its name."""

_ANCHORED: Final[dict[str, str]] = {
    "industries": "industries",
    "conflicts": "conflicts",
    "defaults": "conflicts",
    "scoring": "rules",
    "chains": "obligations",
}
"""Rooms whose objects stand together on one page."""


def href(frame: Frame, room: str, object_id: str, index: PackIndex | None = None) -> str | None:
    """The page of an object, or None where it has none. `index` names the pack when it is not the page's own."""
    index = index or frame.index
    if index is None:
        return None
    # A pinned version is one pack's; in another pack it would name nothing.
    pin = {} if frame.index is not None and frame.index.id == index.id else {"v": None}
    if room in _DETAIL:
        return _url(frame, f"portal:{_DETAIL[room]}", index.id, object_id, **pin)
    if room in _ANCHORED:
        return f"{_url(frame, f'portal:{_ANCHORED[room]}', index.id, **pin)}#{object_id}"
    if room == "goals":
        return frame.url("portal:indicators", index.id, **{**pin, "goal": object_id})
    if room == "concepts":
        return f"{frame.url('portal:compare', v=None)}#{object_id}"
    if room == "items" and object_id in index.items:
        row, _ = index.items[object_id]
        return f"{_url(frame, 'portal:task', index.id, row.id, **pin)}#{object_id}"
    if room == "parameters":
        rule = next((r for r in index.pack.rules if object_id in r.parameters), None)
        return None if rule is None else f"{_url(frame, 'portal:rule', index.id, rule.id, **pin)}#{object_id}"
    return None


def named(frame: Frame, spelling: str) -> str | None:
    """The page of whoever a document means by this spelling: a unit, a division or an institution."""
    if frame.index is None:
        return None
    found = frame.index.unit(spelling)
    match found:
        case Division():
            return href(frame, "divisions", found.code)
        case Unit() | Institution():
            return href(frame, "units", found.id)
        case _:
            return None


def _url(frame: Frame, name: str, *args: str, **pin: None) -> str:
    """An address as the frame makes it; where nothing is pinned it is the same for every request, so it is kept."""
    return frame.url(name, *args, **pin) if frame.pinned else _path(name, args)


@lru_cache(maxsize=16384)
def _path(name: str, args: tuple[str, ...]) -> str:
    return reverse(name, args=args)
