"""Laws of lights and of expansion, on generated items."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zhijiao.core.kinds import OrganisationKind
from zhijiao.policy.types import PackIndex
from zhijiao.supervision.rules.expansion import Directory, expand
from zhijiao.supervision.rules.ledger import Line, Standing, follow, may_follow
from zhijiao.supervision.rules.lights import due_of, is_late, light_of, roll_up
from zhijiao.supervision.rules.periods import before, period_of
from zhijiao.supervision.types import (
    Addressee,
    AssignmentState,
    Colour,
    Duty,
    EntryKind,
    Light,
    Part,
    Place,
    Refused,
    Rhythm,
    Rollup,
    Terms,
)

DAY = date(2026, 3, 2)
RANK = {Colour.GREEN: 0, Colour.YELLOW: 1, Colour.RED: 2}
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
terms = st.builds(
    Terms,
    due=st.none() | days,
    every=st.none() | st.sampled_from(Rhythm),
    closed_on=st.none() | days,
    dropped=st.booleans(),
)
parts = st.builds(
    Part,
    duty=st.sampled_from(Duty),
    state=st.sampled_from(AssignmentState),
    started=days,
    percent=st.none() | st.integers(0, 100),
    last=st.none() | days,
    help_wanted=st.booleans(),
)
lights = st.sampled_from([Light(colour, "") for colour in Colour])
lit_parts = st.lists(st.tuples(parts, lights), max_size=12)
shares = st.integers(1, 100)


@given(parts, terms, days)
def test_a_light_always_says_why(part: Part, term: Terms, on: date) -> None:
    light = light_of(part, term, on)
    assert light.reason
    assert light.colour is not Colour.RED or light.remedy
    if is_late(part, term, on) and not part.done_period:
        assert light.colour is Colour.RED


@given(parts, terms, days, st.integers(1, 400))
def test_time_alone_makes_nothing_better(part: Part, term: Terms, on: date, later: int) -> None:
    """Without a period that begins anew, an open part never turns greener by waiting."""
    if term.every is not None:
        return
    now, then = light_of(part, term, on), light_of(part, term, on + timedelta(days=later))
    if part.started <= on and (part.last is None or part.last <= on) and now.colour in RANK:
        assert then.colour is Colour.GREY or RANK[then.colour] >= RANK[now.colour]


@given(lit_parts, st.sampled_from(Rollup), shares, terms, days, st.randoms())
def test_the_order_of_units_does_not_matter(
    units: list[tuple[Part, Light]], rule: Rollup, share: int, term: Terms, on: date, chance: object
) -> None:
    shuffled = list(units)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert roll_up(units, rule, share, term, on).colour is roll_up(shuffled, rule, share, term, on).colour


@given(lit_parts.filter(bool), st.data(), st.sampled_from(Rollup), shares, terms, days)
def test_a_unit_that_gets_better_never_makes_the_item_worse(
    units: list[tuple[Part, Light]], data: st.DataObject, rule: Rollup, share: int, term: Terms, on: date
) -> None:
    place = data.draw(st.integers(0, len(units) - 1))
    part, light = units[place]
    if light.colour is Colour.GREY:
        return
    better = data.draw(st.sampled_from([c for c in RANK if RANK[c] <= RANK[light.colour]]))
    improved = [*units[:place], (part, Light(better, "")), *units[place + 1 :]]
    old, new = (roll_up(each, rule, share, term, on).colour for each in (units, improved))
    assert (old is Colour.GREY) == (new is Colour.GREY)
    assert old is Colour.GREY or RANK[new] <= RANK[old]


@given(lit_parts, terms, days)
def test_a_share_of_everybody_is_everybody(units: list[tuple[Part, Light]], term: Terms, on: date) -> None:
    assert (
        roll_up(units, Rollup.SHARE, 100, term, on).colour is roll_up(units, Rollup.ALL, 100, term, on).colour
    )


@given(st.sampled_from(Rhythm), days)
def test_periods_follow_each_other_without_gap(rhythm: Rhythm, day: date) -> None:
    period = period_of(rhythm, day)
    assert period.starts <= day <= period.ends
    assert before(rhythm, period).ends + timedelta(days=1) == period.starts
    assert before(rhythm, period).key < period.key
    assert period_of(rhythm, period.starts) == period_of(rhythm, period.ends) == period


@given(terms, days)
def test_the_due_day_of_what_comes_round_lies_in_its_period(term: Terms, on: date) -> None:
    due = due_of(term, on)
    if term.every is not None and term.closed_on is None:
        assert due is not None
        assert on <= due <= period_of(term.every, on).ends


@given(st.lists(st.tuples(st.sampled_from(EntryKind), st.integers(1, 3)), max_size=20))
def test_no_ledger_confirms_what_was_not_claimed_or_by_who_claimed(
    moves: list[tuple[EntryKind, int]],
) -> None:
    standing = Standing()
    for kind, person in moves:
        line = Line(kind, DAY, person, words="x")
        allowed = may_follow(standing, kind)
        try:
            after = follow(standing, line)
        except Refused:
            assert not allowed or (kind is EntryKind.CONFIRM and standing.claimed_by == person)
            continue
        assert allowed
        if after.state is AssignmentState.DONE:
            assert standing.state is AssignmentState.CLAIMED
            assert standing.claimed_by != person
        assert after.entries_count == standing.entries_count + 1
        standing = after


# -- expansion -------------------------------------------------------------------------------------

KINDS = (OrganisationKind.COUNTY, OrganisationKind.SECONDARY_VOCATIONAL, OrganisationKind.DEPARTMENT)


@st.composite
def forests(draw: st.DrawFn) -> list[Place]:
    size = draw(st.integers(1, 15))
    return [
        Place(
            number,
            f"c{number}",
            f"单位{number}",
            draw(st.sampled_from(KINDS)),
            None if number == 0 else draw(st.integers(0, number - 1)),
        )
        for number in range(size)
    ]


def naive_below(places: list[Place], top: int) -> set[int]:
    found = {top}
    for _ in places:
        found |= {p.id for p in places if p.parent in found}
    return found


@given(forests(), st.data())
def test_kinds_expand_as_a_naive_search_does(places: list[Place], data: st.DataObject) -> None:
    top = data.draw(st.sampled_from([p.id for p in places]))
    kinds = tuple(data.draw(st.sets(st.sampled_from(KINDS), min_size=1)))
    directory = Directory(places, 0, {})
    expansion = expand([Addressee(Duty.MEMBER, kinds=kinds, under=top)], directory)
    naive = {p.id for p in places if p.kind in kinds and p.id in naive_below(places, top) and p.id != top}
    assert set(expansion.duties) == naive
    assert bool(expansion.nobody) == (not naive)


@given(forests(), st.data())
def test_an_organisation_keeps_its_strongest_duty_whatever_the_order(
    places: list[Place], data: st.DataObject
) -> None:
    addressees = data.draw(
        st.lists(
            st.builds(Addressee, st.sampled_from(Duty), organisation=st.sampled_from([p.id for p in places])),
            max_size=6,
        )
    )
    directory = Directory(places, 0, {})
    one, other = expand(addressees, directory), expand(addressees[::-1], directory)
    assert dict(one.duties) == dict(other.duties)
    order = list(Duty)
    for organisation, duty in one.duties.items():
        meant = [a.duty for a in addressees if a.organisation == organisation]
        assert duty is min(meant, key=order.index)


@given(forests(), st.lists(st.sampled_from(["甲局", "乙局", "单位1", "单位2"]), max_size=4))
def test_every_spelling_is_found_or_told(places: list[Place], units: list[str]) -> None:
    index: PackIndex | None = None
    expansion = expand([Addressee(Duty.JOINT, unit=unit) for unit in units], Directory(places, 0, {}), index)
    found = {p.name for p in places if p.id in expansion.duties}
    assert set(units) == found | {nobody.unit for nobody in expansion.nobody}
