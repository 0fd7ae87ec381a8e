"""A small data standard, files as schools send them, and what intake makes of them. All people are made up: 示例."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook

from zhijiao.exchange.rules.identity import Keys
from zhijiao.exchange.rules.intake import Circumstances, Organisations, Part, Reading, begin
from zhijiao.exchange.types import (
    Code,
    CodeList,
    Dataset,
    Due,
    Field,
    FieldType,
    Frequency,
    Keeping,
    Layout,
    Problem,
    Role,
    RowCheck,
    Standard,
)
from zhijiao.lib.citizens import check_sign

TODAY = date(2026, 11, 22)
C, N, M, T = FieldType.TEXT, FieldType.NUMBER, FieldType.MONEY, FieldType.TIME


def field(
    known: str, name: str, kind: FieldType = C, length: int = 20, *, mandatory: bool = True, **more: Any
) -> Field:
    return Field(known, f"X{known}", known.upper()[:4], name, kind, length, mandatory, **more)


FIELDS = (
    field("school", "学校代码", length=10, role=Role.ORGANISATION),
    field("person", "身份证件号", length=18, role=Role.PERSON, pattern="identity", aliases=("身份证号",)),
    field("name", "姓名", length=6, example="示例甲"),
    field("sex", "性别", length=1, values="sex"),
    field("grade", "入学年级", N, 4, role=Role.PERIOD, least=Decimal(2000), most=Decimal(2100)),
    field("major", "专业代码", length=6, values="majors", role=Role.MAJOR),
    field(
        "entered", "入学日期", T, 10, least=date(2000, 1, 1), most=date(2100, 12, 31), example="2023-09-01"
    ),
    field("left", "离校日期", T, 10, mandatory=False),
    field("fee", "学费", M, 12, mandatory=False, unit="元", decimals=2, least=Decimal(0)),
    field("phone", "联系电话", length=20, mandatory=False, pattern="phone"),
    field("note", "备注", length=50, mandatory=False),
)
PUPILS = Dataset(
    "pupils",
    "示例",
    "示例",
    "示例",
    "X01",
    "pupils",
    "示例学生",
    "学校",
    "全部",
    Due(Frequency.TERM, 30),
    Keeping.STATE,
    FIELDS,
    ("school", "person"),
    checks=(RowCheck("left_after", "left >= entered", "left", "离校日期早于入学日期，请核对"),),
)
FIRMS = replace(
    PUPILS,
    id="firms",
    name="示例企业",
    fields=(
        field("uscc", "统一社会信用代码", length=18, pattern="uscc"),
        field("name", "企业名称", length=50),
        field("size", "职工人数", N, 8, mandatory=False, unit="人"),
    ),
    key=("uscc",),
    checks=(),
    keeping=Keeping.EVENTS,
)
SEX = CodeList(
    "sex",
    "性别",
    "示例",
    "1",
    (Code("1", "男性", other_names=("男",)), Code("2", "女性", other_names=("女",))),
)
MAJORS = CodeList(
    "majors",
    "专业目录",
    "示例",
    "1",
    (
        Code("710205", "大数据技术应用"),
        Code("660301", "机电技术应用"),
        Code("051300", "机电技术应用（旧）", until=date(2021, 9, 1), replaced_by=("660301",)),
    ),
)
STANDARD = Standard("示例", "hash", (PUPILS, FIRMS), {"sex": SEX, "majors": MAJORS})
SCHOOLS = {"9900000001": 1, "9900000002": 2, "9900000003": 3}
KEYS = Keys(b"s" * 32, b"b" * 32, b"o" * 32)
TITLES = tuple(f.name for f in FIELDS)


def given(
    dataset: Dataset = PUPILS, sender: int | None = None, allowed: Iterable[int] | None = None
) -> Circumstances:
    tree = Organisations(
        SCHOOLS, {"示例一校": 1, "示例二校": 2}, None if allowed is None else frozenset(allowed)
    )
    return Circumstances(STANDARD, dataset, tree, KEYS, TODAY, sender)


def number(serial: int) -> str:
    """A sound identity number of nobody: its area is not one of the country's."""
    digits = f"99{serial // 1000 % 10_000:04d}{2005 + serial % 5:04d}{serial // 28 % 12 + 1:02d}{serial % 28 + 1:02d}{serial % 1000:03d}"
    return digits + check_sign(digits)


def row(serial: int = 1, **changed: Any) -> list[Any]:
    """A good row, with cells changed by field."""
    cells: dict[str, Any] = {
        "school": "9900000001",
        "person": number(serial),
        "name": "示例甲",
        "sex": "男",
        "grade": "2023",
        "major": "710205",
        "entered": "2023-09-01",
        "left": None,
        "fee": "1200.5",
        "phone": "13900000001",
        "note": None,
    }
    return list((cells | changed).values())


def csv_of(
    *rows: Sequence[Any], titles: Sequence[str] = TITLES, encoding: str = "utf-8", sign: str = ","
) -> bytes:
    lines = [titles, *rows]
    return "".join(sign.join("" if c is None else str(c) for c in line) + "\n" for line in lines).encode(
        encoding
    )


def book_of(
    *rows: Sequence[Any], titles: Sequence[str] = TITLES, change: Callable[[Workbook], None] | None = None
) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "学生"
    for line in [titles, *rows]:
        sheet.append(list(line))
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Taken:
    """A file as intake took it."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.parts: list[Part] = list(reading.chunks())
        self.problems: list[Problem] = [*reading.warnings, *(p for part in self.parts for p in part.problems)]
        self.good = pl.concat([part.good for part in self.parts]) if self.parts else pl.DataFrame()
        self.bad = pl.concat([part.bad for part in self.parts]) if self.parts else pl.DataFrame()

    def values(self, dataset: Dataset = PUPILS) -> list[dict[str, str]]:
        """The good rows, by field."""
        names = [f.id for f in dataset.fields]
        return [dict(zip(names, data.split("\x1f"), strict=True)) for data in self.good["data"]]

    @property
    def words(self) -> list[str]:
        return [problem.words for problem in self.problems]


def take(
    content: bytes | Path,
    name: str = "示例.csv",
    *,
    on: Circumstances | None = None,
    layout: Layout | None = None,
) -> Taken:
    return Taken(begin(content, name, on or given(), layout))


def dirty_text(chance: random.Random) -> str:
    """A cell as it should not be."""
    return chance.choice(
        [
            "",
            " ",
            "\x00",
            "=1+1",
            "#N/A",
            "１２３",
            "1e400",
            "-0",
            "NaN",
            "二〇二三年",
            "x" * 40_000,
            "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
            '"',
            "a\nb",
            "２０２３－９－１",
            "3.3E+17",
            "\u200b",
            "'",
            "--",
            "1,234.50",
            "99999999999999999999",
            "\ufffd",
        ]
    )
