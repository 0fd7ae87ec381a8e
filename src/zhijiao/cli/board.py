"""`zhijiao board`: the board of a pack on a day, from pack files alone."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer


def board(
    pack: Annotated[str, typer.Argument(help="政策包编号")],
    on: Annotated[str | None, typer.Option("--on", help="从哪一天看（YYYY-MM-DD），不写则为今天")] = None,
    packs: Annotated[
        list[Path] | None, typer.Option("--packs", help="另外的政策包文件夹，可多次给出")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """指标看板：每个目标的公布值、可比性和判定（只读政策包文件，不需要数据库）。"""
    from zhijiao.indicators.queries import board as board_of
    from zhijiao.indicators.queries import board_as_json
    from zhijiao.policy.packs.loading import library
    from zhijiao.policy.packs.problems import PackNotFound, PackRefused
    from zhijiao.policy.types.wording import target_text, told

    day = day_of(on)
    try:
        made = board_of(library(packs or ()).index(pack), day)
    except (PackNotFound, PackRefused) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
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
