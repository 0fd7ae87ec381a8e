"""Exact elimination (Gauss–Jordan) over sparse equations with whole-number coefficients. No rounding anywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd

from zhijiao.engines.disclosure.types import Key


@dataclass(frozen=True)
class Equation:
    """Unknown cells with their coefficients, none of them nought, and what they come to."""

    terms: dict[Key, int]
    value: int


def eliminated(equations: Iterable[Equation]) -> list[Equation]:
    """The same equations in reduced form: each has a cell that no other has.

    A cell follows from the equations alone exactly when one of these consists of it. Raises `ValueError` for equations
    that contradict each other.
    """
    rows: dict[Key, Equation] = {}
    """By the cell that only this equation has."""
    users: defaultdict[Key, set[Key]] = defaultdict(set)
    """Cell → the equations, by their own cell, in which it stands besides."""
    for equation in sorted(equations, key=lambda e: (len(e.terms), sorted(e.terms.items()))):
        row = equation
        for key in [key for key in equation.terms if key in rows]:
            row = _without(row, key, rows[key])
        if not row.terms:
            if row.value:
                raise ValueError(f"各项关系互相矛盾，相差 {row.value}；请核对合计。")
            continue
        own = min(row.terms, key=lambda key: (len(users[key]), key))
        for other in list(users.pop(own, ())):
            old = rows[other]
            rows[other] = new = _without(old, own, row)
            for key in old.terms.keys() - new.terms.keys():
                users[key].discard(other)
            for key in new.terms.keys() - old.terms.keys():
                users[key].add(other)
        rows[own] = row
        for key in row.terms:
            if key != own:
                users[key].add(own)
    return [rows[key] for key in sorted(rows)]


def _without(row: Equation, key: Key, by: Equation) -> Equation:
    """The row less the multiple of another that takes a cell out of it, in smallest whole numbers."""
    up, down = row.terms[key], by.terms[key]
    common = gcd(up, down)
    up, down = up // common, down // common
    terms = {k: v * down for k, v in row.terms.items()}
    for k, v in by.terms.items():
        changed = terms.get(k, 0) - up * v
        if changed:
            terms[k] = changed
        else:
            terms.pop(k, None)
    value = row.value * down - by.value * up
    common = gcd(value, *terms.values()) or 1
    return Equation({k: v // common for k, v in terms.items()}, value // common)
