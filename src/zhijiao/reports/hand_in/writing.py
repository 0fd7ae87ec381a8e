"""The workbook that goes out: one row for each thing to enter, keys and known values locked, one column to fill in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from zhijiao.lib.typesetting import typeset
from zhijiao.render.xlsx import Book, Cell, Column, Fact, Sheet, Text, write_book
from zhijiao.reports.hand_in.types import Asked, Owed

SHEET = "报送"
MARK = "zhijiao-hand-in"
"""The document property that tells our workbook from somebody's own."""
FORMAT = "1"

KEY, ORGANISATION, NAME, ASKED, PERIOD = "编号", "填报单位", "指标", "填什么", "报告期"
DUE, UNIT, LAST, APPROVED, ENTER, SAME, NOTE, STATE = (
    *("截止", "计量单位", "上期数", "最近核定数", "本期填报", "沿用上期", "说明", "状态"),
)
YES = "是"
PARTS = {"value": "", "numerator": "N", "denominator": "D", "text": "T"}

COLUMNS = (
    Column(KEY, width=16, locked=True),
    Column(ORGANISATION, width=20, locked=True),
    Column(NAME, width=34, locked=True),
    Column(ASKED, width=26, locked=True),
    Column(PERIOD, width=14, locked=True),
    Column(DUE, kind="date", width=13, locked=True),
    Column(UNIT, width=10, locked=True),
    Column(LAST, kind="number", width=16, locked=True),
    Column(APPROVED, kind="number", width=16, locked=True),
    Column(ENTER, kind="number", width=20, hint="只填数，单位见“计量单位”一列；没有发生填 0，没有数据留空。"),
    Column(SAME, width=12, choices=(YES,), hint="选“是”：本期与上期相同，不必再填数。"),
    Column(NOTE, width=36, hint="与上期相差很大时请写明原因。"),
    Column(STATE, width=12, locked=True),
)
"""What is read back is found by these titles, wherever the columns were moved to."""


def workbook(owed: Sequence[Owed], *, title: str, on: date, permalink: str = "") -> bytes:
    """The workbook. The same rows on the same day give the same bytes."""
    sheet = Sheet(
        name=SHEET,
        title=title,
        columns=COLUMNS,
        rows=list(_rows(owed)),
        source="只填“本期填报”“沿用上期”“说明”三列（白底）；灰底各列请勿改动。填好后回到报送页上传，上传前不会提交。",
        empty="没有要报的数。",
        freeze_columns=3,
        protected=True,
    )
    facts = [
        Fact("怎么填", "在“本期填报”一列填数；“沿用上期”选“是”就取上期的数；数字变动大的在“说明”里写原因。"),
        Fact(
            "怎么交", "保存后在报送页点“上传工作簿”。平台先逐格检查并说明将改动什么，确认后存为草稿，再提交。"
        ),
        Fact("编号", "每行的编号对应一项要报的数，请勿改动；改动的行不会被采用。"),
        Fact("生成日期", on),
        *([Fact("报送页", permalink)] if permalink else []),
    ]
    created = datetime.combine(on, time(), UTC).replace(tzinfo=None)
    return write_book(Book(title, [sheet], created, facts, properties={MARK: FORMAT}))


def key(owed: Owed, asked: Asked) -> str:
    """The key of a row. Its tail is drawn from what the row is about, so that a mistyped key is noticed."""
    number = f"{owed.report}{PARTS[asked.part]}"
    about = "\n".join((number, owed.indicator, owed.organisation, owed.period))
    return f"R{number}-{hashlib.sha256(about.encode()).hexdigest()[:4].upper()}"


def _rows(owed: Sequence[Owed]) -> Iterator[list[Cell]]:
    for figure in owed:
        for number, asked in enumerate(figure.asked):
            yield [
                key(figure, asked),
                typeset(figure.organisation),
                Text(typeset(figure.name), strong=number == 0),
                typeset(asked.name) if asked.part != "value" else "",
                figure.period_words,
                figure.due,
                asked.unit,
                asked.last,
                asked.approved,
                asked.now,
                None,
                figure.note if number == 0 else None,
                figure.state,
            ]


def as_text(value: Decimal | str | None) -> str:
    """A value as it is compared with what a cell says."""
    return "" if value is None else value if isinstance(value, str) else format(value.normalize(), "f")
