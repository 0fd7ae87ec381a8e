"""What a notice (公示) shows and how long it stays. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from zhijiao.engines.workflow import WorkingCalendar

MASK = "＊"


def masked_name(name: str) -> str:
    """A name with all but its first sign hidden; a name of two signs shows its first one, one of four or more its first and last."""
    name = name.strip()
    if len(name) < 2:
        return MASK
    if len(name) < 4:
        return name[0] + MASK * (len(name) - 1)
    return name[0] + MASK * (len(name) - 2) + name[-1]


def last_day(starts: date, days: int, calendar: WorkingCalendar, *, working: bool) -> date:
    """The last day of a notice or of a term that begins on a day: that day counts as the first if it is worked (working days), or
    always (days of the calendar)."""
    if not working:
        return starts + timedelta(days=days - 1)
    first = starts if calendar.is_working(starts) else calendar.next_working(starts)
    return first if days == 1 else calendar.add(first, days - 1)


def is_over(ends: date, on: date) -> bool:
    """Whether the last day has passed."""
    return on > ends
