"""Files of students as a school hands them in, with synthetic people."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from tests.support.intake import AT, SYSTEM
from zhijiao.exchange import actions
from zhijiao.exchange.types import State

TITLES = (
    "学校代码",
    "身份证件号",
    "姓名",
    "入学年级",
    "专业代码",
    "学制类型",
    "培养层次",
    "全日制",
    "入学日期",
    "学籍状态",
)
NUMBERS = ("990000200901010018", "990000200901010026", "990000200901010034")


def student(number: str, name: str = "张示例", school: str = "s1", **more: str) -> dict[str, str]:
    """A row of a good student."""
    values = (school, number, name, "2023", "710205", "三年制中职", "中职", "是", "2023-09-01", "在读")
    return dict(zip(TITLES, values, strict=True)) | more


def as_csv(rows: list[dict[str, str]]) -> bytes:
    return "\n".join([",".join(TITLES), *(",".join(row[t] for t in TITLES) for row in rows)]).encode() + b"\n"


def as_xlsx(rows: list[dict[str, str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(TITLES))
    for row in rows:
        sheet.append([row[title] for title in TITLES])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(
    ids: dict[str, int], content: bytes, name: str = "students.csv", by: Any = SYSTEM, **more: Any
) -> Any:
    """Hand a file in for the first school, and apply what is good of it."""
    batch = actions.receive(
        by=by,
        at=AT,
        dataset="students",
        organisation=ids["s1"],
        name=name,
        chunks=[content],
        now=True,
        **more,
    )
    checked = actions.check(batch=batch.pk, by=by, at=AT)
    if checked.state is State.CHECKED:
        return actions.apply(batch=batch.pk, by=by, at=AT)
    return checked
