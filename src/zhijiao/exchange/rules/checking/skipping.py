"""Rows that are none: blank ones, sums, signatures and remarks below the table, headings printed again, the template's example."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from zhijiao.exchange.types import Dataset

_SUM = re.compile(r"^(合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|累\s*计)[:：]?$")
_BELOW = re.compile(
    r"^(填表人|填报人|制表|审核人?|负责人|联系人|联系电话|填表日期|填报日期|填报单位|注|备注|说明|备\s*注)[:：]"
)
_EXAMPLE = re.compile(r"^[（(\[【]?(示例|例如|例|填写示例|样例)([）)\]】:：]|行|$)")
_LOOKED_AT = 20_000
_ALIKE = 3


@dataclass(frozen=True)
class Skipped:
    """Which rows to leave out, by their place, and what to say of it."""

    places: list[int]
    notes: tuple[str, ...] = ()


def skipped(
    cells: pl.DataFrame, rows: pl.Series, dataset: Dataset, titles: Mapping[str, str], *, first: bool
) -> Skipped:
    """Look through a frame of fields. `first`: it begins right below the heading."""
    mandatory = [name for name in cells.columns if dataset.by_id[name].mandatory]
    lacking = [name for name in mandatory if cells[name].null_count()]
    left_out: list[int] = []
    places: list[int] = []
    if lacking or not mandatory:
        blank = cells.select(pl.all_horizontal(pl.all().is_null())).to_series()
        left_out = blank.arg_true().to_list()
        if lacking:
            short = cells.select(pl.any_horizontal(pl.col(lacking).is_null())).to_series()
            places = (short & ~blank).arg_true().to_list()[:_LOOKED_AT]
    if first:
        places = sorted({*places, *range(min(5, cells.height))})
    if titles and (headline := _repeated(cells, titles)):
        places = sorted({*places, *headline})
    sums, examples, below = [], [], []
    for place in places:
        row = cells.row(place)
        texts = [text for text in row if text]
        if not texts:
            continue
        if _SUM.match(texts[0]) or (len(texts) > 1 and _SUM.match(texts[1]) and row[0] in (None, "")):
            sums.append(place)
        elif _BELOW.match(texts[0]) and len(texts) < max(len(row) // 2, 2):
            below.append(place)
        elif _EXAMPLE.match(texts[0]) or (first and place < 5 and _is_example(cells.columns, row, dataset)):
            examples.append(place)
        elif sum(text == titles.get(name) for name, text in zip(cells.columns, row, strict=True)) >= _ALIKE:
            left_out.append(place)
    notes = []
    for found, what in ((sums, "合计"), (below, "填表人、说明等"), (examples, "模板的示例")):
        if found:
            notes.append(f"第 {_listed([int(rows[place]) for place in found])} 行是{what}，没有读入")
    return Skipped(sorted([*left_out, *sums, *examples, *below]), tuple(notes))


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
