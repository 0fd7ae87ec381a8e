"""Published code tables and the national file come into the standard as they are; entries end, they do not go."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import pytest
from openpyxl import Workbook

from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.rules.reading import Opened, open_file
from zhijiao.exchange.rules.standard import shipped
from zhijiao.exchange.rules.standard.codetables import Read, read_code_table
from zhijiao.exchange.rules.standard.editions import laid_over, succeeded
from zhijiao.exchange.rules.standard.national import National, read_national
from zhijiao.exchange.types import CodeList, FieldType, Frequency, Privacy, Role

_K = OrganisationKind
ON = date(2025, 12, 1)


def _csv(text: str) -> Opened:
    return open_file(text.encode(), "table.csv")


def _book(**sheets: Sequence[Sequence[object]]) -> Opened:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return open_file(out.getvalue(), "table.xlsx")


def _majors(read: Read, old: CodeList | None = None) -> CodeList:
    assert read.problems == ()
    return succeeded(
        old or shipped().codes["majors"], read.entries, edition="2025", on=ON, became=read.became
    )


def test_the_workbook_of_majors_has_titles_classes_and_notes() -> None:
    book = _book(
        中职=[
            ["中等职业教育专业目录"],
            ["序号", "专业代码", "专业名称", "备注"],
            ["61农林牧渔大类"],
            ["6101农业类"],
            [1, "610101", "种子生产技术", None],
            [2, "610102", "作物生产技术", "2025年12月新增"],
            ["注：带K的为国控专业"],
        ],
        高职专科=[
            ["专业大类代码", "专业大类名称", "专业类代码", "专业类名称", "专业代码", "专业名称"],
            ["41", "农林牧渔大类", "4101", "农业类", "410101", "种子生产与经营"],
            ["41", "农林牧渔大类", "4101", "农业类", "410102", "作物生产与经营管理"],
        ],
    )
    listed = _majors(read_code_table("majors", [book]))
    assert [entry.code for entry in listed.entries] == [
        *("61", "6101", "610101", "610102"),
        *("41", "4101", "410101", "410102"),
    ]
    assert listed.by_code["610102"].parent == "6101"
    assert listed.by_code["4101"].parent == "41"
    assert listed.by_name["作物生产技术"].code == "610102"
    assert "农业类" not in listed.by_name  # two classes have this name


def test_a_new_edition_ends_what_it_no_longer_has() -> None:
    first = _majors(
        read_code_table("majors", [_csv("专业代码,专业名称\n610101,种子生产\n610102,农艺\n610103,园艺\n")])
    )
    second = _majors(
        read_code_table(
            "majors",
            [
                _csv(
                    "专业代码,专业名称,原专业代码\n610101,种子生产技术,\n610105,作物生产,610102\n610106,园艺,\n"
                )
            ],
        ),
        first,
    )
    kept = second.by_code["610101"]
    assert (kept.name, kept.other_names, kept.until, kept.since) == (
        "种子生产技术",
        ("种子生产",),
        None,
        None,
    )
    assert (second.by_code["610102"].until, second.by_code["610102"].replaced_by) == (ON, ("610105",))
    assert second.by_code["610103"].replaced_by == ("610106",)  # the only new one of its name
    assert second.by_code["610105"].since == ON
    assert second.by_name["种子生产"].code == "610101"
    assert second.by_name["园艺"].code == "610106"


def test_a_supplement_ends_nothing() -> None:
    first = _majors(read_code_table("majors", [_csv("code,name\n610101,种子生产\n")]))
    more = read_code_table("majors", [_csv("code,name\n0101-4,机床切削加工\n")])
    both = succeeded(first, more.entries, edition="2025+", on=ON, supplement=True, complete=True)
    assert [entry.until for entry in both.entries] == [None, None]
    assert first.open
    assert not both.open


def test_industries_regions_and_occupations_know_what_they_are_under() -> None:
    industries = read_code_table(
        "industries", [_csv("code,name,level,parent\nA,农业,1,\n01,农业,2,A\n011,谷物,3,01\n")]
    )
    assert [entry.parent for entry in industries.entries] == ["", "A", "01"]
    regions = read_code_table(
        "regions",
        [
            _csv("code,name\n99,示例省\n"),
            _csv("code,name\n9901,示例市\n"),
            _csv("code,name\n990102,示例县\n990100-X,新区\n"),
        ],
    )
    assert [(entry.code, entry.parent) for entry in regions.entries] == [
        ("990000", ""),
        ("990100", "990000"),
        ("990102", "990100"),
        ("990100-X", "990100"),
    ]
    occupations = read_code_table(
        "occupations",
        [_csv("code,name\n6-00-00-00,生产\n6-18-00-00,机械\n6-18-01-00,加工\n6-18-01-01,车工\n")],
    )
    assert [entry.parent for entry in occupations.entries] == ["", "6-00-00-00", "6-18-00-00", "6-18-01-00"]


def test_faults_of_a_table_come_all_at_once_with_their_rows() -> None:
    read = read_code_table("majors", [_csv("专业代码,专业名称\n6101X,种子\n610101,\n610102,甲\n610102,乙\n")])
    assert [problem.row for problem in read.problems] == [2, 3, 5]
    assert all("；" in problem.words for problem in read.problems)
    nothing = read_code_table("majors", [_csv("甲,乙\n1,2\n")])
    assert "专业代码" in nothing.problems[0].words


TABLES: list[list[object]] = [
    ["数据子集", "数据类", "数据子类", "数据表序号", "英文名", "中文名", "主要来源", "上报频率", "上报范围"],
    ["学校管理", "概况", "基础", "0101", "ODS_XXGK", "学校概况", "学校", "每学年", "全部"],
    ["学生管理", "学籍", "基础", "0201", "ODS_XSXX", "学生信息", "学校", "每日", "全部"],
]
FIELDS: list[list[object]] = [
    ["数据表英文名", "编号", "字段名", "中文名", "类型", "长度", "约束", "值空间", "说明"],
    ["ODS_XXGK", "010101", "XXDM", "学校代码", "C", 10, "M", None, "教育部十位代码"],
    ["ODS_XXGK", "010102", "XXMC", "学校名称", "C", 100, "M", None, None],
    ["ODS_XXGK", "010103", "ZDMJ", "占地面积", "N", "12,2", "O", None, "平方米"],
    ["ODS_XXGK", "010104", "TJND", "统计年度", "C", 4, "M", None, "主键"],
    ["ODS_XSXX", "020101", "XH", "学号", "C", 20, "M", None, None],
    ["ODS_XSXX", "020102", "SFZJH", "身份证件号", "C", 20, "O", None, None],
    ["ODS_XSXX", "020103", "XB", "性别", "C", 1, "M", "ZD_XB", None],
    ["ODS_XSXX", "020104", "RXRQ", "入学日期", "T", None, "O", None, None],
]
DICTIONARY: list[list[object]] = [
    ["DictMark", "EnglishName", "ChineseName", "Code", "SortNumber"],
    ["ZD_XB", "", "性别", "", ""],
    ["ZD_XB", "female", "女性", "2", 2],
    ["ZD_XB", "male", "男性", "1", 1],
]


def _national(
    tables: Sequence[Sequence[object]] = TABLES,
    fields: Sequence[Sequence[object]] = FIELDS,
    dictionary: Sequence[Sequence[object]] = DICTIONARY,
) -> National:
    return read_national([_book(数据表=tables, 字段=fields, 字典=dictionary)], shipped(), "2023.06")


def test_the_national_file_becomes_data_sets_and_lists() -> None:
    made = _national()
    assert made.problems == []
    school, students = made.datasets
    assert (school.id, school.english, school.due.frequency) == (
        "ods_xxgk",
        "ODS_XXGK",
        Frequency.SCHOOL_YEAR,
    )
    assert school.by_id["zdmj"].decimals == 2
    assert school.key == ("xxdm", "tjnd")
    assert students.by_id["sfzjh"].role is Role.PERSON
    assert students.by_id["sfzjh"].privacy is Privacy.SENSITIVE
    assert students.by_id["rxrq"].type is FieldType.TIME
    assert students.key == ("organisation", "xh")
    assert made.lists[0].name == "性别"
    assert [(entry.code, entry.name) for entry in made.lists[0].entries] == [("1", "男性"), ("2", "女性")]
    assert len(made.guesses) == 2
    whole = laid_over(shipped(), made.datasets, made.lists, "2023.06")
    assert whole.by_id["students"] == shipped().by_id["students"]
    assert whole.hash != shipped().hash


@pytest.mark.parametrize(
    ("source", "owes"),
    [
        ("学校", {_K.SECONDARY_VOCATIONAL}),
        ("中等职业学校", {_K.SECONDARY_VOCATIONAL}),
        ("职业院校", {_K.SECONDARY_VOCATIONAL, _K.TECHNICIAN, _K.HIGHER_VOCATIONAL}),
        ("技工学校", {_K.TECHNICIAN}),
        ("高等职业学校、企业", {_K.HIGHER_VOCATIONAL, _K.ENTERPRISE}),
        ("县级教育行政部门、学校", {_K.COUNTY, _K.ZONE, _K.SECONDARY_VOCATIONAL}),
        ("", set()),
    ],
)
def test_who_hands_a_national_table_in_is_read_from_its_source(
    source: str, owes: set[OrganisationKind]
) -> None:
    made = _national(tables=[[*TABLES[0]], [*TABLES[1][:6], source, *TABLES[1][7:]], TABLES[2]])
    school, students = made.datasets
    assert school.owes == owes
    assert students.owes == {_K.SECONDARY_VOCATIONAL}
    assert any("看不出由哪类机构报送" in guess for guess in made.guesses) == (not owes)


def test_faults_of_the_national_file_come_all_at_once() -> None:
    made = _national(
        tables=[*TABLES, ["学生管理", "", "", "0202", "ODS_LEER", "空表", "", "", ""]],
        fields=[
            *FIELDS,
            ["ODS_XSXX", "020105", "XM", "姓名", "X", 20, "M", None, None],
            ["ODS_XSXX", "020106", "XZ", "学制", "N", "三", "必填", None, None],
            ["ODS_FREMD", "030101", "AA", "甲", "C", 2, "O", None, None],
        ],
        dictionary=[*DICTIONARY, ["ZD_XB", "", "男", "1", 3]],
    )
    words = "\n".join(problem.words for problem in made.problems)
    for expected in (
        "ODS_LEER 一个字段也没有",
        "类型“X”",
        "长度“三”",
        "约束“必填”",
        "ods_fremd",
        "代码 1 已经写过",
    ):
        assert expected in words


def test_a_file_that_is_something_else_says_what_is_missing() -> None:
    made = read_national([_book(甲=[["a", "b"], [1, 2]])], shipped(), "x")
    assert ["数据表清单" in problem.words or "字段清单" in problem.words for problem in made.problems] == [
        True,
        True,
    ]
