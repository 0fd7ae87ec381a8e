"""Laws of the ledger of student records, for any sequence of events and any way of a case."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.records import policy_of
from zhijiao.engines.workflow import StageKind, available, faults
from zhijiao.records.places import calendar_of
from zhijiao.records.rules import ledger
from zhijiao.records.rules.flowing import flow_of, merged, step_id
from zhijiao.records.rules.position import position
from zhijiao.records.types import LIVE, Decider, Detail, EventKind, Impossible, LedgerEvent

BEGIN = date(2025, 9, 1)
kinds = st.sampled_from(list(EventKind))
steps = st.lists(st.tuples(kinds, st.integers(0, 90), st.sampled_from(["", "660103", "740201"])), max_size=14)


def walk(said: list[tuple[EventKind, int, str]]) -> list[LedgerEvent]:
    """A ledger: of the events said, those that may follow."""
    events = [LedgerEvent(1, EventKind.REGISTER, BEGIN, {Detail.MAJOR: "660301"})]
    day = BEGIN
    for kind, later, major in said:
        day += timedelta(days=later)
        sets = {Detail.MAJOR: major} if major else {}
        event = LedgerEvent(len(events) + 1, kind, day, sets, "illness", day + timedelta(days=30))
        try:
            ledger.follow(ledger.fold(events), event, events[-1].on)
        except Impossible:
            continue
        events.append(event)
    return events


@given(steps, st.integers(-10, 1500))
@settings(max_examples=150, deadline=None)
def test_the_state_of_a_day_is_the_fold_of_what_was_before(
    said: list[tuple[EventKind, int, str]], days: int
) -> None:
    events = walk(said)
    day = BEGIN + timedelta(days=days)
    found = ledger.state_on(events, day)
    assert found == ledger.fold([e for e in events if e.on <= day])
    assert (found is None) == (days < 0)
    later = [*events, LedgerEvent(len(events) + 1, EventKind.CORRECT, events[-1].on + timedelta(days=1))]
    if day <= events[-1].on:
        assert ledger.state_on(later, day) == found  # what comes later changes no day before it


@given(steps)
@settings(max_examples=150, deadline=None)
def test_a_record_is_live_without_a_gap_and_never_again(said: list[tuple[EventKind, int, str]]) -> None:
    events = walk(said)
    last = ledger.fold(events)
    assert last is not None
    assert last.live == (last.status in LIVE) == (last.ended is None)
    lived = [ledger.is_live_on(events, e.on) for e in events]
    assert lived == sorted(lived, reverse=True)
    if last.ended is not None:
        assert not ledger.is_live_on(events, last.ended + timedelta(days=1))
        assert (
            last.ended == BEGIN
            or ledger.is_live_on(events, last.ended - timedelta(days=1))
            or last.begun == last.ended
        )


@given(steps)
@settings(max_examples=100, deadline=None)
def test_details_are_those_that_were_set_last(said: list[tuple[EventKind, int, str]]) -> None:
    events = walk(said)
    state = ledger.fold(events)
    assert state is not None
    assert state.details[Detail.MAJOR] == [e.sets[Detail.MAJOR] for e in events if Detail.MAJOR in e.sets][-1]
    assert (state.suspended_until is not None) <= (state.suspended_on is not None)


deciders = st.lists(
    st.builds(Decider, st.integers(1, 3), st.just("审"), st.sampled_from([None, 10])), min_size=0, max_size=5
)


@given(deciders)
@settings(max_examples=60, deadline=None)
def test_every_way_is_sound_and_nobody_signs_twice_in_a_row(said: list[Decider]) -> None:
    kept = merged(said)
    assert all(a.organisation != b.organisation for a, b in pairwise(kept))
    assert [d.organisation for d in kept] == [
        d.organisation
        for n, d in enumerate(said)
        if n + 1 == len(said) or said[n + 1].organisation != d.organisation
    ]
    numbered = [Decider(d.organisation, f"{n}审", d.days) for n, d in enumerate(kept)]
    flow = flow_of("x", "示例", numbered)
    assert faults(flow) == []
    for number in range(1, len(kept) + 1):
        names = {t.id for t in available(flow, step_id(number), parties=[step_id(number)])}
        assert {"return", "refuse"} < names
        assert ("record" in names) == (number == len(kept))
    assert [s.id for s in flow.stages if s.kind is StageKind.ENDED] == ["recorded", "refused", "withdrawn"]


@given(st.integers(1, 6), st.integers(0, 2500))
@settings(max_examples=120, deadline=None)
def test_terms_behind_and_ahead_make_the_whole(years: int, days: int) -> None:
    terms = calendar_of(policy_of("taizhou"))[1]
    here = position(2025, years, BEGIN + timedelta(days=days), terms)
    tomorrow = position(2025, years, BEGIN + timedelta(days=days + 1), terms)
    assert here.term >= 1
    if here.term <= years * 2:
        assert here.terms_studied + here.years_left_half == years * 2
        assert here.study_year == (here.term + 1) // 2
        assert here.last_year == (here.study_year == years)
    assert tomorrow.term - here.term in (0, 1)
