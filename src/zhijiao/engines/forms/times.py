"""Dates and periods as officials type them, and as they are written out."""

from __future__ import annotations

import re
from datetime import date

from zhijiao.engines.forms.tidying import Unreadable, cut, tidy

_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})[日号]?"
    r"|(?P<mark>[-./])(?P<month2>[0-9]{1,2})(?P=mark)(?P<day2>[0-9]{1,2})"
    r"|(?P<month3>[0-9]{2})(?P<day3>[0-9]{2}))"
    r"(?:T?00:00(?::00(?:\.0+)?)?)?"
)
_EARLIEST, _LATEST = 1900, 2200

_HAN = {"一": "1", "二": "2", "三": "3", "四": "4", "上": "1", "下": "2"}
_YEAR = re.compile(r"(?P<year>[0-9]{4})(?:年度?)?")
_MONTH = re.compile(
    r"(?P<year>[0-9]{4})(?:(?:年|[-./])(?P<part>1[0-2]|0?[1-9])|(?P<digits>1[0-2]|0[1-9]))(?:月份?)?"
)
_QUARTER = re.compile(
    r"(?P<year>[0-9]{4})年?-?(?:Q(?P<part>[1-4])|第?(?P<han>[1-4一二三四])季度?)", re.IGNORECASE
)
_HALF = re.compile(r"(?P<year>[0-9]{4})年?-?(?:H(?P<part>[12])|(?P<han>[上下])半年)", re.IGNORECASE)
_SCHOOL_YEAR = re.compile(
    r"(?P<year>[0-9]{4})(?:学年)?[-/~至—]+(?P<next>[0-9]{4})(?:学年度?)?"
    r"(?:-?T(?P<part>[12])|第?(?P<han>[12一二上下])学期)?",
    re.IGNORECASE,
)


def read_date(text: str) -> date:
    """2024年3月5日, 2024.3.5, 2024-03-05, 2024/3/5, 20240305. Raises `Unreadable`."""
    written = tidy(text).replace(" ", "")
    found = _DATE.fullmatch(written)
    if found is None:
        raise Unreadable("not_a_date", f"“{cut(written)}”不是完整的日期；请写年月日，如 2024-03-05")
    year = int(found["year"])
    month = int(found["month"] or found["month2"] or found["month3"])
    day = int(found["day"] or found["day2"] or found["day3"])
    _within(written, year)
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable("no_such_day", f"“{cut(written)}”这一天不存在；请核对月和日") from None


def date_in_chinese(day: date) -> str:
    """2024年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def read_period(text: str) -> str:
    """A period in its one written form: 2024, 2024-H1, 2024-Q1, 2024-03, 2023/2024, 2023/2024-T1. Raises `Unreadable`."""
    written = tidy(text).replace(" ", "")
    if found := _SCHOOL_YEAR.fullmatch(written):
        year, following = int(found["year"]), int(found["next"])
        _within(written, year)
        if following != year + 1:
            raise Unreadable(
                "no_such_period", f"“{cut(written)}”不是一个学年；请写相邻两年，如 2023-2024学年"
            )
        return f"{year}/{following}" + (f"-T{_part(found)}" if found["part"] or found["han"] else "")
    for pattern, mark in ((_QUARTER, "-Q"), (_HALF, "-H")):
        if found := pattern.fullmatch(written):
            _within(written, int(found["year"]))
            return f"{found['year']}{mark}{_part(found)}"
    if found := _YEAR.fullmatch(written):
        _within(written, int(found["year"]))
        return found["year"]
    if found := _MONTH.fullmatch(written):
        _within(written, int(found["year"]))
        return f"{found['year']}-{int(found['part'] or found['digits']):02d}"
    raise Unreadable(
        "not_a_period",
        f"“{cut(written)}”不是期间；请写年、半年、季度、月或学年，如 2024年、2024年第1季度、2023-2024学年",
    )


def period_in_chinese(period: str) -> str:
    """2024年, 2024年上半年, 2024年第1季度, 2024年3月, 2023-2024学年, 2023-2024学年第1学期."""
    year, _, part = period.partition("-")
    if "/" in year:
        return f"{year.replace('/', '-')}学年" + (f"第{part[1:]}学期" if part else "")
    if part.startswith("H"):
        return f"{year}年{'上' if part == 'H1' else '下'}半年"
    if part.startswith("Q"):
        return f"{year}年第{part[1:]}季度"
    return f"{year}年" + (f"{int(part)}月" if part else "")


def _part(found: re.Match[str]) -> str:
    typed = found["part"] or found["han"]
    return _HAN.get(typed, typed)


def _within(written: str, year: int) -> None:
    if not _EARLIEST <= year <= _LATEST:
        raise Unreadable("odd_year", f"“{cut(written)}”的年份不在{_EARLIEST}年到{_LATEST}年之间；请核对")
