"""Rows on their way into the records: laid aside before, or passing through while the rest of the file is still being checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import polars as pl

from zhijiao.exchange.store import planning, reading
from zhijiao.exchange.store.frames import Checked, empty
from zhijiao.exchange.store.planning import PAIR, Extent, Heard, Step
from zhijiao.exchange.store.spool import Spool


class Flow(Protocol):
    """Rows of a file, compared with a shelf."""

    @property
    def said(self) -> Extent:
        """What they speak of. Known when all steps were taken."""
        ...

    def steps(self, shelf: int, sequence: int) -> Iterator[Step]:
        """What to change, bit by bit, by a batch that has this sequence. Each step is to be done before the next is asked for."""
        ...


class Laid:
    """Rows of a spool."""

    def __init__(self, spool: Spool, *, whole: bool) -> None:
        self._spool, self._said = spool, planning.extent(spool, whole=whole)

    @property
    def said(self) -> Extent:
        """What they speak of."""
        return self._said

    def steps(self, shelf: int, sequence: int) -> Iterator[Step]:
        """Bucket by bucket."""
        yield from planning.steps(self._spool, shelf, self._said)
        for part in self._spool.bad():
            yield Step(bad=part)


class Passing:
    """Parts that are checked meanwhile. Nothing is kept of them; of the shelf, what stands in their organisations and periods
    is (that is for files of bounded size, or an empty shelf)."""

    def __init__(self, parts: Iterable[Checked], *, whole: bool) -> None:
        self._parts, self._whole = parts, whole
        self._heard = Heard(whole=whole)
        self._pairs = empty({"organisation": pl.Int64, "period": pl.String})
        self._current = reading.nothing()
        self._keys: list[pl.DataFrame] = []

    @property
    def said(self) -> Extent:
        """What they speak of so far."""
        return self._heard.extent

    def steps(self, shelf: int, sequence: int) -> Iterator[Step]:
        """Part by part; at last what the file lacks."""
        if not reading.any_in_force(shelf):
            for part in self._parts:
                self._heard.add(part.good, part.bad)
                yield Step(new=part.good, bad=part.bad)
            return
        nothing = Heard(whole=False).extent
        for part in self._parts:
            self._heard.add(part.good, part.bad)
            if self._whole:
                self._look_up(part.good, shelf, sequence)
            self._keys.append(part.good.select("key"))
            step = planning.completed(part.good, self._current, shelf, nothing)
            step.bad = part.bad
            yield step
        if self._keys:
            yield Step(gone=planning.lost(pl.concat(self._keys), self._current, self.said))

    def _look_up(self, good: pl.DataFrame, shelf: int, sequence: int) -> None:
        """What stood, before this batch, in organisations and periods that no earlier part spoke of."""
        pairs = good.select(PAIR).unique().join(self._pairs, on=PAIR, how="anti")
        if pairs.height:
            found = reading.of_pairs(shelf, pairs, sequence)
            self._pairs = pl.concat((self._pairs, pairs))
            self._current = pl.concat((self._current, *found))
