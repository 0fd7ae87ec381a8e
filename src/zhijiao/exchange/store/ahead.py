"""Parts that another thread makes while whoever wants them is busy with the last one: checking runs beside the database."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

T = TypeVar("T")

_SECONDS = 0.05


class Left(Exception):
    """Whoever wanted the items has gone."""


@contextmanager
def ahead(items: Iterator[T], most: int) -> Iterator[Iterator[T]]:
    """The same items in the same order, up to `most` of them made before they are asked for; what the making raises is raised
    where the item would have come. After the block the other thread has ended, and who still asks is told so (`Left`)."""
    made: queue.Queue[T | _Failed | None] = queue.Queue(most)  # None: the end
    left = threading.Event()

    def put(item: T | _Failed | None) -> None:
        while not left.is_set():
            try:
                return made.put(item, timeout=_SECONDS)
            except queue.Full:
                continue

    def make() -> None:
        try:
            for item in items:
                put(item)
                if left.is_set():
                    return
            put(None)
        except BaseException as error:
            put(_Failed(error))

    thread = threading.Thread(target=make, name="ahead", daemon=True)
    thread.start()
    try:
        yield _taken(made)
    finally:
        left.set()
        thread.join()
        with suppress(queue.Full):  # where it is full there is something to take
            made.put_nowait(_Failed(Left()))


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def _taken(made: queue.Queue[T | _Failed | None]) -> Iterator[T]:
    while (item := made.get()) is not None:
        if isinstance(item, _Failed):
            raise item.error
        yield item
