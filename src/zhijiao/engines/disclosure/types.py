"""Tables of counts that are to be published, the rule that protects them, and what comes out.

A cell is named by a key: the members of the groups that it belongs to, such as place, branch and year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

Key = tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """What may not be learnt from a publication. Raises `ValueError` for a rule that cannot be kept."""

    threshold: int
    """Counts from 1 to below this are hidden."""
    show_zero: bool = True
    """A zero counts nobody, and hiding every empty cell would empty the table; False hides zeros like small counts."""
    least_base: int | None = None
    """Rates of a smaller denominator are hidden whatever they are: 100 % of a small group speaks of each member."""
    dominance: Fraction | None = None
    """A cell is hidden where its largest single contributor holds more than this share of it."""
    protection: int = 1
    """Least distance of two values that a hidden small count could have, for all that anybody can work out."""
    spread: Fraction = Fraction(1, 10)
    """The same for a dominated cell, as a share of it."""
    round_to: int | None = None
    """What is published is rounded to multiples of this, half up. Hides nothing by itself."""

    def __post_init__(self) -> None:
        widest = (self.threshold - self.least_small) // 2
        if not 1 <= self.protection <= widest:
            raise ValueError(
                f"门槛 {self.threshold} 只能保护到相差 {max(widest, 0)}，而规则要求相差 {self.protection}；"
                "请提高门槛，或把保护幅度改为 1 以上、不超过这一数值。"
            )
        if self.least_base is not None and self.least_base < self.threshold:
            raise ValueError(
                f"比率的最小基数 {self.least_base} 小于人数门槛 {self.threshold}；请改为不小于门槛。"
            )
        if self.dominance is not None and not 0 < self.dominance < 1:
            raise ValueError(f"占比上限 {self.dominance} 不在 0 与 1 之间；请改为如 4/5 的分数。")
        if self.round_to is not None and self.round_to < 1:
            raise ValueError(f"取整单位 {self.round_to} 小于 1；请改为如 5、10 的整数。")

    @property
    def least_small(self) -> int:
        """The smallest count that is hidden as small."""
        return 1 if self.show_zero else 0

    def is_small(self, count: int) -> bool:
        """Whether a count may not be learnt because it is small."""
        return self.least_small <= count < self.threshold

    def known(self, cause: Cause | None) -> tuple[int, int | None]:
        """What everybody knows of a cell from its marker alone; without one, from its being a count."""
        if cause is Cause.PRIMARY:
            return self.least_small, self.threshold - 1
        if cause is Cause.COMPLEMENTARY:
            return (self.least_small if self.least_base is None else 0), None
        return 0, None


@dataclass(frozen=True)
class Sum:
    """A total and the parts that make it up."""

    total: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True)
class Ratio:
    """A rate of two cells. The rest (denominator less numerator) is protected as if it were a cell."""

    key: Key
    numerator: Key
    denominator: Key
    part: bool = True
    """The numerator counts some of the denominator; else there is no rest, as with books per student."""

    @property
    def rest(self) -> Key:
        """The key of the cell that the two give away together."""
        return ("−", *self.denominator, "−", *self.numerator)


@dataclass(frozen=True)
class Table:
    """Exact counts, and how they add up. None: there is no value; it adds nothing, and a blank is published."""

    cells: Mapping[Key, int | None]
    sums: tuple[Sum, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    unprinted: frozenset[Key] = frozenset()
    """Cells that are not published themselves, but may not be worked out where they are small."""
    largest: Mapping[Key, int] = field(default_factory=dict)
    """The largest single contribution to a cell, for the rule of dominance."""


class NotAdditive(ValueError):
    """Cells that clash: a total that its parts do not add up to, an unknown key, two values for one key."""


class Cause(StrEnum):
    """Why a cell is not published."""

    PRIMARY = "primary"
    """A small count."""
    BASE = "base"
    """The rate, or its numerator, of a small group."""
    DOMINANT = "dominant"
    """One contributor makes up most of it."""
    COMPLEMENTARY = "complementary"
    """Would give another one away. Also said of a small count where saying so would give it away."""

    def words(self, rule: Rule) -> str:
        """The cause in words for the reader of the table."""
        return {
            Cause.PRIMARY: f"人数少于 {rule.threshold}，不公布",
            Cause.BASE: f"基数少于 {rule.least_base}，不公布",
            Cause.DOMINANT: "单个对象占比过高，不公布",
            Cause.COMPLEMENTARY: "为防止推算，不公布",
        }[self]


@dataclass(frozen=True)
class Marker:
    """What stands where a figure would stand."""

    cause: Cause
    words: str

    SIGN = "＊"
    """How a marker is printed in a narrow column; the words go under the table."""


@dataclass(frozen=True)
class Published:
    """What everybody may see: shown figures, markers in place of hidden ones, and how the cells add up."""

    rule: Rule
    shown: Mapping[Key, int | None]
    markers: Mapping[Key, Marker]
    ratios: Mapping[Key, Fraction | Marker | None]
    """Exact rates, for the caller to round once; None where the denominator is nought or a value is missing."""
    sums: tuple[Sum, ...]
    """Every relation, those of ratios included; keys neither shown nor marked are unprinted."""


@dataclass(frozen=True)
class Move:
    """Another world: changes to hidden cells that leave every published figure as it is."""

    changes: Mapping[Key, int]


@dataclass(frozen=True)
class Protected:
    """The publication, and the evidence that it holds: for every hidden cell a move that changes it. Not for publication."""

    published: Published
    moves: tuple[Move, ...]
    sensitive: Mapping[Key, int]
    """Cells that may not be learnt, unprinted ones included, with the distance that each is owed."""

    @property
    def complementary(self) -> frozenset[Key]:
        """Cells that are hidden only for the sake of others."""
        return frozenset(key for key in self.published.markers if key not in self.sensitive)
