"""What lets intake work beside the database: parts made ahead, keys seen before, rows checked piece by piece."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijiao.exchange.rules.checking.seen import Seen
from zhijiao.exchange.rules.reading import open_file
from zhijiao.exchange.store.ahead import ahead


def test_items_come_in_order() -> None:
    with ahead(iter(range(100)), 3) as made:
        assert list(made) == list(range(100))


def test_what_the_making_raises_comes_where_the_item_would_have() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("second")

    with ahead(failing(), 2) as made:
        assert next(made) == 1
        with pytest.raises(ValueError, match="second"):
            next(made)


def test_no_more_is_made_than_is_asked_for() -> None:
    made_so_far = []

    def items() -> Iterator[int]:
        for n in range(1_000):
            made_so_far.append(n)
            yield n

    with ahead(items(), 2) as made:
        assert next(made) == 0
        time.sleep(0.2)
        assert len(made_so_far) <= 5
    assert "ahead" not in {thread.name for thread in threading.enumerate()}, "it ends with the block"


def test_who_leaves_early_does_not_wait() -> None:
    with pytest.raises(KeyError), ahead(iter(range(10**9)), 1):
        raise KeyError


parts = st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=12)


@settings(max_examples=60)
@given(parts=parts)
def test_keys_of_earlier_parts_are_found_where_they_first_stood(parts: list[list[int]]) -> None:
    seen, row = Seen(), 0
    first: dict[int, int] = {}
    for numbers in parts:
        hashes = np.array(numbers, dtype=np.uint64)
        found: dict[int, int] = {}
        for place, _, number in seen.again(hashes):
            found.setdefault(place, number)
        assert found == {place: first[n] for place, n in enumerate(numbers) if n in first}
        rows = np.arange(row, row + len(numbers), dtype=np.uint32)
        part = Seen()
        part.add("", hashes, rows)
        seen.add_all(part)
        for place, n in enumerate(numbers):
            first.setdefault(n, row + place)
        row += len(numbers)


@pytest.mark.parametrize(
    ("content", "clean"),
    [
        ("学校,数\n甲校,1\n", True),
        ("学校,数\r\n甲校,1\r\n", True),
        ("学校（全称）,数\n甲校（东），,1\n", True),
        (
            "学校,数\n“甲校”,1\n",
            False,
        ),  # shares its first byte with signs that nobody sees, so it is looked at
        ("学校,数\n 甲校,1\n", False),
        ("学校,数\n甲校\u3000,1\n", False),
        ("学校,数\n甲校\u200b,1\n", False),
        ("学校,数\n甲\t校,1\n", False),
        ("学校,数\n甲校\u00a0,1\n", False),
        ("学校,数\n甲校\ufeff,1\n", False),
        ("学校,数\n甲校\u1680,1\n", False),
        ('学校,数\n"甲\n校",1\n', False),
        ("学校,数\n甲校\x7f,1\n", False),
        ("学校,数\r\n甲校,1\n", False),
    ],
)
def test_only_what_needs_no_cleaning_is_called_clean(content: str, clean: bool) -> None:
    opened = open_file(content.encode(), "a.csv")
    chunks = list(opened.chunks("", 1))
    assert [chunk.clean for chunk in chunks] == [clean]
    if clean:
        cells = chunks[0].cells
        assert cells.equals(cells.with_columns(pl.all().str.strip_chars()))
