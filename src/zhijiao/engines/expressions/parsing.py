"""From text to tree. Binding, loosest first: if, or, and, not, comparison, + -, * /, minus sign."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from zhijiao.engines.expressions.tokens import Token, tokens
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
    Literal,
    Logic,
    Missing,
    Name,
    Negative,
    Not,
    children,
)

DEEPEST = 40
"""How far an expression may be nested."""
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_ESCAPED = re.compile(r"\\(.)")
_FUNCTIONS = {"year": 1, "age": 2, "days": 2, "starts_with": 2, "contains": 2, "length": 1}


def parse(text: str) -> Expr:
    """The expression that a text says. Raises `ExpressionError` with the place and a remedy."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.next = 0
        self.nested = 0
        self.depths: dict[int, int] = {}

    def whole(self) -> Expr:
        if self.here.kind == "end":
            raise self.fault("表达式是空的", '写一个条件，如 status = "active"')
        expr = self.expression()
        if self.here.kind != "end":
            raise self.fault(
                f"“{self.here.text}”接不上前面的内容", "两个条件之间写 and 或 or；运算的先后用括号写明"
            )
        return expr

    # — walking —

    @property
    def here(self) -> Token:
        return self.tokens[self.next]

    def fault(self, words: str, remedy: str, at: int | None = None) -> ExpressionError:
        return ExpressionError((Fault(self.here.at if at is None else at, words, remedy),))

    def take(self, *texts: str) -> Token | None:
        """The token here, if it is one of these signs or keywords; then it is used up."""
        here = self.here
        if here.kind in ("sign", "keyword") and here.text in texts:
            self.next += 1
            return here
        return None

    def demand(self, text: str, remedy: str) -> Token:
        token = self.take(text)
        if token is None:
            found = f"“{self.here.text}”" if self.here.text else "结尾"
            raise self.fault(f"这里应是 {text}，却是{found}", remedy)
        return token

    def made(self, expr: Expr) -> Expr:
        """Count how deep a tree has become, and refuse one that is too deep."""
        depth = 1 + max((self.depths.get(id(each), 1) for each in children(expr)), default=0)
        if depth > DEEPEST:
            raise self.too_deep(expr.at)
        self.depths[id(expr)] = depth
        return expr

    def too_deep(self, at: int) -> ExpressionError:
        return self.fault(f"嵌套超过{DEEPEST}层", "拆成几条较短的写", at)

    # — grammar —

    def expression(self) -> Expr:
        self.nested += 1
        if self.nested > DEEPEST:
            raise self.too_deep(self.here.at)
        token = self.take("if")
        expr = self.choice(token) if token else self.joined("or")
        self.nested -= 1
        return expr

    def choice(self, token: Token) -> Expr:
        remedy = "写成 if 条件 then 值 else 值"
        condition = self.expression()
        self.demand("then", remedy)
        then = self.expression()
        self.demand("else", remedy)
        return self.made(Choice(condition, then, self.expression(), token.at))

    def joined(self, op: str) -> Expr:
        at = self.here.at
        parts = [self.joined("and") if op == "or" else self.negated()]
        while self.take(op):
            parts.append(self.joined("and") if op == "or" else self.negated())
        return parts[0] if len(parts) == 1 else self.made(Logic(op, tuple(parts), at))

    def negated(self) -> Expr:
        token = self.take("not")
        if token is None:
            return self.comparison()
        self.nested += 1
        if self.nested > DEEPEST:
            raise self.too_deep(token.at)
        expr = self.made(Not(self.negated(), token.at))
        self.nested -= 1
        return expr

    def comparison(self) -> Expr:
        left = self.sum()
        sign = self.take(*_COMPARISONS)
        if sign is not None:
            expr = self.made(Compare(sign.text, left, self.sum(), sign.at))
            if self.here.text in _COMPARISONS and self.here.kind == "sign":
                raise self.fault("比较不能连写", "写成 a < b and b < c，或 b between a and c")
            return expr
        token = self.take("is")
        if token is not None:
            word = self.take("missing", "present")
            if word is None:
                raise self.fault("is 后面只能写 missing 或 present", "等于某个值用 =")
            return self.made(Missing(left, word.text == "present", token.at))
        negative = self.take("not")
        token = self.take("in", "between")
        if token is None:
            if negative:
                raise self.fault("not 后面只能接 in 或 between", "否定整个条件时把 not 写在最前面")
            return left
        expr = self.among(left, token) if token.text == "in" else self.between(left, token)
        return self.made(Not(expr, negative.at)) if negative else expr

    def among(self, of: Expr, token: Token) -> Expr:
        remedy = '写成 in ("甲", "乙")'
        self.demand("(", remedy)
        values = [self.listed()]
        while self.take(","):
            values.append(self.listed())
        self.demand(")", remedy)
        return self.made(Among(of, tuple(values), token.at))

    def listed(self) -> Literal:
        value = self.unary()
        if not isinstance(value, Literal):
            raise self.fault("in 的括号里只能写固定的值", '写成 in ("甲", "乙")；与字段比较用 =', value.at)
        return value

    def between(self, of: Expr, token: Token) -> Expr:
        low = self.sum()
        self.demand("and", "写成 between 下限 and 上限")
        return self.made(Between(of, low, self.sum(), token.at))

    def sum(self) -> Expr:
        left = self.product()
        while token := self.take("+", "-"):
            left = self.made(Arithmetic(token.text, left, self.product(), token.at))
        return left

    def product(self) -> Expr:
        left = self.unary()
        while token := self.take("*", "/"):
            left = self.made(Arithmetic(token.text, left, self.unary(), token.at))
        return left

    def unary(self) -> Expr:
        token = self.take("-")
        if token is None:
            return self.primary()
        self.nested += 1
        if self.nested > DEEPEST:
            raise self.too_deep(token.at)
        of = self.unary()
        self.nested -= 1
        if isinstance(of, Literal) and isinstance(of.value, int | Decimal) and not isinstance(of.value, bool):
            return Literal(-of.value, token.at)
        return self.made(Negative(of, token.at))

    def primary(self) -> Expr:
        token = self.here
        self.next += 1
        match token.kind:
            case "number":
                return Literal(Decimal(token.text) if "." in token.text else int(token.text), token.at)
            case "text":
                return Literal(_ESCAPED.sub(r"\1", token.text[1:-1]), token.at)
            case "word":
                return self.call(token) if self.take("(") else Name(token.text, token.at)
            case "keyword" if token.text in ("true", "false"):
                return Literal(token.text == "true", token.at)
            case "sign" if token.text == "(":
                expr = self.expression()
                self.demand(")", "补上右括号")
                return expr
        self.next -= 1
        if token.kind == "end":
            raise self.fault("表达式没有写完", "补上缺少的值或条件")
        if token.kind == "keyword":
            raise self.fault(f"{token.text} 是语言的用词，不能在这里出现", "检查它前面是否缺少值或条件")
        raise self.fault(f"“{token.text}”不能在这里出现", "检查它前面是否缺少值")

    def call(self, token: Token) -> Expr:
        if token.text != "date" and token.text not in _FUNCTIONS:
            raise self.fault(f"没有函数 {token.text}", f"可用的是 date、{'、'.join(_FUNCTIONS)}", token.at)
        arguments = [self.expression()]
        while self.take(","):
            arguments.append(self.expression())
        self.demand(")", "补上右括号")
        if token.text == "date":
            return Literal(self.day(token, arguments), token.at)
        wanted = _FUNCTIONS[token.text]
        if len(arguments) != wanted:
            raise self.fault(
                f"{token.text} 要{wanted}个值，写了{len(arguments)}个", "补齐或删去多余的", token.at
            )
        return self.made(Call(token.text, tuple(arguments), token.at))

    def day(self, token: Token, arguments: list[Expr]) -> date:
        first = arguments[0]
        if len(arguments) == 1 and isinstance(first, Literal) and isinstance(first.value, str):
            try:
                if len(first.value) == len("2023-09-01"):
                    return date.fromisoformat(first.value)
            except ValueError:
                pass
            raise self.fault(f"没有“{first.value}”这一天", '写成 date("2023-09-01") 这样', token.at)
        raise self.fault("date 里只能写一个固定的日子", '写成 date("2023-09-01") 这样', token.at)
