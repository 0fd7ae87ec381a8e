"""From a sender's own columns to the fields of a data set: proposed once, saved, applied to every later file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from zhijiao.exchange.rules import heading as headings
from zhijiao.exchange.rules.heading import Heading, plain
from zhijiao.exchange.rules.reading import Sheet
from zhijiao.exchange.types import Dataset, Layout, Role

_ALIKE = 0.5
_MOST = 4
_SAME = (
    ("编码", "代码"),
    ("时间", "日期"),
    ("联系方式", "联系电话"),
    ("手机号码", "联系电话"),
    ("手机号", "联系电话"),
    ("电话号码", "联系电话"),
)
"""Words of clerks, and those of the standard that mean the same."""


@dataclass(frozen=True)
class Question:
    """A field for which nobody can say which column is meant. `candidates`: titles, the likeliest first."""

    field: str
    name: str
    mandatory: bool
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A layout as far as it is clear, the heading it was made from, and what is left to ask."""

    layout: Layout
    heading: Heading
    questions: tuple[Question, ...]

    @property
    def fingerprint(self) -> str:
        """Under which the layout is saved."""
        return self.heading.fingerprint


def propose(sheets: Sequence[Sheet], dataset: Dataset, *, sender: bool = False) -> Proposal | None:
    """The layout of a file without a saved one. None: nothing in it looks like a heading of this data set."""
    heading = headings.find(sheets, dataset)
    if heading is None:
        return None
    columns = {field: heading.titles[place] for field, place in heading.columns.items()}
    free = [
        title for place, title in enumerate(heading.titles) if title and place not in heading.columns.values()
    ]
    questions = []
    for field in dataset.fields:
        if field.id in columns or (sender and field.role is Role.ORGANISATION):
            continue
        names = (field.name, *field.aliases)
        ranked = sorted(((max(_alike(title, name) for name in names), title) for title in free), reverse=True)
        near = tuple(title for likeness, title in ranked[:_MOST] if likeness >= _ALIKE)
        if field.mandatory or near:
            questions.append(Question(field.id, field.name, field.mandatory, near))
    layout = Layout(heading.sheet, heading.row, heading.depth, columns)
    return Proposal(layout, heading, tuple(questions))


def guesses(dataset: Dataset, titles: Sequence[str], known: Collection[str]) -> dict[str, str]:
    """Field id → title, for whoever confirms it: where a title is alike to one field only, and the field to one such title.
    `known`: fields that have their column."""
    found: dict[str, list[str]] = {}
    for title in titles:
        near = [
            field.id
            for field in dataset.fields
            if field.id not in known
            and max(_alike(title, name) for name in (field.name, *field.aliases)) >= _ALIKE
        ]
        if len(near) == 1:
            found.setdefault(near[0], []).append(title)
    return {field: said[0] for field, said in found.items() if len(said) == 1}


def locate(sheets: Sequence[Sheet], layout: Layout) -> Heading | None:
    """The heading that a saved layout means in a new file: on its row, or, where rows were put above it, further down."""
    wanted = {plain(title) for title in layout.columns.values()}
    found: list[tuple[int, Heading]] = []
    for sheet in sheets:
        if layout.sheet and sheet.name != layout.sheet and len(sheets) > 1:
            continue
        rows = [layout.header_row, *range(layout.header_rows, len(sheet.head) + 1)]
        for row in rows:
            titles = headings.titles_of(sheet, row, layout.header_rows)
            places = _places(titles, layout.columns)
            if wanted and len(places) == len(layout.columns):
                return Heading(sheet.name, row, layout.header_rows, titles, places)
            found.append((len(places), Heading(sheet.name, row, layout.header_rows, titles, places)))
    best = max(found, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] else None


def saved(sheets: Sequence[Sheet], layouts: Mapping[str, Layout]) -> Layout | None:
    """The saved layout whose heading a file has: the same titles in the same order, wherever the table begins."""
    for sheet in sheets:
        for row in range(len(sheet.head) + 1):
            for depth in range(1, headings.DEPTH + 1):
                titles = headings.titles_of(sheet, row, depth)
                if titles and (found := layouts.get(headings.fingerprint(titles))):
                    return replace(found, sheet=sheet.name, header_row=row, header_rows=depth)
    return None


def _places(titles: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    by_title = {title: place for place, title in reversed(list(enumerate(titles))) if title}
    by_plain = {plain(title): place for place, title in reversed(list(enumerate(titles))) if title}
    found = {}
    for field, title in columns.items():
        place = by_title.get(title, by_plain.get(plain(title)))
        if place is not None:
            found[field] = place
    return found


def _alike(title: str, name: str) -> float:
    """How much two titles share: pairs of neighbouring characters."""
    one, other = _usual(plain(title.rsplit("/", 1)[-1])), _usual(plain(name))
    if not one or not other:
        return 0.0
    if one in other or other in one:
        return 0.6 + 0.4 * min(len(one), len(other)) / max(len(one), len(other))
    pairs, more = _pairs(one), _pairs(other)
    return 2 * len(pairs & more) / max(len(pairs) + len(more), 1)


def _usual(text: str) -> str:
    for said, meant in _SAME:
        text = text.replace(said, meant)
    return text


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
