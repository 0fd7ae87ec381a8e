"""Rows on their way into the records: laid aside before, or passing through while the rest of the file is still being checked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Protocol

import polars as pl

from zhijiao.exchange.store import planning, reading, writing
from zhijiao.exchange.store.ahead import Left, ahead
from zhijiao.exchange.store.frames import Checked, empty
from zhijiao.exchange.store.planning import PAIR, Extent, Heard, Step
from zhijiao.exchange.store.spool import Spool

_SECONDS = 0.05


class Flow(Protocol):
    """Rows of a file, compared with a shelf."""

    @property
    def said(self) -> Extent:
        """What they speak of. Known when all steps were taken."""
        ...

    def steps(self, shelf: int, sequence: int) -> Generator[Step, None, None]:
        """What to change, bit by bit, by a batch that has this sequence. To be closed by whoever does not take all of them."""
        ...


class Laid:
    """Rows of a spool."""

    def __init__(self, spool: Spool, *, whole: bool) -> None:
        self._spool, self._said = spool, planning.extent(spool, whole=whole)

    @property
    def said(self) -> Extent:
        """What they speak of."""
        return self._said

    def steps(self, shelf: int, sequence: int) -> Generator[Step, None, None]:
        """Bucket by bucket."""
        yield from planning.steps(self._spool, shelf, self._said)
        for part in self._spool.bad():
            yield Step(bad=part)


class _Asked:
    """What the thread that compares wants to know of the database, whose transaction is another thread's."""

    def __init__(self, query: Callable[[], Iterable[pl.DataFrame]]) -> None:
        self._query, self._answer = query, Future[list[pl.DataFrame]]()

    def answer(self) -> None:
        self._answer.set_result(list(self._query()))

    def wait(self, over: threading.Event) -> list[pl.DataFrame]:
        while True:
            try:
                return self._answer.result(_SECONDS)
            except NotYet:
                if over.is_set():
                    raise Left from None


class Passing:
    """Parts that are checked meanwhile. They are compared, and written as the table takes them, by a thread of their own, so
    that whoever takes the steps has nothing to do but to wait for the database. Nothing is kept of them; of the shelf, what
    stands in their organisations and periods is (that is for files of bounded size, or an empty shelf). `most`: steps that may
    be ready before they are taken."""

    def __init__(self, parts: Iterable[Checked], *, whole: bool, most: int) -> None:
        self._parts, self._whole, self._most = parts, whole, most
        self._heard = Heard(whole=whole)
        self._pairs = empty({"organisation": pl.Int64, "period": pl.String})
        self._current = reading.nothing()
        self._keys: list[pl.DataFrame] = []
        self._over = threading.Event()

    @property
    def said(self) -> Extent:
        """What they speak of so far."""
        return self._heard.extent

    def steps(self, shelf: int, sequence: int) -> Generator[Step, None, None]:
        """Part by part; at last what the file lacks."""
        filled = reading.any_in_force(shelf)
        made = self._compared(shelf, sequence) if filled else self._added(shelf, sequence)
        with ahead(made, self._most) as found:
            try:
                for one in found:
                    if isinstance(one, Step):
                        yield one
                    else:
                        one.answer()
            finally:
                self._over.set()

    def _added(self, shelf: int, sequence: int) -> Iterator[Step | _Asked]:
        for part in self._parts:
            self._heard.add(part.good, part.bad)
            yield _lined(Step(new=part.good, bad=part.bad), shelf, sequence)

    def _compared(self, shelf: int, sequence: int) -> Iterator[Step | _Asked]:
        nothing = Heard(whole=False).extent
        for part in self._parts:
            self._heard.add(part.good, part.bad)
            if self._whole:
                yield from self._look_up(part.good, shelf, sequence)
            self._keys.append(part.good.select("key"))
            current = self._current
            missing = planning.missing(part.good, current)
            if missing.height:
                asked = _Asked(lambda wanted=missing: reading.of_keys(shelf, wanted))  # type: ignore[misc]
                yield asked
                current = pl.concat([current, *asked.wait(self._over)])
            step = planning.compare(part.good, current, nothing)
            step.bad = part.bad
            yield _lined(step, shelf, sequence)
        if self._keys:
            yield Step(gone=planning.lost(pl.concat(self._keys), self._current, self.said))

    def _look_up(self, good: pl.DataFrame, shelf: int, sequence: int) -> Iterator[_Asked]:
        """What stood, before this batch, in organisations and periods that no earlier part spoke of."""
        pairs = good.select(PAIR).unique().join(self._pairs, on=PAIR, how="anti")
        if pairs.height:
            asked = _Asked(lambda: reading.of_pairs(shelf, pairs, sequence))
            yield asked
            self._pairs = pl.concat((self._pairs, pairs))
            self._current = pl.concat((self._current, *asked.wait(self._over)))


def _lined(step: Step, shelf: int, sequence: int) -> Step:
    step.lines = writing.records((step.new, step.changed), shelf=shelf, since=sequence)
    _ = step.sums  # reckoned here, so that nobody waits for it who could hand the next rows to the database
    return step
