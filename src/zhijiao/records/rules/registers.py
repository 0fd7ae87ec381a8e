"""Files of the upper registers: what ours looks like in their columns, what theirs says in ours, what they refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhijiao.policy.types import RegisterColumn, UpperRegister
from zhijiao.records.types import Refused

HEAD_WITHIN = 12
"""Rows in which a heading is looked for."""
Grid = Sequence[Sequence[str]]
Names = Mapping[str, Mapping[str, str]]
"""By field: the name of each code."""


@dataclass(frozen=True)
class Refusal:
    """A row that an upper register did not take."""

    row: int
    number: str
    words: str
    remedy: str


def upload(register: UpperRegister, rows: Sequence[Mapping[str, str]], names: Names) -> list[list[str]]:
    """Rows of a roster (codes by field) in the columns of the register, its heading first."""
    grid = [[column.column for column in register.columns]]
    grid += [[_told(column, row.get(column.field, ""), names) for column in register.columns] for row in rows]
    return grid


def read_export(register: UpperRegister, grid: Grid, names: Names) -> list[dict[str, str]]:
    """Rows of the register's export as codes by field, without rows that name nobody. Raises Refused."""
    at, places = _heading(
        grid, {column.field: (column.column, *column.aliases) for column in register.columns}, "person"
    )
    missing = [c.column for c in register.columns if c.field not in places]
    if len(missing) * 2 > len(register.columns):
        raise Refused(
            f"这不像“{register.short}”的导出文件：没有{'、'.join(missing[:4])}等列。请核对后重新上传。"
        )
    back = {column.field: _back(column, names) for column in register.columns}
    found = []
    for line in grid[at + 1 :]:
        row = {}
        for field, place in places.items():
            value = line[place].strip() if place < len(line) else ""
            row[field] = back[field].get(value, value)
        if row.get("person"):
            found.append(row)
    return found


def read_refusals(register: UpperRegister, grid: Grid) -> list[Refusal]:
    """What the register refused: number and reason of each row, with what to do. Raises Refused."""
    wanted = {"number": tuple(register.refused_number), "reason": tuple(register.refused_reason)}
    at, places = _heading(grid, wanted, "number")
    if "reason" not in places:
        raise Refused(
            f"退回文件里没有“{'”或“'.join(register.refused_reason)}”一列，不知道为什么退回。请上传系统给出的校验结果。"
        )
    found = []
    for place, line in enumerate(grid[at + 1 :], at + 2):
        number = line[places["number"]].strip() if places["number"] < len(line) else ""
        words = line[places["reason"]].strip() if places["reason"] < len(line) else ""
        if number and words:
            remedy = next((say for mark, say in register.refusals.items() if mark in words), "")
            found.append(Refusal(place, number, words, remedy))
    return found


def _told(column: RegisterColumn, code: str, names: Names) -> str:
    if code in column.codes:
        return column.codes[code]
    return names.get(column.field, {}).get(code, code)


def _back(column: RegisterColumn, names: Names) -> dict[str, str]:
    known = {name: code for code, name in names.get(column.field, {}).items()}
    return {**known, **{said: code for code, said in column.codes.items()}}


def _heading(grid: Grid, wanted: Mapping[str, Sequence[str]], key: str) -> tuple[int, dict[str, int]]:
    for at, line in enumerate(grid[:HEAD_WITHIN]):
        cells = {cell.strip(): place for place, cell in reversed(list(enumerate(line))) if cell.strip()}
        places = {
            field: cells[name] for field, titles in wanted.items() for name in titles[::-1] if name in cells
        }
        if key in places:
            return at, places
    raise Refused(
        f"前 {HEAD_WITHIN} 行里找不到“{'”或“'.join(wanted[key])}”一列。请上传系统导出的原文件，不要改表头。"
    )
