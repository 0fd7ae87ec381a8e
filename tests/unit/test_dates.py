"""A date is as precise as the document wrote it; a comparison asks for its first or its last day."""

from __future__ import annotations

from datetime import date

import pytest

from zhijiao.lib.dates import first_day, in_chinese, is_partial_date, last_day


@pytest.mark.parametrize(
    ("written", "first", "last", "said"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31), "2023年"),
        ("2021-03", date(2021, 3, 1), date(2021, 3, 31), "2021年3月"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28), "2023年2月"),
        ("2023-12-13", date(2023, 12, 13), date(2023, 12, 13), "2023年12月13日"),
        ("0001", date(1, 1, 1), date(1, 12, 31), "1年"),
    ],
)
def test_a_partial_date_covers_days(written: str, first: date, last: date, said: str) -> None:
    assert is_partial_date(written)
    assert (first_day(written), last_day(written), in_chinese(written)) == (first, last, said)


@pytest.mark.parametrize(
    "written",
    ["", "23", "2023-1", "2023-13", "2023-02-30", "2023-12-13T00:00", "２０２３", "2023年", "0000", "2023\n"],
)
def test_what_is_no_date_is_refused(written: str) -> None:
    assert not is_partial_date(written)
    with pytest.raises(ValueError, match=r"date|year|day"):
        last_day(written)
