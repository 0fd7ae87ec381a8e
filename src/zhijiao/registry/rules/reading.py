"""Reads the workbook of organisations as somebody sends it: everything wrong at once, nothing guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from zhijiao.core.kinds import OrganisationKind
from zhijiao.registry.rules import sheets
from zhijiao.registry.types import Fault
from zhijiao.render.xlsx.opening import open_book

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEADER_WITHIN = 12
MOST_ROWS = 20_000
MOST_COLUMNS = 40
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$|^(\d{4})(\d{2})(\d{2})$")
_CODE = re.compile(r"^[0-9A-Za-z][0-9A-Za-z._\-]{0,79}$")
_PHONE = re.compile(r"^[0-9+()\-/、,; 转]{3,40}$")
_LIMITS = {sheets.NAME: 120, sheets.SHORT: 40, sheets.BASIS: 200, sheets.POST: 60, sheets.PERSON: 60}


@dataclass(frozen=True)
class UnitRow:
    """A line of the sheet of organisations."""

    row: int
    code: str
    name: str
    short: str
    kind: OrganisationKind
    parent: str | None
    starts: date | None
    ends: date | None
    into: str | None
    basis: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class PersonRow:
    """A line of the sheet of people in office."""

    row: int
    code: str
    post: str
    name: str
    phone: str
    starts: date
    ends: date | None
    basis: str


@dataclass(frozen=True)
class Read:
    """What a workbook says, and what is wrong with it."""

    units: tuple[UnitRow, ...]
    people: tuple[PersonRow, ...]
    faults: tuple[Fault, ...]


def read(content: bytes) -> Read:
    """Read both sheets. Raises UnreadableBook."""
    book = open_book(content, values=True)
    faults: list[Fault] = []
    units: list[UnitRow] = []
    people: list[PersonRow] = []
    named = {_plain(name): name for name in book.sheetnames}
    if sheets.UNITS not in named and sheets.PEOPLE not in named:
        said = f"工作簿里没有“{sheets.UNITS}”或“{sheets.PEOPLE}”工作表"
        return Read(
            (), (), (Fault(book.sheetnames[0], 0, "", said, "请用平台下载的模板填写，不要改工作表名"),)
        )
    if sheets.UNITS in named:
        sheet = _Sheet(book[named[sheets.UNITS]], [sheets.CODE, sheets.NAME, sheets.KIND], faults)
        units = [made for line in sheet.lines() if (made := _unit(line)) is not None]
    if sheets.PEOPLE in named:
        needed = [sheets.CODE, sheets.POST, sheets.PERSON, sheets.SINCE]
        sheet = _Sheet(book[named[sheets.PEOPLE]], needed, faults)
        people = [found for line in sheet.lines() if (found := _person(line)) is not None]
    return Read(tuple(units), tuple(people), tuple(faults))


class _Sheet:
    """A sheet with its header; its lines are those that hold anything."""

    def __init__(self, sheet: Worksheet, needed: Sequence[str], faults: list[Fault]) -> None:
        self.sheet, self.faults = sheet, faults
        self.header, self.columns = self._header(needed)

    def _header(self, needed: Sequence[str]) -> tuple[int, dict[str, int]]:
        for row in range(1, min(self.sheet.max_row, HEADER_WITHIN) + 1):
            columns: dict[str, int] = {}
            for column in range(1, min(self.sheet.max_column, MOST_COLUMNS) + 1):
                title = _plain(str(self.sheet.cell(row, column).value or ""))
                columns.setdefault(title, column)
            if all(title in columns for title in needed):
                return row, columns
        said = f"找不到有“{'、'.join(needed)}”这几列的表头"
        self.faults.append(Fault(self.sheet.title, 0, "", said, "请用平台下载的模板填写，不要删改表头"))
        return 0, {}

    def lines(self) -> list[_Line]:
        if not self.header:
            return []
        last = min(self.sheet.max_row, self.header + MOST_ROWS)
        found = [_Line(self, row) for row in range(self.header + 1, last + 1)]
        return [line for line in found if line.anything()]


class _Line:
    """A row being read. What is wrong with it is noted; `good` says whether nothing was."""

    def __init__(self, sheet: _Sheet, row: int) -> None:
        self.sheet, self.row, self.good = sheet, row, True

    def raw(self, title: str) -> Any:
        column = self.sheet.columns.get(title)
        return None if column is None else self.sheet.sheet.cell(self.row, column).value

    def anything(self) -> bool:
        return any(str(self.raw(title) or "").strip() for title in self.sheet.columns if title)

    def wrong(self, title: str, message: str, remedy: str) -> None:
        self.good = False
        self.sheet.faults.append(Fault(self.sheet.sheet.title, self.row, title, message, remedy))

    def text(self, title: str, *, needed: bool = False) -> str:
        raw = self.raw(title)
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        words = _plain(str(raw)) if raw is not None else ""
        if needed and not words:
            self.wrong(title, f"没有填写{title}", f"填上{title}；这一行不要的话整行清空")
        limit = _LIMITS.get(title)
        if limit is not None and len(words) > limit:
            self.wrong(title, f"{title}有 {len(words)} 个字，最多 {limit} 个", "写短一些")
        return words

    def code(self, title: str, *, needed: bool = False) -> str:
        raw = self.raw(title)
        if isinstance(raw, int | float) and abs(raw) >= 10**15:
            self.wrong(title, f"{title}太长，被表格程序当成数字截断了", "把这一列设为“文本”格式，重新填写")
            return ""
        words = self.text(title, needed=needed)
        if words and not _CODE.fullmatch(words):
            self.wrong(
                title, f"{title}“{words[:40]}”含有不能用的字符", "只用数字、字母、点、横线，不超过 80 个"
            )
        return words

    def day(self, title: str, *, needed: bool = False) -> date | None:
        raw = self.raw(title)
        if isinstance(raw, datetime):
            return raw.date()
        if isinstance(raw, date):
            return raw
        words = self.text(title, needed=needed)
        if not words:
            return None
        found = _DATE.match(words)
        try:
            parts = [int(part) for part in (found.groups() if found else ()) if part]
            return date(*parts)
        except (TypeError, ValueError):
            self.wrong(title, f"{title}“{words[:20]}”不是日期", "写成 2026-09-01，且日期存在")
            return None


def _unit(line: _Line) -> UnitRow | None:
    code, name = line.code(sheets.CODE, needed=True), line.text(sheets.NAME, needed=True)
    kind = _kind(line)
    starts, ends = line.day(sheets.STARTS), line.day(sheets.ENDS)
    into = line.code(sheets.INTO) or None
    if into is not None and ends is None and line.good:
        line.wrong(sheets.ENDS, f"写了并入“{into}”，没有写撤销日期", "写合并生效的日期")
    row = (
        *(line.row, code, name, line.text(sheets.SHORT), kind, line.code(sheets.PARENT) or None),
        *(starts, ends, into, line.text(sheets.BASIS)),
    )
    aliases = tuple(word for word in re.split(r"[、，,；;\n]", str(line.raw(sheets.ALIASES) or "")))
    kept = tuple(dict.fromkeys(_plain(a) for a in aliases if a.strip()))
    if any(len(alias) > 120 for alias in kept):
        line.wrong(sheets.ALIASES, "有一个别名超过 120 个字", "别名之间用顿号隔开")
    return UnitRow(*row, kept) if line.good and kind is not None else None  # type: ignore[arg-type]


def _kind(line: _Line) -> OrganisationKind | None:
    words = line.text(sheets.KIND, needed=True)
    for kind in OrganisationKind:
        if _plain(kind.words) == words or kind.value == words:
            return kind
    if words:
        choices = "、".join(kind.words for kind in OrganisationKind)
        line.wrong(sheets.KIND, f"没有“{words[:20]}”这个类别", f"改为下列之一：{choices}")
    return None


def _person(line: _Line) -> PersonRow | None:
    code, post = line.code(sheets.CODE, needed=True), line.text(sheets.POST, needed=True)
    name, phone = line.text(sheets.PERSON, needed=True), line.text(sheets.PHONE)
    if phone and not _PHONE.fullmatch(phone):
        line.wrong(sheets.PHONE, f"办公电话“{phone[:40]}”不像电话", "只写数字、横线和“转”，如 0576-88000000")
    starts, ends = line.day(sheets.SINCE, needed=True), line.day(sheets.UNTIL)
    basis = line.text(sheets.BASIS)
    if not line.good or starts is None:
        return None
    return PersonRow(line.row, code, post, name, phone, starts, ends, basis)


def _plain(text: str) -> str:
    """Full-width letters and digits as half-width ones; Chinese brackets and commas stay; no space around or in runs."""
    wide = "".join(
        unicodedata.normalize("NFKC", sign) if sign not in "（）：；，！？" else sign for sign in text
    )
    return re.sub(r"\s+", " ", wide).strip()
