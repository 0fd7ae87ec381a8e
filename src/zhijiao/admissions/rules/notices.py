"""What a notice (公示) shows and how long it stays. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from zhijiao.engines.workflow import WorkingCalendar
from zhijiao.lib.masking import masked_name


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


__all__ = ["is_over", "last_day", "masked_name"]
