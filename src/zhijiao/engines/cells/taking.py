"""Rows cut into cells, and their cells looked at column by column. Compiled loops on import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from zhijiao.engines.cells.joining import Cells, Ints, Longs, Octets
from zhijiao.engines.cells.kernel.keeping import KEPT
from zhijiao.engines.cells.shapes import Credit, Day, Digits, Identity, Listed, Mobile, Number, Shape, Words
from zhijiao.lib import citizens, codes

with KEPT.settled():
    from zhijiao.engines.cells.kernel import accepting
    from zhijiao.engines.cells.kernel.cutting import CLASSES, cut

Grid: TypeAlias = npt.NDArray[np.int32]
Wholes: TypeAlias = npt.NDArray[np.uint64]

_UNBOUNDED = 1 << 62
_WEIGHTS = np.array(citizens.WEIGHTS, dtype=np.uint8)
_CHECKS = np.frombuffer(citizens.CHECKS.encode(), dtype=np.uint8)
_CREDITS = np.frombuffer(codes.SIGNS.encode(), dtype=np.uint8)
_RANKS = np.full(256, 255, dtype=np.uint8)
_RANKS[_CREDITS] = np.arange(len(_CREDITS))
_LINE = ord("\n")


@dataclass(frozen=True)
class Wanted:
    """A column of the text, by its place, and what its cells should be. `required`: none of them may be blank. `not_`: a word
    that none of them may be, as the title of the column."""

    place: int
    shape: Shape
    required: bool = False
    not_: bytes = b""


@dataclass(frozen=True)
class Taken:
    """Rows of a text. Line r is text[lines[r]:lines[r + 1]]. Of rows that are odd nothing else is known."""

    lines: Longs
    odd: Octets
    _columns: Sequence[_Found]

    def cells(self, number: int, rows: Longs) -> Cells:
        """The canonical cells of the so-manieth column that was wanted, of rows that are not odd."""
        return self._columns[number].cells(rows)

    def targets(self, number: int) -> tuple[Sequence[str], Ints]:
        """Of a column with a list: its canonical texts, a blank the first, and which of them stands in each row."""
        found = self._columns[number]
        assert isinstance(found, _Coded)
        return found.listed.texts, found.codes

    def numbers(self, number: int) -> Wholes:
        """Of a column of identity numbers: their first 17 digits as one number, 0 for a blank."""
        found = self._columns[number]
        assert isinstance(found, _Counted)
        return found.numbers


class Taker:
    """Takes rows of texts whose cells are separated by a sign, all of one width."""

    def __init__(self, columns: Sequence[Wanted], delimiter: str, width: int) -> None:
        self._columns = [(wanted, _looker(wanted.shape)) for wanted in columns]
        self._delimiter, self._width = ord(delimiter), width

    def take(self, text: bytes, skip: int = 0) -> Taken:
        """Look at all rows of a text in UTF-8 but the first ones."""
        signs = np.frombuffer(text, dtype=np.uint8)
        at = 0
        for _ in range(skip):
            at = text.find(b"\n", at) + 1 or len(text)
        most = int(np.count_nonzero(signs[at:] == _LINE)) + 1
        starts, ends = (np.empty((self._width, most), dtype=np.int32) for _ in "se")
        odd, lines = np.zeros(most, dtype=np.uint8), np.empty(most + 1, dtype=np.int64)
        rows = cut(signs, at, self._delimiter, CLASSES, starts, ends, odd, lines)
        odd, lines = odd[:rows], lines[: rows + 1]
        found: list[_Found] = []
        for wanted, look in self._columns:
            cells = Cells(signs, starts[wanted.place, :rows], ends[wanted.place, :rows])
            if wanted.required:
                accepting.given_everywhere(cells.starts, cells.ends, odd)
            if wanted.not_:
                word = np.frombuffer(wanted.not_, dtype=np.uint8)
                accepting.other_than(signs, cells.starts, cells.ends, odd, word)
            found.append(look.look(cells, odd))
        return Taken(lines, odd, found)


class _Found(Protocol):
    """A column that was looked at."""

    def cells(self, rows: Longs) -> Cells:
        """Its canonical cells."""
        ...


@dataclass(frozen=True)
class _AsGiven:
    given: Cells

    def cells(self, rows: Longs) -> Cells:
        return self.given.taken(rows)


@dataclass(frozen=True)
class _Counted(_AsGiven):
    numbers: Wholes


@dataclass(frozen=True)
class _Coded:
    listed: _List
    codes: Ints

    def cells(self, rows: Longs) -> Cells:
        return self.listed.pool.taken(self.codes[rows])


class _Looker(Protocol):
    """Knows the canonical cells of a shape."""

    def look(self, cells: Cells, odd: Octets) -> _Found:
        """Make the rows odd whose cells are otherwise."""
        ...


class _List:
    """A list made ready: its words where they are found at once, its canonical texts one behind the other."""

    def __init__(self, listed: Listed) -> None:
        self.texts = ["", *dict.fromkeys(listed.words.values())]
        places = {text: place for place, text in enumerate(self.texts)}
        self._targets = np.array([places[text] for text in listed.words.values()], dtype=np.int32)
        self._words, self._offsets = _packed(list(listed.words))
        self._slots = np.zeros(1 << (2 * len(listed.words) + 1).bit_length(), dtype=np.int32)
        accepting.index(self._words, self._offsets, self._slots)
        source, offsets = _packed(self.texts)
        short = offsets.astype(np.int32)
        self.pool = Cells(source, short[:-1].copy(), short[1:].copy())

    def look(self, cells: Cells, odd: Octets) -> _Coded:
        codes = np.empty(len(odd), dtype=np.int32)
        accepting.listed(
            cells.source,
            cells.starts,
            cells.ends,
            odd,
            self._words,
            self._offsets,
            self._slots,
            self._targets,
            codes,
        )
        return _Coded(self, codes)


def _packed(texts: Sequence[str]) -> tuple[Octets, Longs]:
    """Texts one behind the other, and where each begins and the last one ends."""
    octets = [text.encode() for text in texts]
    offsets = np.zeros(len(octets) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in octets], out=offsets[1:])
    return np.frombuffer(b"".join(octets), dtype=np.uint8), offsets


class _Loop:
    """A shape whose cells stay as they stand: the loop that looks at them, and what else it is given."""

    def __init__(self, loop: Callable[..., None], *more: object) -> None:
        self._loop, self._more = loop, more

    def look(self, cells: Cells, odd: Octets) -> _AsGiven:
        self._loop(cells.source, cells.starts, cells.ends, odd, *self._more)
        return _AsGiven(cells)


@dataclass(frozen=True)
class _Identity:
    shape: Identity

    def look(self, cells: Cells, odd: Octets) -> _Counted:
        numbers = np.empty(len(odd), dtype=np.uint64)
        accepting.identities(
            cells.source,
            cells.starts,
            cells.ends,
            odd,
            self.shape.least,
            self.shape.most,
            _WEIGHTS,
            _CHECKS,
            numbers,
        )
        return _Counted(cells, numbers)


def _looker(shape: Shape) -> _Looker:
    match shape:
        case Listed():
            return _List(shape)
        case Words(most):
            return _Loop(accepting.words_up_to, most)
        case Number(whole, decimals, least, most):
            bounds = (-_UNBOUNDED if least is None else least, _UNBOUNDED if most is None else most)
            return _Loop(accepting.numbers, whole, decimals, *bounds)
        case Day(least, most):
            return _Loop(accepting.days, least, most)
        case Identity():
            return _Identity(shape)
        case Mobile():
            return _Loop(accepting.mobiles)
        case Digits(count):
            return _Loop(accepting.digits, count)
        case Credit():
            return _Loop(accepting.credit_codes, _RANKS, _CREDITS)
