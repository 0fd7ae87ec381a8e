"""Disclosure control in small tables that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from zhijiao.engines.disclosure import (
    Cause,
    How,
    Marker,
    NotAdditive,
    Protected,
    Ratio,
    Rule,
    Sum,
    Table,
    Unprotectable,
    attack,
    cube,
    merged,
    primary_only,
    protect,
    stands,
)

TOWN: dict[str, str | None] = {"all": None, "a": "all", "b": "all", "c": "all"}


def row(**counts: int | None) -> Table:
    return cube({(name,): value for name, value in counts.items()}, [TOWN])


def causes(protected: Protected) -> dict[str, Cause]:
    return {key[0]: marker.cause for key, marker in protected.published.markers.items()}


def test_one_small_count_takes_the_smallest_other_with_it() -> None:
    protected = protect(row(all=153, a=3, b=50, c=100), Rule(5))
    assert causes(protected) == {"a": Cause.PRIMARY, "b": Cause.COMPLEMENTARY}
    assert protected.published.shown == {("all",): 153, ("c",): 100}
    assert protected.published.markers["a",].words == "人数少于 5，不公布"
    assert protected.published.markers["b",].words == "为防止推算，不公布"
    assert protected.complementary == {("b",)}


def test_hidden_alone_it_can_be_worked_out() -> None:
    recovered = attack(primary_only(row(all=153, a=3, b=50, c=100), Rule(5)))
    assert [(r.key, r.low, r.high, r.how) for r in recovered] == [(("a",), 3, 3, How.EXACT)]


def test_two_small_counts_protect_each_other() -> None:
    assert causes(protect(row(all=105, a=2, b=3, c=100), Rule(5))) == {"a": Cause.PRIMARY, "b": Cause.PRIMARY}


def test_two_ones_do_not_protect_each_other() -> None:
    """Of two counts known to be at least 1 that add up to 2, each is 1."""
    table = row(all=102, a=1, b=1, c=100)
    assert [r.how for r in attack(primary_only(table, Rule(5)))] == [How.BOUNDS, How.BOUNDS]
    protected = protect(table, Rule(5))
    assert causes(protected) == {"a": Cause.PRIMARY, "b": Cause.PRIMARY, "c": Cause.COMPLEMENTARY}
    assert attack(protected.published) == []


def test_a_marker_says_less_where_it_would_say_too_much() -> None:
    """All is small: 1 + 1 = 2, under 3. If each were marked as 1 or 2, the total could only be 2."""
    table = row(all=2, a=1, b=1, c=0)
    assert attack(primary_only(table, Rule(3)))
    protected = protect(table, Rule(3))
    assert Cause.COMPLEMENTARY in causes(protected).values()
    assert attack(protected.published) == []
    assert stands(table, protected) == []


def test_zeros_are_shown_unless_the_rule_hides_them() -> None:
    table = row(all=60, a=0, b=20, c=40)
    assert not protect(table, Rule(5)).published.markers
    assert causes(protect(table, Rule(5, show_zero=False))) == {"a": Cause.PRIMARY, "b": Cause.COMPLEMENTARY}


def test_a_zero_is_never_hidden_for_the_sake_of_others() -> None:
    assert causes(protect(row(all=53, a=3, b=0, c=50), Rule(5))) == {
        "a": Cause.PRIMARY,
        "c": Cause.COMPLEMENTARY,
    }


def test_a_count_is_kept_as_far_away_as_the_rule_says() -> None:
    table = row(all=25, a=3, b=6, c=16)
    for protection in (1, 2, 4):
        protected = protect(table, Rule(10, protection=protection))
        assert all(max(abs(m.changes.get(("a",), 0)) for m in protected.moves) >= protection for _ in "a")
        assert stands(table, protected) == []


def test_a_crossed_table_needs_a_rectangle() -> None:
    sides = [TOWN, {"both": None, "x": "both", "y": "both"}]
    counts = {("a", "x"): 2, ("a", "y"): 30, ("b", "x"): 20, ("b", "y"): 25, ("c", "x"): 60, ("c", "y"): 70}
    table = _with_totals(counts)
    protected = protect(cube(table, sides), Rule(5))
    assert set(protected.published.markers) == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


def _with_totals(counts: dict[tuple[str, str], int]) -> dict[tuple[str, ...], int | None]:
    table: dict[tuple[str, ...], int | None] = dict(counts)
    for (place, sex), value in counts.items():
        for key in ((place, "both"), ("all", sex), ("all", "both")):
            table[key] = (table.get(key) or 0) + value
    return table


def rated(employed: int, graduates: int, rule: Rule) -> Protected:
    table = Table(
        {("employed",): employed, ("graduates",): graduates},
        ratios=(Ratio(("rate",), ("employed",), ("graduates",)),),
    )
    return protect(table, rule)


def test_a_rate_is_shown_with_its_figures() -> None:
    assert rated(60, 90, Rule(5)).published.ratios == {("rate",): Fraction(2, 3)}


@pytest.mark.parametrize(
    ("employed", "graduates", "hidden", "cause"),
    [
        (3, 90, {"employed"}, Cause.PRIMARY),
        (88, 90, {"employed"}, Cause.COMPLEMENTARY),
        (2, 4, {"employed", "graduates"}, Cause.PRIMARY),
    ],
)
def test_a_rate_shares_the_marker_of_its_figures(
    employed: int, graduates: int, hidden: set[str], cause: Cause
) -> None:
    """88 of 90: the two who are not employed are few."""
    published = rated(employed, graduates, Rule(5)).published
    assert {key[0] for key in published.markers} == hidden
    assert published.ratios["rate",] == Marker(cause, cause.words(Rule(5)))


@pytest.mark.parametrize("employed", [0, 7, 12])
def test_the_rate_of_a_small_group_is_hidden_whatever_it_is(employed: int) -> None:
    """So that the marker does not say which it is: 0 % and 100 % of a small group speak of each member."""
    published = rated(employed, 12, Rule(5, least_base=20)).published
    assert published.shown == {("graduates",): 12}
    assert published.markers["employed",] == Marker(Cause.BASE, "基数少于 20，不公布")
    assert published.ratios["rate",] == published.markers["employed",]


def test_a_nought_above_a_hidden_nought_is_hidden_too() -> None:
    """Nobody of 25 would say: nobody of the twelve among them."""
    cells = {("all", "of"): 125, ("a", "of"): 25, ("b", "of"): 100, ("a1", "of"): 12, ("a2", "of"): 13}
    cells |= {("all", "in"): 50, ("a", "in"): 0, ("b", "in"): 50, ("a1", "in"): 0, ("a2", "in"): 0}
    places = {"all": None, "a": "all", "b": "all", "a1": "a", "a2": "a"}
    table = replace(
        cube(cells, [places, {}]), ratios=tuple(Ratio((p, "rate"), (p, "in"), (p, "of")) for p in places)
    )
    protected = protect(table, Rule(5, least_base=20))
    assert protected.published.markers["a", "in"].cause is Cause.COMPLEMENTARY
    assert stands(table, protected) == []
    assert attack(protected.published) == []


def test_a_rate_per_head_has_no_rest() -> None:
    """1,203 books, 1,200 students: the difference counts nobody. But the books of three students tell of the three."""
    table = Table(
        {("books",): 1203, ("students",): 1200, ("few books",): 900, ("few",): 3},
        ratios=(
            Ratio(("each",), ("books",), ("students",), part=False),
            Ratio(("few each",), ("few books",), ("few",), part=False),
        ),
    )
    published = protect(table, Rule(5, least_base=20)).published
    assert published.ratios["each",] == Fraction(1203, 1200)
    assert {key: marker.cause for key, marker in published.markers.items()} == {
        ("few",): Cause.PRIMARY,
        ("few books",): Cause.BASE,
    }


def test_a_rate_of_nobody_is_blank() -> None:
    assert rated(0, 0, Rule(5, least_base=20)).published.ratios == {("rate",): None}


def test_who_makes_up_most_of_a_cell_is_not_shown() -> None:
    table = Table(
        {("all",): 1000, ("a",): 400, ("b",): 600},
        (Sum(("all",), (("a",), ("b",))),),
        largest={("a",): 390},
    )
    protected = protect(table, Rule(3, dominance=Fraction(4, 5)))
    assert causes(protected) == {"a": Cause.DOMINANT, "b": Cause.COMPLEMENTARY}
    assert abs(protected.moves[0].changes["a",]) == 40, "a tenth of it"


def test_two_tables_give_away_together_what_each_keeps() -> None:
    first = Table(
        {("all",): 60, ("a",): 57, ("rest",): 3},
        (Sum(("all",), (("a",), ("rest",))),),
        (),
        frozenset({("rest",)}),
    )
    second = Table({("all",): 60, ("b",): 20, ("c",): 40}, (Sum(("all",), (("b",), ("c",))),))
    published = protect(merged([first, second]), Rule(5)).published
    assert ("a",) in published.markers
    assert ("rest",) not in published.markers
    assert ("rest",) not in published.shown


def test_blanks_stay_blank() -> None:
    rate = Table({("in",): None, ("of",): 90}, ratios=(Ratio(("rate",), ("in",), ("of",)),))
    protected = protect(rate, Rule(5, show_zero=False))
    assert protected.published.ratios["rate",] is None
    assert attack(protected.published) == []
    published = protect(row(all=150, a=None, b=50, c=100), Rule(5)).published
    assert published.shown["a",] is None


def test_rounding_is_half_up_and_comes_last() -> None:
    published = protect(row(all=153, a=3, b=50, c=100), Rule(5, round_to=5)).published
    assert published.shown == {("all",): 155, ("c",): 100}


def test_figures_that_were_hidden_stay_hidden() -> None:
    """A correction of other figures does not open what was hidden before, and so gives nothing away by comparison."""
    before = protect(row(all=153, a=3, b=50, c=100), Rule(5))
    corrected = row(all=151, a=3, b=50, c=98)
    assert set(protect(corrected, Rule(5), after=before).published.markers) == set(before.published.markers)


def test_a_clash_names_the_cell_and_the_values() -> None:
    with pytest.raises(NotAdditive, match="“all”是 10，各部分相加是 11"):
        protect(Table({("all",): 10, ("a",): 11}, (Sum(("all",), (("a",),)),)), Rule(5))
    with pytest.raises(NotAdditive, match="“a”在两张表里分别是 1 和 2"):
        merged([Table({("a",): 1}), Table({("a",): 2})])
    with pytest.raises(NotAdditive, match="“x”不在表中"):
        protect(Table({("a",): 1}, (Sum(("a",), (("x",),)),)), Rule(5))
    with pytest.raises(NotAdditive, match="分子 2 大于分母 1"):
        protect(Table({("a",): 2, ("b",): 1}, ratios=(Ratio(("r",), ("a",), ("b",)),)), Rule(5))
    with pytest.raises(NotAdditive, match="不能为负"):
        protect(Table({("a",): -1}), Rule(5))


def test_a_rule_that_cannot_be_kept_is_refused() -> None:
    with pytest.raises(ValueError, match="门槛 2 只能保护到相差 0"):
        Rule(2)
    with pytest.raises(ValueError, match="门槛 5 只能保护到相差 2，而规则要求相差 3"):
        Rule(5, protection=3)
    with pytest.raises(ValueError, match="最小基数 4 小于人数门槛 5"):
        Rule(5, least_base=4)


def test_what_cannot_be_protected_is_not_published() -> None:
    """Nobody of nobody: a sum of hidden zeros that is itself printed elsewhere cannot be hidden behind anything."""
    table = Table({("a",): 0, ("b",): 0}, (Sum(("a",), (("b",),)), Sum(("b",), (("a",),))))
    assert stands(table, protect(table, Rule(5, show_zero=False))) == []
    odd = Table(
        {("a",): 0, ("b",): 0, ("c",): 0}, (Sum(("a",), (("b",), ("c",))), Sum(("b",), (("a",), ("c",))))
    )
    with pytest.raises(Unprotectable, match="“c”无论怎样隐藏"):
        protect(odd, Rule(5, show_zero=False))


def test_the_evidence_is_checked_against_the_table() -> None:
    table = row(all=153, a=3, b=50, c=100)
    protected = protect(table, Rule(5))
    assert stands(table, Protected(protected.published, (), protected.sensitive)) == [("a",), ("b",)]
