"""Our own workbook as it comes back: the header first, then every row, and everything wrong at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from zhijiao.lib.folding import fold
from zhijiao.lib.typesetting import typeset
from zhijiao.render.xlsx.opening import open_book
from zhijiao.reports.hand_in import writing
from zhijiao.reports.hand_in.cells import MOST_COLUMNS, MOST_ROWS, place, text_of
from zhijiao.reports.hand_in.types import Asked, Entry, Found, Owed, Part, Problem, Taken
from zhijiao.reports.hand_in.writing import as_text

HEADER_WITHIN = 12
NEEDED = (writing.KEY, writing.NAME, writing.PERIOD, writing.ENTER)
OPTIONAL = (writing.SAME, writing.NOTE)


def is_ours(content: bytes) -> bool:
    """Whether this workbook went out from here. Raises UnreadableBook."""
    book = open_book(content)
    properties = book.custom_doc_props.props  # type: ignore[attr-defined] # newer than its stubs
    return any(p.name == writing.MARK for p in properties) or _header(book) is not None


def read(content: bytes, owed: Sequence[Owed]) -> Taken:
    """What was written, for the figures in `owed`; a row about any other is refused. Raises UnreadableBook."""
    written, computed = open_book(content), open_book(content, values=True)
    found = _header(written)
    if found is None:
        titles = "、".join(NEEDED)
        words = f"找不到有“{titles}”这几列的表头；请在平台下载的工作簿里填写，不要删改表头。"
        return Taken(problems=(Problem(written.sheetnames[0], "A1", words),))
    sheet, row, columns = found
    return _Reader(written[sheet], computed[sheet], row, columns, owed).taken()


def _header(book: Workbook) -> tuple[str, int, dict[str, int]] | None:
    """The sheet, the row (from 1) and the columns (from 1) of the header."""
    wanted = {fold(title): title for title in (*NEEDED, *OPTIONAL)}
    for sheet in book.worksheets:
        for row in range(1, min(sheet.max_row, HEADER_WITHIN) + 1):
            columns: dict[str, int] = {}
            for column in range(1, min(sheet.max_column, MOST_COLUMNS) + 1):
                title = wanted.get(fold(str(sheet.cell(row, column).value or "")))
                if title:
                    columns.setdefault(title, column)
            if all(title in columns for title in NEEDED):
                return sheet.title, row, columns
    return None


class _Reader:
    def __init__(
        self,
        sheet: Worksheet,
        computed: Worksheet,
        header: int,
        columns: dict[str, int],
        owed: Sequence[Owed],
    ) -> None:
        self.sheet, self.computed, self.header, self.columns = sheet, computed, header, columns
        self.known: Mapping[str, tuple[Owed, Asked]] = {
            writing.key(figure, asked): (figure, asked) for figure in owed for asked in figure.asked
        }
        self.problems: list[Problem] = []
        self.seen: dict[str, int] = {}
        self.entries: dict[int, dict[Part, Found]] = {}
        self.blank = 0

    def taken(self) -> Taken:
        for row in range(self.header + 1, min(self.sheet.max_row, self.header + MOST_ROWS) + 1):
            self._row(row)
        entries = tuple(Entry(report, found) for report, found in self.entries.items())
        return Taken(entries, tuple(self.problems), self.blank)

    def _row(self, row: int) -> None:
        name = text_of(self._cell(row, writing.KEY).value)
        entered, note = self._found(row, writing.ENTER), self._found(row, writing.NOTE)
        same = self._found(row, writing.SAME)
        if not name:
            if entered.text or same.text:
                self._wrong(row, writing.KEY, "这一行没有编号，填的数不知道给谁；请填到有编号的行里。")
            return
        name = name.upper().replace(" ", "")
        known = self.known.get(name)
        if known is None:
            if entered.text or same.text:
                self._wrong(
                    row,
                    writing.KEY,
                    f"编号“{name[:40]}”不在要报的数里：可能被改动，或已提交、已换期；请重新下载工作簿。",
                )
            return
        if name in self.seen:
            self._wrong(row, writing.KEY, f"编号“{name}”与第{self.seen[name]}行重复；请只留一行。")
            return
        self.seen[name] = row
        self._about(row, *known)
        self._value(row, *known, entered, same)
        if note.text and note.text != known[0].note:
            self.entries.setdefault(known[0].report, {})["note"] = note

    def _about(self, row: int, owed: Owed, asked: Asked) -> None:
        """The words of a row must still be those of its key: otherwise rows were shifted against their keys."""
        for title, words in ((writing.NAME, typeset(owed.name)), (writing.PERIOD, owed.period_words)):
            found = text_of(self._cell(row, title).value)
            if fold(found) != fold(words):
                self._wrong(
                    row,
                    title,
                    f"这一行的编号是“{words}”，{title}却写成“{found[:40]}”；请恢复原样，或重新下载工作簿。",
                )

    def _value(self, row: int, owed: Owed, asked: Asked, entered: Found, same: Found) -> None:
        if same.text and not entered.text:
            if fold(same.text) != writing.YES:
                self._wrong(row, writing.SAME, f"“{same.text[:20]}”看不懂；请选“{writing.YES}”，或留空。")
                return
            if asked.last is None:
                self._wrong(row, writing.SAME, "没有上期数可以沿用；请在“本期填报”里填数。")
                return
            entered = Found(as_text(asked.last), same.sheet, same.cell)
        if not entered.text:
            self.blank += 1
            return
        if not owed.open:
            if entered.text != as_text(asked.now):
                self._wrong(
                    row, writing.ENTER, f"“{owed.name}”现在{owed.state}，不能改；要改请先撤回或请审核方退回。"
                )
            return
        self.entries.setdefault(owed.report, {})[asked.part] = entered

    def _found(self, row: int, title: str) -> Found:
        if title not in self.columns:
            return Found("", self.sheet.title, "")
        cell = self._cell(row, title)
        at = place(row - 1, self.columns[title] - 1)
        if cell.data_type != "f":
            return Found(text_of(cell.value, str(cell.number_format or "")), self.sheet.title, at)
        result = self.computed.cell(row, self.columns[title])
        text = text_of(result.value, str(cell.number_format or ""))
        if not text:
            self._wrong(row, title, "这一格是公式，文件里没有存下它的结果；请复制后选择性粘贴为数值。")
        return Found(text, self.sheet.title, at, computed=True)

    def _cell(self, row: int, title: str) -> Any:
        return self.sheet.cell(row, self.columns[title])

    def _wrong(self, row: int, title: str, words: str) -> None:
        self.problems.append(Problem(self.sheet.title, place(row - 1, self.columns[title] - 1), words))
