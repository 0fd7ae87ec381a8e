"""From what was typed to typed values: every fault at once, none of them silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from zhijiao.engines.forms.checks import findings
from zhijiao.engines.forms.numbers import unit_of
from zhijiao.engines.forms.tidying import Unreadable, tidy
from zhijiao.engines.forms.times import date_in_chinese
from zhijiao.engines.forms.types import (
    LONGEST_LINE,
    LONGEST_TEXT,
    NUMERIC,
    WORDED,
    Answer,
    Fault,
    Field,
    FieldKind,
    Form,
    Level,
    ShownWhen,
    Value,
)
from zhijiao.engines.forms.values import parse, shown
from zhijiao.lib.numbers import plain, quantity

Raw = Mapping[str, str | Sequence[str] | None]
NOTHING: Mapping[str, Value] = {}
NO_WORDS: Mapping[str, str] = {}


def validate(
    form: Form,
    raw: Raw,
    *,
    last: Mapping[str, Value] = NOTHING,
    explanations: Mapping[str, str] = NO_WORDS,
    strict: bool = False,
) -> Answer:
    """Read a filled form. `last`: the values of the period before, for jumps; `explanations`: words by check id.

    A field that is not asked (`shown_when`) has no value, whatever was sent. `strict` also refuses keys that are no
    field, as a workbook or an API call should.
    """
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    unread: set[str] = set()
    for field in form.fields:
        if not is_asked(field, values):
            values[field.id] = None
            continue
        values[field.id], found = _read(field, raw.get(field.id))
        faults += found
        if any(fault.level is Level.ERROR for fault in found):
            unread.add(field.id)
    hidden = {field.id for field in form.fields if not is_asked(field, values)}
    faults += findings(form, values, last, hidden=hidden, unread=unread)
    if strict:
        faults += _strangers(form, raw)
    return Answer(values, tuple(faults), dict(explanations))


def judge(
    form: Form,
    values: Mapping[str, Value],
    *,
    last: Mapping[str, Value] = NOTHING,
    explanations: Mapping[str, str] = NO_WORDS,
) -> Answer:
    """The same verdict on values that are typed already, such as kept ones: as if they had been typed in."""
    kept: dict[str, Value] = {}
    faults: list[Fault] = []
    for field in form.fields:
        value = values.get(field.id) if is_asked(field, kept) else None
        kept[field.id] = value
        if is_asked(field, kept):
            faults += _limits(field, value)
    hidden = {field.id for field in form.fields if not is_asked(field, kept)}
    unread = {fault.field for fault in faults if fault.level is Level.ERROR}
    faults += findings(form, kept, last, hidden=hidden, unread=unread)
    return Answer(kept, tuple(faults), dict(explanations))


def is_asked(field: Field, values: Mapping[str, Value]) -> bool:
    """Whether a field is shown, given the values of the fields before it."""
    return field.shown_when is None or holds(field.shown_when, values)


def holds(condition: ShownWhen, values: Mapping[str, Value]) -> bool:
    """Whether the other field has one of the values; of several choices one is enough."""
    value = values.get(condition.field)
    if value is None:
        return False
    if isinstance(value, tuple):
        return any(each in condition.values for each in value)
    return any(type(value) is type(wanted) and value == wanted for wanted in condition.values)


def _read(field: Field, raw: str | Sequence[str] | None) -> tuple[Value, list[Fault]]:
    try:
        value = parse(field, raw)
    except Unreadable as error:
        return None, [Fault(field.id, error.code, f"“{field.label}”：{error.words}。")]
    found = _limits(field, value)
    if field.kind is FieldKind.PERCENT and isinstance(value, Decimal) and 0 < abs(value) < 1:
        typed = tidy(raw if isinstance(raw, str) else "".join(raw or ()))
        if "%" not in typed:
            words = f"“{field.label}”：“{typed}”按{shown(field, value)}记；如果是{quantity(value * 100, '%')}，请填{plain(value * 100)}。"
            found.append(Fault(field.id, "small_percent", words, Level.WARNING))
    return value, found


def _limits(field: Field, value: Value) -> list[Fault]:
    """What the field's own limits say of a value; a blank only breaks `required`."""
    if value is None:
        verb = "上传" if field.kind is FieldKind.FILE else "填写"
        missing = Fault(field.id, "required", f"“{field.label}”是必填项，还没有{verb}；请{verb}。")
        return [missing] if field.required else []
    words: list[tuple[str, str]] = []
    if field.kind in NUMERIC or field.kind is FieldKind.DATE:
        words += _bounds(field, value)
    if field.kind in WORDED and isinstance(value, str):
        longest = field.max_length or (LONGEST_LINE if field.kind is FieldKind.TEXT else LONGEST_TEXT)
        if len(value) > longest:
            words.append(
                ("too_long", f"有{len(value)}个字，最多{longest}个字；请删去{len(value) - longest}个字")
            )
    if isinstance(value, tuple) and field.max_length is not None and len(value) > field.max_length:
        words.append(("too_many", f"有{len(value)}项，最多{field.max_length}项；请去掉多余的"))
    return [Fault(field.id, code, f"“{field.label}”：{text}。") for code, text in words]


def _bounds(field: Field, value: Value) -> list[tuple[str, str]]:
    words = []
    if field.minimum is not None and _less(value, field.minimum):
        words.append(
            ("too_small", f"{_said(field, value)}，{_limit(field, field.minimum, '小', '早')}；请核对")
        )
    if field.maximum is not None and _less(field.maximum, value):
        words.append(
            ("too_large", f"{_said(field, value)}，{_limit(field, field.maximum, '大', '晚')}；请核对")
        )
    return words


def _less(one: Value, other: Value) -> bool:
    if isinstance(one, date) and isinstance(other, date):
        return one < other
    if isinstance(one, Decimal | int) and isinstance(other, Decimal | int):
        return one < other
    return False  # the checker of forms refuses a limit of another type


def _said(field: Field, value: Value) -> str:
    return f"填的是{shown(field, value)}"


def _limit(field: Field, limit: Decimal | date, of_number: str, of_date: str) -> str:
    if isinstance(limit, date):
        return f"不能{of_date}于{date_in_chinese(limit)}"
    return f"不能{of_number}于{quantity(limit, unit_of(field))}"


def _strangers(form: Form, raw: Raw) -> list[Fault]:
    known = {field.id for field in form.fields}
    return [
        Fault(key, "unknown_field", f"“{form.name}”里没有“{key}”这一项；请去掉它，或改成表单里的项。")
        for key in raw
        if key not in known
    ]
