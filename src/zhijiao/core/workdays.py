"""The working days of mainland China, as the State Council announces them year by year.

The one place that reads the `chinesecalendar` package. Each autumn's announcement arrives with a new version of it.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from chinese_calendar.constants import holidays, workdays

from zhijiao.engines.workflow import WorkingCalendar


@lru_cache(maxsize=1)
def china() -> WorkingCalendar:
    """Holidays and make-up working days; certain for every year from the first known to `known_until`."""
    return WorkingCalendar(
        holidays=frozenset(holidays),
        extra_workdays=frozenset(workdays),
        known_from=date(min(_years()), 1, 1),
        known_to=date(known_until(), 12, 31),
    )


def known_until() -> int:
    """The last year whose holidays are known. From the next year on only weekends count as days off."""
    return max(_years())


def _years() -> set[int]:
    """A year is known when its National Day is: an announcement may reach a few days into its neighbours."""
    return {day.year for day in holidays if (day.month, day.day) == (10, 1)}
