"""`zhijiao reports …`: open what is owed, see who is late, remind. For operators."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zhijiao.cli.common import Json, On, Pack
from zhijiao.cli.product import Demo, answer, day, operator, product, show, tenant_of

app = typer.Typer(help="数据报送：开放填报、逾期、进度、催办", no_args_is_help=True)


@app.command("open")
def open_reports(
    pack: Pack,
    on: On = None,
    since: Annotated[
        str | None, typer.Option("--since", help="连同自这一天起期满的各期一并开放（补报历史数据用）")
    ] = None,
    demo: Demo = False,
    as_json: Json = False,
) -> None:
    """开放已到期的填报。可反复执行，已开放的不动。"""
    today = day(on)
    with product():
        from django.utils import timezone

        from zhijiao.indicators.actions import open_reports as opening

        done = opening(
            pack=pack,
            tenant=tenant_of(demo),
            on=today,
            at=timezone.now(),
            since=day(since) if since else None,
            by=operator("zhijiao reports open", demo=demo),
        )
    lost = f"；组织树里找不到：{'、'.join(done.lost)}" if done.lost else ""
    answer(
        {"new": done.new, "known": done.known, "lost": list(done.lost)},
        as_json,
        f"新开放 {done.new} 项，原已开放 {done.known} 项{lost}",
    )


@app.command("late")
def late(on: On = None, demo: Demo = False, as_json: Json = False) -> None:
    """逾期清单：哪个单位压着多少项、最早何时到期。"""
    today = day(on)
    with product():
        from zhijiao.core.access.scope import bulk
        from zhijiao.indicators.queries.standing import overdue

        actor = operator("zhijiao reports late", demo=demo)
        with bulk():
            rows: list[dict[str, Any]] = [
                {
                    "organisation": row.organisation_name,
                    "count": row.count,
                    "days": row.days,
                    "oldest": row.oldest,
                }
                for row in overdue(actor, today)
            ]
    show(rows, as_json, "{organisation}\t{count} 项\t最早 {oldest} 到期，已逾期 {days} 天", "没有逾期的。")


@app.command("progress")
def progress(
    pack: Pack,
    period: Annotated[str, typer.Argument(help="哪一期，如 2023、2023-Q1、2023-03、2023/2024")],
    on: On = None,
    demo: Demo = False,
    as_json: Json = False,
) -> None:
    """一期的进度：下一级各单位及其下属，应报、已报、已审定各多少。"""
    today = day(on)
    with product():
        from dataclasses import asdict

        from zhijiao.core.access.scope import bulk
        from zhijiao.indicators.queries.standing import progress as progress_of

        with bulk():
            actor = operator("zhijiao reports progress", demo=demo)
            rows = [asdict(row) for row in progress_of(actor, pack, period, today)]
    show(
        rows,
        as_json,
        "{organisation_name}\t应报 {owed}\t待填 {draft}\t退回 {returned}\t审核中 {review}\t已审定 {approved}\t逾期 {late}",
        "这一期没有开放填报。",
    )


@app.command("remind")
def remind(on: On = None, demo: Demo = False, as_json: Json = False) -> None:
    """发当天该发的到期提醒（后台每天早上也会发，重复执行不会重复提醒）。"""
    today = day(on)
    with product():
        from django.utils import timezone

        from zhijiao.indicators.actions import remind_all

        sent = remind_all(tenant=tenant_of(demo), on=today, at=timezone.now())
    answer({"addressed": sent}, as_json, f"提醒 {sent} 人次")
