"""One change to a list of choices: what a tap on the page does. Pure.

A list holds all batches of a round one after the other, each in its own order; a change keeps them so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from zhijiao.admissions.types.filling import Chosen, Offer

MOST = 100
"""Choices that a draft holds at most; far more than any season lets anybody hand in."""


class Edit(StrEnum):
    """What can be done to a line."""

    ADD = "add"
    REMOVE = "remove"
    UP = "up"
    DOWN = "down"
    ADJUST = "adjust"
    STRICT = "strict"
    """Take 服从调剂 back."""


def edited(
    chosen: Chosen, edit: Edit, line: int, offers: Mapping[int, Offer], batches: Sequence[str]
) -> Chosen:
    """The list after a change. What makes no sense (adding twice, moving the first up) leaves it as it is."""
    lines = [one for one in chosen.lines if one in offers]
    adjust = set(chosen.adjust)
    if edit is Edit.ADD:
        if line in offers and line not in lines and len(lines) < MOST:
            lines.append(line)
    elif line not in lines:
        return chosen
    elif edit is Edit.REMOVE:
        lines.remove(line)
    elif edit is Edit.ADJUST:
        adjust.add(line)
    elif edit is Edit.STRICT:
        adjust.discard(line)
    else:
        _move(lines, line, offers, -1 if edit is Edit.UP else 1)
    place = {batch: number for number, batch in enumerate(batches)}
    lines.sort(key=lambda one: place.get(offers[one].batch, len(place)))
    return Chosen(tuple(lines), frozenset(adjust & set(lines)))


def _move(lines: list[int], line: int, offers: Mapping[int, Offer], step: int) -> None:
    """Change places with the neighbour in the same batch."""
    mine = [at for at, one in enumerate(lines) if offers[one].batch == offers[line].batch]
    here = mine.index(lines.index(line))
    if 0 <= here + step < len(mine):
        a, b = mine[here], mine[here + step]
        lines[a], lines[b] = lines[b], lines[a]
