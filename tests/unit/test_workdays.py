"""The working days of mainland China, against the announcements of the State Council."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zhijiao.core.workdays import china, known_until
from zhijiao.engines.workflow import Clock, WorkingCalendar, due_date


@pytest.mark.parametrize(
    ("first", "last", "worked"),
    [
        (date(2020, 1, 24), date(2020, 2, 2), [date(2020, 1, 19)]),
        (date(2021, 10, 1), date(2021, 10, 7), [date(2021, 9, 26), date(2021, 10, 9)]),
        (date(2023, 1, 21), date(2023, 1, 27), [date(2023, 1, 28), date(2023, 1, 29)]),
        (date(2023, 9, 29), date(2023, 10, 6), [date(2023, 10, 7), date(2023, 10, 8)]),
        (date(2024, 2, 10), date(2024, 2, 17), [date(2024, 2, 4), date(2024, 2, 18)]),
        (date(2024, 10, 1), date(2024, 10, 7), [date(2024, 9, 29), date(2024, 10, 12)]),
        (date(2025, 1, 28), date(2025, 2, 4), [date(2025, 1, 26), date(2025, 2, 8)]),
        (date(2025, 10, 1), date(2025, 10, 8), [date(2025, 9, 28), date(2025, 10, 11)]),
        (date(2026, 2, 15), date(2026, 2, 23), [date(2026, 2, 14), date(2026, 2, 28)]),
    ],
)
def test_a_long_holiday_is_off_and_its_weekends_are_worked(
    first: date, last: date, worked: list[date]
) -> None:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert [day for day in days if china().is_working(day)] == []
    assert all(china().is_working(day) and day.weekday() >= 5 for day in worked)


def test_beyond_the_known_years_only_weekends_are_off() -> None:
    after = date(known_until() + 1, 5, 1)
    assert not china().is_certain(after)
    assert china().is_certain(date(known_until(), 12, 31))
    assert china().is_certain(date(2024, 2, 29))
    assert not china().is_certain(date(2003, 12, 31))
    assert all(
        china().is_working(day) == (day.weekday() < 5)
        for day in (after + timedelta(days=n) for n in range(14))
    )


def test_the_calendar_is_read_once() -> None:
    assert china() is china()


def test_a_term_begins_on_the_next_day() -> None:
    assert china().add(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert china().add(date(2025, 9, 30), 0) == date(2025, 9, 30)
    assert due_date(date(2025, 9, 26), Clock(2), china()) == date(2025, 9, 29)  # Sunday the 28th is worked


def test_a_negative_term_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        china().add(date(2025, 1, 1), -1)
    with pytest.raises(ValueError, match="negative"):
        due_date(date(2025, 1, 1), Clock(-1, working=False), china())


def test_a_day_in_both_lists_is_worked() -> None:
    day = date(2025, 1, 4)
    odd = WorkingCalendar(frozenset({day}), frozenset({day}), day, day)
    assert odd.is_working(day)
    assert odd.between(date(2025, 1, 3), day) == 1
