"""What was approved on the platform for one indicator: by period, by whom, and what was restated and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zhijiao.indicators.queries.live import parts_of, restatements
from zhijiao.indicators.types import MADE_WORDS, FigureView, Live, Part, Point, Row
from zhijiao.lib.numbers import quantity
from zhijiao.policy.types import PackIndex
from zhijiao.portal.frame import Frame

MOST_PERIODS = 24
"""Periods that a table and a chart show."""


@dataclass(frozen=True)
class Approved:
    """The section of the page. `parts` are those of `point`, as far as the reader may see them; `names`: whether the reader
    is told the persons too, not only their offices."""

    live: Live
    point: Point
    made: str
    periods: tuple[Point, ...]
    parts: list[Part]
    restated: list[FigureView]
    names: bool

    @property
    def own(self) -> FigureView | None:
        """The one figure behind the point, where the place reports it itself."""
        return self.parts[0].figure if self.point.made == "own" and len(self.parts) == 1 else None

    @property
    def missing(self) -> list[Part]:
        """Who has no approved figure yet."""
        return [part for part in self.parts if part.figure is None]


def approved(index: PackIndex, row: Row, here: Frame) -> Approved | None:
    """What was approved; None where nothing was."""
    if row.live is None:
        return None
    point = row.live.shown or row.live.points[0]
    return Approved(
        live=row.live,
        point=point,
        made=MADE_WORDS[point.made],
        periods=row.live.points[:MOST_PERIODS],
        parts=parts_of(index, row.indicator, point.period, tenant=here.tenant),
        restated=restatements(index, row.indicator, tenant=here.tenant),
        names=here.signed_in,
    )


def points(row: Row) -> list[tuple[str, dict[str, Any]]]:
    """Bars of the chart, each with the time that it speaks of."""
    if row.live is None:
        return []
    return [
        (
            point.as_of,
            {
                "name": f"{point.period_words}（核定）",
                "value": float(point.value),
                "label": quantity(point.value, row.live.unit),
                "source": "平台报送并审定",
            },
        )
        for point in row.live.points[:MOST_PERIODS]
        if point.value is not None
    ]
