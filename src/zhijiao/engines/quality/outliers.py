"""Counts that are worth a question: against a unit's own past, and among its peers. Made for small counts.

A finding needs both: it is unlikely to be chance (many tests allowed for), and it is large enough to be worth somebody's
time. 2 → 5 is neither, 1,200 → 1,130 is the one and not the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from zhijiao.engines.quality.chances import bar, chance, inflation, robust_variation, root, root_of_mean
from zhijiao.engines.quality.types import Part, Subject

FEWEST_PERIODS = 2
FEWEST_PEERS = 4
FAR = 4.0
"""Earlier values, and peers, so many spreads from the middle are left out of what is expected."""


@dataclass(frozen=True)
class Caution:
    """When to ask."""

    level: float = 0.05
    """Share of false ones among all findings that is put up with (false discovery rate)."""
    least_change: int = 10
    """Smallest difference from what is expected, in units counted."""
    least_share: float = 0.25
    """The same as a share of what is expected."""
    variation: float = 0.10
    """Ups and downs, as a share of the mean, that are always granted: real counts are never pure chance."""


@dataclass(frozen=True)
class Outlier:
    """A count that is worth a question, and why."""

    unit: str
    value: int
    expected: float
    low: int
    high: int | None
    """Least and most that would not have been asked about; None: no most."""
    p: float
    words: str


@dataclass(frozen=True)
class Screening:
    """What was looked at, what was found, what was not looked at and why."""

    found: tuple[Outlier, ...]
    tested: int
    untested: Mapping[str, str] = field(default_factory=dict)
    variation: float = 0.0
    """The variation that was reckoned with."""


@dataclass(frozen=True)
class _Case:
    """A count on a base beside other counts on theirs. `flipped`: it is the rest of the base that is compared."""

    unit: str
    value: int
    base: float
    others: int
    others_base: float
    basis: str
    whole: int | None = None
    flipped: bool = False

    @property
    def expected(self) -> float:
        return self.others * self.base / self.others_base

    def p(self, value: int, variation: float) -> float:
        return chance(value, self.base, self.others, self.others_base, variation)


def against_history(series: Mapping[str, Sequence[int | None]], caution: Caution = Caution()) -> Screening:
    """The last count of each unit against its earlier ones, oldest first. None: no count for that period."""
    counts = {unit: [v for v in series[unit][:-1] if v is not None] for unit in sorted(series)}
    last = {unit: series[unit][-1] if series[unit] else None for unit in counts}
    squares = []
    for unit, earlier in counts.items():
        now = last[unit]
        line = earlier if now is None else [*earlier, now]
        squares += [((root(b) - root(a)) ** 2 / 2, (a + b) / 2) for a, b in pairwise(line)]
    variation = max(caution.variation, robust_variation(squares))
    cases, untested = [], {}
    for unit, earlier in counts.items():
        now = last[unit]
        if now is None:
            untested[unit] = "本期没有数"
        elif len(earlier) < FEWEST_PERIODS:
            untested[unit] = f"往期不足 {FEWEST_PERIODS} 期，无从比较"
        else:
            usual = _usual(earlier, variation)
            basis = f"往期 {len(usual)} 期为 {_span(usual)}"
            cases.append(_Case(unit, now, 1, sum(usual), len(usual), basis))
    return _screen(cases, untested, variation, caution)


def against_peers(
    counts: Mapping[str, tuple[int, int]], caution: Caution = Caution(), *, within: bool = False
) -> Screening:
    """Each unit's count, on its base, against the rate of all others. Pairs are (count, base).

    `within`: the count is a part of its base, such as employed of graduates; then the rarer of the two, part or rest, is
    compared, since a rate of 60 % among peers of 95 % shows in the rest. Raises `ValueError` for a part above its base.
    """
    usable = {unit: counts[unit] for unit in sorted(counts) if counts[unit][1] > 0}
    untested = {unit: "基数为零，无从比较" for unit in sorted(counts) if unit not in usable}
    if within:
        for unit, (count, base) in usable.items():
            if count > base:
                raise ValueError(f"“{unit}”的分子 {count} 大于分母 {base}；请核对后再比较。")
    if len(usable) <= FEWEST_PEERS:
        too_few = f"可比的同类不足 {FEWEST_PEERS} 个"
        return Screening((), 0, {**untested, **dict.fromkeys(usable, too_few)}, caution.variation)
    flipped = within and 2 * sum(c for c, _ in usable.values()) > sum(b for _, b in usable.values())
    if flipped:
        usable = {unit: (base - count, base) for unit, (count, base) in usable.items()}
    rate = _middle_rate(list(usable.values()))
    squares = {
        unit: ((root(count) - root_of_mean(base * rate)) ** 2, base * rate)
        for unit, (count, base) in usable.items()
    }
    variation = max(caution.variation, robust_variation(list(squares.values())))
    near = {u for u, (square, mean) in squares.items() if square <= FAR**2 * inflation(variation, mean)}
    all_count, all_base = (sum(usable[u][side] for u in near) for side in (0, 1))
    cases = []
    for unit, (count, base) in usable.items():
        others, others_base = (all_count - count, all_base - base) if unit in near else (all_count, all_base)
        if others_base <= 0:
            untested[unit] = "没有可比的同类"
            continue
        among = 1 - others / others_base if flipped else others / others_base
        basis = f"同类 {len(near - {unit})} 个合计每百 {100 * among:.1f}"
        cases.append(_Case(unit, count, base, others, others_base, basis, base if within else None, flipped))
    return _screen(cases, untested, variation, caution)


def screened(screening: Screening) -> Part:
    """The screening as a part of a score: counts without an open question, of those that could be tested."""
    found = len(screening.found)
    words = f"比较 {screening.tested:,} 个数，{found:,} 个待核"
    if screening.untested:
        words += f"；另有 {len(screening.untested):,} 个无从比较"
    return Part(Subject.OUTLIERS, screening.tested - found, screening.tested, words)


def _usual(earlier: Sequence[int], variation: float) -> list[int]:
    """The earlier counts without those far from their middle: an old slip must not excuse a new one."""
    middle = median(earlier)
    reach = FAR * inflation(variation, middle) ** 0.5
    usual = [v for v in earlier if abs(root(v) - root_of_mean(middle)) <= reach]
    return usual if len(usual) >= FEWEST_PERIODS else list(earlier)


def _middle_rate(pairs: Sequence[tuple[int, int]]) -> float:
    """The rate that half of all bases lie below."""
    ordered = sorted(pairs, key=lambda pair: (pair[0] / pair[1], pair))
    half, passed = sum(base for _, base in pairs) / 2, 0
    for count, base in ordered:
        passed += base
        if passed >= half:
            return count / base
    return 0.0


def _screen(
    cases: Sequence[_Case], untested: Mapping[str, str], variation: float, caution: Caution
) -> Screening:
    chances = {case.unit: case.p(case.value, variation) for case in cases}
    limit = bar(chances, caution.level)
    found = []
    for case in cases:
        change = abs(case.value - case.expected)
        large = change >= caution.least_change and change >= caution.least_share * case.expected
        if large and chances[case.unit] <= limit:
            found.append(_outlier(case, chances[case.unit], variation, limit))
    found.sort(key=lambda outlier: (outlier.p, outlier.unit))
    return Screening(tuple(found), len(cases), dict(untested), variation)


def _outlier(case: _Case, p: float, variation: float, limit: float) -> Outlier:
    low, high = _range(case, variation, limit)
    value, expected = case.value, case.expected
    top: int | None = high
    if case.whole is not None:
        high = min(high, case.whole)
        top = high
        if case.flipped:
            value, expected = case.whole - value, case.whole - expected
            low, top = case.whole - high, case.whole - low
    words = (
        f"{case.basis}；考虑 {100 * variation:.0f}% 的平常起伏，预计在 {low:,} 到 {top:,} 之间，"
        f"实为 {value:,}，{_odds(p)}请核对数字、单位和口径；无误请说明原因。"
    )
    return Outlier(case.unit, value, expected, low, top, p, words)


def _range(case: _Case, variation: float, limit: float) -> tuple[int, int]:
    """The counts that would not have been found: those with a p-value above the limit."""
    middle = round(case.expected)
    step = 1
    while case.p(middle + step, variation) > limit:
        step *= 2
    high = _edge(case, variation, limit, middle, middle + step)
    low = 0 if case.p(0, variation) > limit else _edge(case, variation, limit, middle, 0)
    return low, high


def _edge(case: _Case, variation: float, limit: float, inside: int, outside: int) -> int:
    while abs(outside - inside) > 1:
        between = (inside + outside) // 2
        inside, outside = (between, outside) if case.p(between, variation) > limit else (inside, between)
    return inside


def _span(values: Sequence[int]) -> str:
    low, high = min(values), max(values)
    return f"{low:,}" if low == high else f"{low:,} 到 {high:,}"


def _odds(p: float) -> str:
    """How seldom chance alone does this."""
    return f"偶然如此的可能约为万分之 {10_000 * p:.0f}。" if p >= 1e-4 else "偶然如此的可能不到万分之一。"
