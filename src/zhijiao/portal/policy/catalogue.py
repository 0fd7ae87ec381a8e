"""What the lists of a pack's objects share: a row with its state and the capabilities it waits for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zhijiao.policy.types import Capability, Capable, PackIndex
from zhijiao.portal.looks import Look
from zhijiao.portal.policy.filtering import Choice
from zhijiao.portal.policy.shared import STATE, capabilities_of


@dataclass(frozen=True)
class Line:
    """An object of a list, with what the product makes of it."""

    thing: Any
    state: Look
    capabilities: list[Capability]


def line(index: PackIndex, thing: Capable) -> Line:
    return Line(thing, STATE[index.state_of(thing)], capabilities_of(index, thing))


def lines(index: PackIndex, things: Iterable[Capable]) -> list[Line]:
    return [line(index, thing) for thing in things]


def common_choices(index: PackIndex) -> list[Choice]:
    """Filters that every list of such objects has: part, state, document."""
    names = index.pack.manifest.names
    return [
        Choice("part", "平台部分", lambda x: (x.thing.part,), lambda part: getattr(names, part)),
        Choice("state", "平台支持", lambda x: (x.state.key,), lambda key: STATE[key].words),
        document_choice(index),
    ]


def document_choice(index: PackIndex) -> Choice:
    """A filter by the document whose clauses the object serves."""
    return Choice(
        "document",
        "文件",
        lambda x: dict.fromkeys(index.clauses[c].document for c in x.thing.clauses),
        lambda key: index.documents[key].short,
    )


def units_choice(index: PackIndex) -> Choice:
    """A filter by responsible unit, all spellings of one unit together."""
    return Choice("unit", "单位", lambda x: dict.fromkeys(index.canonical(u) for u in x.thing.units))
