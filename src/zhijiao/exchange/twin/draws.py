"""Drawing numbers so that totals come out exactly: shares, quotas, spread-out counts."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Random numbers of their own for a subject, so that a change in one leaves the others as they were."""
    parts = [name if isinstance(name, int) else zlib.crc32(name.encode()) for name in names]
    return np.random.default_rng([seed, *parts])


def split(total: int, weights: Sequence[float] | npt.NDArray[np.float64] | Ints, least: int = 0) -> Ints:
    """A total split by weights into whole numbers that add up to it (largest remainder); each gets `least` first."""
    share = np.asarray(weights, dtype=np.float64)
    if share.size == 0:
        return np.zeros(0, np.int64)
    least = min(least, total // share.size)
    rest = total - least * share.size
    if share.sum() <= 0:
        share = np.ones_like(share)
    exact = rest * share / share.sum()
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: rest - int(whole.sum())]] += 1
    return whole + least


def exactly(rng: np.random.Generator, count: int, size: int) -> Bools:
    """`count` of `size` places chosen at random."""
    chosen = np.zeros(size, np.bool_)
    chosen[rng.permutation(size)[: min(count, size)]] = True
    return chosen


def share_of(percent: float, size: int) -> int:
    """So many percent of a number, rounded half up."""
    return int(np.floor(size * percent / 100 + 0.5))


def pick(rng: np.random.Generator, choices: Sequence[str], weights: Sequence[float], size: int) -> list[str]:
    """Words drawn with weights."""
    share = np.asarray(weights, dtype=np.float64)
    at = rng.choice(len(choices), size, p=share / share.sum())
    return [choices[i] for i in at]


def day(when: date) -> int:
    """A day as its number since 1970-01-01, as Parquet keeps it."""
    return (when - date(1970, 1, 1)).days


def days_between(rng: np.random.Generator, first: date, last: date, size: int) -> Ints:
    """Days from `first` to `last`, both possible, evenly."""
    return rng.integers(day(first), day(last) + 1, size)
