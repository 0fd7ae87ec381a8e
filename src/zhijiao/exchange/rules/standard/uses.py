"""Where data sets and fields are used: the indicators that are computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from zhijiao.engines.expressions import ExpressionError, names, parse
from zhijiao.policy.types import Having, Indicator, Measure


@dataclass(frozen=True)
class Use:
    """An indicator of a pack that reads a data set, and which of its fields."""

    pack: str
    indicator: str
    name: str
    dataset: str
    fields: frozenset[str]


def uses_of(pack: str, indicators: Iterable[Indicator]) -> Iterator[Use]:
    """What the computed definitions of a pack read."""
    for indicator in indicators:
        if indicator.metric is None:
            continue
        read: dict[str, set[str]] = {}
        for measure in indicator.metric.measures.values():
            _read(measure, read)
        for dataset, fields in read.items():
            yield Use(pack, indicator.id, indicator.name, dataset, frozenset(fields))


def _read(selection: Measure | Having, read: dict[str, set[str]]) -> None:
    fields = read.setdefault(selection.in_, set())
    fields |= {*(selection.standing or ()), *(selection.active or ())}
    fields |= {name for name in (selection.during, selection.year) if name}
    fields |= _named(selection.where)
    if isinstance(selection, Having):
        fields |= set(selection.match.values())
        return
    fields |= {name for name in (selection.count, selection.sum, selection.place) if name and name != "rows"}
    for other in selection.having:
        fields |= set(other.match)
        _read(other, read)


def _named(condition: str | None) -> set[str]:
    try:
        return set(names(parse(condition))) if condition else set()
    except ExpressionError:  # the pack's checker says so
        return set()


def by_dataset(uses: Iterable[Use]) -> Mapping[str, tuple[Use, ...]]:
    """Uses by data set, in the order of packs and indicators."""
    found: dict[str, list[Use]] = {}
    for use in uses:
        found.setdefault(use.dataset, []).append(use)
    return {
        name: tuple(sorted(each, key=lambda use: (use.pack, use.indicator))) for name, each in found.items()
    }
