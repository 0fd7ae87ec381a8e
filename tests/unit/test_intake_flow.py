"""What lets intake work beside the database: parts made ahead, keys seen before, rows checked piece by piece."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijiao.exchange.rules.checking.seen import Once, Repeated, Seen
from zhijiao.exchange.rules.reading import open_file
from zhijiao.exchange.rules.reading.delimited import Delimited
from zhijiao.exchange.store.ahead import Left, ahead
from zhijiao.exchange.store.writing import Lines, _swiftly


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


def test_who_still_asks_after_the_end_is_told() -> None:
    asking: list[threading.Thread] = []
    heard: list[BaseException] = []

    def ask(made: Iterator[int]) -> None:
        try:
            list(made)
        except Left as error:
            heard.append(error)

    def slow() -> Iterator[int]:
        yield 1
        time.sleep(0.1)
        yield 2

    with ahead(slow(), 1) as made:
        asking.append(threading.Thread(target=ask, args=(made,)))
        asking[0].start()
    asking[0].join(5)
    assert len(heard) == 1, "it neither waits for ever nor takes what came so far for all"


def test_who_leaves_early_does_not_wait() -> None:
    with pytest.raises(KeyError), ahead(iter(range(10**9)), 1):
        raise KeyError


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 99), texts, st.none() | texts), min_size=1, max_size=8))
def test_loops_write_the_same_lines(rows: list[tuple[int, str, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.String, "c": pl.String}, orient="row")
    order = pl.Series(range(len(rows)))[::-1]
    lines, quick = Lines.of("t", frame, order=order), _swiftly(frame, order)
    if lines.form == "text":
        assert quick == lines.text
    elif "\\" in "".join(text for _, b, c in rows for text in (b, c or "")):
        assert quick is None


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 99), texts, st.none() | texts), min_size=1, max_size=8))
def test_lines_for_the_database_say_what_the_frame_says(rows: list[tuple[int, str, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.String, "c": pl.String}, orient="row")
    lines = Lines.of("t", frame, order=pl.Series(range(len(rows)))[::-1])
    if lines.form == "text":
        cells = [line.split("\t") for line in lines.text.decode().split("\n")[:-1]]
        assert [(int(a), b, None if c == "\\N" else c) for a, b, c in cells] == rows[::-1]
    else:
        assert any(
            sign in text for _, b, c in rows for text in (b, c or "") for sign in "\\\t\n\r\x01" + _LOW
        )


_LOW = "".join(map(chr, range(14)))
cells = st.text(st.sampled_from('甲乙,"\n 1'), max_size=5)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=40), at_once=st.integers(1, 9))
def test_pieces_of_a_csv_are_its_rows(rows: list[tuple[str, str, str]], at_once: int) -> None:
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows([("a", "b", "c"), *rows])
    opened = Delimited(held.getvalue().encode(), "a.csv")
    pieces = opened.pieces(1, at_once)
    if pieces is None:
        return
    whole = list(opened.chunks("", 1))
    found = [c for c in (piece.chunk() for piece in pieces) if c.cells.height or c.faults]
    assert pl.concat([c.cells for c in found]).equals(pl.concat([c.cells for c in whole]))
    assert pl.concat([c.rows for c in found]).equals(pl.concat([c.rows for c in whole]))
    assert [f for c in found for f in c.faults] == [f for c in whole for f in c.faults]


parts = st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=12)


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
@given(parts=parts)
def test_a_key_that_comes_twice_in_pieces_is_noticed(parts: list[list[int]]) -> None:
    once = Once()
    try:
        for numbers in parts:
            once.add(np.array(numbers, dtype=np.uint64))
        noticed = False
    except Repeated:
        noticed = True
    every = [n for numbers in parts for n in numbers]
    assert noticed == (len(set(every)) < len(every))


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
