"""`zhijiao snapshot …`: take, list, show, check and prune snapshots of the records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhijiao.cli.common import Json, fail
from zhijiao.cli.product import product
from zhijiao.core.errors import Refusal

if TYPE_CHECKING:
    from zhijiao.exchange.queries.snapshots import SnapshotView

snapshot = typer.Typer(no_args_is_help=True, help="数据快照：定格全部数据集和当日的组织树，以后照样重算")
Demo = Annotated[bool, typer.Option("--demo", help="演示数据的快照")]
Id = Annotated[str, typer.Argument(help="快照编号，写前 6 位以上即可")]


@snapshot.command()
def create(
    demo: Demo = False,
    reason: Annotated[str, typer.Option("--reason", help="为什么定格，如“2024 学年初报表”")] = "",
    known: Annotated[
        int | None, typer.Option("--known", help="只算到这个批次序号（见 snapshot list），不写则到最新")
    ] = None,
    tree_on: Annotated[str | None, typer.Option("--tree-on", help="用哪一天的组织树（YYYY-MM-DD）")] = None,
    as_json: Json = False,
) -> None:
    """建立一份快照。内容没有变化时，返回已有的那一份。"""
    with product():
        from django.utils import timezone

        from zhijiao.cli.board import day_of
        from zhijiao.core.access.actor import Actor
        from zhijiao.exchange.actions.snapshots import take_snapshot

        tenant = _tenant(demo)
        try:
            made = take_snapshot(
                by=Actor.system("命令行", tenant),
                at=timezone.now(),
                tenant=tenant,
                reason=reason,
                known=known,
                tree_on=day_of(tree_on) if tree_on else None,
            )
        except Refusal as error:
            fail(str(error))
        _say(made, as_json)


@snapshot.command("list")
def list_(demo: Demo = False, as_json: Json = False) -> None:
    """列出快照，新的在前。"""
    with product():
        from zhijiao.core.access.scope import bulk
        from zhijiao.exchange.queries.snapshots import snapshots

        with bulk():
            found = snapshots(_tenant(demo))
        if as_json:
            typer.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, indent=1))
            return
        for one in found:
            state = "文件已按保留期删除" if one.removed_at else f"{one.rows} 行"
            typer.echo(
                f"{one.short}｜数据截至 {one.known_at:%Y-%m-%d %H:%M}｜批次 {one.known}｜组织树 {one.tree_on}｜{state}"
                + (f"｜{one.marked}" if one.marked else "")
                + (f"｜{one.reason}" if one.reason else "")
            )
        if not found:
            typer.echo("还没有快照。用 zhijiao snapshot create 建立一份；平台每天夜里也会自动建立。")


@snapshot.command()
def show(name: Id, as_json: Json = False) -> None:
    """一份快照：截至何时、哪天的组织树、每个数据集多少行、文件夹在哪里。"""
    with product():
        from zhijiao.core.access.scope import bulk
        from zhijiao.exchange.queries.snapshots import folder_of
        from zhijiao.exchange.queries.snapshots import snapshot as find

        try:
            with bulk():
                found = find(name)
                folder = None if found.removed_at else folder_of(found.id)
        except Refusal as error:
            fail(str(error))
        _say(found, as_json, folder=str(folder) if folder else None)


@snapshot.command()
def verify(name: Id) -> None:
    """核对快照的文件是否与台账一致。有出入时以状态 1 结束。"""
    with product():
        from zhijiao.core.access.scope import bulk
        from zhijiao.exchange.queries.snapshots import faults_of

        try:
            with bulk():
                wrong = faults_of(name)
        except Refusal as error:
            fail(str(error))
    for line in wrong:
        typer.echo(line, err=True)
    if wrong:
        raise typer.Exit(1)
    typer.echo("文件齐全，内容与台账一致。")


@snapshot.command()
def prune(demo: Demo = False, as_json: Json = False) -> None:
    """删除保留期已满的快照的文件（最新 30 份、三年内每月最后一份、每年最后一份都保留）。"""
    with product():
        from django.utils import timezone

        from zhijiao.core.access.actor import Actor
        from zhijiao.exchange.actions.snapshots import prune_snapshots

        tenant = _tenant(demo)
        gone = prune_snapshots(tenant=tenant, by=Actor.system("命令行", tenant), at=timezone.now())
    typer.echo(json.dumps(gone) if as_json else f"删除了 {len(gone)} 份快照的文件，台账保留。")


def _tenant(demo: bool) -> Any:
    from zhijiao.core.kinds import Tenant

    return Tenant.DEMO if demo else Tenant.REAL


def _as_json(found: SnapshotView) -> dict[str, Any]:
    return {
        "id": found.id,
        "tenant": found.tenant.value,
        "known_at": found.known_at.isoformat(),
        "known": found.known,
        "tree_on": found.tree_on.isoformat(),
        "standard": found.standard,
        "reason": found.reason,
        "marked": found.marked,
        "rows": found.rows,
        "size": found.size,
        "made_at": found.made_at.isoformat(),
        "made_by": found.made_by,
        "removed_at": found.removed_at.isoformat() if found.removed_at else None,
        "datasets": dict(found.datasets),
    }


def _say(found: SnapshotView, as_json: bool, **more: Any) -> None:
    if as_json:
        typer.echo(json.dumps({**_as_json(found), **more}, ensure_ascii=False, indent=1))
        return
    typer.echo(f"快照 {found.id}" + (f"（{found.marked}）" if found.marked else ""))
    typer.echo(
        f"数据截至 {found.known_at:%Y-%m-%d %H:%M}（批次 {found.known}），组织树 {found.tree_on}，"
        f"{found.rows} 行，{found.size / 1_000_000:.1f} MB"
    )
    if found.removed_at:
        typer.echo(f"文件已于 {found.removed_at:%Y-%m-%d} 按保留期删除，只剩台账。")
    for name, rows in found.datasets.items():
        typer.echo(f"  {name}｜{rows} 行")
    for label, value in more.items():
        if value:
            typer.echo(f"{'文件夹' if label == 'folder' else label} {value}")
