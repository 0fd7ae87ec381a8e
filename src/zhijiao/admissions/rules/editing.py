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


def put_back(
    chosen: Chosen,
    line: int,
    place: int,
    offers: Mapping[int, Offer],
    batches: Sequence[str],
    *,
    adjust: bool = False,
) -> Chosen:
    """The list with a line that was taken out again where it stood: `place` counts from 1 within its batch."""
    added = edited(chosen, Edit.ADD, line, offers, batches)
    if line in chosen.lines or line not in added.lines:
        return added
    lines = [one for one in added.lines if one != line]
    mine = [at for at, one in enumerate(lines) if offers[one].batch == offers[line].batch]
    at = mine[place - 1] if 0 < place <= len(mine) else added.lines.index(line)
    return Chosen((*lines[:at], line, *lines[at:]), added.adjust | ({line} if adjust else set()))


def place_of(chosen: Chosen, line: int, offers: Mapping[int, Offer]) -> int:
    """Where a line stands within its batch, from 1; 0 where it is not in the list."""
    if line not in chosen.lines or line not in offers:
        return 0
    mine = [one for one in chosen.lines if one in offers and offers[one].batch == offers[line].batch]
    return mine.index(line) + 1


def _move(lines: list[int], line: int, offers: Mapping[int, Offer], step: int) -> None:
    """Change places with the neighbour in the same batch."""
    mine = [at for at, one in enumerate(lines) if offers[one].batch == offers[line].batch]
    here = mine.index(lines.index(line))
    if 0 <= here + step < len(mine):
        a, b = mine[here], mine[here + step]
        lines[a], lines[b] = lines[b], lines[a]
