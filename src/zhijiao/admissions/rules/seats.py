"""What may become of a seat after the result. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhijiao.admissions.types.states import RoundKind


def may_decline(
    *,
    kind: RoundKind,
    can_decline: bool,
    published: datetime | None,
    until: datetime | None,
    at: datetime,
) -> str:
    """Why a seat may not be given up now; empty when it may. `kind`: of the round that gave it; `can_decline`: of its batch;
    `until`: when the next supplementary round opens, whose plan needs to know."""
    if published is None or at < published:
        return "录取结果还没有公布。"
    if kind is RoundKind.SUPPLEMENTARY:
        return "征集志愿录取的，不能放弃，也不再参加其他录取。"
    if not can_decline:
        return "这一批录取后不能放弃。"
    if until is None:
        return "没有安排征集志愿，不再办理放弃录取。"
    if at >= until:
        return f"放弃录取的办理时间已于 {until:%m月%d日 %H:%M} 结束，征集志愿的计划已经公布。"
    return ""


@dataclass(frozen=True)
class CellUse:
    """What became of the seats of a cell so far: `seats` after flow in the last run that had it, who was admitted there, and who of
    all that were admitted to it gave the seat up since that run's offer was made."""

    seats: int
    admitted: int
    freed: int = 0
    topped_up: int = 0

    @property
    def left(self) -> int:
        """Seats that can be offered again. A class over plan at the line is not taken back when one of it gives up."""
        return max(0, self.seats - self.admitted + self.freed - self.topped_up)

    @property
    def freed_of_left(self) -> int:
        """How many of these were given up rather than never used."""
        return min(self.freed, self.left)


def letter_digest(parts: Mapping[str, Any]) -> str:
    """SHA-256 of what a letter says, whatever the order of its parts."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def list_digest(season: str, line: str, people: Sequence[tuple[str, str]]) -> str:
    """SHA-256 of a name list: season, line, and number and name of everybody in the order of numbers."""
    rows = [season, line, *(f"{number} {name}" for number, name in sorted(people))]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def late(day: date, until: date) -> bool:
    """Whether a day is after the last one."""
    return day > until


def track_of(category: str, kind: str, years: int) -> str:
    """How the code list of tracks calls what a line leads to: from the category of its batch, the kind of its school and the years."""
    if category == "bridge_degree":
        return "three_four"
    if kind == "technician":
        return f"technician_{years}" if years in (3, 5, 6) else "other"
    if category == "bridge_college":
        return "five_year" if years == 5 else "three_two"
    return "secondary_3" if years == 3 else "other"
