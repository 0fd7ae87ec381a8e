"""Who is better than whom, worked out anew from the market: exact numbers, chains, lots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from zhijiao.engines.expressions import Expr, evaluate, parse
from zhijiao.engines.expressions.types import Arithmetic, Literal, Name, Negative, names
from zhijiao.engines.matching.market import Bools, Floats, Longs, Market
from zhijiao.engines.matching.verifying import loops

_WIDEST = 2**52
"""Whole numbers up to here are exact in float64."""
_FINEST = 6
"""Decimals up to which a column is counted in whole units."""


def common_order(market: Market) -> Longs:
    """int64[n]: the smaller is the better by the common chain; equal numbers are one class, lots apart."""
    steps = []
    for step in market.rules.order:
        value = ranked(parse(step.expression), market.columns, len(market.ids))
        steps.append(value if step.ascending else _turned(value))
    return _together(steps, len(market.ids))


def fulfilled(require: str, market: Market) -> Bools:
    """bool[n]: whom a limit does not speak against."""
    found, row_of = _of_rows(parse(require), market.columns, len(market.ids))
    return np.array([each is True for each in found], dtype=np.bool_)[row_of]


def lots(market: Market, who: npt.NDArray[np.integer[Any]]) -> Longs:
    """int64[n]: the smaller is the better lot among `who`; 0 for all others."""
    seed = market.rules.seed
    drawn = b"".join(sha256(f"{seed}\x1f{market.ids[each]}".encode()).digest() for each in who.tolist())
    parts = np.frombuffer(drawn, dtype=">u8").reshape(-1, 4)
    order = np.lexsort(parts.T[::-1])
    found = np.zeros(len(market.ids), dtype=np.int64)
    found[who[order]] = np.arange(len(who))
    return found


_MISSING = np.iinfo(np.int64).max
"""Comes last, whichever way a step counts."""


def ranked(expr: Expr, columns: Mapping[str, Floats], count: int) -> Longs:
    """int64[n] in the order of the exact values; equal where they are equal, `_MISSING` where one is missing."""
    whole = _in_units(expr, columns)
    if whole is not None:
        units, missing, _ = whole
        return np.where(missing, _MISSING, np.broadcast_to(units, (count,)))
    if isinstance(expr, Name):
        values = columns.get(expr.id)
        if values is None:
            return np.full(count, _MISSING)
        return np.where(np.isnan(values), _MISSING, _ordered_bits(values))
    found, row_of = _of_rows(expr, columns, count)
    known = sorted({each for each in found if each is not None})
    number = {each: at for at, each in enumerate(known)}
    numbers = [_MISSING if each is None else number[each] for each in found]
    return np.array(numbers, dtype=np.int64)[row_of]


def _turned(values: Longs) -> Longs:
    return np.where(values == _MISSING, _MISSING, -values)


def _ordered_bits(values: Floats) -> Longs:
    """Whole numbers in the order of the floats. Different floats are different decimals, in the same order."""
    bits = (values + 0.0).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63 - 1)) - bits - 1, bits)


def _together(steps: Sequence[Longs], count: int) -> Longs:
    """One number for a whole chain: packed where it fits, else counted after sorting."""
    if len(steps) == 1:
        return steps[0]
    packed = np.zeros(count, dtype=np.int64)
    if count == 0:
        return packed
    room = 1
    for step in steps:
        known = step[step != _MISSING]
        low, high = (int(known.min()), int(known.max())) if len(known) else (0, 0)
        width = high - low + 2
        room *= width
        if room >= 2**62:
            return _counted(steps, count)
        packed = packed * width + np.where(step == _MISSING, width - 1, step - low)
    return packed


def _counted(steps: Sequence[Longs], count: int) -> Longs:
    order = np.lexsort(tuple(reversed(steps)))
    new = np.zeros(count, dtype=np.int64)
    for step in steps:
        new[1:] |= step[order[1:]] != step[order[:-1]]
    found = np.empty(count, dtype=np.int64)
    found[order] = np.cumsum(new)
    return found


# — exact arithmetic on columns —


def _in_units(expr: Expr, columns: Mapping[str, Floats]) -> tuple[Any, Any, int] | None:
    """Whole units of 10^-decimals, what is missing, decimals; None: not to be had so."""
    match expr:
        case Name(id=name) if name in columns:
            return _column_units(columns[name])
        case Literal(value=value) if isinstance(value, int | Decimal) and not isinstance(value, bool):
            decimals = max(0, -int(Decimal(value).as_tuple().exponent))
            return np.int64(int(Decimal(value).scaleb(decimals))), np.False_, decimals
        case Negative(of=of):
            inner = _in_units(of, columns)
            return None if inner is None else (-inner[0], inner[1], inner[2])
        case Arithmetic(op="+" | "-" | "*" as op, left=left, right=right):
            one, other = _in_units(left, columns), _in_units(right, columns)
            return None if one is None or other is None else _joined(op, one, other)
    return None


def _joined(op: str, one: tuple[Any, Any, int], other: tuple[Any, Any, int]) -> tuple[Any, Any, int] | None:
    missing = one[1] | other[1]
    if op == "*":
        if float(np.max(np.abs(one[0]), initial=0)) * float(np.max(np.abs(other[0]), initial=0)) > _WIDEST:
            return None
        return one[0] * other[0], missing, one[2] + other[2]
    decimals = max(one[2], other[2])
    left, right = one[0] * 10 ** (decimals - one[2]), other[0] * 10 ** (decimals - other[2])
    if max(float(np.max(np.abs(each), initial=0)) for each in (left, right)) > _WIDEST:
        return None
    return (left + right if op == "+" else left - right), missing, decimals


def _column_units(values: Floats) -> tuple[Longs, Bools, int] | None:
    units, missing = np.empty(len(values), dtype=np.int64), np.empty(len(values), dtype=np.bool_)
    largest = float(np.nanmax(np.abs(values), initial=0)) if len(values) else 0.0
    if largest * 10**_FINEST > _WIDEST:
        return None
    for decimals in range(_FINEST + 1):
        if loops.in_units(values, 10.0**decimals, units, missing):
            return units, missing, decimals
    return None


def _of_rows(expr: Expr, columns: Mapping[str, Floats], count: int) -> tuple[list[Any], Longs]:
    """Exact values of the different rows of the columns that are read, and which row is whose."""
    read = sorted(names(expr) & columns.keys())
    row_of = np.zeros(count, dtype=np.int64)
    for name in read:
        different, number = np.unique(columns[name], return_inverse=True)
        _, row_of = np.unique(row_of * len(different) + number, return_inverse=True)
    _, first = np.unique(row_of, return_index=True)
    found = [
        evaluate(expr, {name: _exact(float(columns[name][at])) for name in read}) for at in first.tolist()
    ]
    return found, row_of.astype(np.int64)


def _exact(value: float) -> Fraction | None:
    """The decimal that the shortest writing of a float shows."""
    return None if value != value else Fraction(Decimal(repr(value)))


__all__ = ["common_order", "fulfilled", "lots", "ranked"]
