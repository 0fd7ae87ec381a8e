"""Every list of the portal is also a file: the same rows, under a name that says what it is."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

pytestmark = pytest.mark.usefixtures("shipped_packs")

LISTS = (
    "indicators",
    "tasks",
    "programmes",
    "rules",
    "standards",
    "systems",
    "obligations",
    "procedures",
    "reported",
    "places",
    "industries",
    "coverage",
    "conflicts",
    "policy",
    "policy/clauses",
    "board",
)
HEADER = 3
"""The row of a sheet that holds the titles of its columns."""


def fetch(client: Client, address: str) -> Workbook:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return load_workbook(io.BytesIO(answer.content))


def column(book: Workbook, title: str) -> list[object]:
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[HEADER]]
    at = titles.index(title) + 1
    return [sheet.cell(row, at).value for row in range(HEADER + 1, sheet.max_row + 1)]


@pytest.mark.parametrize("pack", ["taizhou", "wenzhou", "zhejiang"])
def test_every_list_is_a_workbook(client: Client, pack: str) -> None:
    for name in LISTS:
        book = fetch(client, f"/c/{pack}/{name}.xlsx?on=2023-12-31")
        last = book.worksheets[-1]
        assert last.title == "说明", name
        facts = {row[0]: row[1] for row in last.iter_rows(min_row=3, max_col=2, values_only=True)}
        assert "2023年12月31日" in str(facts["从哪一天看"]), name
        assert "v=" in str(facts["固定链接"]), name


def test_the_file_has_the_rows_of_the_filtered_page_in_its_order(client: Client) -> None:
    book = fetch(client, "/c/taizhou/indicators.xlsx?on=2023-12-31&verdict=met")
    assert set(column(book, "判定")) == {"达到"}
    backwards = fetch(client, "/c/taizhou/indicators.xlsx?on=2023-12-31&verdict=met&sort=-name")
    forwards = fetch(client, "/c/taizhou/indicators.xlsx?on=2023-12-31&verdict=met&sort=name")
    assert column(backwards, "指标") == column(forwards, "指标")[::-1]


def test_tasks_of_one_unit(client: Client) -> None:
    everything = fetch(client, "/c/taizhou/tasks.xlsx")
    some = fetch(client, "/c/taizhou/tasks.xlsx?document=tzr")
    assert 0 < some.worksheets[0].max_row < everything.worksheets[0].max_row
    assert len(set(column(some, "文件"))) == 1


def test_one_document_s_clauses(client: Client) -> None:
    book = fetch(client, "/c/taizhou/policy/tzr.xlsx?kind=task")
    assert set(column(book, "类别")) == {"任务"}


def test_a_row_leads_to_its_page_in_that_version_and_day(client: Client) -> None:
    sheet = fetch(client, "/c/taizhou/indicators.xlsx?on=2023-12-31").worksheets[0]
    link = sheet.cell(HEADER + 1, sheet.max_column).hyperlink.target
    assert "on=2023-12-31" in link
    assert "v=" in link
    assert client.get(link).status_code == 200


def test_the_whole_board_has_a_sheet_per_card(client: Client) -> None:
    book = fetch(client, "/c/taizhou.xlsx?on=2023-12-31")
    assert book.sheetnames[:4] == ["总览", "指标", "任务", "项目"]
    headline = [cell.value for cell in book["总览"][HEADER + 1]]
    assert headline[:8] == ["主要指标（首页所计）", 20, 2, 1, 3, 4, 7, 3]


def test_places_side_by_side(client: Client) -> None:
    book = fetch(client, "/compare.xlsx?on=2023-12-31&packs=taizhou,wenzhou")
    assert set(column(book, "地方")) == {"台州市", "温州市"}


def test_the_brief_is_a_document_with_a_chinese_name(client: Client) -> None:
    answer = client.get("/c/taizhou/brief.docx?on=2023-12-31")
    disposition = answer["Content-Disposition"]
    assert 'filename="taizhou-brief-2023-12-31.docx"' in disposition
    assert "filename*=UTF-8''%E5%8F%B0%E5%B7%9E" in disposition
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs)
    assert "达到2项，同类则达到1项，部分达到3项，只有合计4项，不可比7项，未见公布3项" in text


def test_the_officials_workbook(client: Client) -> None:
    book = fetch(client, "/c/taizhou/workbook.xlsx")
    assert book.sheetnames == ["目标", "任务", "_基准", "填写说明"]
    assert book["_基准"].sheet_state == "veryHidden"


def test_what_is_not_there_is_not_found(client: Client) -> None:
    for address in (
        "/c/none/indicators.xlsx",
        "/c/none.xlsx",
        "/c/taizhou/brief.docx?on=soon",
        "/c/taizhou/policy/none.xlsx",
        "/c/taizhou/board.xlsx?v=ffffffffffff",
    ):
        assert client.get(address).status_code == 404, address


def test_a_year_is_no_thousand_and_quotation_marks_nest(client: Client) -> None:
    book = fetch(client, "/c/taizhou/policy/clauses.xlsx")
    figures, became = column(book, "数字"), column(book, "成为平台上的")
    assert any("2023年" in str(cell) for cell in figures)
    assert not any("2,023年" in str(cell) for cell in figures)
    assert any("‘窗口’" in str(cell) for cell in became)
    assert not any("””" in str(cell) for cell in became)
