"""Targets handed down: the sum check, and how an organisation stands to its own. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhijiao.core.errors import Refusal
from zhijiao.indicators.types.board import Verdict
from zhijiao.indicators.types.reporting import FigureView
from zhijiao.policy.types import Op


class SplitFault(Refusal):
    """A split that cannot be saved or confirmed. Nothing has changed. `problems`: (organisation or 0, words)."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        super().__init__("\n".join(words for _, words in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Share:
    """What one organisation is to reach, as lists show it. `plan`: the plan that set it, none where it was handed down."""

    id: int
    indicator: str
    organisation: int
    period: str
    op: Op
    value: Decimal
    unit: str
    state: str
    basis: str
    plan: int | None


@dataclass(frozen=True)
class SumCheck:
    """Whether shares make up the whole. Of an additive target `total` is the sum; of a rate each share is held against the
    whole, and `below` counts those that ask less. `fits` is None where there is nothing to check yet."""

    additive: bool
    total: Decimal | None
    short: Decimal
    below: int
    fits: bool | None
    words: str


@dataclass(frozen=True)
class PlaceLine:
    """A target of an organisation and how it stands: the share, the newest approved figure of its time, the verdict."""

    share: Share
    name: str
    figure: FigureView | None
    verdict: Verdict
    reason: str
