"""Rows on their way into the records: laid aside before, or passing through while the rest of the file is still being checked."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeVar

import polars as pl

from zhijiao.exchange.store import planning, reading, writing
from zhijiao.exchange.store.ahead import Left, ahead
from zhijiao.exchange.store.frames import Checked, empty
from zhijiao.exchange.store.planning import PAIR, Extent, Heard, Step
from zhijiao.exchange.store.spool import Spool
from zhijiao.exchange.store.standing import Standing

T = TypeVar("T")

_SECONDS = 0.05
_TOGETHER = 17_000
"""Rows that are compared at once at least, but for the first ones."""
_MOST = 2
"""Parts that are looked at while the database says what stands on the shelf."""


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

    def wait(self, over: threading.Event, meanwhile: _Parts) -> list[pl.DataFrame]:
        while not self._answer.done() and meanwhile.look_at_one():
            pass
        return _waited(self._answer, over)


class _Parts:
    """Parts in their order, some of them made before they are asked for."""

    def __init__(self, parts: Iterable[Checked]) -> None:
        self._parts, self._made = iter(parts), deque[Checked]()

    def look_at_one(self) -> bool:
        """Make one more; whether there was one, and room for it."""
        found = list(islice(self._parts, 1 if len(self._made) < _MOST else 0))
        self._made.extend(found)
        return bool(found)

    def __iter__(self) -> Iterator[Checked]:
        while self._made or self.look_at_one():
            yield self._made.popleft()

    def larger(self) -> Iterator[Checked]:
        """More and more of them together: the first rows are wanted soon, and comparing costs as much for few as for thousands."""
        wanted = 1
        while self._made or self.look_at_one():
            some = [self._made.popleft()]
            while sum(part.good.height for part in some) < wanted and (self._made or self.look_at_one()):
                some.append(self._made.popleft())
            together = Checked(
                pl.concat([part.good for part in some]), pl.concat([part.bad for part in some])
            )
            wanted = min(2 * together.good.height, _TOGETHER)
            yield together


def _waited(answer: Future[T], over: threading.Event) -> T:
    while True:
        try:
            return answer.result(_SECONDS)
        except NotYet:
            if over.is_set():
                raise Left from None


@dataclass(frozen=True)
class _Shelf:
    """What the thread has to know of the shelf before it can say what changes. `filled`: it holds something."""

    number: int
    sequence: int
    filled: bool


class Passing:
    """Parts that are checked, compared and written as the table takes them by a thread of their own, so that whoever takes the
    steps has nothing to do but to wait for the database. One thread, not one for each of these: they would keep each other
    from the first rows, for which the database waits. Nothing is kept of the parts; of the shelf, what stands in their
    organisations and periods is (that is for files of bounded size, or an empty shelf)."""

    def __init__(self, parts: Iterable[Checked], *, whole: bool) -> None:
        self._parts, self._whole = _Parts(parts), whole
        self._heard = Heard(whole=whole)
        self._pairs = empty({"organisation": pl.Int64, "period": pl.String})
        self._standing = Standing(reading.nothing())
        self._keys: list[pl.DataFrame] = []
        self._over = threading.Event()
        self._shelf = Future[_Shelf]()
        self._made: Iterator[Step | _Asked] = iter(())

    @contextmanager
    def begun(self, most: int) -> Iterator[Passing]:
        """The first part is looked at already. `most`: steps that may be ready before they are taken."""
        with ahead(self._steps(), most) as self._made:
            try:
                yield self
            finally:
                self._over.set()

    @property
    def said(self) -> Extent:
        """What they speak of so far."""
        return self._heard.extent

    def steps(self, shelf: int, sequence: int) -> Generator[Step, None, None]:
        """Part by part; at last what the file lacks."""
        self._shelf.set_result(_Shelf(shelf, sequence, reading.any_in_force(shelf)))
        for one in self._made:
            if isinstance(one, Step):
                yield one
            else:
                one.answer()

    def _steps(self) -> Iterator[Step | _Asked]:
        self._parts.look_at_one()
        shelf = _waited(self._shelf, self._over)
        made = self._compared if shelf.filled else self._added
        yield from made(shelf.number, shelf.sequence)

    def _added(self, shelf: int, sequence: int) -> Iterator[Step | _Asked]:
        for part in self._parts:
            self._heard.add(part.good, part.bad)
            yield _lined(Step(new=part.good, bad=part.bad, only_adds=True), shelf, sequence)

    def _compared(self, shelf: int, sequence: int) -> Iterator[Step | _Asked]:
        for part in self._parts.larger():
            self._heard.add(part.good, part.bad)
            if self._whole:
                yield from self._look_up(part.good, shelf, sequence)
            self._keys.append(part.good.select("key"))
            records, places = self._standing.records, self._standing.places(part.good)
            elsewhere = planning.missing(part.good, places)
            if elsewhere.height:
                asked = _Asked(lambda wanted=elsewhere: reading.of_keys(shelf, wanted))  # type: ignore[misc]
                yield asked
                found = asked.wait(self._over, self._parts)
                if any(frame.height for frame in found):
                    records = pl.concat([records, *found])
                    places = Standing(records).places(part.good)
            step = planning.compare(part.good, records, places)
            step.bad = part.bad
            yield _lined(step, shelf, sequence)
        left = self._standing.left()
        if self._keys and left.height:
            yield Step(gone=planning.lost(pl.concat(self._keys), left, self.said))

    def _look_up(self, good: pl.DataFrame, shelf: int, sequence: int) -> Iterator[_Asked]:
        """What stood, before this batch, in organisations and periods that no earlier part spoke of."""
        pairs = good.select(PAIR).unique().join(self._pairs, on=PAIR, how="anti")
        if pairs.height:
            asked = _Asked(lambda: reading.of_pairs(shelf, pairs, sequence))
            yield asked
            self._pairs = pl.concat((self._pairs, pairs))
            self._standing.add(asked.wait(self._over, self._parts))


def _lined(step: Step, shelf: int, sequence: int) -> Step:
    step.lines = writing.records((step.new, step.changed), shelf=shelf, since=sequence)
    _ = step.sums  # reckoned here, so that nobody waits for it who could hand the next rows to the database
    return step
