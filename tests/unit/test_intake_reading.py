"""Files as offices send them, read as text with places."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.support.handed_in import TITLES, book_of, csv_of, row, take
from zhijiao.exchange.rules.reading import Chunk, delimited, open_file, surveying
from zhijiao.exchange.rules.reading.refusing import MOST_UNPACKED
from zhijiao.exchange.types import FileUnusable

SHEET = "xl/worksheets/sheet1.xml"


def whole(content: bytes | Path, after: int = 0) -> Chunk:
    opened = open_file(content, "示例")
    [chunk] = opened.chunks(opened.sheets[0].name, after)
    return chunk


def with_sheet(content: bytes, change: Any) -> bytes:
    """The workbook with its first sheet's XML changed as no spreadsheet program would."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as package,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as other,
    ):
        for name in package.namelist():
            part = package.read(name)
            other.writestr(name, change(part) if name == SHEET else part)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_in_any_usual_encoding_and_with_any_usual_sign(encoding: str, sign: str) -> None:
    taken = take(csv_of(row(name="㐂龙示例"), encoding=encoding, sign=sign))
    assert [v["name"] for v in taken.values()] == ["㐂龙示例"]


def test_quotes_blank_lines_and_breaks_keep_their_line_numbers() -> None:
    chunk = whole(b'a,b\n\n"x\ny",2\r\n"5"" pipe",3\n', after=1)
    assert list(chunk.rows) == [2, 3, 5]
    assert chunk.cells.rows() == [(None, None), ("x\ny", "2"), ('5" pipe', "3")]


def test_stray_and_lost_quotes_are_told_by_line() -> None:
    chunk = whole(b'a,b\n5" pipe,1\n2,3\n', after=1)
    assert chunk.cells.rows() == [('5" pipe', "1"), ("2", "3")]
    lost = whole(('a,b\n1,2\n3,"4\n' + "5,6\n" * 60).encode(), after=1)
    assert [(f.row, f.rule) for f in lost.faults] == [(3, "quotes")]


def test_a_row_with_too_many_cells_is_told_and_not_cut_silently() -> None:
    taken = take(csv_of(row(1), [*row(2), "多", "余"]))
    assert [(p.row, p.rule) for p in taken.problems] == [(3, "columns")]
    assert taken.good["row"].to_list() == [2]


def test_damaged_bytes_name_their_line_and_keep_the_others() -> None:
    content = csv_of(row(1), row(2), row(3)).split(b"\n")
    content[2] = content[2].replace("示例甲".encode(), "示例甲".encode()[:-1])
    taken = take(b"\n".join(content))
    assert [(p.row, p.rule) for p in taken.problems] == [(3, "encoding")]
    assert taken.good["row"].to_list() == [2, 4]


def test_a_long_csv_is_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 2_000)
    path = tmp_path / "示例.csv"
    path.write_bytes(csv_of(*(row(n, note='"两\n行"' if n % 7 == 0 else "") for n in range(1, 200))))
    taken = take(path)
    assert len(taken.parts) > 5
    assert taken.good.height == 199
    assert taken.good["row"].to_list()[:9] == [2, 3, 4, 5, 6, 7, 8, 10, 11]


def test_a_row_that_comes_again_in_a_later_block_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 2_000)
    path = tmp_path / "示例.csv"
    path.write_bytes(csv_of(*(row(n) for n in range(1, 100)), row(1, name="示例乙")))
    [problem] = take(path).problems
    assert (problem.row, problem.rule) == (101, "duplicate")
    assert "第 2 行" in problem.words


def cells_of(*values: Any, formats: dict[int, str] | None = None) -> tuple[str | None, ...]:
    def look(book: Workbook) -> None:
        for column, code in (formats or {}).items():
            book["学生"].cell(2, column + 1).number_format = code

    content = book_of(list(values), titles=[f"t{n}" for n in range(len(values))], change=look)
    return whole(content, after=1).cells.row(0)


def test_cells_are_text_as_their_reader_sees_them() -> None:
    assert cells_of("331003199001011234", "007", 12, 12.5, 0.1 + 0.2, True) == (
        "331003199001011234", "007", "12", "12.5", "0.3", "true",
    )  # fmt: skip
    assert cells_of(date(2023, 9, 1), datetime.fromisoformat("2023-09-01 08:30")) == (
        "2023-09-01",
        "2023-09-01 08:30:00",
    )
    assert cells_of(0.753, 12, 12, formats={0: "0.0%", 1: "0000", 2: '0"%"'}) == ("75.3%", "0012", "12")


def test_numbers_that_lost_their_digits_errors_and_formulas_name_their_cell() -> None:
    def change(book: Workbook) -> None:
        sheet = book["学生"]
        sheet["B2"] = 331003199001011234
        sheet["C3"] = "=A1&B1"
        sheet["D4"] = "#N/A"
        sheet["D4"].data_type = "e"

    taken = take(book_of(row(1), row(2), row(3), change=change), "示例.xlsx")
    assert {(p.cell, p.rule) for p in taken.problems} == {
        ("B2", "digits"),
        ("C3", "formula"),
        ("D4", "error"),
    }
    assert all(p.words.startswith(f"第 {p.row} 行") for p in taken.problems)


def test_the_last_result_of_a_formula_counts() -> None:
    content = with_sheet(
        book_of(row(1, fee=5)),
        lambda xml: xml.replace(b'<c r="I2" t="n"><v>5', b'<c r="I2" t="n"><f>3+4</f><v>7'),
    )
    assert take(content, "示例.xlsx").values()[0]["fee"] == "7"


def test_a_title_above_merged_headings_and_an_offset_are_found() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["C2"] = "示例学校学生名册"
    sheet.merge_cells("C2:M2")
    groups = ["学籍", "学籍", "个人", "个人", "学籍", "学籍", "学籍", "学籍", "其他", "其他", "其他"]
    titles = [
        "学校代码",
        "身份证号",
        "姓 名",
        "性别",
        "入学年级*",
        "专业代码",
        "入学日期",
        "离校日期",
        "学费（元）",
        "联系电话",
        "备注",
    ]
    for n, (group, title) in enumerate(zip(groups, titles, strict=True)):
        sheet.cell(4, 3 + n, group)
        sheet.cell(5, 3 + n, title)
    for n, value in enumerate(row(1)):
        sheet.cell(6, 3 + n, value)
    sheet.merge_cells("C4:D4")
    sheet.cell(7, 3, "合计")
    sheet.cell(7, 5, 1)
    book.create_sheet("说明", 0)["A1"] = "填表说明"
    hidden = book.create_sheet("旧", 0)
    hidden.append(list(titles))
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    taken = take(out.getvalue(), "示例.xlsx")
    assert taken.good["row"].to_list() == [6]
    assert (taken.reading.heading.row, taken.reading.sheet) == (5, "Sheet")
    assert not taken.problems
    assert any("合计" in note for note in taken.reading.notes)
    assert any("旧" in note for note in taken.reading.notes)


def test_sheets_of_one_heading_are_one_file() -> None:
    def another(book: Workbook) -> None:
        sheet = book.create_sheet("二班")
        for line in (["二班名册"], TITLES, row(2), row(1, name="示例乙")):
            sheet.append(list(line))

    taken = take(book_of(row(1), change=another), "示例.xlsx")
    assert taken.good["row"].to_list() == [2, 3]
    [problem] = taken.problems
    assert (problem.sheet, problem.cell, problem.rule) == ("二班", "B4", "duplicate")
    assert "工作表“学生”第 2 行" in problem.words


def test_hidden_rows_are_read_and_told() -> None:
    def hide(book: Workbook) -> None:
        book["学生"].row_dimensions[3].hidden = True

    taken = take(book_of(row(1), row(2), change=hide), "示例.xlsx")
    assert taken.good.height == 2
    assert any("第 3 行是隐藏的" in note for note in taken.reading.notes)


def test_names_with_a_prefix_are_read() -> None:
    """As the programs write that use the file format's own library."""

    def prefix(xml: bytes) -> bytes:
        for name in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"is", b"t"):
            for end in (b">", b" "):
                xml = xml.replace(b"<" + name + end, b"<x:" + name + end)
            xml = xml.replace(b"</" + name + b">", b"</x:" + name + b">")
        return xml.replace(b"xmlns=", b"xmlns:x=")

    assert take(with_sheet(book_of(row(1), row(2)), prefix), "示例.xlsx").good.height == 2


def test_json_by_id_by_national_name_and_by_chinese_name() -> None:
    from tests.support.handed_in import FIELDS

    values = row(1)
    for names in ([f.id for f in FIELDS], [f.pinyin for f in FIELDS], [f.name for f in FIELDS]):
        found = dict(zip(names, values, strict=True))
        found[names[8]] = 1200.50
        taken = take(json.dumps([found]).encode(), "示例.json")
        assert taken.values()[0]["fee"] == "1200.5"
    found[names[8]] = {"a": 1}
    [problem] = take(
        json.dumps([found, {**found, names[8]: 1, names[1]: None}]).encode(), "示例.json"
    ).problems[:1]
    assert problem.words.startswith("第 1 条“学费”")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "没有内容"),
        (b"\xef\xbb\xbf \r\n", "没有内容"),
        (b"%PDF-1.7 x", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "旧格式"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"<html><table>", "网页"),
        (b"PK\x03\x04rubbish", "损坏"),
        (b"[1, 2", "JSON"),
        (b"[1, 2]", "对象"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_what_is_no_table_is_refused_with_its_remedy(content: bytes, words: str) -> None:
    with pytest.raises(FileUnusable, match=words) as refused:
        open_file(content, "示例.xls").sheets  # noqa: B018
    assert "示例.xls" in str(refused.value)


def test_one_far_cell_does_not_cost_the_machine() -> None:
    def far(xml: bytes) -> bytes:
        return xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        )

    with pytest.raises(FileUnusable, match="16384 列"):
        whole(with_sheet(book_of(row(1)), far))

    def low(xml: bytes) -> bytes:
        return xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="AZ1048576"><v>1</v></c></row></sheetData>'
        )

    with pytest.raises(FileUnusable, match="超过"):
        whole(with_sheet(book_of(row(1)), low))

    def bare(xml: bytes) -> bytes:
        return xml.replace(b"<sheetData>", b"<sheetData><row r='1'>" + b"<c><v>1</v></c>" * 3_000 + b"</row>")

    with pytest.raises(FileUnusable, match="列"):
        whole(with_sheet(book_of(row(1)), bare))


def test_a_million_formatted_empty_rows_are_nothing() -> None:
    empties = b"".join(b'<row r="%d"><c r="AZ%d" s="0"/></row>' % (n, n) for n in range(3, 200_000))

    taken = take(
        with_sheet(book_of(row(1)), lambda xml: xml.replace(b"</sheetData>", empties + b"</sheetData>")),
        "示例.xlsx",
    )
    assert taken.good.height == 1


def test_merging_everything_fills_nothing_and_costs_nothing() -> None:
    merge = b'<mergeCells><mergeCell ref="A3:XFD1048576"/></mergeCells>'
    content = with_sheet(book_of(row(1)), lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + merge))
    assert take(content, "示例.xlsx").good.height == 1


def test_what_unpacks_to_too_much_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "")
    content = bytearray(out.getvalue())
    # The size stands in the directory at the end, before the name.
    at = content.rfind(b"PK\x01\x02") + 24
    content[at : at + 4] = (MOST_UNPACKED + 1).to_bytes(4, "little")
    with pytest.raises(FileUnusable, match="展开后过大"):
        open_file(bytes(content), "示例.xlsx")


def test_column_letters() -> None:
    assert [surveying.column_number(t) for t in (b"A", b"z", b"AA", b"XFD")] == [0, 25, 26, 16383]
