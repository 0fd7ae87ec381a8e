"""The periods of work that comes round: a month, a school term, a year. Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from zhijiao.supervision.types.work import Rhythm

_SPRING, _AUTUMN = 2, 8
"""The months with which the terms of a school year begin."""


@dataclass(frozen=True)
class Period:
    """A period: its key (sorts by time within one rhythm), and its first and last day."""

    key: str
    starts: date
    ends: date

    @property
    def words(self) -> str:
        """The period as screens say it."""
        return period_words(self.key)


def period_of(rhythm: Rhythm, day: date) -> Period:
    """The period in which a day lies."""
    if rhythm is Rhythm.YEAR:
        return Period(f"{day.year}", date(day.year, 1, 1), date(day.year, 12, 31))
    if rhythm is Rhythm.MONTH:
        return Period(f"{day:%Y-%m}", day.replace(day=1), _month_end(day.year, day.month))
    if _SPRING <= day.month < _AUTUMN:
        school_year = day.year - 1
        return Period(
            f"{school_year}-{school_year + 1}-2",
            date(day.year, _SPRING, 1),
            _month_end(day.year, _AUTUMN - 1),
        )
    school_year = day.year if day.month >= _AUTUMN else day.year - 1
    return Period(
        f"{school_year}-{school_year + 1}-1", date(school_year, _AUTUMN, 1), date(school_year + 1, 1, 31)
    )


def before(rhythm: Rhythm, period: Period) -> Period:
    """The period before."""
    return period_of(rhythm, period.starts - timedelta(days=1))


def period_words(key: str) -> str:
    """A key as screens say it: 2026年, 2026年3月, 2025—2026学年第二学期."""
    parts = key.split("-")
    if len(parts) == 3:
        return f"{parts[0]}—{parts[1]}学年第{'一二'[int(parts[2]) - 1]}学期"
    if len(parts) == 2:
        return f"{parts[0]}年{int(parts[1])}月"
    return f"{key}年" if key else ""


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
