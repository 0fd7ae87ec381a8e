"""A metric as data: what is counted, when it counts, where it counts for, and the one division.

Data sets are tables of rows; every row carries the code of the organisation it counts for. A tree of organisations says which member
of each level that is. Levels are columns of the tree; `WHOLE` is everything together, whatever the tree says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias

from zhijiao.engines.expressions import Expr

WHOLE = ""
"""The level that takes every row, placed or not; its one member is called the same."""
ORGANISATION = "organisation"
"""The field that holds a row's organisation, where a measure names no other."""
KIND = "organisation_kind"
"""What conditions may ask of every row: the kind of its organisation in the tree."""


class How(StrEnum):
    """What a measure does with the rows it takes."""

    ROWS = "rows"
    """Counts them."""
    DISTINCT = "distinct"
    """Counts the different values of a field; missing ones do not count."""
    SUM = "sum"
    """Adds up a field; missing values add nothing."""


class Calendar(StrEnum):
    """What a period is."""

    YEAR = "calendar"
    """1 January to 31 December. Written 2023."""
    SCHOOL = "school"
    """1 September to 31 August. Written 2023/2024."""


@dataclass(frozen=True)
class During:
    """An event: it belongs to the period in which its date lies."""

    field: str


@dataclass(frozen=True)
class Yearly:
    """A figure of a year: the field holds the year, as a number or as text that begins with four digits."""

    field: str


@dataclass(frozen=True)
class Standing:
    """A stock: in force on the last day of the period. `until` is the first day no longer, or missing. Windows do not touch it."""

    since: str
    until: str


@dataclass(frozen=True)
class Active:
    """A span: in force on at least one day of the period, or of its window."""

    since: str
    until: str


Timing: TypeAlias = During | Yearly | Standing | Active


@dataclass(frozen=True)
class Having:
    """A condition on other rows: there is a row in another selection, of the same period, with an equal value."""

    dataset: str
    own: str
    """The field of the measure's row …"""
    theirs: str
    """… that equals this field of the other."""
    timing: Timing
    where: Expr | None = None


@dataclass(frozen=True)
class Measure:
    """A number made of rows."""

    dataset: str
    how: How
    timing: Timing
    field: str | None = None
    where: Expr | None = None
    having: tuple[Having, ...] = ()
    place: str = ORGANISATION
    """The field that holds the organisation the row counts for."""


@dataclass(frozen=True)
class Window:
    """Cumulative: over the `last` periods, the present one included, or over all `since` one."""

    last: int | None = None
    since: int | None = None


class Take(StrEnum):
    """Which of several members' values stands for all."""

    LEAST = "least"
    MOST = "most"


@dataclass(frozen=True)
class Across:
    """Above a level the value is not computed anew: it is the least (or most) of that level's members."""

    level: str
    take: Take


@dataclass(frozen=True)
class Example:
    """Rows in, value out: a test of a definition that an official can check by hand."""

    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    period: str
    value: Decimal | None
    why: str | None = None
    """The reason for no value, as `Reason` words it."""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Kinds of organisations, by code."""
    name: str = ""


@dataclass(frozen=True)
class Definition:
    """A metric. `value` is arithmetic over the names of its measures; what it gives is multiplied by `scale` and rounded half up."""

    id: str
    measures: Mapping[str, Measure]
    value: Expr
    scale: Fraction = Fraction(1)
    decimals: int = 0
    calendar: Calendar = Calendar.YEAR
    window: Window = Window()
    levels: tuple[str, ...] = ()
    """Levels at which the value makes sense."""
    across: Across | None = None
    absent_is_zero: bool = False
    """Where there are no rows at all the measures are 0; else there is no value."""
    examples: tuple[Example, ...] = ()


class Reason(StrEnum):
    """Why there is no value."""

    ZERO = "分母为零"
    NO_DATA = "无数据"


Amount: TypeAlias = int | Fraction
"""An exact number."""


@dataclass(frozen=True)
class Cell:
    """One value of a metric: for a member of a level, a period, and the values of the breakdown fields, in their order.

    `member` is None for rows that have no place at this level: counted, but nowhere.
    """

    metric: str
    level: str
    member: str | None
    groups: tuple[Any, ...]
    period: str
    measures: Mapping[str, Amount]
    numerator: Amount
    denominator: Amount
    value: Decimal | None
    reason: Reason | None = None


@dataclass(frozen=True)
class Undated:
    """Rows that belong to no period, because the date or year that says it is missing or cannot be read."""

    dataset: str
    field: str
    rows: int


class MetricError(ValueError):
    """A definition that cannot be computed. Its text is Chinese and says what to change."""
