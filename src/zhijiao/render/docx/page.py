"""The page and the type of official documents, as GB/T 9704—2012 gives them.

Facts: A4; margins 37 mm above, 35 below, 28 left, 26 right; 22 lines of 28 characters; title in 2号 小标宋,
body in 3号 仿宋, first headings in 黑体, second in 楷体; page numbers in 4号 between dashes.
"""

from __future__ import annotations

from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE_FONT, BODY_FONT, BLACK, REGULAR, LATIN = "方正小标宋简体", "仿宋", "黑体", "楷体", "Times New Roman"
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)
LINE = Pt(28.8)
"""Between 28 and 30 points, so that a page holds 22 lines."""

TEXT_WIDTH_MM = 210 - 28 - 26


def set_page(document: Docx) -> None:
    """Paper, margins, styles and page numbers of the whole document."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(35 - 7)
    _style(document, "Normal", BODY_FONT, SIZE_3)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for name, font in (("Title", TITLE_FONT), ("Heading 1", BLACK), ("Heading 2", REGULAR)):
        _style(document, name, font, SIZE_2 if name == "Title" else SIZE_3)
    for name in ("toc 1", "toc 2"):
        style = document.styles.add_style(name, 1)
        style.base_style = document.styles["Normal"]
        style.paragraph_format.first_line_indent = None if name == "toc 1" else Pt(32)
    settings = document.settings.element
    settings.append(_element("w:evenAndOddHeaders"))
    _number_pages(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number_pages(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def set_font(target: Run | ParagraphStyle, east_asian: str, size: Pt) -> None:
    """One face for Chinese, one for Latin letters and figures."""
    target.font.name = LATIN
    target.font.size = size
    target.font.color.rgb = RGBColor(0, 0, 0)
    properties = target.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    fonts.set(qn("w:eastAsia"), east_asian)
    # Quotation marks and dashes exist in both scripts: the hint makes them full-width.
    fonts.set(qn("w:hint"), "eastAsia")
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _style(document: Docx, name: str, font: str, size: Pt) -> None:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    set_font(style, font, size)
    style.font.bold = False
    style.font.italic = False
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.space_before = form.space_after = Pt(0)
    form.widow_control = True
    if name.startswith("Heading"):
        form.first_line_indent = Pt(32)
        form.keep_with_next = True
    if name == "Title":
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER
        form.line_spacing = Pt(36)
        _drop_border(style)


def _drop_border(style: ParagraphStyle) -> None:
    """The template's title is underlined; an official one is not."""
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _number_pages(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 — in 4号, right on odd pages, left on even ones, one character in from the edge."""
    paragraph.alignment = side
    if side == WD_ALIGN_PARAGRAPH.RIGHT:
        paragraph.paragraph_format.right_indent = SIZE_4
    else:
        paragraph.paragraph_format.left_indent = SIZE_4
    for text, code in (("— ", None), ("1", "PAGE"), (" —", None)):
        _field(paragraph, text, code)


def _field(paragraph: Paragraph, shown: str, code: str | None) -> None:
    if code is not None:
        add_field_mark(paragraph, "begin")
        add_instruction(paragraph, code)
        add_field_mark(paragraph, "separate")
    set_font(paragraph.add_run(shown), "宋体", SIZE_4)
    if code is not None:
        add_field_mark(paragraph, "end")


def add_field_mark(paragraph: Paragraph, kind: str, *, stale: bool = False) -> None:
    """The begin, separate or end of a field. A stale one is computed when the document is opened."""
    mark = _element("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    if stale:
        mark.set(qn("w:dirty"), "true")
    run = paragraph.add_run()
    set_font(run, "宋体", SIZE_4)
    run._r.append(mark)


def add_instruction(paragraph: Paragraph, code: str) -> None:
    """What a field computes."""
    text = _element("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {code} "
    paragraph.add_run()._r.append(text)


def _element(name: str) -> BaseOxmlElement:
    made: BaseOxmlElement = OxmlElement(name)
    return made
