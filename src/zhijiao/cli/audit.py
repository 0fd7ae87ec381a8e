"""`zhijiao audit …`: the audit trail and its chain."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from zhijiao.cli.common import Json
from zhijiao.cli.product import answer, day, product, show
from zhijiao.core.errors import Refusal

app = typer.Typer(help="审计记录：验证封存链、查看链头、查看记录", no_args_is_help=True)


@app.command()
def verify(
    heads: Annotated[
        list[str] | None,
        typer.Option("--head", help="以前记下的链头（位置:摘要），可多次给出；数据目录里记下的会一并核对"),
    ] = None,
    as_json: Json = False,
) -> None:
    """从第一环起验证整条封存链。完好时退出码为 0；否则为 1，并说明哪一条记录有什么问题。"""
    known = dict(_head(text) for text in heads or ())
    with product():
        from django.utils import timezone

        from zhijiao.core import environment
        from zhijiao.core.auditing import heads as noted
        from zhijiao.core.auditing.verifying import verify as check

        verdict = check(known={**noted.noted(environment.data_folder()), **known}, at=timezone.now())
    value = {
        "holds": verdict.holds,
        "length": verdict.head.position,
        "head": str(verdict.head),
        "waiting": verdict.waiting,
        "faults": [asdict(fault) for fault in verdict.faults],
        "fault_count": verdict.count,
    }
    if verdict.holds:
        words = (
            f"封存链完好：共 {verdict.head.position} 环，链头 {verdict.head}，待封存 {verdict.waiting} 条。"
        )
    else:
        lines = [
            f"封存链有 {verdict.count} 处问题：",
            *(f"  {fault.words}（{fault.kind}）" for fault in verdict.faults),
        ]
        words = "\n".join(lines)
    answer(value, as_json, words)
    if not verdict.holds:
        raise typer.Exit(1)


@app.command()
def head(as_json: Json = False) -> None:
    """现在的链头（位置:摘要）。抄录在别处，以后用 verify --head 可证明其前的记录没有被删改。"""
    with product():
        from zhijiao.core.auditing.sealing import head as head_of

        now = head_of()
    answer({"position": now.position, "hash": now.hash, "head": str(now)}, as_json, str(now))


@app.command("show")
def show_events(
    who: Annotated[str | None, typer.Option("--who", help="只看这个人（姓名的一部分）")] = None,
    action: Annotated[
        str | None, typer.Option("--action", help="只看这类操作，例如 role. 或 role.granted")
    ] = None,
    user: Annotated[str | None, typer.Option("--account", help="只看涉及这个用户名的账号的")] = None,
    since: Annotated[str | None, typer.Option("--from", help="从哪一天起（YYYY-MM-DD）")] = None,
    until: Annotated[str | None, typer.Option("--until", help="到哪一天为止（YYYY-MM-DD）")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多多少条")] = 50,
    as_json: Json = False,
) -> None:
    """查看审计记录，最新的在前。"""
    with product():
        from django.utils.timezone import localtime

        from zhijiao.cli.product import account
        from zhijiao.core.access.scope import bulk
        from zhijiao.core.auditing.reading import Asked, events

        asked = Asked(
            who=who or "",
            action=action or "",
            object_kind="user" if user else "",
            object_id=str(account(user).pk) if user else "",
            since=day(since) if since else None,
            until=day(until) if until else None,
        )
        with bulk():
            rows: list[dict[str, Any]] = [
                asdict(row) | {"time": f"{localtime(row.at):%Y-%m-%d %H:%M:%S}"}
                for row in events(asked, limit=limit)
            ]
    show(rows, as_json, "{time}\t{name}\t{action}\t{summary}", "没有符合条件的记录。")


def _head(text: str) -> tuple[int, str]:
    position, _, value = text.partition(":")
    if not position.isdigit() or len(value) != 64:
        raise Refusal(f"链头“{text}”不合格，写成 zhijiao audit head 打印的样子：位置:64 位摘要。")
    return int(position), value
