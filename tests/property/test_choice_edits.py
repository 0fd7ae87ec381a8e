"""Taps on the page of choices, in any order: nothing is lost, nothing doubled, batches stay together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhijiao.admissions.rules.editing import Edit, edited, place_of, put_back
from zhijiao.admissions.types.filling import Chosen, Offer

BATCHES = ("early", "main")
OFFERS = {n: Offer(n, str(n), BATCHES[n % 2], "s", "示例学校", "m", "示例专业") for n in range(8)}
TAPS = st.lists(st.tuples(st.sampled_from(list(Edit)), st.integers(0, 9)), max_size=40)


@given(TAPS)
def test_any_taps_keep_a_list_in_order(taps: list[tuple[Edit, int]]) -> None:
    chosen, there = Chosen(), set[int]()
    for edit, line in taps:
        before, chosen = chosen, edited(chosen, edit, line, OFFERS, BATCHES)
        if edit is Edit.ADD and line in OFFERS:
            there.add(line)
        elif edit is Edit.REMOVE:
            there.discard(line)
        assert set(chosen.lines) == there
        assert len(chosen.lines) == len(there)
        assert chosen.adjust <= there
        batches = [BATCHES.index(OFFERS[one].batch) for one in chosen.lines]
        assert batches == sorted(batches)
        if edit in (Edit.UP, Edit.DOWN):
            assert sum(a != b for a, b in zip(before.lines, chosen.lines, strict=True)) in (0, 2)


@given(TAPS)
def test_down_takes_up_back(taps: list[tuple[Edit, int]]) -> None:
    chosen = Chosen()
    for edit, line in taps:
        chosen = edited(chosen, edit, line, OFFERS, BATCHES)
    for line in chosen.lines:
        up = edited(chosen, Edit.UP, line, OFFERS, BATCHES)
        if up != chosen:
            assert edited(up, Edit.DOWN, line, OFFERS, BATCHES) == chosen


@given(TAPS)
def test_what_was_taken_out_goes_back_where_it_stood(taps: list[tuple[Edit, int]]) -> None:
    chosen = Chosen()
    for edit, line in taps:
        chosen = edited(chosen, edit, line, OFFERS, BATCHES)
    for line in chosen.lines:
        place, adjust = place_of(chosen, line, OFFERS), line in chosen.adjust
        without = edited(chosen, Edit.REMOVE, line, OFFERS, BATCHES)
        assert put_back(without, line, place, OFFERS, BATCHES, adjust=adjust) == chosen
        assert put_back(chosen, line, 1, OFFERS, BATCHES) == chosen
    assert put_back(chosen, 9, 1, OFFERS, BATCHES) == chosen
