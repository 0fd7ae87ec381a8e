"""What of computed figures may be told: figures beside each other, and years that add up, are of the same persons."""

from __future__ import annotations

from decimal import Decimal

from zhijiao.engines.disclosure import Rule, attack, protect
from zhijiao.indicators.rules.computed import CLOSED, Line, table_of, told

THRESHOLD = 10


def line(
    member: str, top: int, below: int = 1, *, part: str = "", period: str = "2023", above: str | None = "市"
) -> Line:
    return Line(
        indicator="x",
        part=part,
        definition="",
        level="city" if above is None else "county",
        member=member,
        above=above,
        major="",
        period=period,
        measures={},
        numerator=Decimal(top),
        denominator=Decimal(below),
        value=Decimal(1),
        reason="",
    )


def shown(lines: list[Line]) -> set[tuple[str, str, str]]:
    return {(one.part, one.member, one.period) for one in lines if one.disclosed}


def test_a_figure_beside_gives_a_small_difference_away() -> None:
    """Settled less employed is who studies on: three in 甲."""
    main = [line("市", 240, 300, above=None), line("甲", 110, 140), line("乙", 130, 160)]
    beside = [
        line("市", 200, 300, part="b", above=None),
        line("甲", 107, 140, part="b"),
        line("乙", 93, 160, part="b"),
    ]
    assert shown(told(main, THRESHOLD)) == {("", "市", "2023"), ("", "甲", "2023"), ("", "乙", "2023")}
    both = told([*main, *beside], THRESHOLD)
    assert not {("", "甲", "2023"), ("b", "甲", "2023")} & shown(both)
    assert all(one.marker for one in both if not one.disclosed)


def test_a_year_more_gives_a_small_addition_away() -> None:
    """Persons since the start: 甲 had four more in the second year."""
    years = [
        line("市", 200, above=None, period="2022"),
        line("甲", 80, period="2022"),
        line("乙", 120, period="2022"),
        line("市", 260, above=None, period="2023"),
        line("甲", 84, period="2023"),
        line("乙", 176, period="2023"),
    ]
    assert len(shown(told(years, THRESHOLD))) == len(years)
    together = shown(told(years, THRESHOLD, cumulative=True))
    assert not {("", "甲", "2022"), ("", "甲", "2023")} <= together


def test_persons_of_several_parts_are_told_as_a_whole_only() -> None:
    lines = [line("市", 100, above=None), line("甲", 70), line("乙", 50)]
    found = told(lines, THRESHOLD)
    assert shown(found) == {("", "市", "2023")}
    assert {one.marker for one in found if not one.disclosed} == {CLOSED}


def test_what_is_not_counted_is_closed() -> None:
    half = line("市", 1, above=None)
    assert not shown(told([Line(**{**vars(half), "numerator": Decimal("0.5")})], THRESHOLD))


def test_the_table_holds_against_its_attacker() -> None:
    lines = [line("市", 240, 300, above=None), line("甲", 137, 140), line("乙", 103, 160)]
    table, cells = table_of(lines)
    assert [len(keys) for keys in cells] == [2, 2, 2]
    assert attack(protect(table, Rule(threshold=THRESHOLD)).published) == []
