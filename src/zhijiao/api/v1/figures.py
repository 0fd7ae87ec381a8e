"""Approved figures and the board with them. What was made public needs no key; with one, the scope of its owner is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from ninja.errors import HttpError
from pydantic import AwareDatetime

from zhijiao.api.v1.common import Problem, day, moment, pack_index
from zhijiao.api.v1.duties.fields import Limit
from zhijiao.api.v1.duties.schemas import FigureOut
from zhijiao.core.access.sessions import signed_in
from zhijiao.core.kinds import Tenant
from zhijiao.indicators.queries import board, board_as_json
from zhijiao.indicators.queries.live import live_board_as_json
from zhijiao.indicators.queries.published import figures
from zhijiao.indicators.types import FigureView

router = Router(tags=["指标"])

Organisation = Annotated[int | None, Query(ge=1, le=2**63 - 1, description="只要这个单位的")]
KnownAt = Annotated[
    AwareDatetime | None,
    Query(description="到这个时刻为止已知的，如 2026-01-31T18:00:00+08:00；不写为现在"),
]


@router.get(
    "/packs/{pack}/indicators/{indicator}/figures",
    response={200: list[FigureOut], 404: Problem},
    summary="一个指标的已审定数据及更正",
    description="不带密钥时只有公开的；带密钥时另有其所有人范围内的。更正的数写明替换了哪个数、为什么。",
)
def list_figures(
    request: HttpRequest,
    pack: str,
    indicator: str,
    organisation: Organisation = None,
    known_at: KnownAt = None,
    limit: Limit = 200,
) -> Any:
    """Approved figures, newest period first."""
    index = pack_index(pack, None)
    if indicator not in index.indicators:
        raise HttpError(404, f"政策包 {pack} 没有指标 {indicator}")
    found = figures(
        pack,
        indicator,
        tenant=_tenant(request),
        organisation=organisation,
        known_at=moment(known_at),
        most=limit,
    )
    return [FigureOut.of(figure if signed_in(request) else _in_office(figure)) for figure in found]


@router.get(
    "/packs/{pack}/board",
    response={200: list[dict[str, Any]], 404: Problem},
    summary="看板，可含平台已审定的数据",
    description="与命令 `zhijiao board PACK --live --json` 相同。live=true 时每行多一项 live：由谁报送、谁审定、"
    "更正情况和各单位的数（各单位的数只在密钥所有人的范围内）。known_at 只数到那个时刻已审定的。",
)
def read_board(
    request: HttpRequest,
    pack: str,
    v: str | None = None,
    on: date | None = None,
    live: bool = False,
    known_at: KnownAt = None,
) -> Any:
    """The board on a day, with approved figures where they are asked for."""
    index = pack_index(pack, v)
    if not live:
        return board_as_json(board(index, day(on)))
    visitor = signed_in(request) is None
    rows = live_board_as_json(
        index, day(on), known_at=moment(known_at), tenant=_tenant(request), disclosed_only=visitor
    )
    return [_without_names(row) for row in rows] if visitor else rows


def _tenant(request: HttpRequest) -> Tenant:
    """Visitors see the real one."""
    who = signed_in(request)
    return Tenant.REAL if who is None else who.tenant


def _in_office(figure: FigureView) -> FigureView:
    """As visitors see it: the offices that stand behind a figure, not the people in them."""
    return replace(figure, reported_by=figure.reported_as, approved_by=figure.approved_as)


def _without_names(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the board with the offices in place of the people."""
    live = row["live"]
    if live is None:
        return row
    parts = [_offices(part, part) if part["approved"] else part for part in live["parts"]]
    signed = [part for part in parts if part["approved"]]
    shown = _offices(live, signed[0]) if len(signed) == 1 else live
    return {**row, "live": {**shown, "parts": parts}}


def _offices(told: dict[str, Any], figure: dict[str, Any]) -> dict[str, Any]:
    return {**told, "reported_by": figure["organisation"], "approved_by": figure["approved_as"]}
