"""What a checked file would change: new, changed, unchanged, gone; key by key, in buckets of bounded size."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from zhijiao.exchange.store import reading
from zhijiao.exchange.store.frames import BAD, CURRENT, GOOD, empty
from zhijiao.exchange.store.spool import Spool, gather, spread
from zhijiao.exchange.store.standing import KEY, Places, Standing
from zhijiao.exchange.store.writing import Lines

BUCKET = 250_000
"""Rows that are compared at once."""
PAIR = ["organisation", "period"]
SHOWN = 200
"""Changes and ended records that a preview lists."""


@dataclass(frozen=True)
class Extent:
    """What a file speaks of. `whole`: it is the whole of these organisations and periods, so that what it lacks is gone."""

    whole: bool
    organisations: frozenset[int] = frozenset()
    periods: frozenset[str] = frozenset()
    pairs: pl.DataFrame = field(default_factory=pl.DataFrame)  # organisation, period
    unclear: pl.DataFrame = field(
        default_factory=pl.DataFrame
    )  # pairs with rows of which nobody knows whose they are
    waiting: pl.DataFrame = field(default_factory=pl.DataFrame)  # organisation and key of rows that wait
    rows: int = 0


def _nothing_changed() -> pl.DataFrame:
    return empty({**GOOD, "spot": pl.String, "known_period": pl.String, "before": pl.String})


@dataclass
class Step:
    """The outcome of one bucket or part. `bad` are rows of it that wait."""

    new: pl.DataFrame = field(default_factory=lambda: empty(GOOD))
    changed: pl.DataFrame = field(default_factory=_nothing_changed)  # with spot, before
    gone: pl.DataFrame = field(default_factory=lambda: empty(CURRENT))
    unchanged: int = 0
    bad: pl.DataFrame = field(default_factory=lambda: empty(BAD))
    lines: Lines | None = None  # new and changed rows as the table takes them, where they are made already
    only_adds: bool = False  # nothing will be asked of the database for the next step

    @cached_property
    def sums(self) -> dict[str, int]:
        """What would change, as one number each, independent of the order of rows."""
        return {
            name: int((frame["key"].hash(11) ^ frame["data"].hash(12)).sum())
            for name, frame in (("new", self.new), ("changed", self.changed), ("gone", self.gone))
            if frame.height
        }


@dataclass
class Plan:
    """The sum over all buckets. `digest` names what would change, independent of the order of rows."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    ended: list[dict[str, Any]] = field(default_factory=list)
    unclear: bool = False
    _sums: dict[str, int] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        """Count a bucket in."""
        self.new += step.new.height
        self.changed += step.changed.height
        self.gone += step.gone.height
        self.unchanged += step.unchanged
        self.changes += (
            step.changed.head(max(0, SHOWN - len(self.changes)))
            .select("row", "key", "organisation", "period", "before", "data")
            .to_dicts()
        )
        self.ended += (
            step.gone.head(max(0, SHOWN - len(self.ended)))
            .select("key", "organisation", "period", "data")
            .to_dicts()
        )
        for name, total in step.sums.items():
            self._sums[name] = (self._sums.get(name, 0) + total) % 2**64

    @property
    def digest(self) -> str:
        """SHA-256 of what would change."""
        said = f"{self.new} {self.changed} {self.gone} {sorted(self._sums.items())}"
        return hashlib.sha256(said.encode()).hexdigest()


class Heard:
    """What the parts of a file speak of, as they come."""

    def __init__(self, *, whole: bool) -> None:
        self._whole, self._rows = whole, 0
        self._pairs: list[pl.DataFrame] = []
        self._waiting: list[pl.DataFrame] = []
        self._unclear: list[pl.DataFrame] = []

    def add(self, good: pl.DataFrame, bad: pl.DataFrame) -> None:
        """Hear a part."""
        if good.height:
            self._pairs.append(good.select(*PAIR).unique())
            self._rows += good.height
        if bad.height:
            unknown = pl.col("key").is_null() | (pl.col("key") == "")
            self._waiting.append(bad.select(KEY).drop_nulls())
            self._unclear.append(bad.filter(unknown).select(*PAIR).unique())

    @property
    def extent(self) -> Extent:
        """All of it."""
        pairs = _joined(self._pairs, PAIR).unique()
        return Extent(
            self._whole,
            frozenset(pairs["organisation"].to_list()),
            frozenset(pairs["period"].to_list()),
            pairs,
            _joined(self._unclear, PAIR).unique(),
            _joined(self._waiting, KEY),
            self._rows,
        )


def _joined(frames: list[pl.DataFrame], columns: list[str]) -> pl.DataFrame:
    return pl.concat(frames) if frames else empty(GOOD).select(columns)


def extent(spool: Spool, *, whole: bool) -> Extent:
    """What the rows of a spool speak of."""
    heard, none = Heard(whole=whole), empty(BAD)
    for part in spool.good():
        heard.add(part, none)
    for part in spool.bad():
        heard.add(none, part)
    return heard.extent


def steps(spool: Spool, shelf: int, said: Extent) -> Iterator[Step]:
    """Compare a spool with a shelf, bucket by bucket."""
    count = 1 + said.rows // BUCKET
    if not reading.any_in_force(shelf):
        for part in spool.good():
            yield Step(new=part)
        return
    current = reading.of_scope(shelf, said.organisations, said.periods) if said.whole else iter(())
    if count == 1:
        good = pl.concat(list(spool.good()) or [empty(GOOD)])
        yield completed(good, pl.concat([*current] or [reading.nothing()]), shelf, said)
        return
    with tempfile.TemporaryDirectory(dir=spool.folder) as name:
        folder = Path(name)
        spread(spool.good(), folder, "good", count)
        spread(current, folder, "current", count)
        for bucket in range(count):
            good = gather(folder, "good", bucket, GOOD)
            yield completed(good, gather(folder, "current", bucket, CURRENT), shelf, said)


def completed(good: pl.DataFrame, current: pl.DataFrame, shelf: int, said: Extent) -> Step:
    """With the records that have keys of the file but stand elsewhere: under another period."""
    standing = Standing(current)
    places = standing.places(good)
    elsewhere = list(reading.of_keys(shelf, wanted)) if (wanted := missing(good, places)).height else []
    if any(found.height for found in elsewhere):
        standing = Standing(pl.concat([current, *elsewhere]))
        places = standing.places(good)
    step = compare(good, standing.records, places)
    step.gone = lost(good, standing.left(), said)
    return step


def missing(good: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Organisations' keys of rows that have no record."""
    return good.select(KEY).filter(pl.Series(places < 0)) if (places < 0).any() else good.select(KEY).clear()


def compare(good: pl.DataFrame, records: pl.DataFrame, places: Places) -> Step:
    """What rows change in their records, which stand at these places."""
    there = places >= 0
    if not there.any():
        return Step(new=good)
    found = good if there.all() else good.filter(pl.Series(there))
    before = records.select("spot", pl.col("period").alias("known_period"), pl.col("data").alias("before"))[
        places[there]
    ]
    same = (found["data"] == before["before"]) & (found["period"] == before["known_period"])
    unchanged = int(same.sum())
    step = Step(unchanged=unchanged)
    if found.height < good.height:
        step.new = good.filter(pl.Series(~there))
    if unchanged < found.height:
        step.changed = found.hstack(before).filter(~same)
    return step


def lost(good: pl.DataFrame, current: pl.DataFrame, said: Extent) -> pl.DataFrame:
    """Records of what the file is the whole of that it does not have. A row that waits is not gone; and where a row's key
    cannot be read, nobody can say which record it is, so none of that organisation and period is ended."""
    if not said.whole or not current.height:
        return current.clear()
    left = current.join(said.pairs, on=["organisation", "period"], how="semi").join(
        good, on="key", how="anti"
    )
    left = left.join(said.waiting, on=KEY, how="anti")
    for organisation, period in said.unclear.iter_rows():
        here = pl.lit(True) if organisation is None else pl.col("organisation") == organisation
        then = pl.lit(True) if period is None else pl.col("period") == period
        left = left.filter(~(here & then))
    return left
