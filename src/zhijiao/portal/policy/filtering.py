"""Lists as the reader asked for them in the address: filtered, searched, sorted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from zhijiao.lib.folding import matches
from zhijiao.portal.frame import Frame

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column:
    """A column of a list; one that sorts names the value it sorts by."""

    key: str
    label: str
    num: bool = False
    value: Callable[[Any], Any] | None = None

    @property
    def sort(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class Choice:
    """A filter: its name in the address, its label, what it reads from a row, and its options in words."""

    key: str
    label: str
    values: Callable[[Any], Iterable[str]]
    words: Callable[[str], str] = str


@dataclass(frozen=True)
class Listing:
    """A filtered and sorted list with what the page needs to draw it."""

    rows: list[Any]
    total: int
    columns: Sequence[Column]
    choices: list[tuple[str, str, list[tuple[str, str]]]]
    sort: str | None
    descending: bool

    @property
    def found(self) -> str:
        """How many rows are left, in words."""
        return (
            f"共{self.total}项" if len(self.rows) == self.total else f"{self.total}项中的{len(self.rows)}项"
        )


def listing(
    frame: Frame,
    rows: Sequence[Any],
    columns: Sequence[Column],
    choices: Sequence[Choice] = (),
    texts: Callable[[Any], Iterable[str | None]] | None = None,
) -> Listing:
    """Rows after the filters and the sorting in the address, with each filter's options and their counts."""
    kept = list(rows)
    for choice in choices:
        wanted = frame.query.get(choice.key)
        if wanted:
            kept = [row for row in kept if wanted in choice.values(row)]
    query = frame.query.get("q")
    if query and texts is not None:
        kept = [row for row in kept if matches(query, texts(row))]
    sort = frame.query.get("sort", "")
    by = next((c for c in columns if c.value is not None and c.key == sort.removeprefix("-")), None)
    if by is not None:
        kept = _sorted(kept, by, sort.startswith("-"))
    options = [(choice.key, choice.label, _options(choice, rows)) for choice in choices]
    return Listing(
        kept, len(rows), columns, [o for o in options if o[2]], by.key if by else None, sort.startswith("-")
    )


def _sorted(rows: list[Any], by: Column, descending: bool) -> list[Any]:
    """Sorted by a column; rows without a value come last either way."""
    assert by.value is not None
    keyed = [(by.value(row), row) for row in rows]
    given = sorted(
        (pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=descending
    )
    return [row for _, row in given] + [row for value, row in keyed if value is None]


def _options(choice: Choice, rows: Sequence[Any]) -> list[tuple[str, str]]:
    counted = Counter(value for row in rows for value in dict.fromkeys(choice.values(row)))
    return [(value, f"{choice.words(value)}（{n}）") for value, n in counted.items()]
