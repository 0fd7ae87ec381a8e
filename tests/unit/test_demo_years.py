"""What a demo city would have known by the end of a school year."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl

from zhijiao.cli.demo.yearly import known, school_year_ends

D = date


def test_files_come_at_the_end_of_each_school_year() -> None:
    assert school_year_ends(2020, 2023) == [D(2021, 8, 31), D(2022, 8, 31), D(2023, 8, 31)]


def test_who_left_later_is_still_there() -> None:
    rows = pl.DataFrame(
        {
            "grade": [2020, 2020, 2021],
            "enrolled_on": [D(2020, 9, 1), D(2020, 9, 1), D(2021, 9, 1)],
            "left_on": [D(2021, 3, 1), D(2023, 6, 30), None],
            "status": ["withdrawn", "graduated", "enrolled"],
        }
    )
    then = known("students", rows, None, D(2021, 8, 31), last=False)
    assert then["status"].to_list() == ["withdrawn", "enrolled"]
    assert then["left_on"].to_list() == [D(2021, 3, 1), None]
    assert known("students", rows, D(2022, 8, 31), D(2024, 1, 1), last=True).equals(rows)


def test_a_later_file_holds_whole_grades_that_may_still_change() -> None:
    rows = pl.DataFrame(
        {
            "grade": [2010, 2010, 2012, 2020, 2021],
            "enrolled_on": [D(2010, 9, 1), D(2022, 2, 1), D(2012, 9, 1), D(2020, 9, 1), D(2021, 9, 1)],
            "left_on": [D(2013, 6, 30), None, D(2015, 6, 30), None, None],
            "status": ["graduated", "enrolled", "graduated", "enrolled", "enrolled"],
        }
    )
    first = known("students", rows, None, D(2021, 8, 31), last=False)
    assert first["grade"].to_list() == [2010, 2012, 2020]
    later = known("students", rows, D(2021, 8, 31), D(2024, 1, 1), last=True)
    assert later["grade"].to_list() == [2010, 2010, 2020, 2021]


def test_what_happened_is_handed_in_once() -> None:
    rows = pl.DataFrame({"held_on": [D(2021, 1, 1), D(2021, 10, 1), D(2023, 10, 1)]})
    days = [None, D(2021, 8, 31), D(2022, 8, 31), D(2024, 1, 1)]
    parts = [
        known("career_activities", rows, after, until, last=until == days[-1])["held_on"].to_list()
        for after, until in pairwise(days)
        if until is not None
    ]
    assert parts == [[D(2021, 1, 1)], [D(2021, 10, 1)], [D(2023, 10, 1)]]


def test_a_year_is_known_when_it_is_over() -> None:
    rows = pl.DataFrame({"year": [2020, 2021]})
    assert known("school_funds", rows, None, D(2021, 8, 31), last=False)["year"].to_list() == [2020]
    later = known("school_funds", rows, D(2021, 8, 31), D(2022, 8, 31), last=False)
    assert later["year"].to_list() == [2021]
