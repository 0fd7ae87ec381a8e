"""`zhijiao board`: the board of a pack on a day, from pack files alone."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from zhijiao.cli.common import Json, On, Pack, Packs, index_of, shelf_of


def board(
    pack: Pack,
    on: On = None,
    packs: Packs = None,
    live: Annotated[bool, typer.Option("--live", help="加上平台上审定的数（需要数据库）")] = False,
    known_at: Annotated[
        str | None,
        typer.Option("--known-at", help="只算到这一刻为止已审定的（如 2024-03-01T12:00，与 --live 同用）"),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="用演示数据（与 --live 同用）")] = False,
    as_json: Json = False,
) -> None:
    """指标看板：每个目标的公布值、可比性和判定。不加 --live 时只读政策包文件，不需要数据库。"""
    if live:
        from zhijiao.cli import live as live_command

        live_command.show(index_of(shelf_of(packs), pack), day_of(on), known_at, demo, as_json)
        return
    if known_at is not None or demo:
        raise typer.BadParameter("--known-at 和 --demo 要与 --live 同用")
    from zhijiao.indicators.queries import board as board_of
    from zhijiao.indicators.queries import board_as_json
    from zhijiao.policy.types.wording import target_text, told

    day = day_of(on)
    made = board_of(index_of(shelf_of(packs), pack), day)
    if as_json:
        typer.echo(json.dumps(board_as_json(made), ensure_ascii=False, indent=1))
        return
    for row in made.rows:
        actual = (
            "—"
            if row.actual is None
            else f"{told(row.actual.op, row.actual.value, row.actual.unit)}（{row.actual.as_of}）"
        )
        typer.echo(
            f"{'  ' * row.depth}{row.indicator.id} {row.indicator.name}｜目标 {target_text(row.indicator)}｜公布 {actual}｜{row.verdict.words}"
        )
    counted = "，".join(f"{verdict.words} {n}" for verdict, n in made.counts.items() if n)
    typer.echo(f"{day.isoformat()}，{len(made.headline)} 项：{counted}")
    for closing in made.closings:
        typer.echo(
            f"《{closing.document.short}》{closing.words}"
            + (f"（{closing.closes_on}）" if closing.closes_on else "")
        )


def day_of(text: str | None) -> date:
    """The day that `--on` names; today in Shanghai without it."""
    if text is None:
        return datetime.now(ZoneInfo("Asia/Shanghai")).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        typer.echo(f"日期「{text}」不合格，写成 2023-12-31 这样", err=True)
        raise typer.Exit(2) from None
