"""Every problem of every row at once, in words that say what to do; what is right goes on in canonical form."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support.handed_in import (
    FIRMS,
    KEYS,
    PUPILS,
    TITLES,
    book_of,
    csv_of,
    given,
    number,
    row,
    take,
)
from zhijiao.exchange.rules import identity
from zhijiao.exchange.rules.checking.coding import Codes
from zhijiao.exchange.rules.comparing import changes
from zhijiao.exchange.rules.heading import RETURNED
from zhijiao.exchange.rules.intake import HeadingRefused, begin
from zhijiao.exchange.rules.mapping import propose
from zhijiao.exchange.rules.reading import open_file
from zhijiao.exchange.rules.returning import Waiting, give_back, listed, only_wrong
from zhijiao.exchange.rules.standard import shipped
from zhijiao.exchange.rules.template import template
from zhijiao.exchange.types import FileUnusable, Layout, Severity


@pytest.mark.parametrize(
    ("cell", "sent", "kept"),
    [
        ("entered", "2023-9-1", "2023-09-01"),
        ("entered", "2023/09/01", "2023-09-01"),
        ("entered", "2023.9.1", "2023-09-01"),
        ("entered", "20230901", "2023-09-01"),
        ("entered", "2023年9月1日", "2023-09-01"),
        ("entered", "2023-09-01 08:30:00", "2023-09-01"),
        ("entered", "45170", "2023-09-01"),
        ("fee", "1,200.50", "1200.5"),
        ("fee", "１２００元", "1200"),
        ("fee", "1.2e3", "1200"),
        ("fee", "-0", "0"),
        ("grade", "2023级", "2023"),
        ("sex", "女", "2"),
        ("sex", "１", "1"),
        ("sex", "1 男", "1"),
        ("school", "示例二校", "9900000002"),
        ("phone", "+86 139-0000-0001", "13900000001"),
        ("phone", "0576-88000001", "0576-88000001"),
        ("name", "  示例\u200b甲\t", "示例甲"),
        ("person", number(1).lower() + " ", number(1)),
    ],
)
def test_usual_spellings_are_taken(cell: str, sent: str, kept: str) -> None:
    sign = "\t" if "," in sent else ";"
    taken = take(csv_of(row(1, **{cell: sent}), sign=sign))
    assert not taken.problems
    found = taken.values()[0][cell]
    assert found == (identity.blind_index(kept, KEYS) if cell == "person" else kept)


@pytest.mark.parametrize(
    ("cell", "sent", "rule", "words"),
    [
        ("name", None, "missing", "没有填，这一项必填"),
        ("name", "一二三四五六七", "length", "有 7 个字，最多 6 个"),
        ("name", "示\ufffd", "encoding", "乱码"),
        ("sex", "不明", "value", "应是 男性、女性"),
        ("major", "机电技术", "value", "应是 大数据技术应用、机电技术应用"),
        ("grade", "12a", "type", "应填整数"),
        ("grade", "1999", "range", "小于 2000"),
        ("grade", "2023.5", "decimals", "应是整数"),
        ("fee", "1.255", "decimals", "最多 2 位小数"),
        ("fee", "-1", "range", "不得小于 0"),
        ("fee", "1.2万", "type", "请换算"),
        ("fee", "12345678901.00", "length", "整数部分有 11 位"),
        ("entered", "2023-02-30", "type", "没有这一天"),
        ("entered", "2023-09", "type", "没有写到日"),
        ("fee", "5²", "type", "不是数"),
        ("fee", "无", "type", "留空"),
        ("left", "—", "type", "没有的留空"),
        ("entered", "去年秋天", "type", "不是日期"),
        ("entered", "1999-09-01", "range", "早于 2000-01-01"),
        ("left", "2022-01-01", "row:left_after", "离校日期早于入学日期"),
        ("school", "9900000009", "organisation", "不在机构树里"),
        ("phone", "12345", "pattern", "不是电话号码"),
        ("person", "990000900101001", "pattern", "15 位的旧号码"),
        ("person", "99000020090101001", "pattern", "有 17 位"),
        (
            "person",
            number(1)[:17] + ("0" if number(1)[17] != "0" else "1"),
            "pattern",
            f"校验码应为 {number(1)[17]}",
        ),
        ("person", "3.31003E+17", "pattern", "被当作数字保存"),
        ("person", "没有", "pattern", "不是身份证号"),
    ],
)
def test_each_fault_names_row_column_value_and_remedy(cell: str, sent: Any, rule: str, words: str) -> None:
    taken = take(csv_of(row(2), row(1, **{cell: sent})))
    [problem] = taken.problems
    assert (problem.row, problem.field, problem.rule, problem.severity) == (3, cell, rule, Severity.ERROR)
    assert words in problem.words
    assert "第 3 行" in problem.words
    if not rule.startswith("row:"):
        assert f"“{problem.column}”" in problem.words
    assert taken.good["row"].to_list() == [2]
    assert taken.bad["row"].to_list() == [3]
    assert json.loads(taken.bad["problems"][0])[0]["words"] == problem.words


def test_all_faults_of_all_rows_at_once_and_numbers_masked() -> None:
    wrong = number(1)[:17] + "Z"
    taken = take(csv_of(row(1, person=wrong, sex="?", grade="x"), row(2, major="999999"), row(3)))
    assert [(p.row, p.rule) for p in taken.problems] == [
        (2, "pattern"),
        (2, "value"),
        (2, "type"),
        (3, "value"),
    ]
    assert not any(wrong[3:16] in p.words or wrong in p.value for p in taken.problems)
    assert taken.bad["key"].to_list()[0] is None
    assert taken.bad["period"].to_list() == [None, "2023"]


def test_doubts_go_on_with_a_warning() -> None:
    taken = take(csv_of(row(1, major="51300"), row(2, person="E12345678")))
    assert {(p.row, p.severity, p.rule) for p in taken.problems} == {
        (2, Severity.WARNING, "value"),
        (3, Severity.WARNING, "pattern"),
    }
    assert "现为 660301 机电技术应用" in taken.words[0]
    assert [v["major"] for v in taken.values()] == ["051300", "710205"]
    assert identity.unseal(taken.good["sealed"][1], taken.good["person"][1], KEYS) == "E12345678"


def test_one_key_twice_waits_unless_the_rows_are_equal() -> None:
    taken = take(csv_of(row(1), row(2), row(1, name="示例乙"), row(2), row(3)))
    assert [(p.row, p.severity) for p in taken.problems] == [
        (2, Severity.ERROR),
        (4, Severity.ERROR),
        (5, Severity.WARNING),
    ]
    assert "第 4 行" in taken.words[0]
    assert "第 2 行" in taken.words[1]
    assert taken.good["row"].to_list() == [3, 6]
    assert taken.bad["row"].to_list() == [2, 4]


def test_nobody_hands_in_for_others_and_the_sender_need_not_be_named() -> None:
    taken = take(csv_of(row(1), row(2, school="9900000002")), on=given(allowed={1}))
    assert [(p.row, p.rule) for p in taken.problems] == [(3, "organisation")]
    titles, cells = TITLES[1:], row(1)[1:]
    alone = take(csv_of(cells, titles=titles), on=given(sender=2))
    assert alone.good["organisation"].to_list() == [2]
    assert alone.good["key"][0].startswith("9900000002\x1f")


def test_a_heading_is_refused_with_everything_that_is_wrong_at_once() -> None:
    titles = ["学校代码", "证件", "姓名", "姓 名", "入学年级", "专业代码", "入学日期", "学费（万元）", "食堂"]
    with pytest.raises(HeadingRefused) as refused:
        begin(csv_of(titles=titles), "示例.csv", given())
    assert {p.rule for p in refused.value.problems} == {"missing_column", "double_column", "unit"}
    for words in ("缺少必填的列“身份证件号”", "缺少必填的列“性别”", "“姓 名”和列“姓名”", "单位是万元"):
        assert words in str(refused.value)
    assert [q.field for q in refused.value.questions][:1] == ["person"]


def test_a_file_of_another_data_set_is_told_so() -> None:
    with pytest.raises(FileUnusable, match="更像“示例企业”"):
        begin("统一社会信用代码,企业名称\n1,2\n".encode(), "示例.csv", given())
    with pytest.raises(FileUnusable, match="找不到“示例学生”的表头"):
        begin(b"a,b\n1,2\n", "x.csv", given())


def test_a_layout_is_proposed_saved_and_found_again() -> None:
    titles = ["标识码", "公民号码", *TITLES[2:]]
    content = csv_of(row(1, sex="男生", note="x"), titles=titles)
    proposal = propose(open_file(content).sheets, PUPILS)
    assert proposal is not None
    assert {q.field for q in proposal.questions} == {"school", "person"}
    layout = replace(
        proposal.layout,
        columns={**proposal.layout.columns, "school": "标识码", "person": "公民号码"},
        translations={"sex": {"男生": "1"}},
    )
    saved = {proposal.fingerprint: layout}
    moved = "某校\n\n".encode() + csv_of(row(1, sex="男生"), titles=[t.replace("期", "期 ") for t in titles])
    for each in (content, moved):
        from tests.support.handed_in import Taken

        taken = Taken(begin(each, "示例.csv", given(), layouts=saved))
        assert [v["sex"] for v in taken.values()] == ["1"]
    with pytest.raises(HeadingRefused, match="按保存的对应关系"):
        take(csv_of(row(1)), layout=layout)
    constant = Layout(
        "",
        1,
        1,
        {f: t for f, t in layout.columns.items() if f != "grade"},
        {"grade": "2022"},
        layout.translations,
    )
    assert take(content, layout=constant).good["period"].to_list() == ["2022"]


def test_credit_codes() -> None:
    sound = "91330000MA27U0YX7T"
    from zhijiao.lib.codes import check_sign

    sound = sound[:17] + check_sign(sound[:17])
    lines = "\n".join(
        [
            "统一社会信用代码,企业名称,职工人数",
            f"{sound.lower()},示例企业,12人",
            "9133,示例,1",
            f"{sound[:16]}O0,示例,1",
        ]
    )
    taken = take(lines.encode(), on=given(FIRMS))
    assert taken.values(FIRMS) == [{"uscc": sound, "name": "示例企业", "size": "12"}]
    assert [p.row for p in taken.problems] == [3, 4]


def test_rows_that_are_none_are_left_out_and_told() -> None:
    below: list[list[Any]] = [["合计", None, 3], [None] * 11, ["填表人：示例", None], list(TITLES)]
    taken = take(csv_of(row(1), *below))
    assert taken.good.height == 1
    assert not taken.problems
    assert [note[-20:] for note in taken.reading.notes] == [
        "第 3 行是合计，没有读入",
        "第 5 行是填表人、说明等，没有读入",
    ]


def test_columns_that_the_file_lacks_are_told() -> None:
    some = [title for title in TITLES if title not in ("离校日期", "备注")]
    values = dict(zip(TITLES, row(1), strict=True))
    taken = take("\n".join([",".join(some), ",".join(values[title] or "" for title in some)]).encode())
    assert taken.good.height == 1
    assert taken.reading.notes == ["文件里没有这些列，按空的读，库里原有的值会变成空：离校日期、备注"]


def test_the_shipped_templates_come_back_empty() -> None:
    standard = shipped()
    for dataset in standard.datasets[:6]:
        on = replace(given(), standard=standard, dataset=dataset)
        taken = take(template(standard, dataset.id), "模板.xlsx", on=on)
        assert len(taken.reading.heading.columns) == len(dataset.fields)
        assert sum(part.read for part in taken.parts) == 0


# -- what goes back ------------------------------------------------------------------------------------


def test_a_workbook_comes_back_marked_and_can_be_sent_again() -> None:
    content = book_of(row(1), row(2, sex="?", name=None))
    taken = take(content, "示例.xlsx")
    back = give_back(content, "示例.xlsx", taken.problems)
    assert back.whole
    assert back.name == "示例_要改正.xlsx"
    book = load_workbook(io.BytesIO(back.content))
    assert book.sheetnames[0] == RETURNED
    sheet = book["学生"]
    assert [c.coordinate for line in sheet.iter_rows() for c in line if c.comment] == ["C3", "D3"]
    assert sheet["C3"].fill.fgColor.rgb == "00FFD9D9" or sheet["C3"].fill.fgColor.rgb.endswith("FFD9D9")
    mild = [replace(one, severity=Severity.WARNING) for one in taken.problems]
    reminded = load_workbook(io.BytesIO(give_back(content, "示例.xlsx", mild).content))["学生"]
    assert reminded["C3"].fill.fgColor.rgb.endswith("FFF3C4")
    sheet["C3"], sheet["D3"] = "示例乙", "女"
    out = io.BytesIO()
    book.save(out)
    again = take(out.getvalue(), "示例.xlsx")
    assert again.good.height == 2
    clean = load_workbook(io.BytesIO(give_back(out.getvalue(), "示例.xlsx", []).content))
    assert not [c for line in clean["学生"].iter_rows() for c in line if c.comment]


def test_a_csv_comes_back_whole_with_a_first_column() -> None:
    content = csv_of(row(1), row(2, sex="?"), encoding="gb18030")
    back = give_back(content, "示例.csv", take(content).problems)
    lines = back.content.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("怎么改,学校代码")
    assert lines[1].startswith(",9900000001")
    assert lines[2].startswith("第 3 行“性别”是 ?")
    again = take(back.content)
    assert again.good.height == 1
    once = give_back(back.content, "示例.csv", again.problems).content.decode("utf-8-sig").split("\r\n")
    assert once == lines


def test_what_is_too_big_comes_back_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhijiao.exchange.rules.returning.MOST_BYTES", 100)
    content = book_of(row(2, sex="?"))
    back = give_back(content, "示例.xlsx", take(content, "示例.xlsx").problems)
    assert not back.whole
    sheet = load_workbook(io.BytesIO(back.content)).worksheets[0]
    assert [c.value for c in sheet[2]][:4] == ["学生", 2, "性别", "D2"]
    assert listed([])


def test_only_the_wrong_rows_in_the_layout_of_the_template() -> None:
    taken = take(csv_of(row(1), row(2, sex="?")))
    rows = [Waiting(3, json.loads(taken.bad["cells"][0]), taken.problems)]
    content = only_wrong(PUPILS, given().standard.codes, taken.reading.layout.columns, rows)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["E2"].value == "?"
    assert sheet["E2"].comment is not None
    sheet["E2"] = "女"
    assert len(take(content, "示例.xlsx").problems) == 1


def test_changes_are_told_field_by_field() -> None:
    before = take(csv_of(row(1))).good["data"][0]
    after = take(csv_of(row(1, sex="女", note="新"))).good["data"][0]
    found = changes(PUPILS, before, after, given().standard.codes)
    assert [(c.name, c.before, c.after) for c in found] == [("性别", "男性", "女性"), ("备注", "", "新")]


def test_a_name_with_other_numerals_is_offered() -> None:
    standard = shipped()
    track = Codes(standard.codes["tracks"], {}, date(2026, 1, 1))
    wrong = track.read("3年制").wrong
    assert wrong is not None
    assert "三年制中职" in wrong.words
    assert "五年制" not in wrong.words
