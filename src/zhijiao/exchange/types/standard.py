"""The data standard: data sets, their fields, and code lists. No Django.

The columns are those of the national data standard of secondary vocational schools (subset, class, table number, English
and Chinese name, source, frequency; field: number, name in pinyin initials, Chinese name, type, length, obligation, value
space), so that its file can be imported as it is. What intake needs besides stands in `Role`, `key` and `checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from zhijiao.core.kinds import OrganisationKind


class FieldType(StrEnum):
    """The national letters of types."""

    TEXT = "C"
    NUMBER = "N"
    MONEY = "M"  # yuan, two decimals
    TIME = "T"  # a date, YYYY-MM-DD

    @property
    def words(self) -> str:
        """The type as screens say it."""
        return {"C": "文本", "N": "数值", "M": "金额（元）", "T": "日期"}[self.value]


class Role(StrEnum):
    """What a field is to intake."""

    PLAIN = "plain"
    ORGANISATION = "organisation"  # the code of the organisation whose row it is; one a data set
    PERSON = "person"  # the identity number; kept encrypted, found by its blind index; one a data set
    PERIOD = "period"  # the year or school year that a row speaks of; a file replaces what it speaks of
    MAJOR = "major"  # a code of the catalogue of majors


class Privacy(StrEnum):
    """How personal a field is (core.governance.Privacy, without the class of offices)."""

    NONE = "none"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Keeping(StrEnum):
    """What a row that a later file no longer holds has become."""

    STATE = "state"  # the file is the whole of its organisations and periods: the row is gone
    EVENTS = "events"  # files only add and correct


class Frequency(StrEnum):
    """How often a data set is due (上报频率)."""

    YEAR = "year"
    SCHOOL_YEAR = "school_year"
    TERM = "term"
    QUARTER = "quarter"
    MONTH = "month"
    CHANGE = "change"  # whenever something changes

    @property
    def words(self) -> str:
        """The frequency as screens say it."""
        return {
            "year": "每年",
            "school_year": "每学年",
            "term": "每学期",
            "quarter": "每季度",
            "month": "每月",
            "change": "有变动时",
        }[self.value]


@dataclass(frozen=True)
class Field:
    """A column of a data set. `id` is its name in expressions and Parquet, `pinyin` the national field name, `name` the
    title of its column. `values` names a code list. `least`, `most`: bounds of numbers, and of dates as ISO text."""

    id: str
    number: str
    pinyin: str
    name: str
    type: FieldType
    length: int
    mandatory: bool
    values: str | None = None
    decimals: int = 0
    unit: str = ""
    role: Role = Role.PLAIN
    privacy: Privacy = Privacy.NONE
    least: Decimal | date | None = None
    most: Decimal | date | None = None
    pattern: str = ""  # a name of lib.codes: identity, uscc, phone …
    refers: str = ""  # another data set, whose key this is
    aliases: tuple[str, ...] = ()  # other titles that files give this column
    note: str = ""
    example: str = ""


@dataclass(frozen=True)
class RowCheck:
    """A condition within a row, in the expression language; rows for which it is false are wrong, where it is missing they
    pass. `field` is the cell that is marked."""

    id: str
    when: str
    field: str
    words: str  # what is wrong and what to do, for whoever fills in


@dataclass(frozen=True)
class Due:
    """By when a data set is owed: so many days after its period ended. `inferred`: no text says so, it is our default."""

    frequency: Frequency
    days: int
    month: int | None = None  # yearly ones: the period ends with this month (8: a school year), default 12
    inferred: bool = True


@dataclass(frozen=True)
class Dataset:
    """A table of the standard. `owes` are the kinds of organisations that hand it in; `owner` says which side answers for it
    (一数一源: school, enterprise, or a kind of bureau in words). `tables` order is the standard's."""

    id: str
    subset: str
    klass: str
    subclass: str
    number: str
    english: str
    name: str
    source: str
    scope: str
    due: Due
    keeping: Keeping
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    owes: frozenset[OrganisationKind] = frozenset()
    owner: str = ""
    checks: tuple[RowCheck, ...] = ()
    domain: str = "exchange"  # which domain keeps its rows; exchange until a domain owns it
    note: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Field]:
        """Fields by id."""
        return {f.id: f for f in self.fields}

    def the(self, role: Role) -> Field | None:
        """The one field of a role, if there is one."""
        return next((f for f in self.fields if f.role is role), None)


@dataclass(frozen=True)
class Code:
    """An entry of a code list. Entries are never deleted: `until` ends one, and `replaced_by` says what it became."""

    code: str
    name: str
    parent: str = ""
    since: date | None = None
    until: date | None = None
    replaced_by: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeList:
    """A dictionary of the standard, in one edition."""

    id: str
    name: str
    source: str
    edition: str
    entries: tuple[Code, ...]
    open: bool = False  # True: the list is not complete here, so an unknown code is a warning

    @cached_property
    def by_code(self) -> Mapping[str, Code]:
        """Entries by code."""
        return {entry.code: entry for entry in self.entries}

    @cached_property
    def by_name(self) -> Mapping[str, Code]:
        """Entries by name and by other names, those in force winning. A name that several of them have names none."""
        found: dict[str, Code] = {}
        for in_force in (False, True):
            here: dict[str, set[str]] = {}
            for entry in self.entries:
                if (entry.until is None) is in_force:
                    for name in (*entry.other_names, entry.name):
                        here.setdefault(name, set()).add(entry.code)
            for name, codes in here.items():
                found.pop(name, None)
                if len(codes) == 1:
                    found[name] = self.by_code[next(iter(codes))]
        return found


@dataclass(frozen=True)
class Standard:
    """The whole: data sets and code lists of one edition, with the content hash that batches and snapshots name."""

    edition: str
    hash: str
    datasets: tuple[Dataset, ...]
    codes: Mapping[str, CodeList] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, Dataset]:
        """Data sets by id."""
        return {d.id: d for d in self.datasets}
