"""Figures owed go out as a workbook and come back; a reporter's own workbook is read by name."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from zhijiao.render.xlsx.marking import SUMMARY
from zhijiao.render.xlsx.opening import UnreadableBook
from zhijiao.reports.hand_in import own
from zhijiao.reports.hand_in.reading import is_ours, read
from zhijiao.reports.hand_in.types import Asked, Columns, Owed, Problem
from zhijiao.reports.hand_in.writing import workbook
from zhijiao.reports.queries import marked_workbook as marked

HEADER = 3
DAY = date(2026, 1, 20)


def owed(report: int, name: str, *asked: Asked, **more: Any) -> Owed:
    return Owed(
        report=report,
        indicator=f"t.ind.{report}",
        name=name,
        other_names=(),
        organisation="示例县",
        period="2025",
        period_words="2025年",
        due=date(2026, 1, 30),
        state="填报",
        asked=asked or (Asked("value", name, "个", last=Decimal("12.5"), approved=Decimal("12.5")),),
        **more,
    )


RATIO = (
    Asked("numerator", "达标学校数", "所", last=Decimal(3)),
    Asked("denominator", "学校数", "所", last=Decimal(4)),
)
OWED = (owed(1, "产业学院"), owed(2, "达标率（%）", *RATIO), owed(3, "体验中心", note="去年合并两个"))


def returned(change: Any = None, figures: tuple[Owed, ...] = OWED) -> bytes:
    """The workbook after somebody worked on it: through another program, as it would be."""
    book = load_workbook(io.BytesIO(workbook(figures, title="报送", on=DAY)))
    if change:
        change(book["报送"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(sheet: Any, title: str) -> int:
    return next(c.column for c in sheet[HEADER] if c.value == title)


def put(sheet: Any, row: int, title: str, value: Any) -> None:
    sheet.cell(HEADER + row, column(sheet, title)).value = value


def test_what_goes_out_untouched_changes_nothing() -> None:
    content = workbook(OWED, title="报送", on=DAY)
    assert content == workbook(OWED, title="报送", on=DAY)
    assert is_ours(content)
    taken = read(content, OWED)
    assert (taken.entries, taken.problems, taken.blank) == ((), (), 4)


def test_figures_come_back_by_their_key() -> None:
    def fill(sheet: Any) -> None:
        put(sheet, 1, "本期填报", 0.1 + 0.2)
        put(sheet, 2, "本期填报", "1,234")
        put(sheet, 3, "沿用上期", "是")
        put(sheet, 4, "说明", "新建一个")

    taken = read(returned(fill), OWED)
    assert not taken.problems
    assert {e.report: e.values for e in taken.entries} == {
        1: {"value": "0.3"},
        2: {"numerator": "1,234", "denominator": "4"},
        3: {"note": "新建一个"},
    }


def test_a_percentage_stays_one() -> None:
    def fill(sheet: Any) -> None:
        put(sheet, 1, "本期填报", 0.753)
        sheet.cell(HEADER + 1, column(sheet, "本期填报")).number_format = "0.0%"

    assert read(returned(fill), OWED).entries[0].values == {"value": "75.3%"}


def test_columns_may_be_moved_and_rows_sorted() -> None:
    def move(sheet: Any) -> None:
        put(sheet, 4, "本期填报", 7)
        sheet.insert_cols(1)
        sheet.move_range(f"A{HEADER + 4}:N{HEADER + 4}", rows=5)

    assert [e.values for e in read(returned(move), OWED).entries] == [{"value": "7"}]


@pytest.mark.parametrize(
    ("title", "value", "words"),
    [
        ("编号", "R99-ABCD", "不在要报的数里"),
        ("编号", None, "没有编号"),
        ("指标", "另一个指标", "恢复原样"),
        ("报告期", "2024年", "恢复原样"),
        ("本期填报", "=1+1", "公式"),
    ],
)
def test_what_was_changed_is_refused_by_cell(title: str, value: Any, words: str) -> None:
    def spoil(sheet: Any) -> None:
        put(sheet, 1, "本期填报", 5)
        put(sheet, 1, title, value)

    problem = read(returned(spoil), OWED).problems[0]
    assert words in problem.words
    assert problem.sheet == "报送"
    assert problem.cell.endswith("4")


def test_a_figure_that_is_with_the_reviewer_is_refused() -> None:
    locked = (replace(OWED[0], open=False, state="待审核"),)
    taken = read(returned(lambda sheet: put(sheet, 1, "本期填报", 5), locked), locked)
    assert "待审核" in taken.problems[0].words


def test_all_problems_are_told_at_once_and_marked_in_the_senders_own_file() -> None:
    def spoil(sheet: Any) -> None:
        put(sheet, 1, "编号", "R7")
        put(sheet, 1, "本期填报", 5)
        put(sheet, 4, "沿用上期", "也许")
        sheet["B2"] = "我的批注"

    content = returned(spoil)
    problems = read(content, OWED).problems
    assert len(problems) == 2
    book = load_workbook(io.BytesIO(marked(content, problems)))
    sheet = book["报送"]
    assert [sheet[p.cell].comment is not None for p in problems] == [True, True]
    assert sheet["B2"].value == "我的批注"
    assert sheet.data_validations.count, "the drop-downs stay"
    assert book[SUMMARY].max_row == 3


def test_a_file_that_is_no_workbook_is_refused() -> None:
    for content in (b"", b"%PDF-1.7", b"PK\x03\x04rubbish"):
        with pytest.raises(UnreadableBook):
            read(content, OWED)


# -- somebody's own workbook -----------------------------------------------------------------------


def her_book(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "年报"
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HERS = her_book(
    ("某县年度统计",),
    ("序号", "项目", "上年", "本年"),
    (1, "1.产业学院（个）", 12, 14),
    (2, "达标学校数", 3, 4),
    (3, "学校数", 4, 4),
    (4, "食堂", 2, 3),
)


def test_her_own_workbook_is_read_by_name() -> None:
    grids = own.read_grids(HERS)
    columns = own.guess(grids, OWED)
    assert columns == Columns(sheet=0, names=1, values=3)
    result = own.match(grids[0], columns, OWED)
    assert {e.report: e.values for e in result.taken.entries} == {
        1: {"value": "14"},
        2: {"numerator": "4", "denominator": "4"},
    }
    assert [row.name for row in result.unmatched] == ["食堂"]
    assert result.missing == ("体验中心",)
    assert not result.taken.problems


def test_a_name_that_means_two_figures_is_never_guessed() -> None:
    twice = (OWED[0], replace(OWED[0], report=9, period="2024", period_words="2024年"))
    grids = own.read_grids(HERS)
    columns = Columns(0, 1, 3)
    result = own.match(grids[0], columns, twice)
    assert not result.taken.entries
    [unclear] = result.unclear
    assert {report for report, _ in unclear.candidates} == {1, 9}
    settled = own.match(grids[0], columns, twice, {unclear.cell: (9, "value")})
    assert [e.report for e in settled.taken.entries] == [9]


def test_two_rows_for_one_figure_and_half_a_ratio_are_problems() -> None:
    grids = own.read_grids(her_book(("产业学院", 1), ("产业学院", 2), ("学校数", 4)))
    words = [p.words for p in own.match(grids[0], Columns(0, 0, 1), OWED).taken.problems]
    assert any("同一个数" in w for w in words)
    assert any("还缺“达标学校数”" in w for w in words)


def test_a_sheet_without_known_names_gives_no_guess() -> None:
    assert own.guess(own.read_grids(her_book(("食堂", 3))), OWED) is None


def test_marking_leaves_out_cells_that_are_not_there() -> None:
    assert marked(HERS, [Problem("没有这张表", "A1", "x"), Problem("年报", "", "y")])
