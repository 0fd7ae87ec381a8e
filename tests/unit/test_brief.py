"""The progress brief says what the board says, in an office's words."""

from __future__ import annotations

import io
from datetime import date
from functools import cache

import pytest
from docx import Document as read_docx

from tests.support.packs import shipped
from zhijiao.policy.types import PackIndex
from zhijiao.reports.layout import numeral
from zhijiao.reports.queries import brief, brief_document, sample_template

IN_TIME, AFTER = date(2023, 12, 31), date(2026, 1, 1)
PACKS = ("taizhou", "wenzhou", "zhejiang")


@cache
def index(pack: str) -> PackIndex:
    return shipped().index(pack)


def text_of(content: bytes) -> str:
    opened = read_docx(io.BytesIO(content))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in opened.paragraphs), *cells])


def test_the_counts_are_those_of_the_board() -> None:
    said = "".join(brief(index("taizhou"), IN_TIME).overall)
    assert (
        "共20项，与公开发布的数据逐项对照：达到2项，同类则达到1项，部分达到3项，只有合计4项，不可比7项，未见公布3项。"
        in said
    )
    assert "目前仍在规划期内" in said


def test_after_the_plan_it_is_closed_out_and_nothing_is_overdue() -> None:
    made = brief(index("taizhou"), AFTER)
    said = "".join(made.overall)
    assert "现已收官，判定不再变动" in said
    carried = next(remark for remark in made.remarks if remark.title == "待结转的事项")
    assert carried.paragraphs[-1].endswith("不作逾期处理。")


def test_a_draft_text_is_named_as_such() -> None:
    titles = [remark.title for remark in brief(index("taizhou"), IN_TIME).remarks]
    assert titles[0] == "所依据文件的状态"


def test_every_figure_stands_with_its_clause_and_source() -> None:
    made = brief(index("taizhou"), IN_TIME)
    assert made.sources
    assert all(source.clauses and source.source for source in made.sources)
    shown = {row.published for goal in made.goals for row in goal.indicators} - {"—"}
    assert any("50.6%" in text for text in shown)


@pytest.mark.parametrize("pack", PACKS)
def test_every_indicator_stands_in_one_table(pack: str) -> None:
    made = brief(index(pack), AFTER)
    listed = [row.id for goal in made.goals for row in goal.indicators]
    assert sorted(listed) == sorted(index(pack).indicators)


@pytest.mark.parametrize("pack", PACKS)
def test_the_document_opens_and_equal_days_give_equal_files(pack: str) -> None:
    content = brief_document(index(pack), AFTER)
    assert content == brief_document(index(pack), AFTER)
    text = text_of(content)
    assert "一、总体情况" in text
    assert "数据来源与口径" in text
    assert "None" not in text


@pytest.mark.parametrize("pack", PACKS)
def test_the_sample_template_can_be_filled(pack: str) -> None:
    template = sample_template(index(pack), AFTER)
    text = text_of(brief_document(index(pack), AFTER, template))
    assert "{{" not in text
    assert "{%" not in text
    assert index(pack).pack.manifest.place in text


@pytest.mark.parametrize(
    ("count", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三")]
)
def test_chapters_are_counted_in_chinese(count: int, said: str) -> None:
    assert numeral(count) == said
