"""Heads of the chain, noted outside the database, so that a tail that is cut there is missed.

One line a day in `audit-heads` of the data folder: day, position and hash of the newest link. Somebody who changes the
database alone cannot change what stands here; who may do both is met by the head that an auditor wrote down elsewhere.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from zhijiao.core.auditing.rules import Head
from zhijiao.core.files import write_private

NAME = "audit-heads"


def note(data: Path, head: Head, *, at: datetime) -> None:
    """Note a head as that of its day."""
    if head.position == 0:
        return
    day = at.date().isoformat()
    kept = [line for line in _lines(data) if not line.startswith(day)]
    write_private(data / NAME, "\n".join([*kept, f"{day} {head}"]) + "\n")


def noted(data: Path) -> dict[int, str]:
    """Hash by position of every head that was noted."""
    found = {}
    for line in _lines(data):
        _, _, head = line.partition(" ")
        position, _, value = head.partition(":")
        if position.isdigit():
            found[int(position)] = value
    return found


def _lines(data: Path) -> list[str]:
    try:
        return (data / NAME).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
