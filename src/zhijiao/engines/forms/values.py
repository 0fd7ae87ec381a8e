"""One field's value: read from what was typed, written for an input, shown on a page, kept as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from zhijiao.engines.forms.numbers import read_number, unit_of
from zhijiao.engines.forms.tidying import Unreadable, cut, prose, same, tidy
from zhijiao.engines.forms.times import date_in_chinese, period_in_chinese, read_date, read_period
from zhijiao.engines.forms.types import CHOOSING, NUMERIC, Field, FieldKind, Form, Value
from zhijiao.engines.reading import ReadingError
from zhijiao.lib.numbers import plain, quantity

SEPARATORS = re.compile(r"[、,，;；|\n]")
"""What stands between choices in one cell."""
_YES = frozenset({"是", "有", "对", "√", "✓", "true", "yes", "y", "on", "1"})
_NO = frozenset({"否", "无", "没有", "不是", "×", "✗", "x", "false", "no", "n", "off", "0"})


def parse(field: Field, raw: str | Sequence[str] | None) -> Value:
    """The typed value; None for a blank. Limits are not looked at here. Raises `Unreadable`."""
    texts = [raw] if isinstance(raw, str) else list(raw or ())
    texts = [text for text in texts if tidy(text)]
    if not texts:
        return None
    if field.kind is FieldKind.CHOICES:
        return _several(field, texts)
    if field.kind is FieldKind.FILE:
        return tuple(dict.fromkeys(text.strip() for text in texts))
    if len(texts) > 1:
        raise Unreadable("several_values", f"收到{len(texts)}个值（“{cut(texts[0])}”等）；只能填一个")
    return _one(field, texts[0])


def _one(field: Field, text: str) -> Value:
    match field.kind:
        case FieldKind.INTEGER:
            return int(read_number(text, field))
        case FieldKind.NUMBER | FieldKind.MONEY | FieldKind.PERCENT:
            return read_number(text, field)
        case FieldKind.DATE:
            return read_date(text)
        case FieldKind.PERIOD:
            return read_period(text)
        case FieldKind.YES_NO:
            return _yes_no(text)
        case FieldKind.CHOICE:
            return _chosen(field, text)
        case _:
            return prose(text, lines=field.kind is FieldKind.LONG_TEXT) or None


def _yes_no(text: str) -> bool:
    word = tidy(text).lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable("not_yes_no", f"“{cut(text.strip())}”看不出是或否；请填“是”或“否”")


def _chosen(field: Field, text: str) -> str:
    """By value first, then by label: a label may look like another choice's value."""
    for choice in field.choices:
        if choice.value == text.strip():
            return choice.value
    for choice in field.choices:
        if same(choice.label, text) or same(choice.value, text):
            return choice.value
    offered = "、".join(f"“{choice.label}”" for choice in field.choices[:12])
    raise Unreadable("no_such_choice", f"没有“{cut(text.strip())}”这个选项；请从{offered}中选择")


def _several(field: Field, texts: Sequence[str]) -> tuple[str, ...] | None:
    parts = [part for text in texts for part in SEPARATORS.split(text) if tidy(part)]
    chosen = {_chosen(field, part) for part in parts}
    return tuple(choice.value for choice in field.choices if choice.value in chosen) or None


def as_text(field: Field, value: Value) -> str:
    """The value as it stands in an input or a cell; `parse` reads it back. Empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return plain(Decimal(value)) if isinstance(value, Decimal | int) else value


def shown(field: Field, value: Value) -> str:
    """The value as a page shows it: 1,234.5万元, 2024年3月5日, the labels of choices. Empty for None."""
    if value is None or isinstance(value, bool):
        return as_text(field, value)
    if field.kind in NUMERIC and isinstance(value, Decimal | int):
        return quantity(Decimal(value), unit_of(field))
    if isinstance(value, date):
        return date_in_chinese(value)
    if field.kind is FieldKind.PERIOD:
        return period_in_chinese(str(value))
    if field.kind in CHOOSING:
        labels = {choice.value: choice.label for choice in field.choices}
        chosen = value if isinstance(value, tuple) else (str(value),)
        return "、".join(labels.get(each, each) for each in chosen)
    return as_text(field, value)


def as_json(form: Form, values: Mapping[str, Value]) -> dict[str, Any]:
    """The values as JSON has them: Decimal and date as text, tuples as lists; every field of the form, blank as null."""
    return {field.id: _plain(values.get(field.id)) for field in form.fields}


def from_json(form: Form, mapping: Mapping[str, Any]) -> dict[str, Value]:
    """The inverse of `as_json`; a field that is missing is blank. Raises `ReadingError` that names the field."""
    values: dict[str, Value] = {}
    for field in form.fields:
        kept = mapping.get(field.id)
        try:
            values[field.id] = None if kept is None else _typed(field, kept)
        except (TypeError, ValueError, InvalidOperation):
            raise ReadingError(field.id, f"“{cut(str(kept))}”不是“{field.label}”的值") from None
    return values


def _plain(value: Value) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _typed(field: Field, kept: Any) -> Value:
    wanted: type
    match field.kind:
        case FieldKind.NUMBER | FieldKind.MONEY | FieldKind.PERCENT:
            number = Decimal(_of(kept, str))
            if not number.is_finite():
                raise ValueError(kept)
            return number
        case FieldKind.DATE:
            return date.fromisoformat(_of(kept, str))
        case FieldKind.CHOICES | FieldKind.FILE:
            return tuple(_of(each, str) for each in _of(kept, list))
        case FieldKind.INTEGER:
            if isinstance(kept, bool):
                raise TypeError(kept)
            wanted = int
        case FieldKind.YES_NO:
            wanted = bool
        case _:
            wanted = str
    value: Value = _of(kept, wanted)
    return value


def _of(kept: Any, wanted: type) -> Any:
    if not isinstance(kept, wanted):
        raise TypeError(kept)
    return kept
