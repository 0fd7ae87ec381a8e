"""How likely counts are: exact conditional tails, robust variation, and many tests at once.

Counts are taken as Poisson with a variation of their own on top: variance = mean × (1 + variation² × mean). Given the sum of
two such counts, one of them is binomial (no variation) or beta-binomial; nothing has to be assumed of the mean itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, exp, lgamma, log, sqrt

MEDIAN_OF_SQUARE = 0.4549364
"""Median of the square of a standard normal value (chi-square, one degree of freedom)."""
_SURE = 0.8416
"""Spreads above the middle within which four in five normal values lie."""
_SAME_AS_BINOMIAL = 1e-3
_NOTHING_LEFT = 1e-17
_FINE, _FINER = 10_000, 20
"""Sums up to the first are never coarsened; nor is any until it is so many times the weight of the beta distribution, so that
the variance grows by a twentieth at most."""


def root(count: int) -> float:
    """Freeman–Tukey: a Poisson count becomes a value of spread about 1, whatever its mean; fair even for small counts."""
    return sqrt(count) + sqrt(count + 1)


def root_of_mean(mean: float) -> float:
    """About what `root` of a count of this mean comes to."""
    return sqrt(4 * mean + 1)


def inflation(variation: float, mean: float) -> float:
    """How many times the variance of a count is that of a Poisson count of the same mean."""
    return 1 + variation**2 * mean


def chance(value: int, base: float, others: int, others_base: float, variation: float) -> float:
    """Two-sided p-value: how likely a count is at least as far out as this, if it and the others share one rate.

    Bases are what the counts stand on (periods, persons). Exact for Poisson counts, where it is never too small.
    """
    together = value + others
    share = base / (base + others_base)
    mean = others * base / others_base
    low, high = tails(value, together, share, inflation(variation, mean))
    return min(1.0, 2 * min(low, high))


def tails(value: int, together: int, share: float, inflated: float) -> tuple[float, float]:
    """P(at most value) and P(at least value) of a binomial count with its variance inflated (beta-binomial).

    Large counts whose variation is far beyond chance are counted in tens, hundreds …, towards the mean: then a tail comes out
    a little too large, never too small.
    """
    if together == 0:
        return 1.0, 1.0
    weight = None if inflated - 1 < _SAME_AS_BINOMIAL else together / (inflated - 1)
    unit = 1 if weight is None else int(together / max(_FINE, _FINER * weight))
    if unit > 1:
        value = -(-value // unit) if value < together * share else value // unit
        together = together // unit
    here = exp(_log_density(value, together, share, weight))
    if value >= together * share:
        high = _outwards(value, together, share, weight, here)
        return min(1.0, max(here, 1 - high + here)), min(1.0, high)
    low = _outwards(together - value, together, 1 - share, weight, here)
    return min(1.0, low), min(1.0, max(here, 1 - low + here))


def _log_density(k: int, n: int, share: float, weight: float | None) -> float:
    choose = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    if weight is None:
        return choose + k * log(share) + (n - k) * log(1 - share)
    a, b = share * weight, (1 - share) * weight
    return choose + _log_beta(k + a, n - k + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _outwards(k: int, n: int, share: float, weight: float | None, density: float) -> float:
    """The sum of densities from k up to n, beyond the mean, term by term until nothing is added any more."""
    total = term = density
    while k < n and term > _NOTHING_LEFT * total:
        odds = (
            share / (1 - share)
            if weight is None
            else (k + share * weight) / (n - k - 1 + (1 - share) * weight)
        )
        term *= (n - k) / (k + 1) * odds
        total += term
        k += 1
    return total


def robust_variation(squares: Sequence[tuple[float, float]], most: float = 2.0) -> float:
    """The variation beyond chance, as a share of the mean: 0.1 where counts go up and down by some 10 % of themselves.

    From squared standardised differences, each with its mean. Their median is matched, so that nearly half of them may be
    wrong without spoiling it; with few of them a rank above it, so as rather to grant too much than to ask in vain.
    0 where chance alone explains the differences, or where there are none.
    """
    usable = [(square, mean) for square, mean in squares if mean >= 1]
    if not usable or _middle(usable, 0) <= MEDIAN_OF_SQUARE:
        return 0.0
    low, high = 0.0, most
    for _ in range(40):
        between = (low + high) / 2
        low, high = (between, high) if _middle(usable, between) > MEDIAN_OF_SQUARE else (low, between)
    return high


def _middle(squares: Sequence[tuple[float, float]], variation: float) -> float:
    ordered = sorted(square / inflation(variation, mean) for square, mean in squares)
    rank = ceil(len(ordered) / 2 + _SURE * sqrt(len(ordered)) / 2)
    return ordered[min(rank, len(ordered)) - 1]


def bar(chances: Mapping[str, float], level: float) -> float:
    """Benjamini–Hochberg: the p-value up to which findings count, so that of all findings at most `level` are false ones.

    Negative where nothing counts. Without any true finding, some false one is made at most so often.
    """
    counted = -1.0
    for rank, p in enumerate(sorted(chances.values()), 1):
        if p <= level * rank / len(chances):
            counted = level * rank / len(chances)
    return counted
