"""Rows of a data set as a page and its workbook show them: amounts as numbers, codes and years as they stand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.handed_in import FIELDS, M, N, field
from zhijiao.portal.desk.data import masking
from zhijiao.portal.desk.data.rows import _cell, _in_words
from zhijiao.render.xlsx import Cell

KNOWN = {f.id: f for f in FIELDS} | {
    "year": field("year", "年份", N, 4),
    "funds": field("funds", "经费", M, 16),
}


@pytest.mark.parametrize(
    ("name", "value", "words", "cell"),
    [
        ("funds", "13350000", "13,350,000", Decimal(13350000)),
        ("funds", "999999999999.05", "999,999,999,999.05", Decimal("999999999999.05")),
        ("fee", "1200.5", "1,200.5", Decimal("1200.5")),
        ("fee", "", "", None),
        ("fee", masking.HIDDEN, masking.HIDDEN, masking.HIDDEN),
        ("year", "2023", "2023", "2023"),
        ("grade", "2023", "2023", "2023"),
        ("school", "9900000001", "9900000001", "9900000001"),
        ("phone", "13900000001", "13900000001", "13900000001"),
        ("entered", "2023-09-01", "2023-09-01", "2023-09-01"),
    ],
)
def test_amounts_are_numbers(name: str, value: str, words: str, cell: Cell) -> None:
    assert _in_words([KNOWN[name]], {name: value}) == {name: words}
    assert _cell(KNOWN[name], value) == cell
