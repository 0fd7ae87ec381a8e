"""The laws of matchings on thousands of cases, and a made-up season of a large city under the verifier."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import pytest

from tests.support import matching_laws as laws
from tests.support.matching_cases import ANY, PLAIN, Kind
from zhijiao.engines.matching.cohort import Setting, plain, season
from zhijiao.engines.matching.running import match
from zhijiao.engines.matching.types import LastSeat, Mechanism
from zhijiao.engines.matching.verifying import verify

pytestmark = pytest.mark.trial

KINDS = [
    ANY,
    PLAIN,
    replace(ANY, two_stages=True),
    replace(ANY, filing=True),
    replace(ANY, flows=True, batches=3),
    *(replace(PLAIN, last_seat=each, people=25) for each in LastSeat),
]


@pytest.mark.parametrize("kind", KINDS)
def test_three_programs_agree(kind: Kind) -> None:
    for seed in range(2000):
        laws.three_programs_agree(seed, kind)


@pytest.mark.parametrize("kind", [ANY, PLAIN])
def test_the_verifier_bites(kind: Kind) -> None:
    for seed in range(1000):
        laws.the_verifier_bites(seed, kind)


def test_no_single_change_passes() -> None:
    for seed in range(100):
        for market in (plain(Setting(400, seed)), season(Setting(400, seed))):
            laws.no_single_change_passes(market, match(market), seed)


def test_order_and_names() -> None:
    for seed in range(1000):
        laws.order_of_input_changes_nothing(seed, ANY)
        laws.renaming_changes_nothing(seed, ANY)


@pytest.mark.parametrize("last_seat", LastSeat)
def test_more_seats(last_seat: LastSeat) -> None:
    for seed in range(2000):
        laws.more_seats_hurt_nobody(seed, replace(PLAIN, last_seat=last_seat))


def test_nobody_gains() -> None:
    for seed in range(1500):
        laws.nobody_gains_by_other_choices(seed, replace(PLAIN, last_seat=LastSeat.LOTTERY))
        laws.nobody_gains_by_other_choices(
            seed, replace(PLAIN, last_seat=LastSeat.ADMIT_TIED, mechanism=Mechanism.PARALLEL)
        )


@pytest.mark.parametrize("mechanism", Mechanism)
def test_a_large_plain_market(mechanism: Mechanism) -> None:
    market = plain(Setting(200_000, 1), mechanism)
    result = match(market)
    begin = process_time()
    assert verify(market, result) == ()
    print(f"verified in {process_time() - begin:.2f} s of processor time")


def test_a_large_season() -> None:
    market = season(Setting(60_000, 2))
    result = match(market)
    begin = process_time()
    assert verify(market, result) == ()
    print(f"verified in {process_time() - begin:.2f} s of processor time")
