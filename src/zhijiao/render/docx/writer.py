"""Writes a `Document` as the bytes of a .docx file."""

from __future__ import annotations

import io
import re
import zipfile

from docx import Document as new_docx
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as DocxTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as DocxParagraph

from zhijiao.render.docx.page import (
    BLACK,
    BODY_FONT,
    REGULAR,
    SIZE_2,
    SIZE_3,
    SIZE_5,
    TEXT_WIDTH_MM,
    TITLE_FONT,
    add_field_mark,
    add_instruction,
    set_font,
    set_page,
)
from zhijiao.render.docx.paging import heading_pages
from zhijiao.render.docx.types import Contents, Document, Heading, Note, Paragraph, Table

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
INDENT = Pt(32)
"""Two characters of 3号."""


def write_document(document: Document) -> bytes:
    """The file. Equal documents give equal bytes."""
    docx = new_docx()
    set_page(docx)
    properties = docx.core_properties
    properties.title, properties.author, properties.comments = clean(document.title), "", ""
    properties.created = properties.modified = document.created
    properties.last_modified_by, properties.revision = "", 1
    set_font(docx.add_paragraph(style="Title").add_run(clean(document.title)), TITLE_FONT, SIZE_2)
    for line in document.under_title:
        _under_title(docx, line)
    docx.add_paragraph()
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    pages = heading_pages(document.title, len(document.under_title), document.blocks)
    mark = 0
    for block in document.blocks:
        match block:
            case Heading():
                _heading(docx, block, mark)
                mark += 1
            case Paragraph():
                _paragraph(docx, block.text)
            case Note():
                _small(docx.add_paragraph(), block.text)
            case Table():
                _table(docx, block)
            case Contents():
                _contents(docx, headings, pages)
    out = io.BytesIO()
    docx.save(out)
    return with_fixed_times(out.getvalue())


def clean(text: str) -> str:
    """Without characters that the format cannot hold."""
    return _CONTROLS.sub("", text)


def with_fixed_times(file: bytes) -> bytes:
    """The same package with no time of writing in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            fixed = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, old.read(entry.filename))
    return out.getvalue()


def _under_title(docx: Docx, line: str) -> None:
    paragraph = docx.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    set_font(paragraph.add_run(clean(line)), REGULAR, SIZE_3)


def _paragraph(docx: Docx, text: str) -> None:
    paragraph = docx.add_paragraph()
    set_font(paragraph.add_run(clean(text)), BODY_FONT, SIZE_3)
    paragraph.paragraph_format.first_line_indent = INDENT
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _small(paragraph: DocxParagraph, text: str) -> None:
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(18)
    form.space_after = Pt(8)
    set_font(paragraph.add_run(clean(text)), BODY_FONT, SIZE_5)


# -- headings and contents -------------------------------------------------------------------------


def _heading(docx: Docx, heading: Heading, mark: int) -> None:
    paragraph = docx.add_paragraph(style=f"Heading {heading.level}")
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(mark))
    start.set(qn("w:name"), _bookmark(mark))
    paragraph._p.append(start)
    set_font(paragraph.add_run(clean(heading.text)), BLACK if heading.level == 1 else REGULAR, SIZE_3)
    paragraph._p.append(end)


def _bookmark(mark: int) -> str:
    return f"_Toc{mark + 1:08d}"


def _contents(docx: Docx, headings: list[Heading], pages: list[int]) -> None:
    """The field holds the headings already; page numbers are fields that the program fills in on opening."""
    title = docx.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    set_font(title.add_run("目　　录"), TITLE_FONT, SIZE_3)
    last = None
    for mark, heading in enumerate(headings):
        paragraph = docx.add_paragraph(style=f"toc {heading.level}")
        paragraph.paragraph_format.tab_stops.add_tab_stop(
            Mm(TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
        if mark == 0:
            add_field_mark(paragraph, "begin")
            add_instruction(paragraph, 'TOC \\o "1-2" \\h \\z \\u')
            add_field_mark(paragraph, "separate")
        set_font(paragraph.add_run(f"{clean(heading.text)}\t"), BODY_FONT, SIZE_3)
        add_field_mark(paragraph, "begin", stale=True)
        add_instruction(paragraph, f"PAGEREF {_bookmark(mark)} \\h")
        add_field_mark(paragraph, "separate")
        set_font(paragraph.add_run(str(pages[mark])), BODY_FONT, SIZE_3)
        add_field_mark(paragraph, "end")
        last = paragraph
    if last is not None:
        add_field_mark(last, "end")
    docx.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


# -- tables ----------------------------------------------------------------------------------------


def _table(docx: Docx, table: Table) -> None:
    caption = docx.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    set_font(caption.add_run(clean(table.caption)), BLACK, Pt(14))
    made = docx.add_table(rows=1, cols=len(table.header), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    _repeat_header(made.rows[0])
    for i, text in enumerate(table.header):
        _cell(made.rows[0].cells[i], text, BLACK, WD_ALIGN_PARAGRAPH.CENTER)
    for row in table.rows:
        added = made.add_row()
        _keep_whole(added)
        for i, text in enumerate(row):
            side = WD_ALIGN_PARAGRAPH.RIGHT if i in table.right else WD_ALIGN_PARAGRAPH.LEFT
            _cell(added.cells[i], text, BODY_FONT, side)
    _widths(made, table)


def _widths(made: DocxTable, table: Table) -> None:
    total = sum(table.widths)
    for i, share in enumerate(table.widths):
        width = Mm(TEXT_WIDTH_MM * share / total)
        made.columns[i].width = width
        for cell in made.columns[i].cells:
            cell.width = width


def _cell(cell: _Cell, text: str, font: str, side: WD_ALIGN_PARAGRAPH) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = side
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(17)
    set_font(paragraph.add_run(clean(text)), font, SIZE_5)


def _repeat_header(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _keep_whole(row)


def _keep_whole(row: _Row) -> None:
    """A row is not broken over two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
