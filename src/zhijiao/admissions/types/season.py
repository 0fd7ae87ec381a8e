"""Opening and stepping a season. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Opening:
    """What somebody says to open a season. `code` stands in addresses; `document` is under what it is opened."""

    place: int
    pack: str
    code: str
    title: str
    year: int
    document: str = ""
    rehearsal: bool = False


@dataclass(frozen=True)
class NextStep:
    """A step that somebody may take, and what is still missing for it (empty: it can be taken)."""

    transition: str
    name: str
    target: str
    missing: str
    reason: bool


@dataclass(frozen=True)
class TermDay:
    """A day of the season's calendar, for screens."""

    name: str
    day: date
