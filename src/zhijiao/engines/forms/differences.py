"""What changed between two answers to one form."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from zhijiao.engines.forms.types import NUMERIC, Change, Field, Form, Value


def differences(form: Form, old: Mapping[str, Value], new: Mapping[str, Value]) -> list[Change]:
    """Every field whose value differs, in the form's order. A field that is missing counts as blank; 1.0 equals 1.00."""
    return [
        _change(field, old.get(field.id), new.get(field.id))
        for field in form.fields
        if old.get(field.id) != new.get(field.id)
    ]


def _change(field: Field, old: Value, new: Value) -> Change:
    delta = relative = None
    if field.kind in NUMERIC and isinstance(old, Decimal | int) and isinstance(new, Decimal | int):
        delta = Decimal(new) - Decimal(old)
        relative = delta / abs(Decimal(old)) if old else None
    return Change(field.id, field.label, old, new, delta, relative)
