"""Whether a file is one of a data set, before any row is looked at: its titles, all that is wrong with them at once, and which
other data set it fits better."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from zhijiao.exchange.rules.reading import Sheet
from zhijiao.exchange.types import Dataset, Field, Layout, Problem, Role, Severity

HOW = "怎么改"
"""The column that a returned csv begins with; nobody's data."""
RETURNED = "要改正的地方"
"""The sheet that a returned workbook begins with."""
WITHIN = 30
"""Rows among which a heading is looked for."""
LONGEST = 200
"""Signs of a title."""
DEPTH = 4
"""Rows that one heading may have."""
_BRACKETS = re.compile(r"[（(\[【〔][^）)\]】〕]*[）)\]】〕]")
_NOISE = re.compile(r"[\s*＊:：、,，.。“”\"'_/\\|\-—–]+")
_MARKS = re.compile(r"(必填|选填|可选|示例)")
_UNIT = re.compile(r"[（(\[【〔](?:单位[：:])?([^）)\]】〕]+)[）)\]】〕]")
_SCALES = ("万元", "亿元", "千元", "元", "亩", "公顷", "平方米", "万平方米")


@dataclass(frozen=True)
class Heading:
    """The heading of a sheet as it was found. `columns`: field id → place of its column, from 0."""

    sheet: str
    row: int  # the last row of the heading, from 1; 0 for files that have none (JSON)
    depth: int
    titles: tuple[str, ...]
    columns: Mapping[str, int]

    @property
    def fingerprint(self) -> str:
        """Names the heading, so that a layout saved once is found again."""
        return fingerprint(self.titles)


def fingerprint(titles: Iterable[str]) -> str:
    """A hash of the titles, blind to spaces, widths and marks."""
    return hashlib.sha256("\n".join(plain(title) for title in titles).strip().encode()).hexdigest()[:32]


@lru_cache(maxsize=20_000)
def plain(title: str) -> str:
    """A title as it is compared: full width, case, blanks, marks and what stands in brackets do not count."""
    text = _MARKS.sub("", unicodedata.normalize("NFKC", title))
    short = _NOISE.sub("", _BRACKETS.sub("", text))
    return (short or _NOISE.sub("", text)).lower()


@lru_cache(maxsize=20_000)
def exact(title: str) -> str:
    """A title with what stands in its brackets."""
    return _NOISE.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", title))).lower()


def titles_of(sheet: Sheet, row: int, depth: int) -> tuple[str, ...]:
    """The titles of a heading of several rows: the parts joined, each once."""
    rows = sheet.head[max(row - depth, 0) : max(row, 1)]
    width = max((len(r) for r in rows), default=0)
    titles = []
    for column in range(width):
        parts = dict.fromkeys(
            text for r in rows if column < len(r) and (text := " ".join(r[column].split())[:LONGEST])
        )
        titles.append("/".join(parts))
    while titles and not titles[-1]:
        titles.pop()
    return tuple(titles)


class Names:
    """The titles by which a data set's fields are known."""

    def __init__(self, dataset: Dataset) -> None:
        self._exact: dict[str, str] = {}
        self._plain: dict[str, str] = {}
        for say in (_aliases, lambda f: (f.pinyin,), lambda f: (f.id,), lambda f: (f.name,)):
            for field in dataset.fields:  # the stronger names last, so that they win
                for name in say(field):
                    self._exact[exact(name)] = field.id
                    self._plain[plain(name)] = field.id

    def field(self, title: str) -> str | None:
        """The field that a title names: whole, or by the last of its joined parts."""
        for text in (title, title.rsplit("/", 1)[-1]):
            if text and (found := self._exact.get(exact(text)) or self._plain.get(plain(text))):
                return found
        return None

    def columns(self, titles: Sequence[str]) -> dict[str, int]:
        """Field id → column, the first of each."""
        found: dict[str, int] = {}
        for place, title in enumerate(titles):
            field = self.field(title) if title else None
            if field is not None:
                found.setdefault(field, place)
        return found


def find(sheets: Sequence[Sheet], dataset: Dataset) -> Heading | None:
    """The heading that names most fields, over all sheets; hidden sheets only when no other has one."""
    names = Names(dataset)
    mandatory = {field.id for field in dataset.fields if field.mandatory}
    widest = max((len(row) for sheet in sheets for row in sheet.head), default=0)
    most = min(len(dataset.fields), widest)
    best: tuple[tuple[int, ...], Heading] | None = None
    for order, sheet in enumerate(sheets):
        if sheet.name == RETURNED:
            continue
        for heading in _candidates(sheet, names):
            known = set(heading.columns)
            if (
                len(known) == most
                and known >= mandatory
                and (heading.depth, order, sheet.hidden) == (1, 0, False)
            ):
                return heading  # none can be better
            score = (
                not sheet.hidden,
                len(known & mandatory),
                len(known),
                -heading.depth,
                -order,
                -heading.row,
            )
            if len(known) >= min(2, len(dataset.fields)) and (best is None or score > best[0]):
                best = (score, heading)
    return best[1] if best else None


def _candidates(sheet: Sheet, names: Names) -> Iterable[Heading]:
    for row in range(1, min(len(sheet.head), WITHIN) + 1):
        for depth in range(1, min(DEPTH, row) + 1):
            if depth > 1 and not any(sheet.head[row - depth]):
                break
            titles = titles_of(sheet, row, depth)
            columns = names.columns(titles)
            if columns:
                yield Heading(sheet.name, row, depth, titles, columns)


def better(sheets: Sequence[Sheet], dataset: Dataset, others: Iterable[Dataset]) -> Dataset | None:
    """Another data set whose mandatory columns the file has more completely."""
    mine = _fit(sheets, dataset)
    ranked = sorted(
        ((_fit(sheets, other), other) for other in others if other.id != dataset.id), key=lambda r: r[0]
    )
    if ranked and ranked[-1][0] > mine and ranked[-1][0][0] >= 0.6:
        return ranked[-1][1]
    return None


def _fit(sheets: Sequence[Sheet], dataset: Dataset) -> tuple[float, int]:
    heading = find(sheets, dataset)
    if heading is None:
        return (0.0, 0)
    mandatory = [field.id for field in dataset.fields if field.mandatory]
    had = sum(field in heading.columns for field in mandatory)
    return (had / max(len(mandatory), 1), len(heading.columns))


def problems(
    heading: Heading, dataset: Dataset, layout: Layout | None = None, *, sender: bool = False
) -> list[Problem]:
    """What is wrong with a heading: mandatory columns that are missing, columns twice, units that differ; unknown columns are
    a warning. `sender`: the organisation follows from who sends, so its column may be missing."""
    names = Names(dataset)
    mapped = dict(layout.columns) if layout else {}
    constants = set(layout.constants) if layout else set()
    found = []
    taken: dict[str, str] = {}
    for place, title in enumerate(heading.titles):
        field: str | None = next((f for f, said in mapped.items() if said == title), None)
        if field is None and title and not mapped:
            field = names.field(title)
        if field is None:
            if title and title != HOW and not mapped:
                words = f"列“{title}”不在“{dataset.name}”里，不读入"
                found.append(_at(heading, place, title, "", "unknown_column", words, Severity.WARNING))
            continue
        if field in taken and not mapped:
            words = f"列“{title}”和列“{taken[field]}”是同一项（{dataset.by_id[field].name}），请只留一列"
            found.append(_at(heading, place, title, field, "double_column", words))
        taken.setdefault(field, title)
        if measure := _unit(title, dataset.by_id[field]):
            found.append(_at(heading, place, title, field, "unit", measure))
    for wanted in dataset.fields:
        if not wanted.mandatory or wanted.id in taken or wanted.id in constants:
            continue
        if sender and wanted.role is Role.ORGANISATION:
            continue
        known = "、".join(dict.fromkeys((wanted.name, *wanted.aliases[:2])))
        words = f"缺少必填的列“{wanted.name}”，请加上这一列（认得的列名：{known}）"
        found.append(Problem(heading.sheet, heading.row, "", "", wanted.id, "missing_column", "", words))
    return found


def _at(
    heading: Heading,
    place: int,
    title: str,
    field: str,
    rule: str,
    words: str,
    severity: Severity = Severity.ERROR,
) -> Problem:
    from openpyxl.utils import get_column_letter

    cell = f"{get_column_letter(place + 1)}{heading.row}" if heading.row else ""
    return Problem(heading.sheet, heading.row, title, cell, field, rule, title, words, severity)


def _unit(title: str, field: Field) -> str | None:
    """Words where a title says another measure than the field has: nobody may be off by ten thousand."""
    said = [
        unit.strip()
        for unit in _UNIT.findall(unicodedata.normalize("NFKC", title).replace("(", "（").replace(")", "）"))
    ]
    for unit in said:
        if unit in _SCALES and field.unit in _SCALES and unit != field.unit:
            return f"列“{title}”的单位是{unit}，这一项要用{field.unit}，请换算后把列名里的单位一并改过来"
    return None


def _aliases(field: Field) -> tuple[str, ...]:
    return field.aliases
