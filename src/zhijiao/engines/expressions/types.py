"""Expressions as trees, the fields they may name, and what can be wrong with them.

`at` is the place in the text, from 0; two trees are equal when they say the same, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction
"""An exact number: whole, or a fraction in lowest terms. Rows may also hold `Decimal`."""
Value: TypeAlias = bool | int | Fraction | Decimal | str | date | None
"""What a row holds and what an expression gives. None is the missing value."""


class Kind(StrEnum):
    """What sort of value it is."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    BOOL = "bool"


@dataclass(frozen=True)
class Field:
    """A field that expressions may name."""

    kind: Kind
    label: str = ""
    """Its Chinese name: said in sentences, and accepted in expressions."""
    codes: Mapping[str, str] | None = None
    """The codes that a text may hold, with their names; None when any text will do."""
    unit: str | None = None
    """The unit of a number: 元, 平方米/人. None for a pure number."""
    digits: int = 18
    """Digits before the point that a number may have."""
    scale: int = 0
    """Digits after the point."""


class Schema(Mapping[str, Field]):
    """The fields of one data set, by id; also found by their Chinese names."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = dict(fields)
        named: dict[str, list[str]] = {}
        for name, each in self._fields.items():
            if each.label:
                named.setdefault(each.label, []).append(name)
        self._labels = {label: names[0] for label, names in named.items() if len(names) == 1}

    def __getitem__(self, name: str) -> Field:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def resolve(self, name: str) -> str | None:
        """The id that a name stands for: itself, or the only field of that Chinese name."""
        return name if name in self._fields else self._labels.get(name)

    def label(self, name: str) -> str:
        """What to call a field in a sentence."""
        known = self._fields.get(name)
        return known.label or name if known else name


@dataclass(frozen=True)
class Literal:
    """A value written in the expression. Numbers keep their written digits."""

    value: bool | int | Decimal | str | date
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Name:
    """The value of a field."""

    id: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Logic:
    """Several conditions joined by `and` or `or`."""

    op: str
    parts: tuple[Expr, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    of: Expr
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Compare:
    """= != < <= > >= between two values."""

    op: str
    left: Expr
    right: Expr
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Among:
    """A value is one of those listed."""

    of: Expr
    values: tuple[Literal, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Between:
    """A value lies between two others, both included."""

    of: Expr
    low: Expr
    high: Expr
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Missing:
    """A value is not there (`present`: is there). Never itself missing."""

    of: Expr
    present: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Arithmetic:
    """+ - * / of two numbers."""

    op: str
    left: Expr
    right: Expr
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Negative:
    """A number with its sign turned."""

    of: Expr
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """A function of the language: year, age, days, starts_with, contains, length."""

    function: str
    arguments: tuple[Expr, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Choice:
    """`if … then … else …`: a condition that is missing counts as not met."""

    condition: Expr
    then: Expr
    otherwise: Expr
    at: int = field(default=0, compare=False)


Expr: TypeAlias = (
    Literal | Name | Logic | Not | Compare | Among | Between | Missing | Arithmetic | Negative | Call | Choice
)


@dataclass(frozen=True)
class Fault:
    """Something wrong with an expression: where, what, and what to write instead; in Chinese."""

    at: int
    words: str
    remedy: str

    def __str__(self) -> str:
        return f"第{self.at + 1}个字符处：{self.words}；{self.remedy}"


class ExpressionError(ValueError):
    """An expression that cannot be used. `faults` are all that were found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside one."""
    match expr:
        case Logic(parts=parts):
            return parts
        case Not(of=of) | Missing(of=of) | Negative(of=of):
            return (of,)
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case Among(of=of, values=values):
            return (of, *values)
        case Between(of=of, low=low, high=high):
            return (of, low, high)
        case Call(arguments=arguments):
            return arguments
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Literal() | Name():
            return ()


def mapped(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same expression with each of those directly inside it changed."""
    match expr:
        case Logic(parts=parts):
            return replace(expr, parts=tuple(map(change, parts)))
        case Not(of=of) | Missing(of=of) | Negative(of=of) | Among(of=of):
            return replace(expr, of=change(of))
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return replace(expr, left=change(left), right=change(right))
        case Between(of=of, low=low, high=high):
            return replace(expr, of=change(of), low=change(low), high=change(high))
        case Call(arguments=arguments):
            return replace(expr, arguments=tuple(map(change, arguments)))
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return replace(expr, condition=change(condition), then=change(then), otherwise=change(otherwise))
        case Literal() | Name():
            return expr


def names(expr: Expr) -> frozenset[str]:
    """The fields that an expression reads."""
    if isinstance(expr, Name):
        return frozenset({expr.id})
    return frozenset().union(*(names(each) for each in children(expr)))
