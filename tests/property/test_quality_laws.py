"""Laws of the quality engine: how often it asks in vain, what it finds, and what must not matter."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb, exp, fsum, lgamma, log, sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijiao.engines.quality import (
    Caution,
    Part,
    Subject,
    against_history,
    against_peers,
    bar,
    robust_variation,
    scored,
    tails,
)
from zhijiao.engines.quality.chances import inflation

UNITS = 45
CITIES = 80
STRICT = Caution(least_change=0, least_share=0.0, variation=0.0)
"""Asks about anything unlikely, however small: what is stated of false alarms has to hold for it too."""


def poisson(random: Random, mean: float) -> int:
    """A Poisson count (the normal approximation far out, where it makes no difference)."""
    if mean > 60:
        return max(0, round(random.gauss(mean, sqrt(mean))))
    count, left = 0, random.random()
    limit = exp(-mean)
    while left > limit:
        count += 1
        left *= random.random()
    return count


def history(
    random: Random, variation: float = 0.0, most: float = 1000, least: float = 1
) -> dict[str, list[int | None]]:
    """Six periods of a city of schools, from tiny to large, each going up and down by its own chance."""
    found: dict[str, list[int | None]] = {}
    for unit in range(UNITS):
        mean = exp(random.uniform(log(least), log(most)))
        found[f"u{unit:02}"] = [
            poisson(random, mean * exp(random.gauss(-(variation**2) / 2, variation))) for _ in range(6)
        ]
    return found


def peers(random: Random, rate: float, variation: float = 0.0) -> dict[str, tuple[int, int]]:
    """Counts on bases, from classes to whole schools, all at about one rate."""
    found = {}
    for unit in range(UNITS):
        base = int(exp(random.uniform(log(10), log(1000))))
        found[f"u{unit:02}"] = (poisson(random, base * rate * exp(random.gauss(0, variation))), base)
    return found


@pytest.mark.parametrize(("variation", "bound"), [(0.0, 0.05), (0.1, 0.10), (0.2, 0.10)])
def test_a_city_without_errors_is_seldom_asked(variation: float, bound: float) -> None:
    """Of all cities without any error, so many get some question at most; two standard deviations of luck allowed."""
    random = Random(20240901)
    asked = sum(bool(against_history(history(random, variation), STRICT).found) for _ in range(CITIES))
    assert asked / CITIES <= bound + 2 * sqrt(bound * (1 - bound) / CITIES)


@pytest.mark.parametrize(("variation", "bound"), [(0.0, 0.05), (0.1, 0.10), (0.2, 0.10)])
def test_peers_without_errors_are_seldom_asked(variation: float, bound: float) -> None:
    random = Random(20240902)
    asked = sum(bool(against_peers(peers(random, 0.5, variation), STRICT).found) for _ in range(CITIES))
    assert asked / CITIES <= bound + 2 * sqrt(bound * (1 - bound) / CITIES)


def test_mostly_noughts_raise_no_alarm() -> None:
    """Small counts, most of them nought: where z-scores cry wolf."""
    random = Random(7)
    asked = 0
    for _ in range(CITIES):
        line = {
            f"u{n:02}": [poisson(random, 0.4) * (random.random() < 0.5) for _ in range(6)]
            for n in range(UNITS)
        }
        asked += bool(against_history(line, STRICT).found)
    assert asked <= CITIES * 0.05 + 2 * sqrt(CITIES * 0.05 * 0.95)


@pytest.mark.parametrize(
    ("slip", "spoil", "power"),
    [
        ("times ten", lambda value: value * 10, 0.99),
        ("nought", lambda value: 0, 0.99),
        ("a tenth", lambda value: value // 10, 0.99),
        ("first two digits swapped", lambda value: int(str(value)[1] + str(value)[0] + str(value)[2:]), 0.5),
    ],
)
def test_slips_are_found(slip: str, spoil: object, power: float) -> None:
    """Three slips among 45 schools that go up and down by 10 %: found at least so often, and little else is."""
    assert callable(spoil)
    random = Random(99)
    found = planted = false = 0
    for _ in range(30):
        line = history(random, 0.10, least=60)
        wrong = random.sample(sorted(line), 3)
        for unit in wrong:
            line[unit][-1] = spoil(max(line[unit][-1] or 0, 10))
        units = {outlier.unit for outlier in against_history(line).found}
        planted += 3
        found += len(units & set(wrong))
        false += len(units - set(wrong))
    assert found / planted >= power, slip
    assert false <= 0.05 * max(found, 60)


def test_an_old_slip_does_not_excuse_a_new_one() -> None:
    line = {f"u{n}": [200, 205, 195, 210, 200] for n in range(20)} | {"x": [200, 2000, 195, 210, 20]}
    assert [outlier.unit for outlier in against_history(line).found] == ["x"]


def test_a_third_of_wrong_peers_does_not_hide_themselves() -> None:
    line = {f"u{n:02}": (95 + n % 3, 100) for n in range(20)} | {f"x{n}": (30, 100) for n in range(8)}
    found = {outlier.unit for outlier in against_peers(line, within=True).found}
    assert found == {f"x{n}" for n in range(8)}


lines = st.dictionaries(
    st.sampled_from([f"u{n}" for n in range(12)]),
    st.lists(st.none() | st.integers(0, 400), max_size=6),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(lines, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_nobody_is_forgotten(
    line: dict[str, list[int | None]], random: Random
) -> None:
    screening = against_history(line)
    mixed = list(line.items())
    random.shuffle(mixed)
    assert against_history(dict(mixed)) == screening
    assert screening.tested + len(screening.untested) == len(line)


@settings(max_examples=60, deadline=None)
@given(lines)
def test_a_question_is_asked_outside_the_range_and_only_there(line: dict[str, list[int | None]]) -> None:
    for outlier in against_history(line).found:
        assert outlier.high is not None
        assert not outlier.low <= outlier.value <= outlier.high
        assert outlier.low <= max(outlier.expected, 0) + 1
        assert outlier.high >= outlier.expected - 1
        assert abs(outlier.value - outlier.expected) >= Caution().least_change


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_bases_count_in_proportion_only(seed: int, factor: int) -> None:
    """Counting a base in other units (persons, classes of ten) finds the same."""
    line = peers(Random(seed), 0.5, 0.3)
    larger = {unit: (count, base * factor) for unit, (count, base) in line.items()}
    assert [o.unit for o in against_peers(line, STRICT).found] == [
        o.unit for o in against_peers(larger, STRICT).found
    ]


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 60), st.data(), st.fractions(Fraction(1, 20), Fraction(19, 20)))
def test_tails_are_those_of_the_binomial(n: int, data: st.DataObject, share: Fraction) -> None:
    k = data.draw(st.integers(0, n))
    density = [comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(n + 1)]
    low, high = tails(k, n, float(share), 1.0)
    assert low == pytest.approx(float(sum(density[: k + 1])), rel=1e-9, abs=1e-12)
    assert high == pytest.approx(float(sum(density[k:])), rel=1e-9, abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 200), st.floats(0.05, 0.95), st.floats(1.0, 30.0))
def test_tails_are_a_distribution(n: int, share: float, inflated: float) -> None:
    pairs = [tails(k, n, share, inflated) for k in range(n + 1)]
    assert pairs[0][1] == pytest.approx(1, abs=1e-9)
    assert pairs[-1][0] == pytest.approx(1, abs=1e-9)
    for (low, _), (_, high) in pairwise(pairs):
        assert low + high == pytest.approx(1, abs=1e-9)
    mean = sum(high for _, high in pairs[1:])
    assert mean == pytest.approx(n * share, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(22_000, 30_000), st.floats(0.1, 0.5), st.floats(0.1, 0.3), st.floats(-3, 3))
def test_large_counts_are_summed_coarsely_and_carefully(
    n: int, share: float, variation: float, far: float
) -> None:
    """Beside the sum term by term, with the usual formula of the density."""
    inflated = inflation(variation, n * share)
    k = min(n, max(0, round(n * share + far * sqrt(n * share * (1 - share) * inflated))))
    a, b = share * n / (inflated - 1), (1 - share) * n / (inflated - 1)
    lower = fsum(
        exp(
            lgamma(n + 1)
            - lgamma(i + 1)
            - lgamma(n - i + 1)
            + lgamma(i + a)
            + lgamma(n - i + b)
            - lgamma(n + a + b)
            + lgamma(a + b)
            - lgamma(a)
            - lgamma(b)
        )
        for i in range(k + 1)
    )
    low, high = tails(k, n, share, inflated)
    near, exact = (low, lower) if k < n * share else (high, 1 - lower)
    assert 0.98 * exact - 1e-9 <= near <= 1.5 * exact + 1e-4


@given(st.dictionaries(st.text("abc", max_size=3), st.floats(0, 1), min_size=1), st.floats(0.01, 0.2))
def test_the_bar_is_that_of_benjamini_and_hochberg(chances: dict[str, float], level: float) -> None:
    limit = bar(chances, level)
    passed = [p for p in chances.values() if p <= limit]
    ranks = [k for k, p in enumerate(sorted(chances.values()), 1) if p <= level * k / len(chances)]
    assert len(passed) == max(ranks, default=0)


def test_variation_is_told_from_chance() -> None:
    """About right where there is some, small where there is none."""
    for variation, least, most in [(0.0, 0.0, 0.06), (0.1, 0.06, 0.18), (0.3, 0.22, 0.42)]:
        line = history(Random(3), variation, least=50)
        assert least <= against_history(line, STRICT).variation <= most
    assert robust_variation([]) == 0


parts = st.builds(
    lambda subject, of, bad: Part(subject, max(0, of - bad), of, ""),
    st.sampled_from(Subject),
    st.integers(0, 50),
    st.integers(0, 50),
)


@given(
    st.lists(parts, unique_by=lambda part: part.subject),
    st.dictionaries(st.sampled_from(Subject), st.integers(0, 5)),
)
def test_a_score_accounts_for_every_subject(given_parts: list[Part], weights: dict[Subject, int]) -> None:
    score = scored("students", "S1", "2024", {part.subject: part for part in given_parts})
    assert {part.subject for part in score.parts} | score.unchecked.keys() == set(Subject)
    assert not {part.subject for part in score.parts} & score.unchecked.keys()
    mean = score.weighted(weights)
    shares = [part.share for part in score.parts if weights.get(part.subject) and part.share is not None]
    assert (mean is None) == (not shares)
    if mean is not None:
        assert min(shares) <= mean <= max(shares)
    assert ("100.0%" in score.words) == any(part.good == part.of for part in score.parts)
