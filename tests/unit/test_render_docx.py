"""Official documents: page, type, contents, tables; and templates that can only pick from the data."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from docx import Document as read_docx
from docx.oxml.ns import qn
from docx.shared import Pt

from zhijiao.render.docx import (
    Contents,
    Document,
    Heading,
    Note,
    Paragraph,
    Table,
    TemplateRefused,
    fill_template,
    write_document,
)

CREATED = datetime(2023, 12, 31, tzinfo=UTC).replace(tzinfo=None)
BLOCKS = [
    Contents(),
    Heading("一、总体情况"),
    Paragraph("共20项，达到2项。“窗口”。"),
    Heading("（一）办学条件", 2),
    Table("表1　办学条件", ("指标", "数"), [("甲", "1"), ("乙", "2")], (3, 1), right=frozenset({1})),
    Note("说明。"),
]


def document() -> bytes:
    return write_document(Document("进展情况", BLOCKS, CREATED, ["（截至2023年12月31日）"]))


def test_the_page_is_that_of_an_official_document() -> None:
    section = read_docx(io.BytesIO(document())).sections[0]
    page = (section.page_width, section.page_height)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(length.mm) for length in (*page, *margins) if length is not None] == [
        210,
        297,
        37,
        35,
        28,
        26,
    ]


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Title", "方正小标宋简体", 22),
        ("Normal", "仿宋", 16),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体", 16),
    ],
)
def test_the_type_is_that_of_an_official_document(style: str, font: str, size: int) -> None:
    found = read_docx(io.BytesIO(document())).styles[style]
    fonts = found.element.rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == font
    assert fonts.get(qn("w:eastAsiaTheme")) is None
    assert found.font.size == Pt(size)  # type: ignore[attr-defined]
    assert 28 <= found.paragraph_format.line_spacing.pt <= 36  # type: ignore[attr-defined]


def test_the_contents_show_before_any_program_updates_them() -> None:
    opened = read_docx(io.BytesIO(document()))
    listed = [
        p.text for p in opened.paragraphs if p.style is not None and str(p.style.name).startswith("toc")
    ]
    assert [line.split("\t")[0] for line in listed] == ["一、总体情况", "（一）办学条件"]
    assert [line.split("\t")[1] for line in listed] == ["2", "2"]
    assert "TOC \\o" in opened.element.xml
    assert opened.element.xml.count("w:bookmarkStart ") == 2


def test_the_header_of_a_table_is_repeated() -> None:
    table = read_docx(io.BytesIO(document())).tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in table.rows[2].cells] == ["乙", "2"]


def test_pages_are_numbered_between_dashes() -> None:
    section = read_docx(io.BytesIO(document())).sections[0]
    assert section.footer.paragraphs[0].text == "— 1 —"
    assert section.even_page_footer.paragraphs[0].text == "— 1 —"


def test_equal_documents_are_equal_files_without_a_clock() -> None:
    assert document() == document()
    with zipfile.ZipFile(io.BytesIO(document())) as package:
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}


# -- templates -------------------------------------------------------------------------------------


def template(*lines: str) -> bytes:
    return write_document(Document("模板", [Paragraph(line) for line in lines], CREATED))


def filled(*lines: str, **context: object) -> str:
    content = fill_template(template(*lines), context)
    return "\n".join(p.text for p in read_docx(io.BytesIO(content)).paragraphs)


def test_placeholders_are_filled_and_loops_repeat() -> None:
    text = filled(
        "{{ 标题 }}", "{%p for 行 in 目标 %}", "{{ loop.index }}．{{ 行.名称 }}", "{%p endfor %}",
        标题="简报", 目标=[{"名称": "甲"}, {"名称": "乙"}],
    )  # fmt: skip
    assert "简报" in text
    assert "1．甲\n2．乙" in text


def test_data_cannot_break_the_document() -> None:
    assert "<w:p>&{{ 标题 }}" in filled("{{ 标题 }}", 标题="<w:p>&{{ 标题 }}")


def test_rows_can_be_picked_and_joined() -> None:
    rows = [{"判定": "达到", "名": "甲"}, {"判定": "不可比", "名": "乙"}]
    line = '{{ 行 | selectattr("判定", "equalto", "不可比") | map(attribute="名") | join("、") }}'
    assert "乙" in filled(line, 行=rows)


@pytest.mark.parametrize(
    "line",
    [
        "{{ 没有 }}",
        "{{ 标题.没有 }}",
        "{% for 行 in 目标 %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 标题.__class__ }}",
        "{{ 标题.format(1) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ range(1000000000) | join }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 10 ** 1000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{% set 字 = 标题 ~ 标题 %}{{ 字 }}",
        "{% with 字 = 标题 ~ 标题 %}{{ 字 }}{% endwith %}",
        "{{ 标题" + " | replace('简', '简简简简简简简简简简')" * 9 + " }}",
        "{{ 目标 | join('" + "长" * 1_000_001 + "') }}",
        "{% for a in 目标 %}" * 4 + "{{ a }}" + "{% endfor %}" * 4,
        "{{ lipsum(100) }}",
        "{{ self._TemplateReference__context }}",
        "{{ 标题 | attr('__class__') }}",
        "{{ '%1000000000d' | format(1) }}",
        "{% include 'x' %}",
        "{% import 'x' as x %}",
        "{{ 目标.append(1) }}",
        "{{ 标题 | 没有 }}",
        "{{ 1 / 0 }}",
    ],
)
def test_a_template_gets_data_and_nothing_else(line: str) -> None:
    with pytest.raises(TemplateRefused):
        filled(line, 标题="简报", 目标=[1])


@pytest.mark.parametrize("content", [b"", b"PK", b"not a document", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    with pytest.raises(TemplateRefused):
        fill_template(content, {})


def test_a_package_that_unpacks_to_too_much_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"0" * 101_000_000)
    with pytest.raises(TemplateRefused, match="过大"):
        fill_template(out.getvalue(), {})
