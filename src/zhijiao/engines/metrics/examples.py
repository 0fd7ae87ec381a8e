"""A definition's examples, computed: each must give what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from zhijiao.engines.metrics.periods import year_of
from zhijiao.engines.metrics.reference import compute
from zhijiao.engines.metrics.types import (
    ORGANISATION,
    WHOLE,
    Amount,
    Cell,
    Definition,
    Example,
    MetricError,
    Reason,
)
from zhijiao.engines.metrics.values import fraction, settle


@dataclass(frozen=True)
class Failure:
    """An example that gives something else than it says: its number from 1, and Chinese words."""

    number: int
    words: str


def failures(definition: Definition) -> list[Failure]:
    """The examples that do not come out."""
    found = []
    for number, example in enumerate(definition.examples, 1):
        words = _wrong(definition, example)
        if words is not None:
            name = f"“{example.name}”" if example.name else ""
            found.append(Failure(number, f"第{number}个算例{name}：{words}"))
    return found


def example_cell(definition: Definition, example: Example) -> Cell:
    """What an example gives: all its rows together. Raises `MetricError`."""
    level = definition.across.level if definition.across else WHOLE
    levels = list(dict.fromkeys([WHOLE, level]))
    tree = _tree(example, level)
    period = year_of(example.period)
    cells = compute([definition], example.rows, tree, levels=levels, periods=[period])
    return next((cell for cell in cells if cell.level == WHOLE), None) or empty(definition, example.period)


def empty(definition: Definition, period: str, level: str = WHOLE, member: str | None = WHOLE) -> Cell:
    """The cell of a member without any rows: no value, unless the definition takes that for 0."""
    measures = dict.fromkeys(definition.measures, 0)
    top, below = fraction(definition.value, measures)
    value, reason = settle(definition, top, below) if definition.absent_is_zero else (None, Reason.NO_DATA)
    return Cell(definition.id, level, member, (), period, measures, top, below, value, reason)


def _tree(example: Example, level: str) -> Mapping[str, Mapping[str, str | None]]:
    """Every organisation of the example is its own member of the level that values are taken across."""
    codes = {
        str(row[ORGANISATION]) for rows in example.rows.values() for row in rows if row.get(ORGANISATION)
    }
    return {code: {"kind": example.kinds.get(code), level: code} for code in codes | set(example.kinds)}


def _wrong(definition: Definition, example: Example) -> str | None:
    try:
        cell = example_cell(definition, example)
    except MetricError as error:
        return str(error)
    except TypeError as error:
        return f"行里的值不合字段的类型（{error}）；日期写成 2023-06-30，文字加引号"
    reason = str(cell.reason or "")
    if example.why is not None and example.why != reason:
        return f"没有值的原因应为“{example.why}”，算出来是“{reason}”"
    expected: list[tuple[str, Decimal | None, Decimal | Amount | None]] = [("值", example.value, cell.value)]
    if example.numerator is not None:
        expected.append(("分子", example.numerator, cell.numerator))
    if example.denominator is not None:
        expected.append(("分母", example.denominator, cell.denominator))
    for name, wanted, found in expected:
        if not _equal(wanted, found):
            shown = "没有值" if found is None else found
            return f"{name}应为{'没有值' if wanted is None else wanted}，算出来是{shown}"
    return None


def _equal(one: Decimal | Amount | None, other: Decimal | Amount | None) -> bool:
    if one is None or other is None:
        return one is other
    return Fraction(one) == Fraction(other)
