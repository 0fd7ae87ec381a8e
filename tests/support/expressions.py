"""Generated rows and expressions that pass the check: for laws that several engines must keep alike. Seeded, hence repeatable."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from zhijiao.engines.expressions import Expr, Field, Kind, Schema, check
from zhijiao.engines.expressions.types import (
    Among,
    Arithmetic,
    Between,
    Call,
    Choice,
    Compare,
    Literal,
    Logic,
    Missing,
    Name,
    Negative,
    Not,
)

SCHEMA = Schema(
    {
        "code": Field(Kind.TEXT, "代码", {"a": "甲", "b": "乙", "c": "丙"}),
        "note": Field(Kind.TEXT, "备注"),
        "whole": Field(Kind.NUMBER, "整数", digits=5),
        "other": Field(Kind.NUMBER, "另一整数", digits=5),
        "money": Field(Kind.NUMBER, "金额", digits=6, scale=2),
        "day": Field(Kind.DATE, "日子"),
        "end": Field(Kind.DATE, "止日"),
        "flag": Field(Kind.BOOL, "是非"),
    }
)
IBIS_TYPES = {
    "code": "string",
    "note": "string",
    "whole": "int32",
    "other": "int32",
    "money": "decimal(8, 2)",
    "day": "date",
    "end": "date",
    "flag": "boolean",
}
_TEXTS = ("", "a", "ab", "甲乙", "é𠮷", 'q"\\', "a%_", "A")
_EDGES = [
    date(2000, 2, 29),
    date(2020, 2, 29),
    date(2021, 2, 28),
    date(2021, 3, 1),
    date(2022, 12, 31),
    date(2023, 1, 1),
]
_KINDS = (Kind.NUMBER, Kind.TEXT, Kind.DATE)


def _day(random: Random) -> date:
    return (
        random.choice(_EDGES)
        if random.random() < 0.6
        else date(1950, 1, 1) + timedelta(random.randrange(29000))
    )


def _whole(random: Random) -> int:
    return random.randint(-3, 3) if random.random() < 0.7 else random.randint(-99999, 99999)


def row(random: Random) -> dict[str, Any]:
    """A row of `SCHEMA`, with ties, zeros, edges and gaps."""
    made: dict[str, Any] = {
        "code": random.choice("abc"),
        "note": random.choice(_TEXTS),
        "whole": _whole(random),
        "other": _whole(random),
        "money": Decimal(random.choice([_whole(random) * 50, random.randint(-99999999, 99999999)])).scaleb(
            -2
        ),
        "day": _day(random),
        "end": _day(random),
        "flag": random.random() < 0.5,
    }
    return {name: None if random.random() < 0.15 else value for name, value in made.items()}


def condition(random: Random) -> Expr:
    """A condition on `SCHEMA` that passes the check."""
    while True:
        made = expression(random, Kind.BOOL)
        if not check(made, SCHEMA).faults:
            return made


def expression(random: Random, kind: Kind, depth: int = 4) -> Expr:
    """An expression of a kind; not all pass the check."""
    if depth == 0 or random.random() < 0.15:
        return _leaf(random, kind)

    def of(wanted: Kind) -> Expr:
        return expression(random, wanted, depth - 1)

    if random.random() < 0.1:
        return Choice(of(Kind.BOOL), of(kind), of(kind))
    if kind is Kind.NUMBER:
        return _number(random, of)
    return _condition(random, of) if kind is Kind.BOOL else _leaf(random, kind)


def _leaf(random: Random, kind: Kind) -> Expr:
    if random.random() < 0.6:
        return Name(
            random.choice([name for name, field in SCHEMA.items() if field.kind is kind and name != "code"])
        )
    match kind:
        case Kind.NUMBER:
            return Literal(
                random.choice([random.randint(-3, 200), Decimal("0.5"), Decimal("-1.25"), Decimal("100.00")])
            )
        case Kind.TEXT:
            return Literal(random.choice(_TEXTS))
        case Kind.DATE:
            return Literal(_day(random))
        case Kind.BOOL:
            return Literal(random.random() < 0.5)


def _number(random: Random, of: Any) -> Expr:
    match random.randrange(6):
        case 0:
            return Negative(Name(random.choice(("whole", "money"))))
        case 1:
            return Call("year", (of(Kind.DATE),))
        case 2:
            return Call("length", (of(Kind.TEXT),))
        case 3:
            return Call(random.choice(("age", "days")), (of(Kind.DATE), of(Kind.DATE)))
    return Arithmetic(random.choice("+-*/"), of(Kind.NUMBER), of(Kind.NUMBER))


def _condition(random: Random, of: Any) -> Expr:
    kind = random.choice(_KINDS)
    match random.randrange(9):
        case 0:
            return Between(of(kind), of(kind), of(kind))
        case 1 | 2:
            return Logic(
                random.choice(("and", "or")), tuple(of(Kind.BOOL) for _ in range(random.randint(2, 3)))
            )
        case 3:
            return Not(of(Kind.BOOL))
        case 4:
            return Missing(of(kind), random.random() < 0.5)
        case 5:
            return Among(Name("code"), tuple(map(Literal, random.sample("abc", random.randint(1, 3)))))
        case 6:
            values = tuple(Literal(random.choice([0, 1, -2, Decimal("0.5")])) for _ in range(2))
            return Among(of(Kind.NUMBER), values)
        case 7:
            function = random.choice(("starts_with", "contains"))
            return Call(function, (of(Kind.TEXT), Literal(random.choice(_TEXTS))))
    left, right = of(kind), of(kind)
    while left == right:  # polars takes a value that is compared with itself for a constant of one row
        right = of(kind)
    return Compare(random.choice(("=", "!=", "<", "<=", ">", ">=")), left, right)
