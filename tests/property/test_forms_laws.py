"""Laws of the forms engine: what was written reads back, what is odd never passes, equal is not different."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from zhijiao.engines.forms import (
    NUMERIC,
    Check,
    Choice,
    Field,
    FieldKind,
    Form,
    Level,
    Op,
    Section,
    Value,
    as_json,
    as_text,
    decimals_of,
    differences,
    faults,
    from_json,
    judge,
    parse,
    shown,
    validate,
)

UNITS = (None, "人", "人次", "元", "万元", "亿元", "个", "平方米", "年", "万人次", "千瓦")
CHOICES = tuple(Choice(f"v{n}", label) for n, label in enumerate(("甲", "乙", "丙 丁", "ABC")))


@st.composite
def fields(draw: st.DrawFn, field_id: str = "x") -> Field:
    """Any sound field."""
    kind = draw(st.sampled_from(FieldKind))
    return Field(
        field_id,
        f"名称{field_id}",
        kind,
        unit=draw(st.sampled_from(UNITS)) if kind in (FieldKind.NUMBER, FieldKind.INTEGER) else None,
        required=draw(st.booleans()),
        decimals=draw(st.none() | st.integers(0, 4)) if kind is FieldKind.NUMBER else None,
        choices=CHOICES if kind in (FieldKind.CHOICE, FieldKind.CHOICES) else (),
    )


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), min_size=1, max_size=60)  # fmt: skip
periods = st.one_of(
    st.integers(1900, 2200).map(str),
    st.builds("{}-{:02d}".format, st.integers(1900, 2200), st.integers(1, 12)),
    st.builds("{}-Q{}".format, st.integers(1900, 2200), st.integers(1, 4)),
    st.builds("{}-H{}".format, st.integers(1900, 2200), st.integers(1, 2)),
    st.integers(1900, 2199).map(lambda year: f"{year}/{year + 1}"),
    st.builds(lambda year, term: f"{year}/{year + 1}-T{term}", st.integers(1900, 2199), st.integers(1, 2)),
)


def values(field: Field) -> st.SearchStrategy[Value]:
    """What a field can hold, besides nothing."""
    match field.kind:
        case FieldKind.INTEGER:
            return st.integers(-(10**12), 10**12)
        case kind if kind in NUMERIC:
            return st.decimals(-(10**12), 10**12, places=decimals_of(field))
        case FieldKind.DATE:
            return st.dates(date(1900, 1, 1), date(2200, 12, 31))
        case FieldKind.PERIOD:
            return periods
        case FieldKind.YES_NO:
            return st.booleans()
        case FieldKind.CHOICE:
            return st.sampled_from([choice.value for choice in CHOICES])
        case FieldKind.CHOICES:
            chosen = st.sets(st.sampled_from(range(len(CHOICES))), min_size=1)
            return chosen.map(lambda some: tuple(CHOICES[n].value for n in sorted(some)))
        case FieldKind.FILE:
            names = st.text("0123456789abcdef", min_size=4, max_size=8)
            return st.lists(names, min_size=1, max_size=3, unique=True).map(tuple)
        case _:
            return words.map(lambda text: f"文{text}文")


@st.composite
def filled(draw: st.DrawFn) -> tuple[Field, Value]:
    field = draw(fields())
    return field, draw(values(field))


@st.composite
def forms(draw: st.DrawFn) -> Form:
    return Form("f", "表", (Section("s", "节", tuple(draw(fields(f"x{n}")) for n in range(draw(st.integers(1, 5))))),))  # fmt: skip


def contents(form: Form) -> st.SearchStrategy[dict[str, Value]]:
    return st.fixed_dictionaries({field.id: st.none() | values(field) for field in form.fields})


@given(filled())
@settings(max_examples=600, deadline=None)
def test_what_is_written_reads_back(both: tuple[Field, Value]) -> None:
    field, value = both
    if field.kind is FieldKind.FILE:
        assert isinstance(value, tuple)
        assert parse(field, value) == value
        return
    assert parse(field, as_text(field, value)) == value
    assert parse(field, shown(field, value)) == value
    assert parse(field, [as_text(field, value)]) == value


WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789.,-%+/"}


@given(filled())
@settings(max_examples=300, deadline=None)
def test_width_and_spaces_around_do_not_matter(both: tuple[Field, Value]) -> None:
    field, value = both
    if field.kind not in NUMERIC | {FieldKind.DATE, FieldKind.PERIOD}:
        return
    assert parse(field, f"\u3000{as_text(field, value).translate(WIDE)}\u200b\n") == value
    assert parse(field, f" {shown(field, value).translate(WIDE)} ") == value


@given(forms(), st.data())
@settings(max_examples=200, deadline=None)
def test_values_survive_json(form: Form, data: st.DataObject) -> None:
    kept = data.draw(contents(form))
    assert from_json(form, json.loads(json.dumps(as_json(form, kept)))) == kept


@given(forms(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_form_filled_from_its_own_values_is_the_same_answer(form: Form, data: st.DataObject) -> None:
    assert faults(form) == []
    kept = data.draw(contents(form))
    raw = {f.id: kept[f.id] if f.kind is FieldKind.FILE else as_text(f, kept[f.id]) for f in form.fields}
    answer = validate(form, raw)  # type: ignore[arg-type]
    assert dict(answer.values) == kept
    required = {field.id for field in form.fields if field.required and kept[field.id] is None}
    assert {fault.field for fault in answer.errors} == required
    assert judge(form, kept).errors == answer.errors


@given(forms(), st.data())
@settings(max_examples=200, deadline=None)
def test_differences_are_empty_exactly_when_equal(form: Form, data: st.DataObject) -> None:
    old, new = data.draw(contents(form)), data.draw(contents(form))
    changed = differences(form, old, new)
    assert differences(form, old, dict(old)) == []
    assert (changed == []) == (old == new)
    assert {change.field: change.new for change in changed} == {
        key: new[key] for key in new if new[key] != old[key]
    }
    back = {change.field: change for change in differences(form, new, old)}
    for change in changed:
        assert (back[change.field].old, back[change.field].new) == (change.new, change.old)
        if change.delta is not None:
            assert back[change.field].delta == -change.delta


typed = st.one_of(
    st.text(max_size=30),
    st.text("0123456789.,eE+-=%‰ 万亿千元人次年月日/学期季Q约()（），．#infa", max_size=14),
    st.from_regex(r"\A[+-]?[0-9]{1,7}([.,][0-9]{0,4}){0,2}[ eE万亿元%]?[0-9]{0,2}\Z"),
)


@given(forms(), st.data())
@settings(max_examples=600, deadline=None)
def test_whatever_is_typed_is_either_read_or_named(form: Form, data: st.DataObject) -> None:
    """No text makes it stumble; a field has a value, or a fault beside it, or was blank."""
    raw = {field.id: data.draw(typed | st.lists(typed, max_size=3)) for field in form.fields}
    answer = validate(form, raw)
    assert set(answer.values) == set(raw)
    for field in form.fields:
        value = answer.values[field.id]
        if answer.of(field.id):
            assert all(
                fault.words.endswith("。") and field.label in fault.words for fault in answer.of(field.id)
            )
        if value is None or any(fault.level is Level.ERROR for fault in answer.of(field.id)):
            continue
        if isinstance(value, Decimal):
            assert value.is_finite()
            exponent = value.normalize().as_tuple().exponent
            assert isinstance(exponent, int)
            assert -exponent <= decimals_of(field)
        if field.kind is not FieldKind.FILE:
            assert parse(field, as_text(field, value)) == value
    json.dumps(as_json(form, answer.values))


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 4))
@settings(max_examples=200, deadline=None)
def test_nothing_is_rounded(value: Decimal, decimals: int) -> None:
    """A number with more decimals than asked is refused; any other keeps its value to the digit."""
    field = Field("x", "甲", FieldKind.NUMBER, decimals=decimals)
    answer = validate(Form("f", "f", (Section("s", "s", (field,)),)), {"x": f"{value:,}"})
    if value == value.quantize(Decimal(1).scaleb(-decimals)):
        assert answer.values["x"] == value
        assert answer.ok
    else:
        assert answer.values["x"] is None
        assert not answer.ok


@given(st.lists(st.integers(-50, 50), min_size=4, max_size=4), st.sampled_from(Op), st.integers(-5, 5))
@settings(max_examples=200, deadline=None)
def test_a_check_says_what_python_says(numbers: list[int], op: Op, plus: int) -> None:
    names = ("a", "b", "c", "d")
    fields_ = tuple(Field(name, name, FieldKind.INTEGER) for name in names)
    form = Form(
        "f", "f", (Section("s", "s", fields_),), (Check("k", ("a", "b"), op, ("c", "d"), Decimal(plus)),)
    )
    left, right = sum(numbers[:2]), sum(numbers[2:]) + plus
    holds = {
        Op.EQ: left == right,
        Op.NE: left != right,
        Op.LE: left <= right,
        Op.LT: left < right,
        Op.GE: left >= right,
        Op.GT: left > right,
    }[op]
    answer = validate(form, dict(zip(names, map(str, numbers), strict=True)))
    assert answer.ok == holds
