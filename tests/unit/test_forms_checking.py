"""An unsound form is found before anybody fills it; reading a form names the key that does not read."""

from __future__ import annotations

from dataclasses import replace
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
    faults,
    from_mapping,
)

A = Field("a", "甲", FieldKind.INTEGER, unit="人")
B = Field("b", "乙", FieldKind.INTEGER, unit="人")
Y = Field("y", "是否", FieldKind.YES_NO)
C = Field("c", "类型", FieldKind.CHOICE, choices=(Choice("x", "子"), Choice("z", "丑")))
BASE = Form("f", "报表", (Section("s", "一", (A, B, Y, C)),))


def adding(field: Field) -> Form:
    return replace(BASE, sections=(*BASE.sections, Section("t", "二", (field,))))


@pytest.mark.parametrize(
    ("form", "found"),
    [
        (BASE, []),
        (replace(BASE, sections=()), [("no_field", "f")]),
        (replace(BASE, sections=(*BASE.sections, Section("t", "二", ()))), [("empty_section", "t")]),
        (replace(BASE, sections=(*BASE.sections, Section("s", "二", (replace(A, id="q"),)))), [("duplicate", "s")]),
        (adding(replace(A, label="丙")), [("duplicate", "a")]),
        (replace(BASE, sections=(Section("s", "一", (A, replace(B, label="甲"))),)), [("same_label", "s")]),
        (adding(replace(A, id="q", label=" ")), [("empty_name", "t")]),
        (adding(replace(A, id="q", minimum=Decimal(3), maximum=Decimal(2))), [("empty_range", "q")]),
        (adding(replace(A, id="q", minimum=Decimal(3), maximum=Decimal(3))), []),
        (adding(Field("q", "丙", FieldKind.TEXT, max_length=1)), []),
        (adding(replace(A, id="q", minimum=date(2024, 1, 1))), [("odd_setting", "q")]),
        (adding(replace(A, id="q", minimum=Decimal("0.5"))), [("limit_decimals", "q")]),
        (adding(Field("q", "丙", FieldKind.TEXT, minimum=Decimal(3))), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.TEXT, unit="人")), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.TEXT, max_length=0)), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.NUMBER, max_length=3)), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.NUMBER, decimals=-1)), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.INTEGER, decimals=1)), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.MONEY, unit="万元")), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.MONEY, unit="人")), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.PERCENT, unit="人")), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.TEXT, choices=C.choices)), [("odd_setting", "q")]),
        (adding(Field("q", "丙", FieldKind.CHOICE)), [("no_choice", "q")]),
        (adding(replace(C, id="q", choices=(Choice("x", "子"), Choice("x", "丑")))), [("same_choice", "q")]),
        (adding(replace(C, id="q", choices=(Choice("x", "子"), Choice("z", " 子")))), [("same_choice", "q")]),
        (adding(replace(C, id="q", choices=(Choice("x", "z"), Choice("z", "丑")))), [("same_choice", "q")]),
        (adding(Field("q", "丙", FieldKind.CHOICES, choices=(Choice("x", "子、丑"),))), [("choice_separator", "q")]),
        (adding(replace(A, id="q", shown_when=ShownWhen("y", (True,)))), []),
        (adding(replace(A, id="q", shown_when=ShownWhen("c", ("x",)))), []),
        (adding(replace(A, id="q", shown_when=ShownWhen("q", (True,)))), [("condition_field", "q")]),
        (adding(replace(A, id="q", shown_when=ShownWhen("a", ("1",)))), [("condition_field", "q")]),
        (adding(replace(A, id="q", shown_when=ShownWhen("y", ("是",)))), [("condition_value", "q")]),
        (adding(replace(A, id="q", shown_when=ShownWhen("c", ()))), [("condition_value", "q")]),
        (replace(BASE, checks=(Check("k", ("a",), Op.LE, ("b",)),)), []),
        (replace(BASE, checks=(Check("k", ("a",), Op.LE, ("b",), words="请核对。"),)), [("words_form", "k")]),
        (replace(BASE, checks=(Check("k", ("a",), Op.LE, ("c", "n")),)), [("check_field", "k"), ("check_field", "k")]),
        (replace(BASE, checks=(Check("k", (), Op.LE, ("b",)),)), [("check_side", "k")]),
        (replace(BASE, checks=(Check("k", ("a", "b"), Op.LE, ("b",)),)), [("check_side", "k")]),
        (replace(BASE, jumps=(Jump("k", "c", Decimal(0)),)), [("check_field", "k"), ("bad_percent", "k")]),
        (
            replace(BASE, checks=(Check("k", ("a",), Op.LE, ("b",)),), jumps=(Jump("k", "a", Decimal(1)),)),
            [("duplicate", "k")],
        ),
        (
            replace(adding(replace(A, id="q", unit="人次")), checks=(Check("k", ("a",), Op.LE, ("q",)),)),
            [("check_units", "k")],
        ),
    ],
)  # fmt: skip
def test_each_fault_is_found_and_no_other(form: Form, found: list[tuple[str, str]]) -> None:
    assert sorted((fault.code, fault.where) for fault in faults(form)) == sorted(found)
    assert all(fault.words.endswith("。") and "；" in fault.words for fault in faults(form))


WRITTEN: dict = {
    "id": "students",
    "name": "在校生",
    "sections": [
        {
            "id": "s",
            "name": "人数",
            "fields": [
                {"id": "n", "label": "合计", "kind": "integer", "unit": "人", "required": True, "minimum": 0},
                {"id": "r", "label": "占比", "kind": "percent", "maximum": 99.5, "decimals": 1},
                {"id": "d", "label": "日期", "kind": "date", "minimum": date(2024, 1, 1), "maximum": "2024-12-31"},
                {"id": "y", "label": "是否", "kind": "yes_no"},
                {"id": "c", "label": "类型", "kind": "choice", "choices": {"x": "子", "z": "丑"}},
                {"id": "t", "label": "说明", "kind": "text", "shown_when": {"field": "y", "is": True}},
                {"id": "u", "label": "补充", "kind": "choices", "choices": ["子", "丑"], "shown_when": {"field": "c", "is": ["x"]}},
            ],
        }
    ],
    "checks": [{"id": "k", "left": "n", "op": ">=", "plus": 10, "level": "warning", "words": "请核对"}],
    "jumps": [{"id": "j", "field": "n", "percent": 12.5}],
}  # fmt: skip


def test_a_form_reads_from_a_plain_mapping() -> None:
    form = from_mapping(WRITTEN)
    assert faults(form) == []
    assert form.field("n") == Field("n", "合计", FieldKind.INTEGER, unit="人", required=True, minimum=Decimal(0))  # fmt: skip
    assert form.field("r").maximum == Decimal("99.5")
    assert (form.field("d").minimum, form.field("d").maximum) == (date(2024, 1, 1), date(2024, 12, 31))
    assert form.field("c").choices == (Choice("x", "子"), Choice("z", "丑"))
    assert form.field("t").shown_when == ShownWhen("y", (True,))
    assert form.field("u").shown_when == ShownWhen("c", ("x",))
    assert form.checks == (Check("k", ("n",), Op.GE, (), Decimal(10), Level.WARNING, "请核对"),)
    assert form.jumps == (Jump("j", "n", Decimal("12.5")),)


FIELD = WRITTEN["sections"][0]["fields"][0]


def with_field(**change: object) -> dict:
    section = WRITTEN["sections"][0] | {"fields": [FIELD | change]}
    return WRITTEN | {"sections": [section]}


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        (WRITTEN | {"id": None}, "id"),
        (with_field(kind="numeral"), "sections[1].fields[1].kind"),
        (with_field(minimum="many"), "sections[1].fields[1].minimum"),
        (with_field(minimum=float("nan")), "sections[1].fields[1].minimum"),
        (with_field(kind="date", minimum=3), "sections[1].fields[1].minimum"),
        (with_field(decimals=1.5), "sections[1].fields[1].decimals"),
        (with_field(requred=True), "sections[1].fields[1].requred"),
        (with_field(shown_when={"field": "y", "is": 3}), "sections[1].fields[1].shown_when.is"),
        (with_field(choices=[True]), "sections[1].fields[1].choices"),
        (WRITTEN | {"checks": [{"id": "k", "left": ["n"], "op": "=="}]}, "checks[1].op"),
        (WRITTEN | {"jumps": [{"id": "k", "field": "n"}]}, "jumps[1].percent"),
    ],
)
def test_an_error_of_reading_names_the_key(mapping: dict, key: str) -> None:
    with pytest.raises(ReadingError) as error:
        from_mapping(mapping)
    assert error.value.key == key
