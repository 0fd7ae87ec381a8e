"""A form understands what officials type, refuses what it cannot be sure of, and says so all at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zhijiao.engines.forms import (
    Check,
    Choice,
    Field,
    FieldKind,
    Form,
    Jump,
    Level,
    Op,
    ReadingError,
    Section,
    ShownWhen,
    Value,
    as_json,
    as_text,
    differences,
    faults,
    from_json,
    judge,
    shown,
    validate,
)


def one(kind: FieldKind, **settings: object) -> Form:
    return Form("f", "报表", (Section("s", "一", (Field("x", "甲", kind, **settings),)),))  # type: ignore[arg-type]


AMOUNT = one(FieldKind.NUMBER, unit="万元", decimals=2)
COUNT = one(FieldKind.INTEGER, unit="人次")
MONEY = one(FieldKind.MONEY)
SHARE = one(FieldKind.PERCENT, decimals=1)
PLAIN = one(FieldKind.NUMBER)


@pytest.mark.parametrize(
    ("form", "typed", "value"),
    [
        (AMOUNT, "1234.5", "1234.5"),
        (AMOUNT, " 1,234.5万元 ", "1234.5"),
        (AMOUNT, "１，２３４．５０　万元", "1234.5"),
        (AMOUNT, "12。5", "12.5"),
        (AMOUNT, "15000元", "1.5"),
        (AMOUNT, "1.234567亿元", "12345.67"),
        (AMOUNT, "1.5亿", "15000"),
        (AMOUNT, "￥1.5万元", "1.5"),
        (AMOUNT, "−3.50", "-3.5"),
        (AMOUNT, "-0", "0"),
        (AMOUNT, "\ufeff12\u200b", "12"),
        (COUNT, "1.5万", "15000"),
        (COUNT, "1.5万人次", "15000"),
        (COUNT, "12.0", "12"),
        (COUNT, "+1 234 567", "1234567"),
        (MONEY, "¥1,234.50", "1234.5"),
        (MONEY, "人民币100元", "100"),
        (MONEY, "1.23456万", "12345.6"),
        (SHARE, "75.3%", "75.3"),
        (SHARE, "７５．３％", "75.3"),
        (SHARE, "-3.5", "-3.5"),
        (PLAIN, ".5", "0.5"),
        (PLAIN, "007", "7"),
        (one(FieldKind.NUMBER, unit="多媒体教室间"), "12多媒体教室间", "12"),
        (one(FieldKind.NUMBER, unit="平方米"), "3.2万㎡", "32000"),
    ],
)
def test_a_number_is_read_as_it_was_meant(form: Form, typed: str, value: str) -> None:
    answer = validate(form, {"x": typed})
    assert answer.faults == ()
    assert answer.values["x"] == Decimal(value)
    assert str(answer.values["x"]) == value


@pytest.mark.parametrize(
    ("form", "typed", "code"),
    [
        (AMOUNT, "1.5万", "unit_ambiguous"),
        (AMOUNT, "12人", "unit"),
        (COUNT, "12人", "unit"),
        (COUNT, "12%", "unit"),
        (PLAIN, "12个", "unit"),
        (SHARE, "5‰", "unit"),
        (AMOUNT, "1.234", "too_many_decimals"),
        (AMOUNT, "12345元", "too_many_decimals"),
        (COUNT, "12.5", "not_whole"),
        (COUNT, "1.23456万", "not_whole"),
        (MONEY, "0.005", "too_many_decimals"),
        (PLAIN, "1,23", "separator"),
        (PLAIN, "12 34", "separator"),
        (PLAIN, "1.2.3", "separator"),
        (PLAIN, "=1+2", "formula"),
        (PLAIN, "＝SUM(A1:A2)", "formula"),
        (PLAIN, "+A1", "formula"),
        (PLAIN, "@cmd", "formula"),
        (PLAIN, "inf", "not_finite"),
        (PLAIN, "-Infinity", "not_finite"),
        (PLAIN, "NaN", "not_finite"),
        (PLAIN, "1e5", "scientific"),
        (PLAIN, "1.2E+05", "scientific"),
        (PLAIN, "#REF!", "cell_error"),
        (PLAIN, "无", "blank_word"),
        (PLAIN, "——", "blank_word"),
        (PLAIN, "N/A", "blank_word"),
        (PLAIN, "约500", "about"),
        (PLAIN, "500余", "about"),
        (PLAIN, "≥500", "about"),
        (PLAIN, "100-200", "range"),
        (PLAIN, "100～200", "range"),
        (PLAIN, "1/2", "fraction"),
        (PLAIN, "一千二百", "chinese_number"),
        (PLAIN, "(5)", "not_a_number"),
        (PLAIN, "5²", "unit"),
        (PLAIN, "①", "not_a_number"),
        (PLAIN, "١٢", "not_a_number"),
        (PLAIN, "0x1f", "unit"),
        (PLAIN, "1_000", "unit"),
        (PLAIN, "9" * 21, "too_long"),
    ],
)
def test_what_is_not_sure_is_refused_with_value_and_remedy(form: Form, typed: str, code: str) -> None:
    answer = validate(form, {"x": typed})
    assert [fault.code for fault in answer.faults] == [code]
    assert answer.values["x"] is None
    words = answer.faults[0].words
    assert words.startswith("“甲”：“")
    assert "；" in words or "（" in words
    assert words.endswith("。")
    assert len(words) < 120


@pytest.mark.parametrize(
    "typed",
    ["2024年3月5日", "2024.3.5", "2024-03-05", "2024/3/5", "20240305", "２０２４－０３－０５", "2024 年 3 月 5 号", "2024-03-05 00:00:00"],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(typed: str) -> None:
    assert validate(one(FieldKind.DATE), {"x": typed}).values["x"] == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2024年3月", "not_a_date"),
        ("24.3.5", "not_a_date"),
        ("45356", "not_a_date"),
        ("2024-3.5", "not_a_date"),
        ("2024-03-05 08:30", "not_a_date"),
        ("2023-02-29", "no_such_day"),
        ("1024-02-01", "odd_year"),
    ],
)
def test_no_date_is_guessed(typed: str, code: str) -> None:
    assert [f.code for f in validate(one(FieldKind.DATE), {"x": typed}).faults] == [code]


@pytest.mark.parametrize(
    ("typed", "period", "said"),
    [
        ("2024", "2024", "2024年"),
        ("2024年度", "2024", "2024年"),
        ("2024年3月份", "2024-03", "2024年3月"),
        ("202403", "2024-03", "2024年3月"),
        ("2024年一季度", "2024-Q1", "2024年第1季度"),
        ("2024q3", "2024-Q3", "2024年第3季度"),
        ("2024年上半年", "2024-H1", "2024年上半年"),
        ("2023—2024学年", "2023/2024", "2023-2024学年"),
        ("2023-2024学年第二学期", "2023/2024-T2", "2023-2024学年第2学期"),
    ],
)
def test_a_period_has_one_written_form(typed: str, period: str, said: str) -> None:
    form = one(FieldKind.PERIOD)
    assert validate(form, {"x": typed}).values["x"] == period
    assert shown(form.field("x"), period) == said


@pytest.mark.parametrize("typed", ["2024-13", "20241", "2024年第5季度", "2023-2025学年", "去年", "3024"])
def test_no_period_is_guessed(typed: str) -> None:
    assert validate(one(FieldKind.PERIOD), {"x": typed}).errors


CHOICES = (Choice("county", "县属"), Choice("city", "市属"), Choice("private", "民办"))


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (FieldKind.CHOICE, "city", "city"),
        (FieldKind.CHOICE, " 市属 ", "city"),
        (FieldKind.CHOICE, ["民办"], "private"),
        (FieldKind.CHOICES, ["private", "county"], ("county", "private")),
        (FieldKind.CHOICES, "民办、县属，民办", ("county", "private")),
        (FieldKind.CHOICES, [], None),
        (FieldKind.CHOICES, ["", " "], None),
    ],
)
def test_choices_go_by_value_or_label(kind: FieldKind, typed: str | list[str], value: Value) -> None:
    answer = validate(one(kind, choices=CHOICES), {"x": typed})
    assert (answer.values["x"], answer.faults) == (value, ())


@pytest.mark.parametrize(
    ("form", "typed", "code"),
    [
        (one(FieldKind.CHOICE, choices=CHOICES), "省属", "no_such_choice"),
        (one(FieldKind.CHOICE, choices=CHOICES), ["city", "county"], "several_values"),
        (one(FieldKind.CHOICES, choices=CHOICES, max_length=1), "民办、县属", "too_many"),
        (one(FieldKind.FILE, max_length=1), ["a", "b"], "too_many"),
        (one(FieldKind.YES_NO), "也许", "not_yes_no"),
        (one(FieldKind.TEXT), "一\n二", "several_lines"),
        (one(FieldKind.TEXT, max_length=3), "一二三四", "too_long"),
        (one(FieldKind.TEXT), "=HYPERLINK(1)", "formula"),
        (one(FieldKind.LONG_TEXT), "一\x00二", "hidden_character"),
        (one(FieldKind.LONG_TEXT), "一\u202e二", "hidden_character"),
        (one(FieldKind.NUMBER, minimum=Decimal(0)), "-1", "too_small"),
        (one(FieldKind.PERCENT, maximum=Decimal(100)), "100.1", "too_large"),
        (one(FieldKind.DATE, minimum=date(2024, 1, 1)), "2023-12-31", "too_small"),
        (one(FieldKind.NUMBER, required=True), " \u3000", "required"),
        (one(FieldKind.FILE, required=True), [], "required"),
    ],
)
def test_each_limit_is_named(form: Form, typed: str | list[str], code: str) -> None:
    assert [fault.code for fault in validate(form, {"x": typed}).errors] == [code]


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        (one(FieldKind.NUMBER, minimum=Decimal(0), maximum=Decimal(5)), "0"),
        (one(FieldKind.NUMBER, minimum=Decimal(0), maximum=Decimal(5)), "5"),
        (one(FieldKind.DATE, minimum=date(2024, 1, 1)), "2024-01-01"),
        (one(FieldKind.TEXT, max_length=3), "一二三"),
        (one(FieldKind.CHOICES, choices=CHOICES, max_length=2), "民办、县属"),
    ],
)
def test_a_limit_itself_is_allowed(form: Form, typed: str) -> None:
    assert validate(form, {"x": typed}).faults == ()


def test_a_percent_sign_where_none_belongs_says_which_unit_does() -> None:
    assert "这里的单位是人次" in validate(COUNT, {"x": "12%"}).faults[0].words
    assert "这里的数没有单位" in validate(PLAIN, {"x": "12个"}).faults[0].words


def test_only_what_a_spreadsheet_would_compute_is_a_formula_in_a_text() -> None:
    for typed in ("@all 请阅", "+A 级", "==== 标题", "= ，见附件"):
        assert validate(one(FieldKind.TEXT), {"x": typed}).faults == ()


def test_text_is_kept_as_written() -> None:
    answer = validate(one(FieldKind.LONG_TEXT), {"x": "\ufeff 第一条，①  A＝5²\r\n第二条 \n"})
    assert answer.values["x"] == "第一条，①  A＝5²\n第二条"
    assert validate(one(FieldKind.TEXT), {"x": "-5℃ @甲 +86"}).values["x"] == "-5℃ @甲 +86"


def test_yes_and_no() -> None:
    form = one(FieldKind.YES_NO, required=True)
    assert validate(form, {"x": "√"}).values["x"] is True
    assert validate(form, {"x": "否"}).values == {"x": False}
    assert validate(form, {"x": "否"}).ok


def test_a_share_typed_as_a_fraction_is_asked_about() -> None:
    answer = validate(one(FieldKind.PERCENT), {"x": "0.75"})
    assert answer.ok
    assert answer.values["x"] == Decimal("0.75")
    assert [fault.code for fault in answer.warnings] == ["small_percent"]
    assert "75%" in answer.warnings[0].words
    assert validate(one(FieldKind.PERCENT), {"x": "0.75%"}).faults == ()


STUDENTS = Form(
    "students",
    "在校生",
    (
        Section(
            "counts",
            "人数",
            (
                Field("total", "合计", FieldKind.INTEGER, unit="人", required=True, minimum=Decimal(0)),
                Field("boys", "男", FieldKind.INTEGER, unit="人"),
                Field("girls", "女", FieldKind.INTEGER, unit="人"),
                Field("boards", "是否寄宿", FieldKind.YES_NO),
                Field("boarders", "寄宿生", FieldKind.INTEGER, unit="人", required=True, shown_when=ShownWhen("boards", (True,))),
            ),
        ),
    ),
    checks=(
        Check("sum", ("total",), Op.EQ, ("boys", "girls")),
        Check("beds", ("boarders",), Op.LE, ("total",), level=Level.WARNING, words="请核对寄宿人数"),
        Check("some", ("total",), Op.GE, plus=Decimal(10), level=Level.WARNING),
    ),
    jumps=(Jump("leap", "total", Decimal(50)),),
)  # fmt: skip


def test_the_sample_form_is_sound() -> None:
    assert faults(STUDENTS) == []


def test_everything_wrong_is_said_at_once() -> None:
    answer = validate(STUDENTS, {"total": "", "boys": "五十", "girls": "1e2", "boards": "是", "other": "1"}, strict=True)  # fmt: skip
    assert [(f.field, f.code) for f in answer.faults] == [
        ("total", "required"),
        ("boys", "chinese_number"),
        ("girls", "scientific"),
        ("boarders", "required"),
        ("other", "unknown_field"),
    ]
    assert [f.code for f in answer.of("boys")] == ["chinese_number"]
    assert not answer.ok


def test_a_check_shows_both_sides_and_the_difference() -> None:
    answer = validate(STUDENTS, {"total": "120", "boys": "50", "girls": "80"})
    assert [f.words for f in answer.errors] == [
        "“合计”（120人），应等于“男”＋“女”之和为130人，相差10人；请核对。"
    ]


def test_a_check_waits_until_every_field_is_there() -> None:
    assert validate(STUDENTS, {"total": "120", "boys": "50"}).faults == ()


def test_a_field_that_is_not_asked_has_no_value() -> None:
    answer = validate(STUDENTS, {"total": "20", "boards": "否", "boarders": "nonsense"})
    assert answer.values["boarders"] is None
    assert answer.faults == ()
    assert [f.code for f in validate(STUDENTS, {"total": "20", "boards": "是", "boarders": "21"}).warnings] == ["doubt"]  # fmt: skip


def test_a_jump_wants_a_word_of_explanation() -> None:
    raw, last = {"total": "1300"}, {"total": 800}
    answer = validate(STUDENTS, raw, last=last)
    assert [(f.code, f.check) for f in answer.errors] == [("jump", "leap")]
    assert "800人变为1,300人（+62.5%），变动超过50%" in answer.errors[0].words
    explained = validate(STUDENTS, raw, last=last, explanations={"leap": "两校合并"})
    assert explained.ok
    assert [f.code for f in explained.warnings] == ["jump"]
    assert not validate(STUDENTS, raw, last=last, explanations={"leap": " "}).ok
    assert validate(STUDENTS, {"total": "1200"}, last=last).ok
    assert not validate(STUDENTS, raw, last={"total": 0}).ok
    assert validate(STUDENTS, raw, last={"total": None}).ok


def test_kept_values_are_judged_like_typed_ones() -> None:
    raw = {"total": "120", "boys": "50", "girls": "80", "boards": "是"}
    typed = validate(STUDENTS, raw)
    assert judge(STUDENTS, typed.values) == typed


def test_differences_name_old_new_and_the_change() -> None:
    old: dict[str, Value] = {"total": 80, "boys": 40, "boards": True, "boarders": None}
    new: dict[str, Value] = {"total": 100, "boys": 40, "boards": False, "boarders": 3, "girls": None}
    changes = {change.field: change for change in differences(STUDENTS, old, new)}
    assert list(changes) == ["total", "boards", "boarders"]
    assert (changes["total"].label, changes["total"].delta, changes["total"].relative) == ("合计", Decimal(20), Decimal("0.25"))  # fmt: skip
    assert (changes["boarders"].delta, changes["boards"].delta) == (None, None)
    assert differences(AMOUNT, {"x": Decimal("1.0")}, {"x": Decimal("1.00")}) == []


def test_values_are_written_for_inputs_pages_and_json() -> None:
    form = Form("f", "f", (Section("s", "s", (
        Field("n", "数", FieldKind.NUMBER, unit="万元"),
        Field("d", "日", FieldKind.DATE),
        Field("c", "选", FieldKind.CHOICES, choices=CHOICES),
        Field("y", "否", FieldKind.YES_NO),
        Field("e", "空", FieldKind.TEXT),
    )),))  # fmt: skip
    values: dict[str, Value] = {
        "n": Decimal("1234.5"),
        "d": date(2024, 3, 5),
        "c": ("city", "county"),
        "y": False,
        "e": None,
    }
    written = {f.id: as_text(f, values[f.id]) for f in form.fields}
    assert written == {"n": "1234.5", "d": "2024-03-05", "c": "city、county", "y": "否", "e": ""}
    said = {f.id: shown(f, values[f.id]) for f in form.fields}
    assert said == {"n": "1,234.5万元", "d": "2024年3月5日", "c": "市属、县属", "y": "否", "e": ""}
    kept = as_json(form, values)
    assert kept == {"n": "1234.5", "d": "2024-03-05", "c": ["city", "county"], "y": False, "e": None}
    assert from_json(form, kept) == values


@pytest.mark.parametrize("kept", [{"x": 1.5}, {"x": "many"}, {"x": "NaN"}, {"x": True}, {"x": ["1"]}])
def test_kept_values_of_another_type_are_named(kept: dict) -> None:
    with pytest.raises(ReadingError, match="x："):
        from_json(AMOUNT, kept)
