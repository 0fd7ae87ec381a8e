"""Laws of matchings on small and nasty cases. Many more of them: tests/trial/test_matching_trial.py."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import matching_laws as laws
from tests.support.matching_cases import ANY, PLAIN, Kind
from zhijiao.engines.matching.cohort import Setting, plain, season, under
from zhijiao.engines.matching.market import Market, market_of
from zhijiao.engines.matching.running import match
from zhijiao.engines.matching.types import (
    Applicant,
    Batch,
    Case,
    Cell,
    Choice,
    Comparator,
    Flow,
    Guarantee,
    LastSeat,
    Mechanism,
    Rules,
    Violation,
)
from zhijiao.engines.matching.verifying import withheld

seeds = st.integers(0, 10**9)
quick = settings(max_examples=40, deadline=None)


@quick
@given(seeds, st.sampled_from([PLAIN, ANY, replace(ANY, two_stages=True), replace(ANY, filing=True)]))
def test_kernel_slow_program_and_verifier_agree(seed: int, kind: Kind) -> None:
    laws.three_programs_agree(seed, kind)


@quick
@given(seeds)
def test_the_order_of_input_changes_neither_result_nor_digest(seed: int) -> None:
    laws.order_of_input_changes_nothing(seed, ANY)


@quick
@given(seeds)
def test_renaming_changes_nothing(seed: int) -> None:
    laws.renaming_changes_nothing(seed, ANY)


@quick
@given(seeds, st.sampled_from(LastSeat))
def test_more_seats_leave_nobody_worse_off(seed: int, last_seat: LastSeat) -> None:
    laws.more_seats_hurt_nobody(seed, replace(PLAIN, last_seat=last_seat))


@quick
@given(seeds, st.sampled_from([LastSeat.ADMIT_TIED, LastSeat.LOTTERY]))
def test_nor_where_unused_seats_flow_and_classes_are_not_refused_whole(
    seed: int, last_seat: LastSeat
) -> None:
    laws.more_seats_hurt_nobody(seed, replace(PLAIN, last_seat=last_seat, flows=True))


@quick
@given(
    seeds,
    st.sampled_from(
        [
            replace(PLAIN, last_seat=LastSeat.LOTTERY),
            replace(PLAIN, last_seat=LastSeat.ADMIT_TIED, mechanism=Mechanism.PARALLEL),
        ]
    ),
)
def test_nobody_gains_by_hiding_what_she_would_like(seed: int, kind: Kind) -> None:
    laws.nobody_gains_by_other_choices(seed, kind)


def test_where_whole_classes_are_refused_hiding_a_choice_can_pay() -> None:
    """Why the screens do not promise it there: two equals spoil the first school for each other, and both know it."""
    people = [
        Applicant(who, frozenset(), {"total": 600.0}, {"1": (Choice(1, "甲校", ""), Choice(2, "乙校", ""))})
        for who in ("p1", "p2")
    ]
    rules = Rules((Batch("1"),), (Comparator("total"),), LastSeat.STRICT)
    case = Case(rules, (Cell("a", "甲校", "", "1", "", 1), Cell("b", "乙校", "", "1", "", 1)), tuple(people))
    assert laws.positions(laws.run(case)) == {"p1": laws.NOWHERE, "p2": laws.NOWHERE}
    assert laws.positions(laws.run(laws.with_choices(case, "p1", [2]))) == {"p1": 1, "p2": 1}


@settings(max_examples=20, deadline=None)
@given(seeds, st.sampled_from([PLAIN, ANY]))
def test_the_verifier_names_what_was_spoiled(seed: int, kind: Kind) -> None:
    laws.the_verifier_bites(seed, kind)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_the_quick_way_lets_nothing_spoiled_pass(seed: int) -> None:
    laws.the_quick_way_agrees(seed)


STAGES = Rules(
    (Batch("1", max_choices=5, stages=2), Batch("2", max_choices=20, can_decline=True, ratio=1.3)),
    (Comparator("total"), Comparator("语文")),
    LastSeat.LOTTERY,
    "5",
)


@pytest.mark.parametrize(
    "market",
    [
        plain(Setting(300, 1)),
        plain(Setting(300, 1), Mechanism.DEFERRED),
        season(Setting(300, 2)),
        under(Setting(300, 3), STAGES, origins=("county", "poor")),
    ],
    ids=["common order", "own orders", "season", "two stages"],
)
def test_no_single_change_of_a_result_passes(market: Market) -> None:
    laws.no_single_change_passes(market, match(market), seed=1)


@pytest.mark.parametrize(
    ("violated", "held_back"),
    [("1", {"1", "2", "3"}), ("2", {"2"}), ("3", {"3"}), ("4", {"4"}), ("", {"1", "2", "3", "4"})],
)
def test_a_batch_is_withheld_with_all_that_depends_on_it(violated: str, held_back: set[str]) -> None:
    """2 shares an applicant with 1, seats flow from 1 to 3, and 4 has nothing to do with the others."""
    people = (
        Applicant(
            "p1", frozenset(), {"total": 1.0}, {"1": (Choice(1, "s", ""),), "2": (Choice(1, "s", ""),)}
        ),
        Applicant("p2", frozenset(), {"total": 1.0}, {"4": (Choice(1, "s", ""),)}),
    )
    cells = tuple(Cell(f"c{batch}", "s", "", batch, "", 1) for batch in "1234")
    rules = Rules(tuple(Batch(batch) for batch in "1234"), (Comparator("total"),), flows=(Flow("c1", "c3"),))
    violation = Violation(Guarantee.ENVY if violated else Guarantee.DIGEST, violated, "")
    assert withheld([violation], market_of(Case(rules, cells, people))) == held_back
