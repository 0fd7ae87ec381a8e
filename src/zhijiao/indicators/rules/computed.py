"""What may be told of computed figures, and what changed from one run to the next. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhijiao.engines.disclosure import NotAdditive, Ratio, Rule, Sum, Table, Unprotectable, protect
from zhijiao.engines.disclosure.types import Key

REST = "其余"
"""What a total has beyond its parts: rows without a place at the level below."""
CLOSED = "closed"


@dataclass(frozen=True)
class Line:
    """A result before it is stored. `member` is the organisation's code, `above` that of the level above."""

    indicator: str
    part: str
    definition: str
    level: str
    member: str
    above: str | None
    major: str
    period: str
    measures: Mapping[str, str]
    numerator: Decimal
    denominator: Decimal
    value: Decimal | None
    reason: str
    marker: str = ""
    disclosed: bool = False

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What it is a figure of, whatever the run."""
        return (self.indicator, self.part, self.member, self.major, self.period)


def told(lines: Sequence[Line], threshold: int | None) -> list[Line]:
    """The lines of one indicator that everybody may read, each marked: all of them where no persons are counted
    (`threshold` None), else what disclosure control lets through. What it cannot protect is closed altogether."""
    if threshold is None:
        return [replace(line, disclosed=True) for line in lines]
    by_table: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        by_table[line.part, line.period].append(line)
    return [line for table in by_table.values() for line in _protected(table, Rule(threshold=threshold))]


def _protected(lines: Sequence[Line], rule: Rule) -> list[Line]:
    try:
        table, keys = _table(lines)
        published = protect(table, rule).published
    except (NotAdditive, Unprotectable, _NotCounted):
        return [replace(line, marker=CLOSED) for line in lines]
    made = []
    for line, (top, below) in zip(lines, keys, strict=True):
        hidden = published.markers.get(top) or published.markers.get(below)
        rate = published.ratios.get(("%", *top))
        if hidden is None and rate is not None and not isinstance(rate, Fraction | int):
            hidden = rate
        made.append(
            replace(line, disclosed=True) if hidden is None else replace(line, marker=str(hidden.cause.value))
        )
    return made


class _NotCounted(ValueError):
    """The figure is not made of whole counts."""


def _table(lines: Sequence[Line]) -> tuple[Table, list[tuple[Key, Key]]]:
    cells: dict[Key, int | None] = {}
    keys: list[tuple[Key, Key]] = []
    ratios: list[Ratio] = []
    part = all(0 <= line.numerator <= line.denominator for line in lines)
    for line in lines:
        top = ("分子", line.member, line.major)
        below = ("分母", line.member, line.major)
        cells[top], cells[below] = _count(line.numerator), _count(line.denominator)
        keys.append((top, below))
        if line.denominator > 1:
            ratios.append(Ratio(("%", *top), top, below, part=part))
    sums: list[Sum] = []
    unprinted: set[Key] = set()
    for side in ("分子", "分母"):
        if side == "分母" and all(line.denominator == 1 for line in lines):
            continue  # a plain count has no denominator to speak of
        for total, parts in _nested(lines):
            whole = (side, *total)
            inside: list[Key] = [(side, *one) for one in parts]
            rest = (cells[whole] or 0) - sum(cells[one] or 0 for one in inside)
            if rest < 0:
                raise NotAdditive("some are counted in several parts")
            if rest:
                key = (side, *total, REST, parts[0][0] if parts[0][1] == total[1] else parts[0][1])
                cells[key] = rest
                unprinted.add(key)
                inside.append(key)
            sums.append(Sum(whole, tuple(inside)))
    return Table(cells, tuple(sums), tuple(ratios), frozenset(unprinted)), keys


def _nested(lines: Sequence[Line]) -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Totals and their parts: an organisation and those below it, and an organisation and its majors."""
    there = {(line.member, line.major) for line in lines}
    below: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    majors: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for line in lines:
        if line.above is not None and (line.above, line.major) in there:
            below[line.above, line.major].append((line.member, line.major))
        if line.major and (line.member, "") in there:
            majors[line.member, ""].append((line.member, line.major))
    return [*below.items(), *majors.items()]


def _count(number: Decimal) -> int:
    if number != number.to_integral_value() or number < 0:
        raise _NotCounted
    return int(number)


@dataclass(frozen=True)
class Changed:
    """A figure that came out another way."""

    old: Line
    new: Line
    cause: str


def changes(
    before: Iterable[Line], now: Iterable[Line], stands: Callable[[Line, Line], bool]
) -> list[Changed]:
    """What came out another way than before. `stands` says whether the organisation stood in the same place in both trees."""
    old = {line.key: line for line in before}
    found = []
    for line in now:
        was = old.get(line.key)
        if was is None or _figure(was) == _figure(line):
            continue
        found.append(Changed(was, line, _cause(was, line, stands)))
    return found


def _figure(line: Line) -> tuple[Any, ...]:
    return (line.value, line.numerator, line.denominator)


def _cause(was: Line, line: Line, stands: Callable[[Line, Line], bool]) -> str:
    if was.definition != line.definition:
        return "口径改动"
    if not stands(was, line):
        return "组织调整"
    return "记录补报或更正"
