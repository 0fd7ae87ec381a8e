"""Synthetic persons: an identity number that no real person can have, its index, a name that says so.

A number begins with 99, 98, … 92: no province has such a code (GB/T 2260 ends at 82, and 91 is taken), so none of them was
ever given out. Inside the generator a person is the 17-digit number without its check sign; 0 is nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from zhijiao.exchange.twin.draws import Ints
from zhijiao.lib import citizens

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
MARK = "示例"
_PER_AREA = 500  # numbers of each sex with one area and birthday: three digits, odd for men
_AREAS = 10_000  # areas below one impossible province pair
_LEFT = np.array(citizens.WEIGHTS)
_CHECK = np.frombuffer(citizens.CHECKS.encode(), np.uint8)
_EPOCH = np.datetime64("1970-01-01")


class People:
    """Gives out numbers, each once."""

    def __init__(self, start: int = 0) -> None:
        self.given = start

    def draw(self, male: np.ndarray, birthdays: Ints) -> Ints:
        """New persons of these sexes and birthdays (days since 1970)."""
        serial = np.arange(self.given, self.given + male.size, dtype=np.int64)
        self.given += male.size
        area = (99 - serial // (_PER_AREA * _AREAS)) * 10_000 + (serial // _PER_AREA) % _AREAS
        place = 2 * (serial % _PER_AREA) + male.astype(np.int64)
        return (area * 100_000_000 + as_digits(birthdays)) * 1_000 + place


def as_digits(days: Ints) -> Ints:
    """Days since 1970 as YYYYMMDD."""
    when = _EPOCH + days.astype("timedelta64[D]")
    years = when.astype("datetime64[Y]")
    months = when.astype("datetime64[M]")
    year = years.astype(np.int64) + 1970
    month = (months - years).astype(np.int64) + 1
    return year * 10_000 + month * 100 + (when - months).astype(np.int64) + 1


def male(numbers: Ints) -> np.ndarray:
    """Whether the number is a man's."""
    return numbers % 2 == 1


def born(numbers: Ints) -> Ints:
    """The birthday, days since 1970."""
    digits = numbers // 1_000 % 100_000_000
    months = ((digits // 10_000 - 1970) * 12 + digits // 100 % 100 - 1).astype("datetime64[M]")
    return (months.astype("datetime64[D]") - _EPOCH).astype(np.int64) + digits % 100 - 1


def index(numbers: Ints) -> pl.Series:
    """The pseudonymous index: 32 hexadecimal signs mixed from the number (splitmix64, twice); null for nobody.

    The numbers are nobody's, so this keeps no secret; it only looks like the blind index of a real store.
    """
    half = np.empty((numbers.size, 2), ">u8")
    for column, salt in enumerate((0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)):
        half[:, column] = _mixed(numbers.astype(np.uint64) + np.uint64(salt))
    return _strings(np.frombuffer(half.tobytes().hex().encode(), np.uint8), 32, numbers)


def written(numbers: Ints) -> pl.Series:
    """The 18 signs of identity numbers, the check sign as GB 11643 has it; null for nobody."""
    digits = numbers[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    check = _CHECK[(digits * _LEFT).sum(axis=1) % 11]
    signs = np.empty((numbers.size, 18), np.uint8)
    signs[:, :17] = digits + ord("0")
    signs[:, 17] = check
    return _strings(signs.reshape(-1), 18, numbers)


def names(numbers: Ints) -> pl.Series:
    """A surname and the mark."""
    words = pl.Series([f"{surname}{MARK}" for surname in SURNAMES])
    at = _mixed(numbers.astype(np.uint64)) % np.uint64(len(SURNAMES))
    found: pl.Series = words.gather(at.astype(np.int64))
    return found.set(pl.Series(numbers == 0), None)


def _strings(signs: np.ndarray, width: int, numbers: Ints) -> pl.Series:
    """Text of equal width from its bytes; null where there is nobody."""
    ends = np.arange(0, width * (numbers.size + 1), width, dtype=np.int64)
    array = pa.LargeStringArray.from_buffers(numbers.size, pa.py_buffer(ends), pa.py_buffer(signs.tobytes()))
    found = pl.from_arrow(array)
    assert isinstance(found, pl.Series)
    return found.set(pl.Series(numbers == 0), None) if (numbers == 0).any() else found


def _mixed(value: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def together(parts: Sequence[Ints]) -> Ints:
    """Several lists of persons as one."""
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
