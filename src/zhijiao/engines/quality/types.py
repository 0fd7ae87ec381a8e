"""Parts of a judgement on data, and the judgement made of them: never a number without its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Subject(StrEnum):
    """What a part looks at."""

    COMPLETENESS = "completeness"
    OPTIONAL = "optional"
    VALIDITY = "validity"
    DUPLICATES = "duplicates"
    TIMELINESS = "timeliness"
    OUTLIERS = "outliers"
    AGREEMENT = "agreement"
    ADDITION = "addition"

    @property
    def words(self) -> str:
        """Its name on the screen."""
        return {
            Subject.COMPLETENESS: "完整（必填）",
            Subject.OPTIONAL: "完整（选填）",
            Subject.VALIDITY: "有效",
            Subject.DUPLICATES: "不重复",
            Subject.TIMELINESS: "及时",
            Subject.OUTLIERS: "无待核异常",
            Subject.AGREEMENT: "来源一致",
            Subject.ADDITION: "合计相符",
        }[self]


@dataclass(frozen=True)
class Part:
    """So many good of so many looked at."""

    subject: Subject
    good: int
    of: int
    words: str
    """What was counted, in words."""

    def __post_init__(self) -> None:
        if not 0 <= self.good <= self.of:
            raise ValueError(
                f"“{self.subject.words}”合格 {self.good}，检查 {self.of}；合格数不能为负或超过检查数，请核对。"
            )

    @property
    def share(self) -> Fraction | None:
        """Good of looked at; None where nothing was looked at, which is neither good nor bad."""
        return Fraction(self.good, self.of) if self.of else None


@dataclass(frozen=True)
class Score:
    """The judgement on one data set of one organisation for one period: its parts, and what was not checked."""

    dataset: str
    organisation: str
    period: str
    parts: tuple[Part, ...]
    unchecked: Mapping[Subject, str] = field(default_factory=dict)
    """Subjects that were not looked at, each with the reason."""

    def part(self, subject: Subject) -> Part | None:
        """The part on a subject, if it was looked at."""
        return next((part for part in self.parts if part.subject is subject), None)

    @property
    def worst(self) -> Part | None:
        """The part with the lowest share: what to mend first. None where nothing was looked at."""
        parts = [part for part in self.parts if part.share is not None]
        return min(parts, key=lambda part: (part.share or Fraction(0), -part.of), default=None)

    def weighted(self, weights: Mapping[Subject, int]) -> Fraction | None:
        """The mean share of the parts that were looked at, by weight. Only to be shown beside them.

        None where no part with a weight was looked at: what was not checked is never taken for good or bad.
        """
        counted = [(part.share, weights.get(part.subject, 0)) for part in self.parts]
        total = sum(weight for share, weight in counted if share is not None)
        return (
            sum(share * weight for share, weight in counted if share is not None) / Fraction(total)
            if total
            else None
        )

    @property
    def words(self) -> str:
        """The judgement in one sentence."""
        parts = [
            f"{part.subject.words} {percent(part.share)}" for part in self.parts if part.share is not None
        ]
        text = "、".join(parts) if parts else "没有检查任何内容"
        if self.unchecked:
            text += "；未检查：" + "，".join(f"{s.words}（{why}）" for s, why in self.unchecked.items())
        return text + "。"


def scored(dataset: str, organisation: str, period: str, parts: Mapping[Subject, Part | str]) -> Score:
    """A score of parts, in the order of subjects. Text in place of a part is the reason why it was not checked.

    A subject that is not named was not checked either; neither was one that had nothing to look at.
    """
    looked: list[Part] = []
    unchecked: dict[Subject, str] = {}
    for subject in Subject:
        found = parts.get(subject, "没有设置这项检查")
        if isinstance(found, Part) and found.subject is not subject:
            raise ValueError(f"“{subject.words}”一栏放的是“{found.subject.words}”；请核对。")
        if isinstance(found, str):
            unchecked[subject] = found
        elif not found.of:
            unchecked[subject] = "没有可检查的内容"
        else:
            looked.append(found)
    return Score(dataset, organisation, period, tuple(looked), unchecked)


def percent(share: Fraction) -> str:
    """A share for reading. Never 100 % unless all is good, nor 0 % unless nothing is."""
    tenths = int(share * 1000 + Fraction(1, 2))
    if share < 1:
        tenths = min(tenths, 999)
    if share > 0:
        tenths = max(tenths, 1)
    return f"{tenths // 10}.{tenths % 10}%"
