"""The board."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from zhijiao.api.v1.common import Problem, as_read, day, pack_index
from zhijiao.indicators.queries import board, board_as_json, row_as_json

router = Router(tags=["指标"])


class TargetOut(Schema):
    """One bound of a target."""

    op: str
    value: int | float
    unit: str


class ActualOut(Schema):
    """The published figure in its own unit."""

    value: int | float
    unit: str
    op: str
    as_of: str


class IndicatorOut(Schema):
    """One indicator on the board; the same keys as `zhijiao board --json`."""

    indicator: str
    name: str
    clauses: list[str]
    parent: str | None
    targets: list[TargetOut]
    period: dict[str, Any]
    actual: ActualOut | None
    verdict: str
    reason: str
    source: str | None
    way: str | None
    computed: dict[str, Any] | None


@router.get(
    "/packs/{pack}/indicators",
    response={200: list[IndicatorOut], 404: Problem},
    summary="指标看板：目标、公布值、判定与理由",
)
def list_indicators(request: HttpRequest, pack: str, v: str | None = None, on: date | None = None) -> Any:
    """Every indicator of the board as seen on a day."""
    return board_as_json(board(pack_index(pack, v), day(on)))


@router.get(
    "/packs/{pack}/indicators/{indicator}",
    response={200: dict[str, Any], 404: Problem},
    summary="一个指标：口径、目标、公布数据与可比性",
)
def read_indicator(
    request: HttpRequest, pack: str, indicator: str, v: str | None = None, on: date | None = None
) -> Any:
    """One indicator with its definition and the facts behind its verdict."""
    index = pack_index(pack, v)
    made = board(index, day(on))
    if indicator not in index.indicators:
        raise HttpError(404, f"政策包 {pack} 没有指标 {indicator}")
    row = made.row(indicator)
    return {
        **row_as_json(row),
        "definition": as_read(row.indicator.definition),
        "direction": row.indicator.direction,
        "level": row.indicator.level,
        "facts": [{"reported": as_read(f.reported), "answer": as_read(f.answer)} for f in row.facts],
        "late": [{"reported": as_read(f.reported), "answer": as_read(f.answer)} for f in row.late],
        "closed": row.closing.closed,
        "carried_over": row.carried_over,
    }


@router.get("/packs/{pack}/summary", response={200: dict[str, Any], 404: Problem}, summary="看板统计")
def read_summary(request: HttpRequest, pack: str, v: str | None = None, on: date | None = None) -> Any:
    """Verdicts counted over the pack's framework, and the state of its plans."""
    made = board(pack_index(pack, v), day(on))
    return {
        "pack": pack,
        "version": made.version,
        "on": made.on.isoformat(),
        "indicators": len(made.headline),
        "verdicts": {verdict.value: n for verdict, n in made.counts.items()},
        "plans": [
            {
                "document": c.document.id,
                "closes_on": c.closes_on and c.closes_on.isoformat(),
                "closed": c.closed,
            }
            for c in made.closings
        ],
    }
