"""A form as data: sections of fields, and checks across them. An answer holds typed values and what is wrong, at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Value = Decimal | int | str | bool | date | tuple[str, ...] | None
"""What a field holds; None where nothing was entered or the field is not asked."""


class FieldKind(StrEnum):
    """What a field asks for, and the type of its value."""

    NUMBER = "number"
    """Decimal, in the field's unit."""
    INTEGER = "integer"
    """int, in the field's unit."""
    MONEY = "money"
    """Decimal, in yuan, at most two decimals."""
    PERCENT = "percent"
    """Decimal: 75.3 means 75.3 %."""
    TEXT = "text"
    """str, one line."""
    LONG_TEXT = "long_text"
    """str, paragraphs."""
    CHOICE = "choice"
    """str: the value of one choice."""
    CHOICES = "choices"
    """tuple of the values chosen, in the order of the form."""
    DATE = "date"
    """date."""
    PERIOD = "period"
    """str: 2024, 2024-H1, 2024-Q1, 2024-03 or, for a school year, 2023/2024."""
    YES_NO = "yes_no"
    """bool."""
    FILE = "file"
    """tuple of names under which the caller stored the files."""


NUMERIC = frozenset({FieldKind.NUMBER, FieldKind.INTEGER, FieldKind.MONEY, FieldKind.PERCENT})
WORDED = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT})
CHOOSING = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})

LONGEST_LINE = 200
"""Characters of a text whose field names no limit."""
LONGEST_TEXT = 5000
"""Characters of a long text whose field names no limit."""
MOST_DIGITS = 20
"""Digits of a number; more is a slip, and would not fit where figures are kept."""
MOST_DECIMALS = 6
"""Decimals of a number whose field names no limit."""


@dataclass(frozen=True)
class Choice:
    """One thing to choose: what is kept, and what is shown."""

    value: str
    label: str


@dataclass(frozen=True)
class ShownWhen:
    """A field is asked only when another one holds one of these values, written as `as_json` writes them."""

    field: str
    values: tuple[str | bool, ...]


@dataclass(frozen=True)
class Field:
    """One thing that a form asks for."""

    id: str
    label: str
    kind: FieldKind
    unit: str | None = None
    required: bool = False
    minimum: Decimal | date | None = None
    maximum: Decimal | date | None = None
    decimals: int | None = None
    max_length: int | None = None
    """Characters of a text; files or choices at most, where several may be given."""
    choices: tuple[Choice, ...] = ()
    help: str = ""
    shown_when: ShownWhen | None = None


@dataclass(frozen=True)
class Section:
    """Fields that belong together under one heading."""

    id: str
    name: str
    fields: tuple[Field, ...]
    help: str = ""


class Level(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """The form cannot be handed in."""
    WARNING = "warning"
    """It can, and should be looked at again."""
    EXPLAIN = "explain"
    """It can, once a word of explanation stands beside it."""


class Op(StrEnum):
    """How two sides of a check compare."""

    EQ = "="
    LE = "<="
    LT = "<"
    GE = ">="
    GT = ">"
    NE = "!="


@dataclass(frozen=True)
class Check:
    """`left op right`: each side the sum of fields, or of fields and a number. Not asked while a field is blank."""

    id: str
    left: tuple[str, ...]
    op: Op
    right: tuple[str, ...] = ()
    plus: Decimal = Decimal(0)
    """A number added to the right side; with no fields there, the number itself."""
    level: Level = Level.ERROR
    words: str = ""
    """What to do; without it the message is made from the labels."""


@dataclass(frozen=True)
class Jump:
    """A field that moved by more than so many percent against its last value."""

    id: str
    field: str
    percent: Decimal
    level: Level = Level.EXPLAIN
    words: str = ""


@dataclass(frozen=True)
class Form:
    """A form. `faults` says whether it is sound."""

    id: str
    name: str
    sections: tuple[Section, ...]
    checks: tuple[Check, ...] = ()
    jumps: tuple[Jump, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields in their order."""
        return tuple(each for section in self.sections for each in section.fields)

    def field(self, field_id: str) -> Field:
        """The field of this id. Raises KeyError."""
        for each in self.fields:
            if each.id == field_id:
                return each
        raise KeyError(field_id)


@dataclass(frozen=True)
class Fault:
    """Something wrong with what was entered: beside which field, and Chinese words with value and remedy."""

    field: str
    code: str
    words: str
    level: Level = Level.ERROR
    check: str = ""
    """The check or jump that found it; the key under which its explanation is given."""


@dataclass(frozen=True)
class Answer:
    """What a form holds after reading: typed values by field, and everything wrong with them."""

    values: Mapping[str, Value]
    faults: tuple[Fault, ...] = ()
    explanations: Mapping[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """What forbids handing in, an explanation that is still owed included."""
        return tuple(f for f in self.faults if f.level is not Level.WARNING and not self._explained(f))

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What should be looked at again, and what was explained."""
        return tuple(f for f in self.faults if f.level is Level.WARNING or self._explained(f))

    @property
    def ok(self) -> bool:
        """Whether it can be handed in."""
        return not self.errors

    def of(self, field_id: str) -> tuple[Fault, ...]:
        """What stands beside one field."""
        return tuple(fault for fault in self.faults if fault.field == field_id)

    def _explained(self, fault: Fault) -> bool:
        return fault.level is Level.EXPLAIN and bool(self.explanations.get(fault.check, "").strip())


@dataclass(frozen=True)
class Change:
    """One field that differs between two answers."""

    field: str
    label: str
    old: Value
    new: Value
    delta: Decimal | None = None
    """New less old, where both are numbers."""
    relative: Decimal | None = None
    """The change as a share of the old value; None where that is 0 or not a number."""
