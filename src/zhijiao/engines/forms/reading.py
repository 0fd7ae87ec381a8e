"""A form from a plain mapping, as a YAML file has it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from zhijiao.engines.forms.types import (
    Check,
    Choice,
    Field,
    FieldKind,
    Form,
    Jump,
    Level,
    Op,
    Section,
    ShownWhen,
)
from zhijiao.engines.reading import Entry, ReadingError


def from_mapping(mapping: Mapping[str, Any], *, also: Collection[str] = ()) -> Form:
    """A form. Keys: id, name, sections, checks, jumps; `also` names keys to pass over.

    Raises `ReadingError` (a ValueError) that names the key. Whether the form is sound, `faults` says.
    """
    entry = Entry(mapping)
    form = Form(
        id=entry.text("id"),
        name=entry.text("name"),
        sections=tuple(_section(each) for each in entry.entries("sections")),
        checks=tuple(_check(each) for each in entry.entries("checks")),
        jumps=tuple(_jump(each) for each in entry.entries("jumps")),
    )
    entry.close(also)
    return form


def _section(entry: Entry) -> Section:
    section = Section(
        id=entry.text("id"),
        name=entry.text("name"),
        fields=tuple(_field(each) for each in entry.entries("fields")),
        help=entry.text("help", ""),
    )
    entry.close()
    return section


def _field(entry: Entry) -> Field:
    kind = entry.one_of("kind", FieldKind)
    field = Field(
        id=entry.text("id"),
        label=entry.text("label"),
        kind=kind,
        unit=entry.text("unit") if entry.has("unit") else None,
        required=entry.yes("required", False),
        minimum=_limit(entry, "minimum", kind),
        maximum=_limit(entry, "maximum", kind),
        decimals=entry.whole("decimals") if entry.has("decimals") else None,
        max_length=entry.whole("max_length") if entry.has("max_length") else None,
        choices=_choices(entry),
        help=entry.text("help", ""),
        shown_when=_shown_when(entry),
    )
    entry.close()
    return field


def _limit(entry: Entry, key: str, kind: FieldKind) -> Decimal | date | None:
    if not entry.has(key):
        return None
    if kind is not FieldKind.DATE:
        return entry.number(key)
    value = entry.get(key)
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ReadingError(entry.at(key), f"应是日期，如 2024-03-05，现为“{value}”") from None


def _choices(entry: Entry) -> tuple[Choice, ...]:
    """Texts, where value and label are one; or a mapping of values to labels."""
    if not entry.has("choices"):
        return ()
    if isinstance(entry.get("choices"), Mapping):
        return tuple(Choice(value, label) for value, label in entry.words("choices"))
    return tuple(Choice(text, text) for text in entry.texts("choices"))


def _shown_when(entry: Entry) -> ShownWhen | None:
    """`shown_when: {field: …, is: …}`, one value or a list."""
    if not entry.has("shown_when"):
        return None
    below = Entry(entry.get("shown_when"), entry.at("shown_when"))
    wanted = below.get("is")
    values = wanted if isinstance(wanted, Sequence) and not isinstance(wanted, str) else [wanted]
    if not all(isinstance(value, str | bool) for value in values):
        raise ReadingError(below.at("is"), f"应是选项的值，或 true、false，现为“{wanted}”")
    condition = ShownWhen(below.text("field"), tuple(values))
    below.close()
    return condition


def _check(entry: Entry) -> Check:
    check = Check(
        id=entry.text("id"),
        left=entry.texts("left"),
        op=entry.one_of("op", Op),
        right=entry.texts("right"),
        plus=entry.number("plus") if entry.has("plus") else Decimal(0),
        level=entry.one_of("level", Level) if entry.has("level") else Level.ERROR,
        words=entry.text("words", ""),
    )
    entry.close()
    return check


def _jump(entry: Entry) -> Jump:
    jump = Jump(
        id=entry.text("id"),
        field=entry.text("field"),
        percent=entry.number("percent"),
        level=entry.one_of("level", Level) if entry.has("level") else Level.EXPLAIN,
        words=entry.text("words", ""),
    )
    entry.close()
    return jump
