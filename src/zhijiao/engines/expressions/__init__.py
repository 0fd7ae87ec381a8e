"""One small language for conditions and values: typed with units, exact, the same on one row, on columns and as SQL.

`relations.to_ibis` (Ibis) and `frames.to_polars` (polars) stand in modules of their own, because they load those libraries.
"""

from zhijiao.engines.expressions.checking import Checked, Type, check, checked
from zhijiao.engines.expressions.evaluating import evaluate, exact
from zhijiao.engines.expressions.parsing import parse
from zhijiao.engines.expressions.sentences import words
from zhijiao.engines.expressions.types import (
    Expr,
    ExpressionError,
    Fault,
    Field,
    Kind,
    Schema,
    Value,
    names,
)
from zhijiao.engines.expressions.writing import text

__all__ = [
    "Checked",
    "Expr",
    "ExpressionError",
    "Fault",
    "Field",
    "Kind",
    "Schema",
    "Type",
    "Value",
    "check",
    "checked",
    "evaluate",
    "exact",
    "names",
    "parse",
    "text",
    "words",
]
