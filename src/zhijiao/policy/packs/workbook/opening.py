"""Opens what somebody sends as a workbook: any bytes may come, and nothing may be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from zhijiao.core.errors import reason
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.workbook.fields import LAYOUTS, Field, Layout
from zhijiao.policy.packs.workbook.refusal import WorkbookRefused, about_file, at_cell
from zhijiao.policy.packs.workbook.values import Unreadable, half_width, read
from zhijiao.policy.packs.workbook.writing import BASE_SHEET, LABEL, PACK, VERSION
from zhijiao.render.xlsx.opening import UnreadableBook, open_book

MOST_ROWS = 20_000
HEADER_WITHIN = 12
"""The header is looked for in the first rows, since people put lines above a table."""

Base = dict[tuple[str, tuple[str, str]], dict[str, str]]
"""What the workbook said when it went out: canonical values by sheet and line."""


@dataclass(frozen=True)
class Found:
    """The canonical value of a cell, where it stands, and whether the cell is one of a merged range."""

    value: str
    cell: str
    row: int
    merged: bool = False


@dataclass(frozen=True)
class ReadLine:
    """One row of a sheet as it came back. `key` parts are empty in new rows."""

    sheet: str
    row: int
    key: tuple[str, str]
    cells: dict[str, Found]

    def get(self, key: str) -> str:
        found = self.cells.get(key)
        return found.value if found is not None else ""

    def at(self, key: str, message: str, remedy: str) -> Problem:
        """A problem at the cell of a field."""
        found = self.cells.get(key)
        return at_cell(self.sheet, found.cell if found else f"A{self.row}", self.row, message, remedy)


@dataclass(frozen=True)
class Opened:
    """A workbook as read."""

    pack: str
    version: str
    label: str
    base: Base | None
    lines: dict[str, list[ReadLine]]
    problems: list[Problem] = field(default_factory=list)


def open_workbook(path: Path) -> Opened:
    """Read a workbook. Raises WorkbookRefused when it is none, or not one of ours."""
    book = _load(path)
    facts, base = _base(book)
    if PACK not in facts:
        raise WorkbookRefused(
            [
                about_file(
                    "看不出是哪个政策包的工作簿", "用 zhijiao packs workbook 导出一份，在导出的工作簿里修改"
                )
            ]
        )
    problems: list[Problem] = []
    lines = {}
    for layout in LAYOUTS:
        sheet = _sheet(book, layout.name)
        if sheet is None:
            problems.append(
                about_file(f"缺少工作表“{layout.name}”", "从导出的工作簿里复制回来，不要删去或改名")
            )
            continue
        lines[layout.name] = _Reader(sheet, layout, problems).lines()
    return Opened(facts[PACK], facts.get(VERSION, ""), facts.get(LABEL, ""), base, lines, problems)


def _load(path: Path) -> Workbook:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WorkbookRefused([about_file(f"文件读不出来（{reason(error)}）", "检查文件是否存在")]) from error
    try:
        return open_book(content)
    except UnreadableBook as error:
        raise WorkbookRefused([about_file(error.message, error.remedy)]) from error


def _sheet(book: Workbook, name: str) -> Worksheet | None:
    for title in book.sheetnames:
        if half_width(title) == half_width(name) and isinstance(book[title], Worksheet):
            return book[title]
    return None


def _base(book: Workbook) -> tuple[dict[str, str], Base | None]:
    """Which pack and version this is, and the cells as they went out."""
    properties = book.custom_doc_props.props  # type: ignore[attr-defined] # newer than its stubs
    facts = {p.name: str(p.value) for p in properties if p.name in (PACK, VERSION, LABEL)}
    sheet = _sheet(book, BASE_SHEET)
    if sheet is None:
        return facts, None
    base: Base = {}
    for row in sheet.iter_rows(min_row=1, max_row=min(sheet.max_row, 100_000), max_col=5, values_only=True):
        name, group, line, key, value = (
            "" if cell is None else str(cell) for cell in (*row, *[None] * 5)[:5]
        )
        if name:
            base.setdefault((name, (group, line)), {})[key] = value
        elif key in (PACK, VERSION, LABEL):
            facts[key] = value
    return facts, base


class _Reader:
    """Reads one sheet by the titles of its columns."""

    def __init__(self, sheet: Worksheet, layout: Layout, problems: list[Problem]) -> None:
        self.sheet, self.layout, self.problems = sheet, layout, problems
        self.columns: dict[str, int] = {}
        self.merged: dict[tuple[int, int], tuple[int, int]] = {}

    def lines(self) -> list[ReadLine]:
        """Every row that says something, in the order of the sheet."""
        header = self._header()
        if header is None:
            return []
        last = min(self.sheet.max_row, header + MOST_ROWS)
        self._merged_cells(last)
        found = (self._line(row) for row in range(header + 1, last + 1))
        return [line for line in found if line is not None]

    def _header(self) -> int | None:
        titles = {half_width(f.title): f.key for f in self.layout.fields}
        best: tuple[int, dict[str, int]] = (1, {})
        for row in range(1, min(self.sheet.max_row, HEADER_WITHIN) + 1):
            found: dict[str, int] = {}
            for column in range(1, min(self.sheet.max_column, 200) + 1):
                title = half_width(str(self.sheet.cell(row, column).value or ""))
                if title in titles:
                    found.setdefault(titles[title], column)
            if len(found) > len(best[1]):
                best = (row, found)
        row, self.columns = best
        missing = [f.title for f in self.layout.fields if f.key not in self.columns]
        if not missing:
            return row
        words = "、".join(missing)
        self.problems.append(
            at_cell(self.layout.name, f"A{row}", row, f"缺少列：{words}", "照导出的工作簿补上列名，不要删改")
        )
        return None

    def _merged_cells(self, last: int) -> None:
        """Each cell of a merged range stands for its first one."""
        wanted = set(self.columns.values())
        for block in self.sheet.merged_cells.ranges:
            for row in range(block.min_row, min(block.max_row, last) + 1):
                for column in wanted.intersection(range(block.min_col, block.max_col + 1)):
                    self.merged[row, column] = (block.min_row, block.min_col)

    def _line(self, row: int) -> ReadLine | None:
        own = [column for key, column in self.columns.items() if (row, column) not in self.merged]
        if not any(self._filled(self.sheet.cell(row, column)) for column in own):
            return None
        cells = {f.key: self._cell(f, row) for f in self.layout.fields}
        group, line = (cells[key].value for key in self.layout.keys)
        return ReadLine(self.layout.name, row, (group, line), cells)

    @staticmethod
    def _filled(cell: Cell | MergedCell) -> bool:
        value = cell.value
        return value is not None and (not isinstance(value, str) or bool(value.strip()))

    def _cell(self, field: Field, row: int) -> Found:
        column = self.columns[field.key]
        first = self.merged.get((row, column), (row, column))
        cell = self.sheet.cell(*first)
        place = f"{get_column_letter(first[1])}{first[0]}"
        return Found(self._value(field, cell, place), place, first[0], (row, column) in self.merged)

    def _value(self, field: Field, cell: Any, place: str) -> str:
        try:
            if cell.data_type == "f":
                raise Unreadable("这一格是公式", "复制后选择性粘贴为数值")
            if cell.data_type == "e":
                raise Unreadable(f"这一格是错误值 {cell.value}", "重新填写")
            return read(field, cell.value, str(cell.number_format or ""))
        except Unreadable as error:
            problem = at_cell(
                self.layout.name, place, cell.row, f"“{field.title}”{error.message}", error.remedy
            )
            if problem not in self.problems:
                self.problems.append(problem)
            return ""
