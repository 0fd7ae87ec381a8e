"""Making frames out of drawn arrays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from zhijiao.exchange.twin import people
from zhijiao.exchange.twin.draws import Bools, Ints, day

NEVER = -(10**9)
"""A day that did not come: null in the frame."""


def table(size: int, **given: Any) -> pl.DataFrame:
    """A frame of so many rows; a single value is repeated, None is left out (and so becomes null)."""
    columns: dict[str, pl.Series] = {}
    for name, value in given.items():
        if value is None:
            continue
        name = name.rstrip("_")
        if isinstance(value, pl.Series | np.ndarray | list):
            columns[name] = pl.Series(name, value)
        else:
            columns[name] = pl.Series(name, [value]).new_from_index(0, size)
    return pl.DataFrame(columns)


def dates(days: Ints) -> pl.Series:
    """Days as dates; NEVER becomes null."""
    known = np.where(days == NEVER, 0, days)
    found: pl.Series = pl.Series(known.astype(np.int32)).cast(pl.Date)
    return hidden(found, days == NEVER)


def words(choices: Sequence[str | None], at: Ints) -> pl.Series:
    """The word at each place; a negative place is null."""
    listed = pl.Series([*choices, None], dtype=pl.String)
    found: pl.Series = listed.gather(np.where(at < 0, len(choices), at))
    return found


def yes(where: Bools) -> pl.Series:
    """The code list yes_no."""
    return words(["no", "yes"], where.astype(np.int64))


def hidden(series: pl.Series, where: Bools) -> pl.Series:
    """The series with null where it does not apply."""
    if not where.any():
        return series
    return pl.select(pl.when(pl.Series(~where)).then(series)).to_series()


def money(fen: Ints) -> pl.Series:
    """Yuan from whole fen, exactly."""
    found: pl.Series = pl.Series(fen).cast(pl.Decimal(38, 2)) / pl.Series([100], dtype=pl.Decimal(38, 2))
    return found.cast(pl.Decimal(38, 2))


def tenths(value: Ints) -> pl.Series:
    """A number with one decimal from whole tenths."""
    return pl.Series([None if v == NEVER else f"{v // 10}.{v % 10}" for v in value.tolist()]).cast(
        pl.Decimal(38, 1)
    )


def numbered(prefix: str, size: int, start: int = 1) -> pl.Series:
    """Running numbers behind a prefix."""
    return pl.Series([f"{prefix}{i:05d}" for i in range(start, start + size)], dtype=pl.String)


def present(since: Ints, until: Ints, on: date) -> Bools:
    """Who is there at the end of a day: came by then and had not left (the day of leaving is the first day away)."""
    at = day(on)
    return np.asarray((since <= at) & ((until == NEVER) | (until > at)))


def year_end(year: int) -> date:
    """The 31st of December."""
    return date(year, 12, 31)


def sexes(numbers: Ints) -> pl.Series:
    """GB/T 2261.1: 1 men, 2 women."""
    return words(["2", "1"], people.male(numbers).astype(np.int64))


def counts(places: Ints, size: int) -> Ints:
    """How often each place from 0 occurs."""
    return np.bincount(places, minlength=size).astype(np.int64)
