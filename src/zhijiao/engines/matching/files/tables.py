"""One csv file as columns of text with line numbers, and everything that is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from zhijiao.engines.matching.types import Fault

LINE = "＃line"
"""The column of line numbers; no file has it, because names are trimmed and this one is full-width."""
MOST = 100
"""Faults of one kind and file that are told one by one."""


@dataclass
class Table:
    """A file: its rows as text, trimmed, with their line numbers. Faults found on the way are collected."""

    name: str
    rows: pl.DataFrame
    faults: list[Fault] = field(default_factory=list)

    def say(self, line: int, words: str, remedy: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.name, line, words, remedy))

    def say_each(self, wrong: pl.DataFrame, words: str, remedy: str) -> None:
        """Note a fault for each of these rows; {column} in the words stands for what the row has there."""
        names = [name for name in wrong.columns if "{" + name + "}" in words]
        for row in wrong.head(MOST).iter_rows(named=True):
            said = words
            for name in names:
                said = said.replace("{" + name + "}", str(row[name]))
            self.say(row[LINE], said, remedy)
        if len(wrong) > MOST:
            self.say(0, f"还有 {len(wrong) - MOST} 行有同样的问题", remedy)

    def keep(self, good: pl.Expr, words: str, remedy: str) -> None:
        """Drop the rows that do not fulfil a condition, and say so of each."""
        met = self.rows.select(good.fill_null(False).alias("met")).to_series()
        if not met.all():
            self.say_each(self.rows.filter(~met), words, remedy)
            self.rows = self.rows.filter(met)

    def needed(self, column: str, remedy: str) -> None:
        """Drop rows with nothing in a column."""
        self.keep(pl.col(column) != "", f"{column} 是空的", remedy)

    def unique(self, columns: Sequence[str], words: str, remedy: str) -> None:
        """Drop rows whose key stood before."""
        if self.rows.n_unique(columns) < len(self.rows):
            first = self.rows.select(pl.struct(columns).is_first_distinct().alias("first")).to_series()
            self.say_each(self.rows.filter(~first), words, remedy)
            self.rows = self.rows.filter(first)

    def whole(self, column: str, least: int, most: int, remedy: str) -> None:
        """Turn a column of whole numbers into Int64."""
        number = pl.col(column).cast(pl.Int64, strict=False)
        plain = pl.col(column).str.contains(r"^[0-9]{1,18}$")
        self.keep(
            plain & number.is_between(least, most),
            f"{column}“{{{column}}}”不是 {least} 到 {most} 的整数",
            remedy,
        )
        self.rows = self.rows.with_columns(pl.col(column).cast(pl.Int64))

    def number(self, column: str, remedy: str, *, empty: bool) -> None:
        """Turn a column of numbers into Float64, nothing into null where that may be."""
        good = pl.col(column).str.contains(r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$")
        if empty:
            good = good | (pl.col(column) == "")
        self.keep(good, f"{column}“{{{column}}}”不是数（至多九位整数、六位小数）", remedy)
        self.rows = self.rows.with_columns(pl.col(column).cast(pl.Float64, strict=False))


def read_table(folder: Path, name: str, needed: Sequence[str], optional: Sequence[str] | None = ()) -> Table:
    """A file of a folder. `optional` None: any further columns may follow. A missing file is a fault and has no rows."""
    path = folder / name
    if not path.is_file():
        table = nothing(name, [*needed, *(optional or ())])
        table.say(0, "没有这个文件", f"在文件夹里放一个 {name}，首行写：{','.join(needed)}")
        return table
    return table_of(name, path.read_bytes(), needed, optional)


def nothing(name: str, columns: Iterable[str]) -> Table:
    """A file without rows."""
    return Table(
        name,
        pl.DataFrame({each: [] for each in columns}, dict.fromkeys(columns, pl.String)).with_columns(
            pl.lit(None, pl.Int64).alias(LINE)
        ),
    )


def table_of(name: str, data: bytes, needed: Sequence[str], optional: Sequence[str] | None = ()) -> Table:
    """The rows of the bytes of a file."""
    expected = [*needed, *(optional or ())]
    table = nothing(name, expected)
    text = _text(table, data)
    if text is None:
        return table
    header = next(csv.reader(io.StringIO(text.split("\n", 1)[0])), [])
    names = [each.strip() for each in header]
    missing = [each for each in needed if each not in names]
    doubled = sorted({each for each in names if names.count(each) > 1})
    unknown = [] if optional is None else [each for each in names if each not in expected]
    if missing:
        table.say(1, f"首行缺列 {'、'.join(missing)}", f"首行写成：{','.join(needed)}")
    if doubled or "" in names:
        table.say(1, f"首行有重复或空的列名：{'、'.join(doubled) or '（空）'}", "每列写一个不同的名字")
    if unknown:
        table.say(1, f"不认识的列 {'、'.join(unknown)}", f"删去，或改成 {'、'.join(expected)} 之一")
    if missing or doubled or "" in names:
        return table
    table.rows = _rows(table, text, names)
    for each in optional or ():
        if each not in names:
            table.rows = table.rows.with_columns(pl.lit("").alias(each))
    return table


def _text(table: Table, data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError as problem:
            place = problem.start
    line = data[:place].count(b"\n") + 1
    table.say(line, "这里的字节既不是 UTF-8 也不是 GB18030 文字", "另存为“CSV UTF-8”再用")
    return None


def _rows(table: Table, text: str, names: Sequence[str]) -> pl.DataFrame:
    """The rows below the header. Quoted or uneven ones are read one by one, so that their lines can be named."""
    body = text.split("\n", 1)[1] if "\n" in text else ""
    schema = dict.fromkeys(names, pl.String)
    found: pl.DataFrame | None = None
    if '"' not in body and "\n\n" not in body and "\r" not in body and body.strip():
        try:
            found = pl.read_csv(
                body.encode(),
                has_header=False,
                schema=schema,
                quote_char=None,
            ).with_row_index(LINE, offset=2)
        except pl.exceptions.PolarsError:
            found = None
        # A short row is filled up silently: then look closer.
        if found is not None and body.count(",") != len(found) * (len(names) - 1):
            found = None
    if found is None:
        found = _slowly(table, body, names)
    return found.with_columns(pl.col(LINE).cast(pl.Int64), pl.col(*names).fill_null("").str.strip_chars())


def _slowly(table: Table, body: str, names: Sequence[str]) -> pl.DataFrame:
    reader = csv.reader(io.StringIO(body))
    rows: list[list[str]] = []
    lines: list[int] = []
    before = 1
    for row in reader:
        line, before = before + 1, reader.line_num + 1
        if not row or not any(each.strip() for each in row):
            continue
        if len(row) != len(names):
            table.say(
                line,
                f"这一行有 {len(row)} 格，首行有 {len(names)} 列",
                "补齐或删去多出的格；含逗号的文字加双引号",
            )
            continue
        rows.append(row)
        lines.append(line)
    frame = pl.DataFrame(rows, dict.fromkeys(names, pl.String), orient="row")
    return frame.with_columns(pl.Series(LINE, lines, pl.Int64))
