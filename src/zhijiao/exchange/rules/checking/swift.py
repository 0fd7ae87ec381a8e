"""Rows of a csv whose cells are all canonical already, checked and encoded by compiled loops. What they take is what the other
way would take (a property test holds them to it); every other row is left to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from zhijiao.engines.cells.kernel.keeping import KEPT
from zhijiao.engines.cells.shapes import Identity
from zhijiao.exchange.rules import identity
from zhijiao.exchange.rules.checking.columns import Column
from zhijiao.exchange.rules.checking.conditions import asked, broken
from zhijiao.exchange.rules.checking.skipping import left_out
from zhijiao.exchange.rules.encoding import JOIN
from zhijiao.exchange.rules.identity import Keys
from zhijiao.exchange.rules.reading.delimited import Block, Delimited
from zhijiao.exchange.store.frames import GOOD
from zhijiao.exchange.types import Dataset, Role

if TYPE_CHECKING:
    from zhijiao.engines.cells.joining import Cells, Longs
    from zhijiao.engines.cells.taking import Taken

FROM = 4_000_000
"""Bytes of a file from which loading the loops pays."""
_MOST_KNOWN = 50_000
"""Combinations of values that are kept as known to meet the conditions."""
_LEAST = 0.5
"""Share of rows that can be taken, below which the loops only cost."""


@dataclass(frozen=True)
class Swift:
    """What the loops took of a block: rows as store.frames has them. `others`: the other lines, and their numbers."""

    good: pl.DataFrame
    others: bytes
    numbers: Sequence[int]


@dataclass(frozen=True)
class Given:
    """What a file's rows are checked against, as far as the loops need it. `places`: the column of each field that has one;
    `constants`: the text of each other field."""

    dataset: Dataset
    columns: Sequence[Column]
    places: Mapping[str, int]
    titles: Mapping[str, str]
    constants: Mapping[str, str | None]
    organisations: Mapping[str, int]
    sender: int | None
    keys: Keys


def loops(file: Delimited, given: Given) -> Loops | None:
    """The loops for a file. None where they would not pay, were not compiled at set-up, or do not know one of its columns."""
    fields, person = given.dataset.fields, given.dataset.the(Role.PERSON)
    known = (
        file.width > 1  # an empty line of one column is no line to the other reader
        and len(set(given.places.values())) == len(given.places)
        and all(place < file.width for place in given.places.values())
        and all(
            isinstance(column.shape, Identity) if column.field is person else column.shape is not None
            for column in given.columns
            if column.field.id in given.places
        )
        # Where a mandatory field has no column, every row is looked at for sums and remarks.
        and all(of.id in given.places for of in fields if of.mandatory)
        and any(of.mandatory for of in fields)
        and all(name in given.places or given.constants[name] for name in given.dataset.key)
        and (person is None or person.id in given.places or given.constants[person.id] is None)
    )
    return Loops(file, given) if known and file.size >= FROM and KEPT.ready() else None


class Loops:
    """The loops, made ready for a file."""

    def __init__(self, file: Delimited, given: Given) -> None:
        from zhijiao.engines.cells.taking import Taker, Wanted

        self._given, self._dataset = given, given.dataset
        self._wanted: dict[str, int] = {}  # fields with a column: which of those that are looked at
        first = next(iter(given.places))
        wanted: list[Wanted] = []
        for column in given.columns:
            name = column.field.id
            if name not in given.places or column.shape is None:
                continue
            self._wanted[name] = len(wanted)
            required = column.field.mandatory or name in self._dataset.key
            # The heading, printed again on each page, begins with the title of the first field.
            title = given.titles.get(name, "").encode() if name == first else b""
            wanted.append(Wanted(given.places[name], column.shape, required, title))
        self._taker = Taker(wanted, file.delimiter, file.width)
        self._delimiter = file.delimiter
        self._asked = sorted(asked(self._dataset))
        self._known: set[str] = set()
        self._worth = True

    def take(self, block: Block, first: int) -> Swift | None:
        """The rows of a block that can be taken as they stand. `first`: so many of them are those right below the heading. None
        where its lines are not its rows, or hardly any could be taken."""
        if not (self._worth and block.plain):
            return None
        taken = self._taker.take(block.text.content, block.skip)
        odd = taken.odd.view(np.bool_)
        self._look_at_first(block.text.content, taken, odd, min(first, len(odd)))
        rows = np.flatnonzero(~odd)
        places = self._broken(taken, rows)
        if places:
            odd[rows[places]] = True
            rows = np.flatnonzero(~odd)
        if len(rows) < _LEAST * len(odd):
            self._worth = False
            return None
        number = block.text.line + block.skip
        good = self._encoded(taken, rows).with_columns(
            pl.Series("row", (rows + number).astype(np.uint32)), self._organisations(taken, rows)
        )
        left = np.flatnonzero(odd)
        others = [
            block.text.content[begin:end]
            for begin, end in zip(taken.lines[left].tolist(), taken.lines[left + 1].tolist(), strict=True)
        ]
        return Swift(good.select(list(GOOD)), b"".join(others), (left + number).tolist())

    def _look_at_first(self, text: bytes, taken: Taken, odd: npt.NDArray[np.bool_], first: int) -> None:
        """A row right below the heading may be no row, however well it is filled in."""
        for place in range(first):
            cells = text[taken.lines[place] : taken.lines[place + 1]].decode().rstrip("\r\n")
            texts = cells.split(self._delimiter)
            if not odd[place]:
                row = {name: texts[column] for name, column in self._given.places.items()}
                odd[place] = left_out(row, self._dataset, self._given.titles, first=True)

    def _broken(self, taken: Taken, rows: Longs) -> list[int]:
        """Which of the rows break a condition. Values that go together come again and again, so they are looked at once."""
        from zhijiao.engines.cells.joining import joined

        if not self._asked or not len(rows):
            return []
        together = joined([self._cells(taken, name, rows) for name in self._asked], JOIN.encode())
        firsts = together.arg_unique()
        new = {
            text: place
            for text, place in zip(together.gather(firsts), firsts, strict=True)
            if text not in self._known
        }
        if self._breaking(taken, rows[list(new.values())]):
            return self._breaking(taken, rows)
        if len(self._known) < _MOST_KNOWN:
            self._known |= new.keys()
        return []

    def _breaking(self, taken: Taken, rows: Longs) -> list[int]:
        if not len(rows):
            return []
        values = pl.DataFrame([self._values(taken, name, rows) for name in self._asked])
        return sorted({place for one in broken(values, self._dataset) for place in one.places})

    def _values(self, taken: Taken, name: str, rows: Longs) -> pl.Series:
        if name in self._wanted:
            return taken.cells(self._wanted[name], rows).series().alias(name)
        return pl.Series(name, [self._given.constants[name]], dtype=pl.String).new_from_index(0, len(rows))

    def _cells(self, taken: Taken, name: str, rows: Longs) -> Cells:
        from zhijiao.engines.cells.joining import Cells

        if name in self._wanted:
            return taken.cells(self._wanted[name], rows)
        return Cells.constant((self._given.constants[name] or "").encode(), len(rows))

    def _encoded(self, taken: Taken, rows: Longs) -> pl.DataFrame:
        """Their texts, as `encoding.encoded` makes them."""
        from zhijiao.engines.cells.joining import Cells, joined

        cells = {of.id: self._cells(taken, of.id, rows) for of in self._dataset.fields}
        person, sealed = (pl.Series([None], dtype=pl.String).new_from_index(0, len(rows)) for _ in "ps")
        of_person, period = self._dataset.the(Role.PERSON), self._dataset.the(Role.PERIOD)
        if of_person is not None and of_person.id in self._wanted:
            hidden = identity.hide_numbers(taken.numbers(self._wanted[of_person.id])[rows], self._given.keys)
            there = cells[of_person.id].there
            cells[of_person.id] = hidden.person.only(there)
            person, sealed = cells[of_person.id].series(), hidden.sealed.only(there).series()
        join = JOIN.encode()
        return pl.DataFrame(
            {
                "period": joined([cells[period.id] if period else Cells.constant(b"", len(rows))], join),
                "key": joined([cells[name] for name in self._dataset.key], join),
                "person": person,
                "sealed": sealed,
                "data": joined([cells[of.id] for of in self._dataset.fields], join),
            }
        )

    def _organisations(self, taken: Taken, rows: Longs) -> pl.Series:
        of, number = self._dataset.the(Role.ORGANISATION), self._given.sender
        if of is not None and of.id in self._wanted:
            texts, codes = taken.targets(self._wanted[of.id])
            ids = [self._given.organisations.get(text) for text in texts]
            return pl.Series("organisation", ids, dtype=pl.Int64).gather(pl.Series(codes[rows]))
        if of is not None:
            number = self._given.organisations.get(self._given.constants[of.id] or "")
        return pl.Series("organisation", [number], dtype=pl.Int64).new_from_index(0, len(rows))
