"""Which snapshots keep their files. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

NEWEST = 30
"""The newest ones, all kept."""
YEARS = 30
"""Of so many years, the last one of each."""
MONTHS = 36
"""Of so many months before the newest, the last one of each."""


def kept(snapshots: Sequence[tuple[str, date]]) -> set[str]:
    """The hashes whose files stay: the newest, the last of each month for three years, the last of each year for thirty,
    as long as the records themselves. `snapshots`: hash and day, newest first."""
    if not snapshots:
        return set()
    newest = snapshots[0][1]
    keep = {name for name, _ in snapshots[:NEWEST]}
    months: dict[tuple[int, int], str] = {}
    years: dict[int, str] = {}
    for name, day in snapshots:
        if (newest.year - day.year) * 12 + newest.month - day.month < MONTHS:
            months.setdefault((day.year, day.month), name)
        if newest.year - day.year < YEARS:
            years.setdefault(day.year, name)
    return keep | set(months.values()) | set(years.values())
