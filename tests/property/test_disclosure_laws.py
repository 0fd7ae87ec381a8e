"""Laws of disclosure control on generated cubes: an attacker with sums and differences learns no hidden cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.cubes import branches, counted, made, places, rated
from zhijiao.engines.disclosure import (
    Cause,
    Protected,
    Rule,
    Table,
    attack,
    cube,
    merged,
    primary_only,
    protect,
    stands,
)

rules = st.sampled_from(
    [
        Rule(3),
        Rule(5),
        Rule(5, protection=2),
        Rule(10, protection=3),
        Rule(5, show_zero=False),
        Rule(4, show_zero=False),
    ]
)
shapes = st.builds(
    made,
    st.integers(0, 10_000),
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(2, 7),
    mean=st.sampled_from([1.0, 4.0, 10.0, 40.0]),
    empty=st.sampled_from([0.0, 0.3, 0.7]),
    crossed=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(shapes, rules)
def test_nothing_hidden_can_be_worked_out(table: Table, rule: Rule) -> None:
    protected = protect(table, rule)
    assert attack(protected.published) == []
    assert stands(table, protected) == []


@settings(max_examples=60, deadline=None)
@given(shapes, rules)
def test_what_is_small_is_hidden_and_what_is_shown_is_true(table: Table, rule: Rule) -> None:
    published = protect(table, rule).published
    assert published.shown.keys() | published.markers.keys() == table.cells.keys() - table.unprinted
    assert not published.shown.keys() & published.markers.keys()
    for key, value in table.cells.items():
        if key in published.shown:
            assert published.shown[key] == value
            assert value is not None
            assert not rule.is_small(value)
        elif key in published.markers:
            low, high = rule.known(published.markers[key].cause)
            assert low <= (value or 0)
            assert high is None or (value or 0) <= high


def test_hiding_the_small_ones_alone_is_not_enough() -> None:
    """The attacker can win: else the law above would say nothing."""
    beaten = [bool(attack(primary_only(made(seed, 2, 3, 5), Rule(5)))) for seed in range(20)]
    assert sum(beaten) >= 18


@settings(max_examples=30, deadline=None)
@given(shapes, rules, st.randoms(use_true_random=False))
def test_the_order_of_cells_and_sums_does_not_matter(table: Table, rule: Rule, random: Random) -> None:
    cells, sums = list(table.cells.items()), [replace(s, parts=s.parts[::-1]) for s in table.sums]
    random.shuffle(cells)
    random.shuffle(sums)
    assert protect(Table(dict(cells), tuple(sums), (), table.unprinted), rule) == protect(table, rule)


@settings(max_examples=30, deadline=None)
@given(shapes, rules)
def test_doing_it_again_changes_nothing(table: Table, rule: Rule) -> None:
    once = protect(table, rule)
    assert protect(table, rule, after=once) == once
    assert protect(merged([table, table]), rule) == once


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), rules, st.sampled_from([2.0, 8.0, 30.0]))
def test_tables_published_together_are_protected_together(seed: int, rule: Rule, mean: float) -> None:
    """Two margins of a cube that is not published itself: their common totals tie them together."""
    sides = [places(2, 3), branches(5)]
    cells = counted(sides, Random(seed), mean=mean)
    by_place = cube({k: v for k, v in cells.items() if k[1] == "all"}, sides)
    by_branch = cube({k: v for k, v in cells.items() if k[0] == "city"}, sides)
    both = merged([by_place, by_branch])
    protected = protect(both, rule)
    assert attack(protected.published) == []
    assert stands(both, protected) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([Rule(5), Rule(5, least_base=20), Rule(3, least_base=10)]))
def test_a_line_left_out_is_not_hidden_by_that(seed: int, rule: Rule) -> None:
    """Parts are missing from the publication; totals give their sum away, which may not be small."""
    random = Random(seed)
    sides = [places(2, 3), branches(5)]
    cells = {
        k: v for k, v in counted(sides, random).items() if k == ("city", "all") or random.random() < 0.85
    }
    table = cube(cells, sides)
    protected = protect(table, rule)
    assert attack(protected.published) == []
    assert stands(table, protected) == []


rates = st.builds(
    rated,
    st.integers(0, 10_000),
    st.just(2),
    st.integers(1, 3),
    st.integers(2, 6),
    mean=st.sampled_from([4.0, 15.0]),
    share=st.sampled_from([0.1, 0.3, 0.8, 0.97]),
)
rate_rules = st.sampled_from(
    [Rule(5), Rule(5, least_base=20), Rule(3, show_zero=False), Rule(10, protection=3)]
)


@settings(max_examples=40, deadline=None)
@given(rates, rate_rules)
def test_rates_give_neither_their_figures_nor_the_rest_away(table: Table, rule: Rule) -> None:
    protected = protect(table, rule)
    assert attack(protected.published) == []
    assert stands(table, protected) == []
    _rates_agree(table, protected)


def _rates_agree(table: Table, protected: Protected) -> None:
    published, rule = protected.published, protected.published.rule
    for ratio in table.ratios:
        value = published.ratios[ratio.key]
        above, below = table.cells[ratio.numerator] or 0, table.cells[ratio.denominator] or 0
        shown = ratio.numerator in published.shown and ratio.denominator in published.shown
        assert shown == (not hasattr(value, "cause"))
        if shown and below:
            assert not rule.is_small(below - above)
            assert below >= (rule.least_base or 0)
            assert value == Fraction(above, below)


@settings(max_examples=30, deadline=None)
@given(shapes, st.sampled_from([5, 10]))
def test_rounding_gives_nothing_away_either(table: Table, unit: int) -> None:
    rule = Rule(5, round_to=unit)
    protected = protect(table, rule)
    assert attack(protected.published) == []
    assert all(value is None or value % unit == 0 for value in protected.published.shown.values())
    assert protected.published.markers == protect(table, Rule(5)).published.markers


@settings(max_examples=20, deadline=None)
@given(shapes)
def test_little_more_is_hidden_than_has_to_be(table: Table) -> None:
    """Every figure that is hidden for the sake of others stands in a move that another cell needs."""
    protected = protect(table, Rule(5))
    needed = {key for move in protected.moves for key in move.changes}
    assert protected.complementary <= needed
    assert all(
        protected.published.markers[key].cause is Cause.COMPLEMENTARY for key in protected.complementary
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=4, max_size=4),
    st.sampled_from([Rule(3), Rule(4), Rule(4, protection=1, show_zero=False), Rule(5, protection=2)]),
)
def test_every_world_of_a_small_table(counts: list[int], rule: Rule) -> None:
    """Two by two with all totals: every table that agrees with the publication is listed; each hidden cell varies."""
    sides = [{"all": None, "a": "all", "b": "all"}, {"both": None, "x": "both", "y": "both"}]
    table = cube(_two_by_two(counts), sides)
    protected = protect(table, rule)
    published = protected.published
    seen: dict[tuple[str, ...], set[int]] = {key: set() for key in published.markers}
    for world in product(range(10), repeat=4):
        cells = _two_by_two(world)
        if all(cells[key] == value for key, value in published.shown.items()) and all(
            low <= cells[key] and (high is None or cells[key] <= high)
            for key, marker in published.markers.items()
            for low, high in [rule.known(marker.cause)]
        ):
            for key, values in seen.items():
                values.add(cells[key])
    for key, values in seen.items():
        assert max(values) - min(values) >= protected.sensitive.get(key, 1)


def _two_by_two(counts: Sequence[int]) -> dict[tuple[str, ...], int]:
    cells: Counter[tuple[str, ...]] = Counter()
    for (place, sex), value in zip(product("ab", "xy"), counts, strict=True):
        for key in product((place, "all"), (sex, "both")):
            cells[key] += value
    return dict(cells)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_no_dominated_amount_is_learnt_to_within_a_tenth(seed: int, majors: int) -> None:
    random = Random(seed)
    table = made(seed, 2, 3, majors, mean=200, crossed=False)
    largest = {k: int((v or 0) * random.random()) for k, v in table.cells.items() if k not in table.unprinted}
    table = replace(table, largest=largest)
    protected = protect(table, Rule(3, dominance=Fraction(4, 5)))
    assert attack(protected.published) == []
    assert stands(table, protected) == []
