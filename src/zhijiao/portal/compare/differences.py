"""Where the definitions of one concept part from place to place. Pure.

Unit, time and strength are structured, so a difference is certain; so is a ratio beside a count. Otherwise
denominator and population are sentences: two wordings may mean the same, so these are marked as worded
differently and laid side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from zhijiao.lib.folding import fold
from zhijiao.policy.types import Indicator
from zhijiao.policy.types.wording import period
from zhijiao.policy.types.words import word
from zhijiao.portal.compare.columns import Entry


@dataclass(frozen=True)
class Difference:
    """One aspect of the definitions, a value per entry. `certain` is false where only the wording is known to differ."""

    label: str
    values: tuple[str, ...]
    differs: bool
    certain: bool


def _unit(indicator: Indicator) -> str:
    return indicator.targets[0].unit if indicator.targets else indicator.unit or "定性"


def _strength(indicator: Indicator) -> str:
    return "、".join(dict.fromkeys(word("strength", t.strength) for t in indicator.targets))


ASPECTS: Final[tuple[tuple[str, Callable[[Indicator], str], bool], ...]] = (
    ("统计对象", lambda i: i.definition.words, False),
    ("分子", lambda i: i.definition.numerator or "", False),
    ("分母", lambda i: i.definition.denominator or "", False),
    ("不计入", lambda i: i.definition.excluded or "", False),
    ("单位", _unit, True),
    ("目标期", lambda i: period(i.period), True),
    ("力度", _strength, True),
)


def differences(entries: Sequence[Entry]) -> list[Difference]:
    """Each aspect that any of several places states. One place alone differs from nobody."""
    if len({entry.column.id for entry in entries}) < 2:
        return []
    found = []
    for label, read, certain in ASPECTS:
        values = tuple(read(entry.indicator) for entry in entries)
        if any(values):
            differs = len({fold(value) for value in values}) > 1
            shape = label == "分母" and not all(values)
            found.append(Difference(label, values, differs, certain or shape))
    return found
