"""Which period of a data set ended last, and by when it is owed. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from zhijiao.exchange.types import Due, Frequency

SCHOOL_YEAR_ENDS = 7
TERM_ENDS = (1, 7)
"""Months whose last day ends a term; a school year ends with the second."""


@dataclass(frozen=True)
class Term:
    """A period with its name, and the day by which its data are owed."""

    name: str
    starts: date
    ends: date
    due: date


def last_ended(due: Due, on: date) -> Term | None:
    """The newest period that ended before a day; None for what is handed in when it changes."""
    return next(_back(due, on), None)


def _back(due: Due, on: date) -> Iterator[Term]:
    months = _ending_months(due)
    if not months:
        return
    length = 12 // len(months)
    year, month = on.year, on.month
    for _ in range(24):
        if month in months:
            ends = date(year, month, calendar.monthrange(year, month)[1])
            if ends < on:
                starts = _first_after(year, month, length)
                yield Term(_name(due, starts, ends), starts, ends, ends + timedelta(days=due.days))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


def _ending_months(due: Due) -> tuple[int, ...]:
    match due.frequency:
        case Frequency.YEAR:
            return (due.month or 12,)
        case Frequency.SCHOOL_YEAR:
            return (due.month or SCHOOL_YEAR_ENDS,)
        case Frequency.TERM:
            return TERM_ENDS
        case Frequency.QUARTER:
            return (3, 6, 9, 12)
        case Frequency.MONTH:
            return tuple(range(1, 13))
    return ()


def _first_after(year: int, month: int, length: int) -> date:
    months = year * 12 + month - length  # counted from 0, of the month after the period before
    return date(months // 12, months % 12 + 1, 1)


def _name(due: Due, starts: date, ends: date) -> str:
    match due.frequency:
        case Frequency.SCHOOL_YEAR:
            return f"{starts.year}—{ends.year} 学年"
        case Frequency.TERM:
            return (
                f"{starts.year}—{starts.year + 1} 学年第一学期"
                if ends.month == TERM_ENDS[0]
                else f"{ends.year - 1}—{ends.year} 学年第二学期"
            )
        case Frequency.QUARTER:
            return f"{ends.year} 年第 {ends.month // 3} 季度"
        case Frequency.MONTH:
            return f"{ends.year} 年 {ends.month} 月"
    return f"{ends.year} 年" if ends.month == 12 else f"截至 {ends.year} 年 {ends.month} 月"
