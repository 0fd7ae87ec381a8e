"""The template: it carries what the standard says, and what is filled into it is read back as it was meant."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from zhijiao.exchange.rules.standard import shipped
from zhijiao.exchange.rules.standard.editions import laid_over, succeeded
from zhijiao.exchange.rules.template import HEADING, template
from zhijiao.exchange.types import Code, Standard


def _open(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def _lists(book: Workbook, sheet: str) -> dict[int, Any]:
    """Drop-downs by column."""
    rules = book[sheet].data_validations.dataValidation
    return {next(iter(rule.cells.ranges)).min_col: rule for rule in rules if rule.type == "list"}


@pytest.fixture(scope="module")
def with_majors() -> Standard:
    """The shipped standard with more majors than a drop-down can hold."""
    entries = [Code(f"{number:06}", f"示例专业{number}") for number in range(990000, 991200)]
    old = shipped().codes["majors"]
    return laid_over(shipped(), lists=[succeeded(old, entries, edition="2025", on=date(2025, 1, 1))])


def test_every_data_set_has_one() -> None:
    for dataset in shipped().datasets:
        book = _open(template(shipped(), dataset.id))
        sheet = book.worksheets[0]
        titles = [cell.value for cell in sheet[HEADING + 1]]
        assert len(titles) == len(dataset.fields)
        for title, field in zip(titles, dataset.fields, strict=True):
            assert str(title).startswith(field.name)
            assert str(title).endswith("*") is field.mandatory
        assert "填表说明" in book.sheetnames
        assert sheet.title != "填表说明"


def test_equal_standards_give_equal_bytes() -> None:
    assert template(shipped(), "students") == template(shipped(), "students")


def test_a_signed_in_sender_is_told_its_own_code_and_the_example_stays_known_for_one() -> None:
    own = ("9900000017", "示例学校")
    mine = _open(template(shipped(), "students", own=own)).worksheets[0]
    anybodys = _open(template(shipped(), "students")).worksheets[0]
    assert str(mine["A2"].value).startswith("示例学校的“学校代码”填 9900000017")
    prompts = {str(r.promptTitle): str(r.prompt) for r in mine.data_validations.dataValidation}
    assert prompts["学校代码"].startswith("本单位填 9900000017。")
    examples = [[cell.value for cell in sheet[HEADING + 2]] for sheet in (mine, anybodys)]
    assert examples[0] == examples[1]
    assert "9900000017" not in str(anybodys["A2"].value)


def test_codes_keep_their_noughts_and_dates_their_form() -> None:
    sheet = _open(template(shipped(), "students")).worksheets[0]
    dataset = shipped().by_id["students"]
    formats = {
        field.id: sheet.column_dimensions[get_column_letter(place)].number_format
        for place, field in enumerate(dataset.fields, 1)
    }
    assert formats["organisation"] == formats["person"] == formats["major"] == "@"
    assert formats["enrolled_on"] == "yyyy-mm-dd"
    assert formats["grade"] == "0"


def test_short_lists_stand_in_the_cell_longer_ones_on_a_hidden_sheet() -> None:
    dataset = shipped().by_id["projects"]
    book = _open(template(shipped(), "projects"))
    places = {field.id: place for place, field in enumerate(dataset.fields, 1)}
    lists = _lists(book, book.sheetnames[0])
    assert "市级" in lists[places["level"]].formula1
    assert lists[places["kind"]].formula1.startswith("'代码'!")
    assert book["代码"].sheet_state == "hidden"
    assert places["major"] not in lists  # not imported


def test_the_longest_lists_are_to_look_up(with_majors: Standard) -> None:
    book = _open(template(with_majors, "classes"))
    assert book["查职业教育专业目录"].max_row == 1201
    dataset = with_majors.by_id["classes"]
    major = [field.id for field in dataset.fields].index("major") + 1
    assert major not in _lists(book, book.sheetnames[0])


def test_ended_codes_are_not_offered() -> None:
    old = shipped().codes["ratings"]
    new = succeeded(old, old.entries[:3], edition="2", on=date(2026, 1, 1), complete=True)
    dataset = shipped().by_id["teacher_practice"]
    book = _open(template(laid_over(shipped(), lists=[new]), "teacher_practice"))
    place = [field.id for field in dataset.fields].index("rating") + 1
    assert "不合格" not in _lists(book, book.sheetnames[0])[place].formula1


def test_the_example_row_is_the_standards_own() -> None:
    dataset = shipped().by_id["graduates"]
    sheet = _open(template(shipped(), "graduates")).worksheets[0]
    shown = [cell.value or "" for cell in sheet[HEADING + 2]]
    assert shown == [field.example for field in dataset.fields]
    assert all(cell.font.italic for cell in sheet[HEADING + 2] if cell.value)


def test_what_is_known_is_filled_in_with_its_types() -> None:
    rows = [
        {
            "organisation": "0012345678",
            "name": "某班",
            "grade": "2023",
            "kind": "order",
            "started_on": "2023-09-01",
        }
    ]
    dataset = shipped().by_id["classes"]
    sheet = _open(template(shipped(), "classes", rows)).worksheets[0]
    cells = dict(zip((field.id for field in dataset.fields), sheet[HEADING + 2], strict=True))
    assert cells["organisation"].value == "0012345678"
    assert cells["grade"].value == 2023
    assert cells["kind"].value == "订单班"
    assert str(cells["started_on"].value).startswith("2023-09-01")
    assert cells["students"].value is None
