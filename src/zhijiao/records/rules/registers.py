"""Files of the upper registers: what ours looks like in their columns, what theirs says in ours, what they refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhijiao.policy.types import RegisterColumn, UpperRegister
from zhijiao.records.types import Refused

HEAD_WITHIN = 12
"""Rows in which a heading is looked for."""
NAMED = 5
"""Cells that a refusal names; of the others it says how many."""
SPOILED = re.compile(r"[0-9]([.][0-9]+)?[Ee][+][0-9]+|[0-9]{15}0{3}")
"""A number of 18 digits that a spreadsheet took for a quantity: only 15 digits are left of it."""
Names = Mapping[str, Mapping[str, str]]
"""By field: the name of each code."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a file; of a csv file the only one, without a name."""

    name: str
    lines: Sequence[Sequence[str]]

    def place(self, row: int, column: int | None = None) -> str:
        """Where something stands, as the reader finds it: sheet and cell, or sheet and row. `row` counts from 1, `column` from 0."""
        where = f"工作表“{self.name}”" if self.name else ""
        return f"{where}第 {row} 行" if column is None else f"{where} {_letters(column)}{row} ".lstrip()


@dataclass(frozen=True)
class Refusal:
    """A row that an upper register did not take. `place` says where its number stands."""

    place: str
    number: str
    words: str
    remedy: str


@dataclass(frozen=True)
class Export:
    """What an export holds. `rows`: by row of the sheet (from 1), codes by field."""

    sheet: str
    heading: int
    rows: Mapping[int, Mapping[str, str]]


@dataclass(frozen=True)
class Refusals:
    """What a register refused; `unread`: where a reason stands without a number."""

    found: Sequence[Refusal]
    unread: Sequence[str]


def upload(register: UpperRegister, rows: Sequence[Mapping[str, str]], names: Names) -> list[list[str]]:
    """Rows of a roster (codes by field) in the columns of the register, its heading first."""
    grid = [[column.column for column in register.columns]]
    grid += [[_told(column, row.get(column.field, ""), names) for column in register.columns] for row in rows]
    return grid


def read_export(register: UpperRegister, sheets: Sequence[Sheet], names: Names) -> Export:
    """Rows of the register's export as codes by field, without rows that name nobody. Raises Refused."""
    sheet, at, places = _heading(
        sheets, {column.field: (column.column, *column.aliases) for column in register.columns}, "person"
    )
    missing = [c.column for c in register.columns if c.field not in places]
    if len(missing) * 2 > len(register.columns):
        raise Refused(
            f"{sheet.place(at + 1)}的表头不像“{register.short}”的导出：没有{'、'.join(missing[:4])}等列。请核对后重新上传。"
        )
    back = {column.field: _back(column, names) for column in register.columns}
    found, nobody = {}, []
    for place, line in enumerate(sheet.lines[at + 1 :], at + 2):
        row = {}
        for field, column in places.items():
            value = _at(line, column)
            row[field] = back[field].get(value, value)
        if row.get("person"):
            found[place] = row
        elif row.get("name"):
            nobody.append(sheet.place(place, places["person"]))
    _refuse_spoiled(sheet, places["person"], {place: row["person"] for place, row in found.items()})
    if nobody:
        raise Refused(
            f"{named(nobody)}没有填号码，这一行却有姓名。请在{register.short}里补全证件号，重新导出后上传。"
        )
    return Export(sheet.name, at + 1, found)


def read_refusals(register: UpperRegister, sheets: Sequence[Sheet]) -> Refusals:
    """What the register refused: number and reason of each row, with what to do. Raises Refused."""
    wanted = {"number": tuple(register.refused_number), "reason": tuple(register.refused_reason)}
    sheet, at, places = _heading(sheets, wanted, "number")
    if "reason" not in places:
        raise Refused(
            f"{sheet.place(at + 1)}的表头里没有“{'”或“'.join(register.refused_reason)}”一列，不知道为什么退回。请上传系统给出的校验结果。"
        )
    found, unread, numbers = [], [], {}
    for place, line in enumerate(sheet.lines[at + 1 :], at + 2):
        number, words = _at(line, places["number"]), _at(line, places["reason"])
        if number:
            numbers[place] = number
        if number and words:
            remedy = next((say for mark, say in register.refusals.items() if mark in words), "")
            found.append(Refusal(sheet.place(place, places["number"]), number, words, remedy))
        elif words:
            unread.append(sheet.place(place, places["number"]))
    _refuse_spoiled(sheet, places["number"], numbers)
    return Refusals(found, unread)


def named(places: Sequence[str]) -> str:
    """Places in a sentence: the first few, and how many there are."""
    rest = f"等 {len(places)} 处" if len(places) > NAMED else ""
    return "、".join(place.strip() for place in places[:NAMED]) + rest


def _refuse_spoiled(sheet: Sheet, column: int, numbers: Mapping[int, str]) -> None:
    spoiled = [place for place, number in numbers.items() if SPOILED.fullmatch(number)]
    if spoiled:
        raise Refused(
            f"{named([sheet.place(place, column) for place in spoiled])}的证件号被表格软件改成了数值"
            f"（{numbers[spoiled[0]]}），末几位已经丢失，认不出是谁。请不要另存，直接上传系统导出的原文件；"
            "一定要改的，先把这一列设为“文本”，再从系统里重新粘贴。"
        )


def _at(line: Sequence[str], column: int) -> str:
    return line[column].strip() if column < len(line) else ""


def _letters(column: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _told(column: RegisterColumn, code: str, names: Names) -> str:
    if code in column.codes:
        return column.codes[code]
    return names.get(column.field, {}).get(code, code)


def _back(column: RegisterColumn, names: Names) -> dict[str, str]:
    known = {name: code for code, name in names.get(column.field, {}).items()}
    return {**known, **{said: code for code, said in column.codes.items()}}


def _heading(
    sheets: Sequence[Sheet], wanted: Mapping[str, Sequence[str]], key: str
) -> tuple[Sheet, int, dict[str, int]]:
    """The first sheet with the heading, the row of it (from 0), and where each field stands."""
    for sheet in sheets:
        for at, line in enumerate(sheet.lines[:HEAD_WITHIN]):
            cells = {cell.strip(): place for place, cell in reversed(list(enumerate(line))) if cell.strip()}
            places = {
                field: cells[name]
                for field, titles in wanted.items()
                for name in titles[::-1]
                if name in cells
            }
            if key in places:
                return sheet, at, places
    where = "".join(f"工作表“{sheet.name}”" for sheet in sheets if sheet.name)
    first = next((line for sheet in sheets for line in sheet.lines if any(cell.strip() for cell in line)), ())
    seen = "、".join(cell.strip() for cell in first if cell.strip())[:60]
    raise Refused(
        f"{where}前 {HEAD_WITHIN} 行里找不到“{'”或“'.join(wanted[key])}”一列"
        f"{f'，开头一行是：{seen}' if seen else '，里面是空的'}。请上传系统导出的原文件，不要改表头。"
    )
