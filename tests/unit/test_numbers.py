"""Numbers as typed, or as an address has them."""

from __future__ import annotations

import pytest

from zhijiao.lib.numbers import row_id, whole


@pytest.mark.parametrize(
    ("text", "as_count", "as_id"),
    [
        ("12", 12, 12),
        (" 12 ", 12, 12),
        ("0", 0, 0),
        ("99999999", 99_999_999, 99_999_999),
        ("123456789", None, 123_456_789),
        ("9" * 18, None, 10**18 - 1),
        ("9" * 19, None, None),  # no bigint
        ("", None, None),
        ("-1", None, None),
        ("1.0", None, None),
        ("1_000", None, None),
        ("²", None, None),  # a digit that `int` refuses
        ("१२", None, None),
        ("一", None, None),
    ],
)
def test_a_whole_number_and_the_number_of_a_row(text: str, as_count: int | None, as_id: int | None) -> None:
    assert (whole(text), row_id(text)) == (as_count, as_id)


def test_an_address_that_says_nothing_names_no_row() -> None:
    assert row_id(None) is None
