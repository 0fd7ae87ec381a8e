"""Dates as policy documents write them: a year, a month or a day.

A document says "by 2023" or "in March 2021". Turning that into a single day too early loses what was
written, so the text is kept (`PartialDate`) and its first or last day is asked for where a comparison
needs one.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

_PARTIAL = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")


def is_partial_date(text: str) -> bool:
    """Whether `text` reads as YYYY, YYYY-MM or YYYY-MM-DD and names a day that exists."""
    if not _PARTIAL.fullmatch(text):
        return False
    try:
        first_day(text)
    except ValueError:
        return False
    return True


def first_day(text: str) -> date:
    """The first day that a partial date covers. Raises ValueError for a day that does not exist."""
    year, month, day = _split(text)
    return date(year, month or 1, day or 1)


def last_day(text: str) -> date:
    """The last day that a partial date covers. Raises ValueError for a day that does not exist."""
    year, month, day = _split(text)
    if month is None:
        return date(year, 12, 31)
    return date(year, month, day or calendar.monthrange(year, month)[1])


def in_chinese(text: str) -> str:
    """A partial date in running Chinese text: 2023年12月13日, 2021年3月, 2023年."""
    year, month, day = _split(text)
    written = f"{year}年"
    if month is not None:
        written += f"{month}月"
    if day is not None:
        written += f"{day}日"
    return written


def _split(text: str) -> tuple[int, int | None, int | None]:
    if not _PARTIAL.fullmatch(text):
        raise ValueError(f"not a date as YYYY, YYYY-MM or YYYY-MM-DD: {text!r}")
    year, *rest = (int(part) for part in text.split("-"))
    return year, rest[0] if rest else None, rest[1] if len(rest) > 1 else None
