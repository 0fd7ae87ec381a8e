"""Expressions in Chinese, for the page that says what a figure counts."""

from __future__ import annotations

from datetime import date

from zhijiao.engines.expressions.types import (
    Among,
    Arithmetic,
    Between,
    Call,
    Choice,
    Compare,
    Expr,
    Kind,
    Literal,
    Logic,
    Missing,
    Name,
    Negative,
    Not,
    Schema,
)

_NUMBERS = {"=": "等于", "!=": "不等于", "<": "小于", "<=": "不超过", ">": "大于", ">=": "不少于"}
_DATES = {"=": "是", "!=": "不是", "<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
_OTHERS = {
    "=": "是",
    "!=": "不是",
    "<": "排在…之前",
    "<=": "不排在…之后",
    ">": "排在…之后",
    ">=": "不排在…之前",
}
_ARITHMETIC = {"+": "加", "-": "减", "*": "乘以", "/": "除以"}


def words(expr: Expr, schema: Schema) -> str:
    """The expression as a sentence: 毕业去向是“就业”或“灵活就业”，并且专业对口。"""
    return _Sentence(schema).say(expr)


class _Sentence:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def say(self, expr: Expr, inside: bool = False) -> str:
        match expr:
            case Literal(value=value):
                return self.value(value)
            case Name(id=name):
                return self.schema.label(self.id(name))
            case Logic(op=op, parts=parts):
                joined = ("，并且" if op == "and" else "，或者").join(self.say(part, True) for part in parts)
                return f"（{joined}）" if inside else joined
            case Not(of=of):
                return self.opposite(of)
            case Compare():
                return self.compare(expr)
            case Among(of=of, values=values):
                listed = "或".join(self.value(each.value, of) for each in values)
                return f"{self.say(of, True)}是{listed}"
            case Between(of=of, low=low, high=high):
                return f"{self.say(of, True)}在{self.say(low, True)}到{self.say(high, True)}之间"
            case Missing(of=of, present=present):
                return f"{self.say(of, True)}{'已填' if present else '未填'}"
            case Arithmetic(op=op, left=left, right=right):
                said = f"{self.say(left, True)}{_ARITHMETIC[op]}{self.say(right, True)}"
                return f"（{said}）" if inside else said
            case Negative(of=of):
                return f"负的{self.say(of, True)}"
            case Call():
                return self.call(expr)
            case Choice(condition=condition, then=then, otherwise=otherwise):
                said = f"若{self.say(condition)}则取{self.say(then, True)}，否则取{self.say(otherwise, True)}"
                return f"（{said}）" if inside else said

    def id(self, name: str) -> str:
        return self.schema.resolve(name) or name

    def value(self, value: object, beside: Expr | None = None) -> str:
        """A written value; a code by its name."""
        match value:
            case bool():
                return "是" if value else "否"
            case date():
                return f"{value.year}年{value.month}月{value.day}日"
            case str():
                field = self.schema.get(self.id(beside.id)) if isinstance(beside, Name) else None
                name = field.codes.get(value) if field is not None and field.codes else None
                return f"“{name or value}”"
            case _:
                return str(value)

    def compare(self, expr: Compare) -> str:
        left, right = expr.left, expr.right
        if isinstance(right, Literal) and isinstance(right.value, bool) and expr.op in ("=", "!="):
            return self.say(left, True) if right.value == (expr.op == "=") else self.opposite(left)
        first = self.value(left.value, right) if isinstance(left, Literal) else self.say(left, True)
        second = self.value(right.value, left) if isinstance(right, Literal) else self.say(right, True)
        verb = self.verbs(left, right)[expr.op]
        return f"{first}{verb.replace('…', second)}" if "…" in verb else f"{first}{verb}{second}"

    def verbs(self, left: Expr, right: Expr) -> dict[str, str]:
        kinds = {self.kind(left), self.kind(right)}
        if Kind.DATE in kinds:
            return _DATES
        return _NUMBERS if Kind.NUMBER in kinds else _OTHERS

    def kind(self, expr: Expr) -> Kind | None:
        match expr:
            case Literal(value=value):
                if isinstance(value, date):
                    return Kind.DATE
                return Kind.TEXT if isinstance(value, str | bool) else Kind.NUMBER
            case Name(id=name):
                field = self.schema.get(self.id(name))
                return field.kind if field is not None else None
            case Arithmetic() | Negative():
                return Kind.NUMBER
            case Call(function=function):
                return Kind.NUMBER if function in ("year", "age", "days", "length") else Kind.BOOL
            case Choice(then=then):
                return self.kind(then)
        return Kind.BOOL

    def opposite(self, of: Expr) -> str:
        match of:
            case Among(of=inner, values=values):
                listed = "或".join(self.value(each.value, inner) for each in values)
                return f"{self.say(inner, True)}不是{listed}"
            case Between():
                return self.say(of, True).replace("在", "不在", 1)
            case Missing(of=inner, present=present):
                return self.say(Missing(inner, not present), True)
        return f"不是“{self.say(of, True)}”"

    def call(self, expr: Call) -> str:
        said = [self.say(each, True) for each in expr.arguments]
        match expr.function:
            case "year":
                return f"{said[0]}的年份"
            case "age":
                return f"{said[0]}到{said[1]}的周岁"
            case "days":
                return f"{said[0]}到{said[1]}的天数"
            case "starts_with":
                return f"{said[0]}以{said[1]}开头"
            case "contains":
                return f"{said[0]}含有{said[1]}"
            case _:
                return f"{said[0]}的字数"
