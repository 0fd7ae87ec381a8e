"""Rows that are none: blank ones, sums, signatures and remarks below the table, headings printed again, the template's example."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import polars as pl

from zhijiao.exchange.types import Dataset

_SUM = re.compile(r"^(合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|累\s*计)[:：]?$")
_BELOW = re.compile(
    r"^(填表人|填报人|制表|审核人?|负责人|联系人|联系电话|填表日期|填报日期|填报单位|注|备注|说明|备\s*注)[:：]"
)
_EXAMPLE = re.compile(r"^[（(\[【]?(示例|例如|例|填写示例|样例)([）)\]】:：]|行|$)")
_LOOKED_AT = 20_000
BEGINNING = 5
"""Rows below the heading that may be the template's example."""
_ALIKE = 3


@dataclass(frozen=True)
class Skipped:
    """Which rows to leave out, by their place, and what to say of it."""

    places: list[int]
    notes: tuple[str, ...] = ()


def skipped(
    cells: pl.DataFrame, rows: pl.Series, dataset: Dataset, titles: Mapping[str, str], *, first: int
) -> Skipped:
    """Look through a frame of fields. `first`: so many of its rows are those right below the heading."""
    mandatory = [name for name in cells.columns if dataset.by_id[name].mandatory]
    lacking = [name for name in mandatory if cells[name].null_count()]
    blanks: list[int] = []
    places: list[int] = []
    if lacking or not mandatory:
        blank = cells.select(pl.all_horizontal(pl.all().is_null())).to_series()
        blanks = blank.arg_true().to_list()
        if lacking:
            short = cells.select(pl.any_horizontal(pl.col(lacking).is_null())).to_series()
            places = (short & ~blank).arg_true().to_list()[:_LOOKED_AT]
    if first:
        places = sorted({*places, *range(first)})
    if titles and (headline := _repeated(cells, titles)):
        places = sorted({*places, *headline})
    sums: list[int] = []
    examples: list[int] = []
    below: list[int] = []
    found_of = {_Kind.SUM: sums, _Kind.BELOW: below, _Kind.EXAMPLE: examples, _Kind.HEADING: blanks}
    for place in places:
        kind = _kind(cells.columns, cells.row(place), dataset, titles, first=place < first)
        if kind is not None:
            found_of[kind].append(place)
    notes = []
    for found, what in ((sums, "合计"), (below, "填表人、说明等"), (examples, "模板的示例")):
        if found:
            notes.append(f"第 {_listed([int(rows[place]) for place in found])} 行是{what}，没有读入")
    return Skipped(sorted([*blanks, *sums, *examples, *below]), tuple(notes))


class _Kind(Enum):
    """What a row is that is none."""

    SUM, BELOW, EXAMPLE, HEADING = range(4)


def _kind(
    names: Sequence[str],
    row: Sequence[str | None],
    dataset: Dataset,
    titles: Mapping[str, str],
    *,
    first: bool,
) -> _Kind | None:
    """What a row is; None for a row of the data. `first`: it is among those right below the heading."""
    texts = [text for text in row if text]
    if not texts:
        return None
    if _SUM.match(texts[0]) or (len(texts) > 1 and _SUM.match(texts[1]) and row[0] in (None, "")):
        return _Kind.SUM
    if _BELOW.match(texts[0]) and len(texts) < max(len(row) // 2, 2):
        return _Kind.BELOW
    if _EXAMPLE.match(texts[0]) or (first and _is_example(names, row, dataset)):
        return _Kind.EXAMPLE
    same = sum(text == titles.get(name) for name, text in zip(names, row, strict=True))
    return _Kind.HEADING if same >= _ALIKE else None


def left_out(
    row: Mapping[str, str | None], dataset: Dataset, titles: Mapping[str, str], *, first: bool
) -> bool:
    """Whether a row of fields, in the order of the file, would be left out where it is looked at."""
    return _kind(list(row), list(row.values()), dataset, titles, first=first) is not None


def _repeated(cells: pl.DataFrame, titles: Mapping[str, str]) -> list[int]:
    """Rows that say the titles again, as printed pages do."""
    name = cells.columns[0]
    return (cells[name] == titles.get(name, "")).fill_null(False).arg_true().to_list()


def _is_example(names: Sequence[str], row: Sequence[str | None], dataset: Dataset) -> bool:
    """Whether a row is the template's own: what stands in it are the examples of the standard."""
    said = [(text, dataset.by_id[name].example) for name, text in zip(names, row, strict=True) if text]
    same = sum(text == example for text, example in said)
    return same >= max(_ALIKE, len(said) * 2 // 3) and all(
        text == example for text, example in said if example
    )


def _listed(rows: Sequence[int]) -> str:
    return "、".join(map(str, rows[:5])) + ("……" if len(rows) > 5 else "")
