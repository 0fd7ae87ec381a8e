"""Contradictions: between two sources that speak of the same, and inside one whose parts miss their total."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from zhijiao.engines.quality.types import Part, Subject

Value = Hashable
Row = Mapping[str, Value]
Number = int | Decimal


class Kind(StrEnum):
    """How two sources disagree about a key."""

    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Difference:
    """One disagreement. `field` is empty where a whole row is missing on one side."""

    key: Hashable
    kind: Kind
    field: str = ""
    left: Value = None
    right: Value = None


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may lie apart: the larger of the two allowances."""

    absolute: Decimal = Decimal(0)
    share: Decimal = Decimal(0)
    """Of the larger of the two."""

    def allows(self, left: Number, right: Number) -> bool:
        """Whether the two agree."""
        apart = abs(Decimal(left) - Decimal(right))
        return apart <= max(self.absolute, self.share * max(abs(Decimal(left)), abs(Decimal(right))))


EXACTLY = Tolerance()


@dataclass(frozen=True)
class Comparison:
    """Two sources, row by row and field by field."""

    part: Part
    """Keys on which the sources agree, of all keys."""
    differences: tuple[Difference, ...]
    silent: int
    """Pairs of values of which one is blank: a gap, not a contradiction."""


def between(
    left: Mapping[Hashable, Row],
    right: Mapping[Hashable, Row],
    fields: Sequence[str],
    *,
    tolerances: Mapping[str, Tolerance] | None = None,
    partial: bool = False,
) -> Comparison:
    """Where two sources with the same keys differ. None and empty text are blanks. `partial`: a key may be on one side only."""
    allowed = tolerances or {}
    found: list[Difference] = []
    silent = 0
    keys = left.keys() & right.keys() if partial else left.keys() | right.keys()
    for key in sorted(keys, key=repr):
        if key not in right:
            found.append(Difference(key, Kind.ONLY_LEFT))
        elif key not in left:
            found.append(Difference(key, Kind.ONLY_RIGHT))
        else:
            for name in fields:
                a, b = left[key].get(name), right[key].get(name)
                if a in (None, "") or b in (None, ""):
                    silent += a != b
                elif not _agree(a, b, allowed.get(name, EXACTLY)):
                    found.append(Difference(key, Kind.DIFFERS, name, a, b))
    bad = {difference.key for difference in found}
    words = f"两个来源共 {len(keys):,} 个对象，{len(bad):,} 个不一致"
    return Comparison(Part(Subject.AGREEMENT, len(keys) - len(bad), len(keys), words), tuple(found), silent)


def _agree(a: Value, b: Value, tolerance: Tolerance) -> bool:
    numbers = (int, Decimal)
    if (
        isinstance(a, numbers)
        and isinstance(b, numbers)
        and not isinstance(a, bool)
        and not isinstance(b, bool)
    ):
        return tolerance.allows(a, b)
    return a == b


@dataclass(frozen=True)
class Claim:
    """A total as stated, and the parts that ought to make it up."""

    name: str
    total: Number
    parts: Mapping[str, Number]


@dataclass(frozen=True)
class Miss:
    """A total that its parts miss."""

    claim: Claim
    summed: Decimal
    words: str

    @property
    def apart(self) -> Decimal:
        """Stated less summed."""
        return Decimal(self.claim.total) - self.summed


@dataclass(frozen=True)
class Addition:
    """Totals that add up, of all."""

    part: Part
    misses: tuple[Miss, ...]
    """The widest first."""


def inside(claims: Collection[Claim], tolerance: Tolerance = EXACTLY) -> Addition:
    """Which totals of one source are not the sum of their parts."""
    misses = []
    for claim in claims:
        summed = sum((Decimal(part) for part in claim.parts.values()), Decimal(0))
        if not tolerance.allows(claim.total, summed):
            words = (
                f"“{claim.name}”填 {claim.total:,}，各部分（{'、'.join(claim.parts)}）相加为 {summed:,}，"
                f"相差 {abs(claim.total - summed):,}；请改正其中一处。"
            )
            misses.append(Miss(claim, summed, words))
    misses.sort(key=lambda miss: (-abs(miss.apart), miss.claim.name))
    words = f"合计关系 {len(claims):,} 条，{len(misses):,} 条不符"
    return Addition(Part(Subject.ADDITION, len(claims) - len(misses), len(claims), words), tuple(misses))
