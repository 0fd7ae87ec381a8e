"""Years of the calendar and of schools. A period is known by the year in which it starts; a school year starts on 1 September, as in reports."""

from __future__ import annotations

import re
from datetime import date

from zhijiao.engines.metrics.types import Calendar, MetricError

SCHOOL_STARTS = 9
"""The month in which a school year starts."""
_WRITTEN = re.compile(r"(\d{4})(?:/(\d{4}))?", re.ASCII)


def year_of(period: str) -> int:
    """The year in which a period starts: 2023 and 2023/2024 both start in 2023. Raises `MetricError`."""
    match = _WRITTEN.fullmatch(period)
    if match is None or (match[2] and int(match[2]) != int(match[1]) + 1):
        raise MetricError(f"没有“{period}”这个时期；年份写成 2023，学年写成 2023/2024")
    return int(match[1])


def written(year: int, calendar: Calendar) -> str:
    """The period that starts in a year, as it is written."""
    return f"{year}/{year + 1}" if calendar is Calendar.SCHOOL else str(year)


def in_words(year: int, calendar: Calendar) -> str:
    """The period with its days, for a reader."""
    if calendar is Calendar.SCHOOL:
        return f"{year}-{year + 1}学年（{year}年9月1日至{year + 1}年8月31日）"
    return f"{year}年"


def year_on(day: date, calendar: Calendar) -> int:
    """The year in which the period of a day starts."""
    return day.year - (calendar is Calendar.SCHOOL and day.month < SCHOOL_STARTS)


def first_day(year: int, calendar: Calendar) -> date:
    """The first day of a period."""
    return date(year, SCHOOL_STARTS if calendar is Calendar.SCHOOL else 1, 1)


def year_in(value: object) -> int | None:
    """The year that a field of a yearly figure holds: a number, or text that begins with four digits."""
    if isinstance(value, int):
        return value
    text = str(value or "")
    match = re.match(r"\d{4}", text, re.ASCII)
    return int(match[0]) if match else None
