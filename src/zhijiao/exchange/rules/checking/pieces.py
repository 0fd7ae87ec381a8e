"""A csv, block by block: what the loops can take at once, and the other rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhijiao.exchange.rules.checking.checker import MOST, Checker, Part
from zhijiao.exchange.rules.checking.seen import Once, Repeated
from zhijiao.exchange.rules.checking.skipping import BEGINNING
from zhijiao.exchange.rules.checking.swift import Swift, loops
from zhijiao.exchange.rules.reading import Chunk
from zhijiao.exchange.rules.reading.delimited import Block, Delimited
from zhijiao.exchange.store.frames import BAD, empty

_MANY = 5_000
"""Rows that are not put off any longer."""


class Pieces:
    """The checks of a csv whose every key stands in it once."""

    def __init__(self, checker: Checker, file: Delimited, heading: int) -> None:
        self._checker, self._file, self._heading = checker, file, heading
        self._loops = loops(file, checker.given())
        self._once, self._left = Once(), MOST
        self._begun = 0  # rows that were looked at
        self._lines: list[bytes] = []  # of the rows put off
        self._numbers: list[int] = []

    def parts(self, blocks: Iterator[Block]) -> Iterator[Part]:
        """The rows. Raises Repeated where a key came again, or a line turned out not to be a row: then only all rows together
        say which of them wait."""
        for block in blocks:
            first = max(BEGINNING - self._begun, 0)
            swift = self._loops.take(block, first) if self._loops is not None else None
            if swift is not None:
                self._begun += swift.good.height + len(swift.numbers)
                yield self._swift(swift)
            else:
                yield from self._put_off()
                chunk = block.chunk()
                self._begun += chunk.cells.height
                yield self._slowly(chunk, first)
            if len(self._numbers) >= _MANY:
                yield from self._put_off()
        yield from self._put_off()

    def _swift(self, swift: Swift) -> Part:
        self._once.add(swift.good["key"].hash(3).to_numpy())
        self._lines.append(swift.others)
        self._numbers += swift.numbers
        return Part(swift.good, empty(BAD), (), swift.good.height)

    def _put_off(self) -> Iterator[Part]:
        if not self._numbers:
            return
        chunk = self._file.of_lines(b"".join(self._lines), self._numbers)
        if chunk is None:
            raise Repeated
        first = _first(self._numbers, self._heading)
        self._lines, self._numbers = [], []
        yield self._slowly(chunk, first)

    def _slowly(self, chunk: Chunk, first: int) -> Part:
        part = self._checker.alone(chunk, self._once, first=first, most=self._left)
        self._left -= len(part.problems)
        return part


class Blocks:
    """The checks of a csv in which keys may come again."""

    def __init__(self, checker: Checker, file: Delimited, heading: int) -> None:
        self._checker, self._file, self._heading = checker, file, heading
        self._loops = loops(file, checker.given())

    def parts(self, blocks: Iterator[Block]) -> Iterator[Part]:
        """The rows."""
        begun = 0
        for block in blocks:
            first = max(BEGINNING - begun, 0)
            swift = self._loops.take(block, first) if self._loops is not None else None
            part = self._quickly(swift, first) if swift is not None else None
            if swift is not None and part is not None:
                begun += swift.good.height + len(swift.numbers)  # also rows that turn out to be none
                yield part
                continue
            chunk = block.chunk()
            begun += chunk.cells.height
            if chunk.cells.height or chunk.faults:
                yield from self._checker.parts(chunk, first)

    def _quickly(self, swift: Swift, first: int) -> Part | None:
        """What the loops took, and the other rows beside it; None where they have to be looked at together."""
        chunk = self._file.of_lines(swift.others, swift.numbers) if swift.numbers else None
        if swift.numbers and chunk is None:
            return None
        return self._checker.beside(swift.good, chunk, _first(swift.numbers, self._heading) if first else 0)


def _first(numbers: Sequence[int], heading: int) -> int:
    """How many of rows with these numbers are right below the heading."""
    return sum(number <= heading + BEGINNING for number in numbers[:BEGINNING])
