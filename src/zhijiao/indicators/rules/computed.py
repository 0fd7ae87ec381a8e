"""What may be told of computed figures, and what changed from one run to the next. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
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


def told(lines: Sequence[Line], threshold: int | None, *, cumulative: bool = False) -> list[Line]:
    """The lines of one indicator that everybody may read, each marked: all of them where no persons are counted
    (`threshold` None), else what disclosure control lets through. What it cannot protect is closed altogether. What speaks of
    the same persons is protected together: the figures beside the main one, and the years of a figure that adds up over them
    (`cumulative`), since the difference of two years is a count too."""
    if threshold is None:
        return [replace(line, disclosed=True) for line in lines]
    together: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        together["" if cumulative else line.period].append(line)
    return [line for some in together.values() for line in _protected(some, Rule(threshold=threshold))]


def _protected(lines: Sequence[Line], rule: Rule) -> list[Line]:
    try:
        return _marked(lines, rule)
    except (NotAdditive, Unprotectable, _NotCounted):
        return _only_the_top(lines, rule)


def _only_the_top(lines: Sequence[Line], rule: Rule) -> list[Line]:
    """Where the parts do not add up, as with persons who are in several, nobody has shown that they can be told beside the
    whole: the whole is told alone."""
    members = {line.member for line in lines}
    tops = [line for line in lines if line.above not in members and not line.major]
    try:
        marked = {line.key: line for line in _marked(tops, rule)}
    except (NotAdditive, Unprotectable, _NotCounted):
        marked = {}
    return [marked.get(line.key, replace(line, marker=CLOSED)) for line in lines]


def _marked(lines: Sequence[Line], rule: Rule) -> list[Line]:
    table, cells = table_of(lines)
    markers = protect(table, rule).published.markers
    causes: dict[tuple[str, str, str], str] = {}
    for line, keys in zip(lines, cells, strict=True):
        for key in keys:
            if key in markers:
                causes.setdefault((line.member, line.major, line.period), markers[key].cause.value)
    # Where one of the figures of a group is withheld all are: what is left would lead back to it.
    return [
        replace(line, disclosed=cause is None, marker=cause or "")
        for line in lines
        for cause in [causes.get((line.member, line.major, line.period))]
    ]


class _NotCounted(ValueError):
    """The figure is not made of whole counts."""


Counts = dict[tuple[str, str], int]
"""A count by organisation and major."""


def table_of(lines: Sequence[Line]) -> tuple[Table, list[list[Key]]]:
    """The counts that the lines would make public, how they add up, and of each line its cells. Where one count is never
    more than another, their difference is a count as well."""
    amounts, named = _amounts(lines)
    cells: dict[Key, int | None] = {}
    sums: list[Sum] = []
    unprinted: set[Key] = set()
    for name, counts in amounts.items():
        cells |= {(name, *one): count for one, count in counts.items()}
        for total, parts in _nested(lines, counts):
            inside: list[Key] = [(name, *one) for one in parts]
            rest = counts[total] - sum(counts[one] for one in parts)
            if rest < 0:
                raise NotAdditive("some are counted in several parts")
            if rest:
                key = (name, *total, REST, parts[0][0] if parts[0][1] == total[1] else parts[0][1])
                cells[key] = rest
                unprinted.add(key)
                inside.append(key)
            sums.append(Sum((name, *total), tuple(inside)))
    ratios = tuple(_differences(amounts))
    return Table(cells, tuple(sums), ratios, frozenset(unprinted)), [
        [(name, line.member, line.major) for name in named[line.part, line.period]] for line in lines
    ]


def _amounts(lines: Sequence[Line]) -> tuple[dict[str, Counts], dict[tuple[str, str], list[str]]]:
    """The different counts of the lines by name, and the names of those of each part and period. A denominator that is one
    throughout is no count."""
    amounts: dict[str, Counts] = {}
    named: dict[tuple[str, str], list[str]] = {}
    for one in dict.fromkeys((line.part, line.period) for line in lines):
        own = [line for line in lines if (line.part, line.period) == one]
        tops = {(line.member, line.major): _count(line.numerator) for line in own}
        bottoms = {(line.member, line.major): _count(line.denominator) for line in own}
        named[one] = []
        for counts in (tops, bottoms) if set(bottoms.values()) != {1} else (tops,):
            same = next((name for name, other in amounts.items() if other == counts), str(len(amounts)))
            amounts[same] = counts
            named[one].append(same)
    return amounts, named


def _differences(amounts: Mapping[str, Counts]) -> Iterable[Ratio]:
    for small, some in amounts.items():
        for large, more in amounts.items():
            both = sorted(some.keys() & more.keys()) if small != large else []
            if both and all(some[one] <= more[one] for one in both):
                yield from (Ratio(("%", small, large, *one), (small, *one), (large, *one)) for one in both)


def _nested(
    lines: Sequence[Line], there: Mapping[tuple[str, str], int]
) -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Totals and their parts: an organisation and those below it, and an organisation and its majors."""
    above = {line.member: line.above for line in lines}
    below: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    majors: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for member, major in there:
        higher = above[member]
        if higher is not None and (higher, major) in there:
            below[higher, major].append((member, major))
        if major and (member, "") in there:
            majors[member, ""].append((member, major))
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
