"""Working days: weekends, holidays and the weekends that are worked to make up for them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from zhijiao.engines.workflow.types import Clock

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked. Outside the years that are known only weekends are days off: see `is_certain`."""

    holidays: frozenset[date]
    extra_workdays: frozenset[date]
    """Weekend days that are worked; wins over `holidays` for a day in both."""
    known_from: date
    known_to: date

    def is_working(self, day: date) -> bool:
        """Whether a day is worked."""
        if day in self.extra_workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def is_certain(self, day: date) -> bool:
        """Whether the holidays of that time are known, so that a term that ends then will not move."""
        return self.known_from <= day <= self.known_to

    def add(self, day: date, days: int) -> date:
        """The `days`-th working day after `day`, which is not counted; `day` itself for 0.

        Raises ValueError for a negative number, OverflowError past the end of the calendar.
        """
        if days < 0:
            raise ValueError(f"a term cannot be negative: {days}")
        while days > 0:
            day += _DAY
            if self.is_working(day):
                days -= 1
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` is earlier. Inverse of `add`."""
        if end < start:
            return -self.between(end, start)
        weekdays = _weekdays_until(end) - _weekdays_until(start)
        return weekdays - _within(self._weekdays_off, start, end) + _within(self._weekends_on, start, end)

    def next_working(self, day: date) -> date:
        """`day` if it is worked, else the first working day after it."""
        return day if self.is_working(day) else self.add(day, 1)

    @cached_property
    def _weekdays_off(self) -> list[date]:
        return sorted(d for d in self.holidays - self.extra_workdays if d.weekday() < _SATURDAY)

    @cached_property
    def _weekends_on(self) -> list[date]:
        return sorted(d for d in self.extra_workdays if d.weekday() >= _SATURDAY)


def due_date(start: date, clock: Clock, calendar: WorkingCalendar) -> date:
    """The last day of a term that began on `start`; the grace is not part of it."""
    return _after(start, clock.days, clock, calendar)


def last_date(start: date, clock: Clock, calendar: WorkingCalendar) -> date:
    """The last day before the case counts as overdue: the due day and the grace."""
    due = due_date(start, clock, calendar)
    return _after(due, clock.grace, clock, calendar) if clock.grace else due


def _after(start: date, days: int, clock: Clock, calendar: WorkingCalendar) -> date:
    if clock.working:
        return calendar.add(start, days)
    if days < 0:
        raise ValueError(f"a term cannot be negative: {days}")
    end = start + days * _DAY
    return calendar.next_working(end) if clock.roll else end


def _weekdays_until(day: date) -> int:
    """Mondays to Fridays from the first day of the calendar (a Monday) to `day`."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * _SATURDAY + min(rest, _SATURDAY)


def _within(days: list[date], start: date, end: date) -> int:
    return bisect_right(days, end) - bisect_right(days, start)
