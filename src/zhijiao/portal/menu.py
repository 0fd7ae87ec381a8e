"""The top menu: the cities that have a pack, and the five parts as this city's documents name them."""

from __future__ import annotations

from dataclasses import dataclass

from zhijiao.policy.types import Part
from zhijiao.portal.frame import Frame

PARTS: tuple[Part, ...] = ("cockpit", "management", "enterprise", "resources", "policy")


@dataclass(frozen=True)
class Item:
    label: str
    href: str
    current: bool = False


def cities(frame: Frame) -> list[Item]:
    """Each installed pack. Another city starts at its newest version, so `v` is not carried over."""
    here = frame.index.id if frame.index else None
    return [
        Item(pack.manifest.place, frame.url("portal:overview", pack.id, v=None), pack.id == here)
        for pack in frame.packs
    ]


def parts(frame: Frame) -> list[Item]:
    """The five parts; none on pages above the cities."""
    if frame.index is None:
        return []
    pack = frame.index.pack
    return [
        Item(getattr(pack.manifest.names, part), _home(frame, part), part == frame.part) for part in PARTS
    ]


def _home(frame: Frame, part: Part) -> str:
    assert frame.index is not None
    pack = frame.index.pack.id
    if part == "cockpit":
        return frame.url("portal:overview", pack)
    if part == "policy":
        return frame.url("portal:policy", pack)
    return frame.url("portal:part", pack, part)
