"""Tables of an office's file, found by their headings: rows as mappings, each with the place it came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhijiao.exchange.rules.reading import Opened, Sheet
from zhijiao.exchange.types import Problem

Titles = Mapping[str, Sequence[str]]
"""What is looked for: our word for a column → the titles that files give it, the likeliest first."""
_ASIDE = re.compile(r"[（(\[【].*?[)）\]】]|[\s*＊:：]+")


@dataclass(frozen=True)
class Row:
    """A row by our words for its columns; blank cells are empty."""

    sheet: str
    number: int
    values: Mapping[str, str]
    cells: tuple[str, ...]

    def problem(self, column: str, words: str) -> Problem:
        """Something wrong in this row."""
        return Problem(
            self.sheet, self.number, column, "", "", "standard", self.values.get(column, ""), words
        )


@dataclass(frozen=True)
class Table:
    """A sheet whose heading was recognised: the row of the heading, and where each column stands."""

    sheet: str
    heading: int
    columns: Mapping[str, int]

    def rows(self, file: Opened) -> Iterator[Row]:
        """All rows below the heading that hold anything."""
        for chunk in file.chunks(self.sheet, self.heading):
            for number, cells in zip(chunk.rows, chunk.cells.iter_rows(), strict=True):
                texts = tuple((cell or "").strip() for cell in cells)
                if any(texts):
                    values = {
                        word: texts[place] if place < len(texts) else ""
                        for word, place in self.columns.items()
                    }
                    yield Row(self.sheet, int(number), values, texts)


def found_table(sheet: Sheet, titles: Titles, needed: Sequence[str]) -> Table | None:
    """The table of a sheet: its heading is the first row that has all needed columns."""
    wanted = {word: [normal(title) for title in names] for word, names in titles.items()}
    for number, cells in enumerate(sheet.head, 1):
        here = [normal(cell) for cell in cells]
        columns: dict[str, int] = {}
        for word, names in wanted.items():
            place = next((here.index(name) for name in names if name in here), None)
            if place is not None and place not in columns.values():
                columns[word] = place
        if all(word in columns for word in needed):
            return Table(sheet.name, number, columns)
    return None


def normal(title: str) -> str:
    """A title without what files add to it: spaces, units in brackets, marks of what must be filled in, case and width."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", title)).lower()
