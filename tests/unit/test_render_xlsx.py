"""Workbooks hold exact figures and plain text, and equal books are equal files."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from zhijiao.render.xlsx import Book, Cell, Column, Fact, Link, Sheet, Text, write_book
from zhijiao.render.xlsx.writer import sheet_name

CREATED = datetime(2023, 12, 31, tzinfo=UTC).replace(tzinfo=None)


def written(*rows: list[Cell], columns: list[Column] | None = None, **more: object) -> Worksheet:
    columns = columns or [Column(f"列{i}") for i in range(len(rows[0]))]
    sheet = Sheet("表", "题目", columns, rows, "来源", **more)  # type: ignore[arg-type]
    content = write_book(Book("书", [sheet], CREATED, [Fact("来源", "文件")]))
    return load_workbook(io.BytesIO(content)).worksheets[0]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", " =1+1", "\t=1+1", '=HYPERLINK("x")'])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    cell = written([text])["A4"]
    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.quotePrefix


def test_numbers_are_numbers_with_every_digit() -> None:
    sheet = written([Decimal("50.6")], [Decimal(250000)], [Decimal("1.25")], [7])
    assert [sheet.cell(row, 1).value for row in range(4, 8)] == [50.6, 250000, 1.25, 7]
    assert sheet["A4"].alignment.horizontal == "right"


def test_decimal_points_stand_below_each_other() -> None:
    sheet = written([Decimal("50.6")], [Decimal(250000)], [Decimal("1.25")])
    formats = [sheet.cell(row, 1).number_format for row in range(4, 7)]
    assert formats == ["#,##0.0_0", "#,##0_._0_0", "#,##0.00"]


def test_a_number_that_spreadsheets_would_round_is_written_as_text() -> None:
    cell = written([Decimal("12345678901234567.89")])["A4"]
    assert (cell.data_type, cell.value) == ("s", "12,345,678,901,234,567.89")


def test_dates_and_links_and_indents() -> None:
    sheet = written(
        [date(2023, 12, 13), Link("查看", "http://localhost/x"), Link("无", None), Text("部分", 1)]
    )
    assert sheet["A4"].is_date
    assert sheet["B4"].hyperlink.target == "http://localhost/x"
    assert sheet["C4"].hyperlink is None
    assert sheet["D4"].alignment.indent == 1


def test_the_header_stays_and_is_printed_on_each_page() -> None:
    sheet = written(["甲"], columns=[Column("金额", "元")])
    assert sheet["A3"].value == "金额\n（元）"
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:A4"
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert "&P" in sheet.oddFooter.right.text


def test_columns_for_the_screen_are_not_printed() -> None:
    sheet = written(["甲", "乙"], columns=[Column("印"), Column("不印", printed=False)])
    assert sheet.print_area == "'表'!$A$1:$A$4"


def test_chinese_text_gets_room_and_long_text_wraps() -> None:
    sheet = written(["职" * 10, "职" * 100], columns=[Column("短"), Column("长", width=40)])
    assert sheet.column_dimensions["A"].width > 20
    assert sheet.column_dimensions["B"].width < 45
    assert sheet.row_dimensions[4].height > 60


def test_equal_neighbours_merge_inside_their_group() -> None:
    columns = [Column("组", merge=True), Column("值", merge=True, within=0)]
    sheet = written(["甲", "一"], ["甲", "一"], ["乙", "一"], columns=columns)
    assert sorted(str(block) for block in sheet.merged_cells.ranges) == ["A4:A5", "B4:B5"]


def test_only_locked_columns_are_locked() -> None:
    columns = [Column("编号", locked=True), Column("值", choices=("是", "否"))]
    sheet = written(["a", "是"], columns=columns, protected=True, spare_rows=10)
    assert sheet.protection.sheet
    assert (sheet["A4"].protection.locked, sheet["B4"].protection.locked) == (True, False)
    assert str(sheet.data_validations.dataValidation[0].sqref) == "B4:B14"


def test_an_empty_list_says_so() -> None:
    sheet = Sheet("表", "题目", [Column("列")], [], empty="没有符合条件的内容。")
    content = write_book(Book("书", [sheet], CREATED))
    assert load_workbook(io.BytesIO(content)).worksheets[0]["A4"].value == "没有符合条件的内容。"


def test_characters_that_the_format_cannot_hold_are_dropped() -> None:
    assert written(["甲\x00\x08乙\ud800"])["A4"].value == "甲乙"


def test_very_long_text_is_cut_and_says_so() -> None:
    assert str(written(["职" * 40_000])["A4"].value).endswith("（以下略）")


def test_equal_books_are_equal_files_without_a_clock() -> None:
    def book() -> bytes:
        return write_book(
            Book("书", [Sheet("表", "题", [Column("列")], [["甲"]])], CREATED, [Fact("甲", "乙")])
        )

    assert book() == book()
    with zipfile.ZipFile(io.BytesIO(book())) as package:
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
        assert b"2023-12-31T00:00:00Z" in package.read("docProps/core.xml")


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("指标/任务", [], "指标任务"),
        ("[]:*?/\\", [], "表"),
        ("指标", ["指标"], "指标2"),
        ("长" * 40, [], "长" * 31),
        ("长" * 40, ["长" * 31], "长" * 30 + "2"),
    ],
)
def test_sheet_names_are_made_acceptable(wanted: str, taken: list[str], name: str) -> None:
    assert sheet_name(wanted, set(taken)) == name
