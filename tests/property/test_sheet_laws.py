"""A sheet says the same to both readers of workbooks: to the compiled loops for long plain sheets, and to the usual one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhijiao.exchange.rules.reading import open_file, plain, workbook
from zhijiao.exchange.types import FileUnusable

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="示例" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" '
    f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet {MAIN}><numFmts count="4"><numFmt numFmtId="170" formatCode="yyyy/m/d"/>'
    '<numFmt numFmtId="171" formatCode="0000"/><numFmt numFmtId="172" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="173" formatCode="#,##0.00;[Red]-#,##0.00"/></numFmts><cellXfs count="8">'
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 170, 171, 10, 172, 173, 22))
    + "</cellXfs></styleSheet>",
}
"""Styles 0 to 7: none, date, own date, code of four, percentage, hours, money, moment. 9 is none of them."""

_words = st.text(
    st.sampled_from("ab 7\n\r\t示例𠮷\u3000\u00a0_x000D]>'\"\u2060"), max_size=6
) | st.sampled_from(["_x000D_", "示例学校", " 例 ", ""])
_escaped = _words.map(
    lambda words: words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
) | st.sampled_from(["A&amp;B", "&#x4E00;", "<![CDATA[甲<乙]]>", "<!-- 注 -->甲"])
_kept = st.sampled_from(["", "", ' xml:space="preserve"'])
_runs = st.lists(_escaped, min_size=1, max_size=3).map(
    lambda runs: "".join(f"<r><rPr><b/></rPr><t>{run}</t></r>" for run in runs)
)
_inside = (
    st.builds(lambda kept, words: f"<t{kept}>{words}</t>", _kept, _escaped)
    | _runs
    | st.builds(
        lambda words: f'<t>{words}</t><rPh sb="0" eb="1"><t>ピ</t></rPh><phoneticPr fontId="1"/>', _escaped
    )
    | st.sampled_from(["", "<t/>", "\n <t>甲</t>\n"])
)
_numbers = (
    st.integers(-(10**17), 10**17).map(str)
    | st.integers(-5, 99_999).map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.floats(-10, 200_000).map(repr)
    | st.floats(0, 100).map("{:.16G}".format)
    | st.decimals(-9999, 9_999_999, places=12).map("{:f}".format)
    | st.tuples(
        st.integers(0, 999_999), st.integers(0, 10**10), st.sampled_from(["5", "4999999", "50001", "95"])
    ).map(lambda parts: f"{parts[0]}.{parts[1]:09d}"[:16] + parts[2])
    | st.sampled_from(
        ["", "007", "-0", "1.", ".5", "1E3", "1e-7", "0.0", "+3", "45000.25", "0.999999999999", "9e400"]
    )
)
_styles = st.sampled_from(["", "", ' s="0"', *(f' s="{number}"' for number in range(1, 8)), ' s="9"'])
_formulas = st.sampled_from(["", "", "", "<f>A1+1</f>", '<f t="shared" si="0"/>', "<f>A1&amp;B1</f>"])


def _cells(strings: int) -> st.SearchStrategy[str]:
    """What stands behind the place of a cell."""
    kinds = [
        st.builds('{} t="s"><v>{}</v></c>'.format, _styles, st.integers(0, max(strings - 1, 0))),
        st.builds(
            "{}{}>{}<v>{}</v></c>".format, _styles, st.sampled_from(["", ' t="n"']), _formulas, _numbers
        ),
        st.builds('{} t="str">{}<v>{}</v></c>'.format, _styles, _formulas, _escaped),
        st.builds('{} t="inlineStr"><is>{}</is></c>'.format, _styles, _inside),
        st.builds('{} t="b">{}<v>{}</v></c>'.format, _styles, _formulas, st.sampled_from("01")),
        st.builds('{} t="e">{}<v>#N/A</v></c>'.format, _styles, _formulas),
        st.builds('{} t="d"><v>2026-01-0{}</v></c>'.format, _styles, st.integers(1, 9)),
        st.builds(
            "{}{}".format,
            _styles,
            st.sampled_from(["/>", "></c>", "><v></v></c>", "><f>A1</f></c>", "><v/></c>"]),
        ),
    ]
    return st.one_of(kinds[0], kinds[1], *kinds)


@st.composite
def _sheets(draw: st.DrawFn) -> tuple[Sequence[str], str]:
    """The shared texts of a workbook, and the rows of its sheet."""
    strings = draw(st.lists(_inside.map("<si>{}</si>".format), max_size=6))
    blank = draw(st.sampled_from(["", "", "\n  "]))
    rows, row = [], 0
    for _ in range(draw(st.integers(0, 8))):
        row += draw(st.sampled_from([1, 1, 1, 2, 5]))
        columns = sorted(draw(st.sets(st.integers(0, 29), max_size=6)))
        letters = [
            (chr(64 + column // 26) if column > 25 else "") + chr(65 + column % 26) for column in columns
        ]
        cells = blank.join(f'<c r="{letter}{row}"{draw(_cells(len(strings)))}' for letter in letters)
        look = draw(st.sampled_from(["", ' spans="1:9"', ' hidden="1"', ' ht="15" customHeight="1"']))
        rows.append(f'<row r="{row}"{look}>{cells}</row>' if cells else f'<row r="{row}"{look}/>')
    return strings, blank.join(rows)


def _book(strings: Sequence[str], rows: str, prefix: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for path, content in PARTS.items():
            package.writestr(path, content)
        texts = "".join(strings)
        package.writestr("xl/sharedStrings.xml", f'<?xml version="1.0"?>\n<sst {MAIN}>{texts}</sst>')
        merged = '<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>'
        sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{merged}</worksheet>"
        package.writestr("xl/worksheets/sheet1.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{sheet}')
    return out.getvalue()


def _says(content: bytes) -> list[object]:
    try:
        opened = open_file(content, "示例.xlsx")
        [sheet] = opened.sheets
        return [
            sheet,
            *(
                (list(c.rows), c.cells.columns, c.cells.rows(), c.faults)
                for c in opened.chunks(sheet.name, 0)
            ),
        ]
    except FileUnusable as error:
        return [str(error)]


def _both(content: bytes) -> tuple[list[object], list[object]]:
    said = []
    for long in (1, 10**12):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(workbook, "LONG", long)
            patch.setattr(plain, "ready", lambda: True)
            said.append(_says(content))
    return said[0], said[1]


@settings(max_examples=60, deadline=None)
@given(_sheets())
@example((["<si><t>甲</t></si>"], '<row r="1"><c r="A1" t="s"><v>1</v></c></row>'))
@example((["<si><t>甲</t>"], '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'))
@example(([], '<row r="1"><c r="A1"><v>1</v></c></row><!-- <row r="2"> -->'))
@example(([], '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'))
@example(([], '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>'))
@example(([], '<row r="1"><c r="A2"><v>1</v></c></row>'))
@example(([], '<row r="1"><c><v>1</v></c></row>'))
@example(([], '<row r="1"><c r="A1"><v>甲</v></c></row>'))
@example(([], '<row r="1"><c r="A1"><v>1</v></row>'))
@example(([], '<row r="1" x="&quot;"><c r=\'A1\'><v>1</v></c></row>'))
def test_both_readers_say_the_same(sheet: tuple[Sequence[str], str]) -> None:
    ours, theirs = _both(_book(*sheet))
    assert ours == theirs, sheet


def test_a_plain_sheet_is_read_by_the_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law above would hold as well if the loops never took a sheet."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{row % 2}</v></c><c r="B{row}" s="1"><v>{45000 + row}</v></c>'
        f'<c r="C{row}"><v>{row}.25</v></c><c r="D{row}" t="inlineStr"><is><t>示例{row}</t></is></c></row>'
        for row in range(1, 60)
    )
    content = _book(["<si><t>甲</t></si>", "<si><r><t>乙</t></r><r><t>丙</t></r></si>"], rows)
    monkeypatch.setattr(workbook.Workbook, "_cells", lambda *_: pytest.fail("the usual reader was asked"))
    monkeypatch.setattr(workbook, "LONG", 1)
    monkeypatch.setattr(plain, "ready", lambda: True)
    [sheet] = open_file(content, "示例.xlsx").sheets
    assert sheet.head[0] == ("乙丙", "2023-03-16", "1.25", "示例1")
    assert sheet.head[3] == ("甲", "2023-03-19", "4.25", "示例4")
