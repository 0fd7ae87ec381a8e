"""Whether an expression makes sense on a data set: fields, types, units, codes, sizes. All faults at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from zhijiao.engines.expressions import units
from zhijiao.engines.expressions.types import (
    Among,
    Arithmetic,
    Between,
    Call,
    Choice,
    Compare,
    Expr,
    ExpressionError,
    Fault,
    Field,
    Kind,
    Literal,
    Logic,
    Missing,
    Name,
    Negative,
    Not,
    Schema,
    mapped,
)
from zhijiao.engines.expressions.units import Unit
from zhijiao.engines.expressions.widths import DAYS, ONE, WIDEST, YEAR, Width, written

WORDS = {Kind.NUMBER: "数", Kind.TEXT: "文字", Kind.DATE: "日期", Kind.BOOL: "是非"}
_SIGNATURES: dict[str, tuple[tuple[Kind, ...], Kind, Width]] = {
    "year": ((Kind.DATE,), Kind.NUMBER, YEAR),
    "age": ((Kind.DATE, Kind.DATE), Kind.NUMBER, YEAR),
    "days": ((Kind.DATE, Kind.DATE), Kind.NUMBER, DAYS),
    "starts_with": ((Kind.TEXT, Kind.TEXT), Kind.BOOL, ONE),
    "contains": ((Kind.TEXT, Kind.TEXT), Kind.BOOL, ONE),
    "length": ((Kind.TEXT,), Kind.NUMBER, YEAR),
}


@dataclass(frozen=True)
class Type:
    """The type of an expression. A number is a fraction of two numbers of stated widths; `below` is 1 without division."""

    kind: Kind
    unit: Unit | None = units.PURE
    width: Width = ONE
    below: Width | None = None
    field: Field | None = None
    """The field itself, where the expression is nothing but its name."""


@dataclass(frozen=True)
class Checked:
    """An expression after its check. `expr` names fields by id; `type` is None when nothing can be said."""

    expr: Expr
    type: Type | None
    faults: tuple[Fault, ...]


def check(expr: Expr, schema: Schema, wanted: Kind | None = None) -> Checked:
    """The type of an expression on a data set, or everything that is wrong with it."""
    checker = _Checker(schema)
    found = checker.type_of(expr)
    if found is not None and wanted is not None and found.kind is not wanted:
        checker.say(expr, f"结果是{WORDS[found.kind]}，应是{WORDS[wanted]}", _remedy_for(wanted))
    faults = tuple(sorted(checker.faults, key=lambda fault: fault.at))
    return Checked(resolved(expr, schema), None if faults else found, faults)


def checked(expr: Expr, schema: Schema, wanted: Kind | None = None) -> Expr:
    """The expression with field ids. Raises `ExpressionError` when it does not pass the check."""
    result = check(expr, schema, wanted)
    if result.faults:
        raise ExpressionError(result.faults)
    return result.expr


def resolved(expr: Expr, schema: Schema) -> Expr:
    """The same expression, with fields named by id where it names them in Chinese."""

    if isinstance(expr, Name):
        return replace(expr, id=schema.resolve(expr.id) or expr.id)
    return mapped(expr, lambda each: resolved(each, schema))


def _remedy_for(kind: Kind) -> str:
    return '写一个条件，如 status = "active"' if kind is Kind.BOOL else f"写一个得出{WORDS[kind]}的式子"


class _Checker:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.faults: list[Fault] = []

    def say(self, expr: Expr, words: str, remedy: str) -> None:
        self.faults.append(Fault(expr.at, words, remedy))

    def type_of(self, expr: Expr) -> Type | None:
        match expr:
            case Literal(value=value):
                return _literal(value)
            case Name():
                return self.name(expr)
            case Logic(parts=parts):
                for part in parts:
                    self.demand(part, Kind.BOOL)
                return Type(Kind.BOOL)
            case Not(of=of):
                self.demand(of, Kind.BOOL)
                return Type(Kind.BOOL)
            case Compare(op=op, left=left, right=right):
                self.comparable(expr, left, right, ordered=op not in ("=", "!="))
                return Type(Kind.BOOL)
            case Among(of=of, values=values):
                for listed in values:
                    self.comparable(listed, of, listed, ordered=False, again=listed is not values[0])
                return Type(Kind.BOOL)
            case Between(of=of, low=low, high=high):
                self.comparable(expr, of, low, ordered=True)
                self.comparable(expr, of, high, ordered=True, again=True)
                return Type(Kind.BOOL)
            case Missing(of=of):
                self.type_of(of)
                return Type(Kind.BOOL)
            case Negative(of=of):
                found = self.demand(of, Kind.NUMBER)
                return found and replace(found, field=None)
            case Arithmetic():
                return self.arithmetic(expr)
            case Call():
                return self.call(expr)
            case Choice():
                return self.choice(expr)

    def name(self, expr: Name) -> Type | None:
        known = self.schema.resolve(expr.id)
        if known is None:
            names = [*self.schema, *(each.label for each in self.schema.values() if each.label)]
            near = get_close_matches(expr.id, names, n=1, cutoff=0.6)
            listed = "、".join(list(self.schema)[:12]) + ("等" if len(self.schema) > 12 else "")
            self.say(expr, f"没有字段 {expr.id}", f"是不是 {near[0]}？" if near else f"可用的字段是 {listed}")
            return None
        field = self.schema[known]
        return Type(field.kind, units.unit(field.unit), Width(field.digits, field.scale), field=field)

    def demand(self, expr: Expr, kind: Kind) -> Type | None:
        found = self.type_of(expr)
        if found is not None and found.kind is not kind:
            self.say(expr, f"这里应是{WORDS[kind]}，却是{WORDS[found.kind]}", _remedy_for(kind))
            return None
        return found

    def comparable(self, at: Expr, left: Expr, right: Expr, *, ordered: bool, again: bool = False) -> None:
        """Both sides must be of one kind, unit and code list. `again`: the left side was looked at already."""
        before = len(self.faults)
        one = self.type_of(left)
        if again:
            del self.faults[before:]
        other = self.type_of(right)
        if one is None or other is None:
            return
        if one.kind is not other.kind:
            remedy = _comparing(one.kind, other.kind)
            self.say(at, f"{WORDS[one.kind]}不能与{WORDS[other.kind]}比较", remedy)
            return
        if ordered and one.kind is Kind.BOOL:
            self.say(at, "是非没有大小", "用 = true 或 = false")
        if ordered and any(each.field is not None and each.field.codes is not None for each in (one, other)):
            self.say(at, "代码没有大小", "用 = 或 in 列出要的代码")
        if one.kind is Kind.NUMBER:
            self.same_unit(at, one, other, "比较")
            self.fits(at, _crossed(one, other))
        self.known_code(left, other)
        self.known_code(right, one)

    def known_code(self, expr: Expr, other: Type) -> None:
        """A text compared with a coded field must be one of its codes."""
        if not isinstance(expr, Literal) or not isinstance(expr.value, str) or other.field is None:
            return
        codes = other.field.codes
        if codes is None or expr.value in codes:
            return
        label = other.field.label or "这个字段"
        by_name = [code for code, name in codes.items() if name == expr.value]
        near = by_name or get_close_matches(expr.value, list(codes), n=1, cutoff=0.6)
        listed = "、".join(list(codes)[:12]) + ("等" if len(codes) > 12 else "")
        self.say(
            expr,
            f"{label}没有代码“{expr.value}”",
            f'写成 "{near[0]}"' if near else f"可用的代码是 {listed}",
        )

    def same_unit(self, at: Expr, one: Type, other: Type, doing: str) -> Unit | None:
        if one.unit is None or other.unit is None or one.unit == other.unit:
            return other.unit if one.unit is None else one.unit
        self.say(
            at,
            f"单位不同：{units.words(one.unit)}与{units.words(other.unit)}不能{doing}",
            "换算成同一单位，如把万元乘以 10000 的字段改存为元",
        )
        return one.unit

    def fits(self, at: Expr, width: Width) -> None:
        if width.total > WIDEST:
            self.say(
                at,
                f"算出的数可能有{width.total}位，最多{WIDEST}位",
                "少乘几次，或在数据标准里写明字段的位数",
            )

    def arithmetic(self, expr: Arithmetic) -> Type | None:
        one, other = self.demand(expr.left, Kind.NUMBER), self.demand(expr.right, Kind.NUMBER)
        if one is None or other is None:
            return None
        if expr.op in "+-":
            unit = self.same_unit(expr, one, other, "相加减")
        else:
            unit = units.times(one.unit, other.unit, 1 if expr.op == "*" else -1)
        top, below = computed(expr.op, (one.width, one.below), (other.width, other.below))
        for width in (top, below):
            if width is not None:
                self.fits(expr, width)
        if expr.op == "/" and isinstance(expr.right, Literal) and expr.right.value == 0:
            self.say(expr, "除数是 0", "改正除数")
        return Type(Kind.NUMBER, unit, top, below)

    def call(self, expr: Call) -> Type:
        wanted, gives, width = _SIGNATURES[expr.function]
        for argument, kind in zip(expr.arguments, wanted, strict=True):
            self.demand(argument, kind)
        if expr.function in ("starts_with", "contains") and not isinstance(expr.arguments[1], Literal):
            self.say(
                expr.arguments[1],
                f"{expr.function} 的第二个值要是固定的文字",
                f'写成 {expr.function}(字段, "文字")',
            )
        # Years and days fit a field in years or days, and bare numbers.
        return Type(gives, None if expr.function in ("age", "days") else units.PURE, width)

    def choice(self, expr: Choice) -> Type | None:
        self.demand(expr.condition, Kind.BOOL)
        one, other = self.type_of(expr.then), self.type_of(expr.otherwise)
        if one is None or other is None:
            return None
        if one.kind is not other.kind:
            self.say(
                expr,
                f"两种结果不同类：{WORDS[one.kind]}与{WORDS[other.kind]}",
                "then 和 else 后面写同一类的值",
            )
            return None
        if one.kind is not Kind.NUMBER:
            return Type(one.kind)
        unit = self.same_unit(expr, one, other, "二选一")
        below = (
            None if one.below is None and other.below is None else (one.below or ONE).join(other.below or ONE)
        )
        return Type(Kind.NUMBER, unit, one.width.join(other.width), below)


def computed(
    op: str, one: tuple[Width, Width | None], other: tuple[Width, Width | None]
) -> tuple[Width, Width | None]:
    """Widths above and below the line of a result, as the engines compute it: fractions are never divided out."""
    (top, below), (top2, below2) = one, other
    if op == "*":
        return top.times(top2), _times(below, below2)
    if op == "/":
        return (top.times(below2) if below2 else top), _times(below, top2)
    if below is None and below2 is None:
        return top.plus(top2), None
    return (top.times(below2) if below2 else top).plus(top2.times(below) if below else top2), _times(
        below, below2
    )


def _crossed(one: Type, other: Type) -> Width:
    """Of the two products that a comparison of fractions compares."""
    left = one.width.times(other.below) if other.below else one.width
    right = other.width.times(one.below) if one.below else other.width
    return left.join(right)


def _times(one: Width | None, other: Width | None) -> Width | None:
    if one is None or other is None:
        return one or other
    return one.times(other)


def _literal(value: object) -> Type:
    match value:
        case bool():
            return Type(Kind.BOOL)
        case str():
            return Type(Kind.TEXT)
        case date():
            return Type(Kind.DATE)
        case int() | Decimal():
            return Type(Kind.NUMBER, None, written(value))
    raise TypeError(value)


def _comparing(one: Kind, other: Kind) -> str:
    if {one, other} == {Kind.DATE, Kind.TEXT}:
        return '日子写成 date("2023-09-01")'
    if {one, other} == {Kind.NUMBER, Kind.TEXT}:
        return "文字加双引号，数不加引号"
    return "两边写同一类的值"
