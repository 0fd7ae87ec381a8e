"""`zhijiao board --live`: the board with the figures that were approved on the platform."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import typer

from zhijiao.cli.product import product, tenant_of
from zhijiao.policy.types import PackIndex

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def show(index: PackIndex, on: date, known_at: str | None, demo: bool, as_json: bool) -> None:
    """Print the board. An operator's command sees every organisation's figures."""
    moment = _moment(known_at)
    with product():
        from zhijiao.core.access.scope import bulk
        from zhijiao.indicators.queries.live import live_board, live_board_as_json
        from zhijiao.lib.numbers import quantity

        tenant = tenant_of(demo)
        with bulk():
            if as_json:
                rows = live_board_as_json(index, on, known_at=moment, tenant=tenant)
                typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
                return
            made = live_board(index, on, known_at=moment, tenant=tenant)
    for row in made.rows:
        point = None if row.live is None else row.live.shown or row.live.points[0]
        said = "—"
        if point is not None and point.value is not None:
            said = f"{quantity(point.value, row.indicator.unit)}（{point.period_words}）"
        elif point is not None:
            said = f"{point.period_words}{point.words}"
        typer.echo(
            f"{'  ' * row.depth}{row.indicator.id} {row.indicator.name}｜核定 {said}｜{row.verdict.words}"
        )


def _moment(text: str | None) -> datetime | None:
    """A day (its end) or a moment; without a zone it is Shanghai's."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        typer.echo(f"时间「{text}」不合格，写成 2024-03-01 或 2024-03-01T12:00 这样", err=True)
        raise typer.Exit(2) from None
    if len(text) == len("2024-03-01"):
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999999)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=_SHANGHAI)
