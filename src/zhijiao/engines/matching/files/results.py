"""From the files of a result back to arrays, for verifying what somebody else computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from zhijiao.engines.matching.digesting import algorithm_of
from zhijiao.engines.matching.files.tables import Table, read_table
from zhijiao.engines.matching.files.writing import DIGEST, LINES, MOVED, REASONS, RESULT, digested
from zhijiao.engines.matching.market import Market
from zhijiao.engines.matching.result import Result, blank, code_number
from zhijiao.engines.matching.types import BadInput, Fault, Guarantee, Moved, Violation


class Spoiled(BadInput):
    """Files that look like a result, and cannot be one of this input. `violations`: the same as guarantees."""

    def __init__(self, faults: Sequence[Fault], violations: Sequence[Violation]) -> None:
        super().__init__(faults)
        self.violations = tuple(violations)


def read_output(market: Market, folder: Path) -> Result:
    """The result that stands in a folder.

    Raises `BadInput` when it is no result at all (a file or a column is missing), `Spoiled` for what the market does not know and
    for rows too many or too few.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} 不是文件夹")
    reader = _Results(market, folder)
    none = [fault for table in reader.tables for fault in table.faults if fault.line <= 1]
    if none:
        raise BadInput(none)
    found = reader.result()
    faults = [fault for table in reader.tables for fault in table.faults]
    if faults:
        raise Spoiled(faults, [*reader.seats, *(_as_violation(each) for each in faults)])
    return found


def _as_violation(fault: Fault) -> Violation:
    place = f"{fault.file} 第 {fault.line} 行" if fault.line else fault.file
    return Violation(Guarantee.DIGEST, "", f"{place}：{fault.words}")


def digest_violations(market: Market, folder: Path) -> list[Violation]:
    """Whether the digest of a folder is that of this input and of the files that stand there."""
    path = folder / DIGEST
    if not path.is_file():
        return [Violation(Guarantee.DIGEST, "", f"没有 {DIGEST}")]
    text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
    files = {
        name: (folder / name).read_bytes()
        for name in (RESULT, LINES, REASONS, MOVED)
        if (folder / name).is_file()
    }
    try:
        expected = digested(market, files, algorithm_of(text))
    except ValueError:
        return [Violation(Guarantee.DIGEST, "", f"{DIGEST} 没有写明摘要算法")]
    if text == expected:
        return []
    said, right = (_by_name(each) for each in (text, expected))
    wrong = sorted(name for name in said.keys() | right.keys() if said.get(name) != right.get(name))
    return [
        Violation(
            Guarantee.DIGEST,
            "",
            f"{name} 的摘要应是 {right.get(name, '（无）')}，{DIGEST} 写的是 {said.get(name, '（无）')}",
        )
        for name in [each for each in wrong if each != "whole"] or wrong or [DIGEST]
    ]


def _by_name(text: str) -> dict[str, str]:
    pairs = [line.split("  ", 1) for line in text.splitlines()[1:]]
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}


class _Results:
    def __init__(self, market: Market, folder: Path) -> None:
        self.market = market
        self.seats: list[Violation] = []
        """Seats that nobody can have, however the rest came about."""
        self.placed = read_table(folder, RESULT, ["applicant", "batch", "order", "school", "major", "cell"])
        self.lines = read_table(
            folder, LINES, ["cell", "seats", "admitted", "last_total", "last_rank", "tied_at_line"]
        )
        self.told = read_table(
            folder, REASONS, ["applicant", "batch", "order", "code", "line", "own_place", "ties"]
        )
        self.moved = read_table(folder, MOVED, ["source", "target", "seats"])
        self.tables = (self.placed, self.lines, self.told, self.moved)
        self.people = pl.DataFrame(
            {"applicant": pl.Series(list(market.ids), dtype=pl.String)}
        ).with_row_index("who")
        self.cells = pl.DataFrame(
            {
                "cell": pl.Series([cell.id for cell in market.cells], dtype=pl.String),
                "at": pl.Series(range(len(market.cells)), dtype=pl.Int32),
            }
        )
        batches = pl.Series("batch", [batch.id for batch in market.rules.batches], pl.String)
        self.choices = pl.DataFrame(
            [
                self.people["applicant"].gather(market.choice_applicant),
                batches.gather(market.choice_batch),
                pl.Series("order", market.choice_order, pl.Int64),
            ]
        ).with_row_index("row")

    def result(self) -> Result:
        empty = blank(self.market)
        self._placed(empty)
        self._told(empty)
        self._lines(empty)
        self.moved.whole("seats", 1, 2**40, "核对流转的人数")
        moved = sorted(
            (
                Moved(source, target, seats)
                for source, target, seats in self.moved.rows.select("source", "target", "seats").rows()
            ),
            key=lambda each: (each.source, each.target),
        )
        return replace(empty, moved=tuple(moved))

    def _known(self, table: Table, known: pl.DataFrame, on: list[str], words: str, count: int) -> None:
        """Keep the rows that the market knows; every one of them must stand there once."""
        table.unique(on, f"{words}写了两次", "核对是不是这份输入的结果")
        wrong = table.rows.join(known, on=on, how="anti")
        table.say_each(wrong, f"输入里没有{words}", "核对是不是这份输入的结果")
        table.rows = table.rows.join(known, on=on, maintain_order="left")
        missing = count - len(table.rows)
        if missing > 0:
            example = known.join(table.rows, on=on, how="anti").head(1).select(on).rows()[0]
            table.say(
                0,
                f"少 {missing} 行，如 {' '.join(str(each) for each in example)}",
                "核对是不是这份输入的结果",
            )

    def _placed(self, empty: Result) -> None:
        table = self.placed
        again = table.rows.filter(~pl.col("applicant").is_first_distinct() & (pl.col("cell") != ""))
        self._no_seat(again, "考生在结果里占了两个席位")
        self._known(table, self.people, ["applicant"], "考生 {applicant}", len(self.people))
        table.rows = table.rows.filter(pl.col("cell") != "")
        wrong = table.rows.join(self.cells, on="cell", how="anti")
        table.say_each(wrong, "输入里没有计划格 {cell}", "核对是不是这份输入的结果")
        table.whole("order", 1, 9999, "核对志愿序号")
        key = ["applicant", "batch", "order"]
        found = table.rows.join(self.cells, on="cell")
        wrong = found.join(self.choices, on=key, how="anti")
        table.say_each(
            wrong, "输入里没有考生 {applicant} 批次 {batch} 第 {order} 志愿", "核对是不是这份输入的结果"
        )
        self._no_seat(wrong, "录取到没有填报过的志愿")
        found = found.join(self.choices, on=key)
        cells = self.market.cells
        same = pl.Series([True], dtype=pl.Boolean).new_from_index(0, len(found))
        for name in ("batch", "school", "major"):
            of_cell = pl.Series([getattr(cell, name) for cell in cells], dtype=pl.String).gather(found["at"])
            same = same & (found[name] == of_cell)
        table.say_each(
            found.filter(~same),
            "计划格 {cell} 不是批次 {batch} {school} {major} 的",
            "核对是不是这份输入的结果",
        )
        self._no_seat(found.filter(~same), "录取的计划格不是所写学校和专业的")
        who = found["who"].to_numpy()
        empty.cell[who] = found["at"].to_numpy()
        empty.choice[who] = found["row"].to_numpy()

    def _no_seat(self, rows: pl.DataFrame, words: str) -> None:
        for row in rows.iter_rows(named=True):
            order = str(row["order"])
            self.seats.append(
                Violation(
                    Guarantee.TWO_SEATS,
                    row["batch"],
                    words,
                    applicant=row["applicant"],
                    order=int(order) if order.isdigit() else 0,
                    cell=row["cell"],
                )
            )

    def _told(self, empty: Result) -> None:
        table = self.told
        table.whole("order", 1, 9999, "核对志愿序号")
        self._known(
            table,
            self.choices,
            ["applicant", "batch", "order"],
            "考生 {applicant} 批次 {batch} 第 {order} 志愿",
            len(self.choices),
        )
        table.number("line", "核对这一格", empty=True)
        for name in ("own_place", "ties"):
            self._count(table, name)
        codes: dict[str, tuple[int, int]] = {}
        for text in table.rows["code"].unique().to_list():
            try:
                codes[text] = code_number(self.market, text)
            except KeyError:
                table.say_each(
                    table.rows.filter(pl.col("code") == text),
                    "不认识的原因 {code}",
                    "核对是不是这份输入的结果",
                )
                codes[text] = (0, -1)
        row = table.rows["row"].to_numpy()
        known = pl.DataFrame(
            [(text, code, detail) for text, (code, detail) in codes.items()],
            {"code": pl.String, "number": pl.UInt8, "detail": pl.Int32},
            orient="row",
        )
        coded = table.rows.select("code").join(known, on="code", how="left", maintain_order="left")
        empty.code[row] = coded["number"].to_numpy()
        empty.detail[row] = coded["detail"].to_numpy()
        empty.line[row] = table.rows["line"].fill_null(float("nan")).to_numpy()
        empty.place[row] = table.rows["own_place"].to_numpy()
        empty.ties[row] = table.rows["ties"].to_numpy()

    def _lines(self, empty: Result) -> None:
        table = self.lines
        self._known(table, self.cells, ["cell"], "计划格 {cell}", len(self.cells))
        for name in ("seats", "admitted"):
            table.whole(name, 0, 2**40, "核对这一格")
        table.number("last_total", "核对这一格", empty=True)
        for name in ("last_rank", "tied_at_line"):
            self._count(table, name)
        at = table.rows["at"].to_numpy()
        empty.seats[at] = table.rows["seats"].to_numpy()
        empty.admitted[at] = table.rows["admitted"].to_numpy()
        empty.last_total[at] = table.rows["last_total"].fill_null(float("nan")).to_numpy()
        empty.last_rank[at] = table.rows["last_rank"].to_numpy()
        empty.tied[at] = table.rows["tied_at_line"].to_numpy()

    @staticmethod
    def _count(table: Table, name: str) -> None:
        """A column of counts, nothing for none."""
        table.rows = table.rows.with_columns(
            pl.when(pl.col(name) == "").then(pl.lit("0")).otherwise(pl.col(name)).alias(name)
        )
        table.whole(name, 0, 2**31 - 1, "核对这一格")
