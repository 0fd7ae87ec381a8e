"""Periods for which figures are owed: their written form, first and last day. Pure.

The written form is that of the forms engine: 2024, 2024-H1, 2024-Q1, 2024-03, 2023/2024, 2023/2024-T1. A school year runs
from September to August; its first term ends with January.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from zhijiao.engines.forms import period_in_chinese
from zhijiao.lib.dates import first_day, in_chinese, last_day
from zhijiao.policy.types.duties import ReportPeriod

_DAY = timedelta(days=1)
_SCHOOL_STARTS = 9
_SECOND_TERM = 2


@dataclass(frozen=True)
class Span:
    """A period: its written form, its first and its last day."""

    key: str
    starts: date
    ends: date


def period_words(key: str) -> str:
    """The period as a page says it: 2024年第1季度, 2023-2024学年. A single occasion is called by its date."""
    return in_chinese(key) if key.count("-") == 2 and "/" not in key else period_in_chinese(key)


def span_at(kind: ReportPeriod, day: date) -> Span:
    """The period of a kind that holds a day. A single occasion has none: see `once`."""
    year, month = day.year, day.month
    match kind:
        case "month":
            return _span(f"{year}-{month:02d}", year, month, 1)
        case "quarter":
            quarter = (month - 1) // 3
            return _span(f"{year}-Q{quarter + 1}", year, quarter * 3 + 1, 3)
        case "half_year":
            half = (month - 1) // 6
            return _span(f"{year}-H{half + 1}", year, half * 6 + 1, 6)
        case "year":
            return _span(f"{year}", year, 1, 12)
        case "school_year":
            first = year if month >= _SCHOOL_STARTS else year - 1
            return _span(f"{first}/{first + 1}", first, _SCHOOL_STARTS, 12)
        case "term":
            first = year if month >= _SCHOOL_STARTS else year - 1
            if _SECOND_TERM <= month < _SCHOOL_STARTS:
                return _span(f"{first}/{first + 1}-T2", first + 1, _SECOND_TERM, 7)
            return _span(f"{first}/{first + 1}-T1", first, _SCHOOL_STARTS, 5)
        case "once":
            raise ValueError("a single occasion follows from the obligation, not from a day")


def ended(kind: ReportPeriod, from_: str, to: str | None, on: date) -> Iterator[Span]:
    """The periods that ended before a day, oldest first: from the one that holds the first day of `from_` (all of it
    counts) to the one that holds the last day of `to`. Partial dates as a pack has them."""
    last = last_day(to) if to is not None else date.max
    if kind == "once":
        span = once(from_, to)
        if span.ends < on:
            yield span
        return
    span = span_at(kind, first_day(from_))
    while span.ends < on and span.starts <= last:
        yield span
        span = span_at(kind, span.ends + _DAY)


def once(from_: str, to: str | None) -> Span:
    """The only period of a duty that is owed once: from `from_` to `to`, called by its last day."""
    ends = last_day(to or from_)
    return Span(ends.isoformat(), first_day(from_), ends)


def as_of(span_key: str, ends: date) -> str:
    """The time that a figure of a period speaks of, as precise as published figures are: a year or a month."""
    if len(span_key) == 4:
        return span_key
    return ends.isoformat() if span_key.count("-") == 2 else f"{ends:%Y-%m}"


def _span(key: str, year: int, month: int, months: int) -> Span:
    over = month - 1 + months
    following = date(year + over // 12, over % 12 + 1, 1)
    return Span(key, date(year, month, 1), following - _DAY)
