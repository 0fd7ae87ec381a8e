"""Which snapshots keep their files, and how long senders' own files are kept. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

FILE_YEARS = 3
"""Years for which a sender's file is kept after its batch was closed: by then the data of its year are closed too, and what it
brought stands in the records. Like the rows that wait."""
NEWEST = 30
"""The newest ones, all kept."""
YEARS = 30
"""Of so many years, the last one of each."""
MONTHS = 36
"""Of so many months before the newest, the last one of each."""


def files_kept_since(day: date) -> date:
    """Files of batches that were closed before this day may go."""
    try:
        return day.replace(year=day.year - FILE_YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year - FILE_YEARS, day=28)


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
