"""From tree back to text: one way of writing for each expression, so that equal expressions read alike."""

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
    Literal,
    Logic,
    Missing,
    Name,
    Negative,
    Not,
)

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY = range(1, 8)


def text(expr: Expr) -> str:
    """The expression as it would be written; `parse` gives the same tree back."""
    return _written(expr, 0)


def _written(expr: Expr, above: int) -> str:
    words, binds = _words(expr)
    return f"({words})" if binds < above else words


def _words(expr: Expr) -> tuple[str, int]:
    """The text of an expression and how tightly it binds."""
    match expr:
        case Literal(value=value):
            return _literal(value), _UNARY + 1
        case Name(id=name):
            return name, _UNARY + 1
        case Logic(op=op, parts=parts):
            binds = _OR if op == "or" else _AND
            return f" {op} ".join(_written(each, binds + 1) for each in parts), binds
        case Not(of=of):
            return f"not {_written(of, _NOT)}", _NOT
        case Compare(op=op, left=left, right=right):
            return f"{_written(left, _SUM)} {op} {_written(right, _SUM)}", _COMPARISON
        case Among(of=of, values=values):
            listed = ", ".join(_literal(each.value) for each in values)
            return f"{_written(of, _SUM)} in ({listed})", _COMPARISON
        case Between(of=of, low=low, high=high):
            return (
                f"{_written(of, _SUM)} between {_written(low, _SUM)} and {_written(high, _SUM)}",
                _COMPARISON,
            )
        case Missing(of=of, present=present):
            return f"{_written(of, _SUM)} is {'present' if present else 'missing'}", _COMPARISON
        case Arithmetic(op=op, left=left, right=right):
            binds = _SUM if op in "+-" else _PRODUCT
            return f"{_written(left, binds)} {op} {_written(right, binds + 1)}", binds
        case Negative(of=of):
            return f"-{_written(of, _UNARY)}", _UNARY
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_written(each, 0) for each in arguments)})", _UNARY + 1
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return f"if {_written(condition, 0)} then {_written(then, 0)} else {_written(otherwise, 0)}", 0


def _literal(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case date():
            return f'date("{value.isoformat()}")'
        case _:
            return format(value, "f") if not isinstance(value, int) else str(value)
