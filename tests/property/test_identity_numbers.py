"""Identity numbers: the whole column is checked as one number would be, comes back sealed, and is found again."""

from __future__ import annotations

import base64
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.handed_in import FIELDS, KEYS, STANDARD, TODAY
from zhijiao.exchange.rules import identity
from zhijiao.exchange.rules.checking.coding import Organisations
from zhijiao.exchange.rules.checking.columns import clean_column, column_of
from zhijiao.exchange.rules.identity import Keys, Tampered, hide, mask, unseal
from zhijiao.lib.citizens import check_sign

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_number(text: str) -> bool:
    """The standard, sign by sign."""
    if len(text) != 18 or not all(c in "0123456789" for c in text[:17]):
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(c) * w for c, w in zip(text, WEIGHTS, strict=False))
    return born.year >= 1850 and "10X98765432"[total % 11] == text[17]


days = st.dates(date(1850, 1, 1), date(2026, 1, 1))
numbers = st.builds(
    lambda area, day, serial: (digits := f"{area:06d}{day:%Y%m%d}{serial:03d}") + check_sign(digits),
    st.integers(0, 999_999),
    days,
    st.integers(0, 999),
)
nearly = st.builds(
    lambda text, at, sign: text[:at] + sign + text[at + 1 :],
    numbers,
    st.integers(0, 17),
    st.sampled_from("0159Xx〇ａ "),
)


@given(st.lists(st.one_of(numbers, nearly), min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_a_column_is_judged_as_its_numbers_one_by_one(texts: list[str]) -> None:
    eighteen = [text for text in texts if len(text.encode()) == 18]
    judged = identity.sound(identity.matrix(pl.Series(eighteen, dtype=pl.String)))
    assert judged.tolist() == [is_number(text) for text in eighteen]
    assert [identity.is_number(text) for text in texts] == [is_number(text) for text in texts]


@pytest.mark.parametrize("sm4", [False, True])
@given(
    texts=st.lists(
        st.one_of(numbers, st.from_regex(r"[A-Z][0-9]{8}", fullmatch=True)), min_size=1, max_size=20
    )
)
@settings(max_examples=40, deadline=None)
def test_sealed_numbers_come_back_and_equal_ones_meet(sm4: bool, texts: list[str]) -> None:
    keys = Keys(KEYS.seal, KEYS.blind, KEYS.other, sm4)
    hidden = hide(pl.Series(texts), keys)
    opened = [unseal(s, p, keys) for s, p in zip(hidden.sealed, hidden.person, strict=True)]
    assert opened == texts
    people = hidden.person.to_list()
    assert all(
        (a == b) == (x == y)
        for a, x in zip(texts, people, strict=True)
        for b, y in zip(texts, people, strict=True)
    )
    assert len(set(hidden.sealed)) == len(texts), "equal numbers are sealed differently"
    assert not any(text in sealed for text, sealed in zip(texts, hidden.sealed, strict=True))
    assert people == [identity.blind_index(text, keys) for text in texts]


@given(numbers, st.integers(0, 127))
@settings(max_examples=60, deadline=None)
def test_what_was_tampered_with_is_told(number: str, bit: int) -> None:
    hidden = hide(pl.Series([number]), KEYS)
    sealed, person = hidden.sealed[0], hidden.person[0]
    raw = bytearray(base64.b64decode(sealed))
    raw[bit // 8] ^= 1 << bit % 8
    other = hide(pl.Series(["E12345678"]), KEYS)
    for bad, whose in (
        (base64.b64encode(bytes(raw)).decode(), person),
        (sealed, other.person[0]),
        (other.sealed[0], person),
        (sealed[:-4], person),
        ("?", person),
    ):
        with pytest.raises(Tampered):
            unseal(bad, whose, KEYS)
    with pytest.raises(Tampered):
        unseal(sealed, person, Keys(KEYS.blind, KEYS.seal, KEYS.other))


@given(st.text(max_size=24))
def test_a_mask_shows_at_most_five_signs(text: str) -> None:
    shown = mask(text)
    assert sum(sign != "*" for sign in shown) <= 5
    assert len(text) < 9 or text not in shown


values = st.one_of(
    st.text(max_size=12),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.integers(-(10**16), 10**16).map(str),
    st.dates().map(str),
    st.from_regex(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?", fullmatch=True),
    st.sampled_from(
        ["男", "女性", "1", "01", "710205", "51300", "9900000001", "示例一校", "-0", "0.10", "007", "1,000.5"]
    ),
    numbers,
    nearly,
)


@given(st.lists(values, max_size=12))
@settings(max_examples=150, deadline=None)
def test_columns_accept_at_once_only_what_reading_one_by_one_gives(texts: list[str]) -> None:
    cells = clean_column(pl.Series("x", texts, dtype=pl.String))
    tree = Organisations({"9900000001": 1}, {"示例一校": 1})
    for field in FIELDS:
        column = column_of(field, STANDARD.codes, {}, tree, TODAY)
        for text, taken in zip(cells, column.accept(cells), strict=True):
            if taken is not None:
                assert column.read(text).text == taken, (field.id, text)
                assert column.read(text).wrong is None
