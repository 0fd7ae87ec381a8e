"""`zhijiao intake …`: take files in, undo, list. Acts as the system, under the name of whoever is at the terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhijiao.cli.common import Json, cannot_write, fail, say_json
from zhijiao.cli.product import working

if TYPE_CHECKING:
    from zhijiao.core.access.actor import Actor
    from zhijiao.exchange.types import Outcome

SOME_WAIT = 3
"""Exit code: good rows went in, some wait."""
SHOWN = 20

Tenant = Annotated[str, typer.Option("--tenant", help="real 真实 / demo 演示")]
Number = Annotated[str, typer.Argument(help="批次号，如 SJ261122-00007")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="数据入库：检查文件、入库、撤销、查看批次。\n\n"
        "zhijiao intake FILE --dataset NAME 是 zhijiao intake file 的简写。",
        no_args_is_help=True,
        cls=_shorthand(),
    )
    group.command("file")(file)
    group.command("undo")(undo)
    group.command("list")(list_)
    app.add_typer(group, name="intake")


def _shorthand() -> type[typer.core.TyperGroup]:
    """`zhijiao intake FILE …` without a word for the command."""

    class Shorthand(typer.core.TyperGroup):
        def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
            if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
                args = ["file", *args]
            return super().parse_args(ctx, args)

    return Shorthand


def file(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="xlsx、csv 或 JSON 文件", exists=True, dir_okay=False)
    ],
    dataset: Annotated[str, typer.Option("--dataset", help="数据集编号（zhijiao standard list 列出全部）")],
    org: Annotated[
        str, typer.Option("--org", help="报送单位的代码；不写则为组织树最上面的单位，文件可含其下各单位的行")
    ] = "",
    source: Annotated[
        str,
        typer.Option(
            "--source", help="另一来源的名称，如 national（国家系统的导出）；与本地数据比对，不替换本地数据"
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，说出会有哪些变化，不入库")] = False,
    errors: Annotated[
        Path | None, typer.Option("--errors", metavar="OUT.xlsx", help="把标出错误单元格的原文件写到这里")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不问，直接入库")] = False,
    tenant: Tenant = "real",
    as_json: Json = False,
) -> None:
    """检查一个文件并入库：合格的行入库，不合格的行等待改正。

    先列出新增、变更、移出各多少行，问过再入库（--yes 或 --json 时不问）。同一个文件再交一次，没有变化。

    退出码：0 全部合格；3 有行待改（合格的已入库）；1 文件读不了或被拒绝，什么都没有改动；2 命令写错。
    """
    began = time.perf_counter()
    with working("zhijiao intake", tenant) as by:
        from django.utils import timezone

        from zhijiao.exchange import actions
        from zhijiao.exchange.actions.running import hand_over
        from zhijiao.exchange.queries import batches

        sender = _sender(by, org)
        at = timezone.now()
        asking = not (yes or as_json or dry_run)
        if asking:
            batch, seen = hand_over(
                by=by, at=at, dataset=dataset, organisation=sender, path=path, source=source
            )
            _say(seen, path, batches.by_number(by, batch.number).notes)
            if not typer.confirm("确认入库？"):
                actions.withdraw(by=by, at=at, batch=batch.pk, words="没有确认")
                typer.echo("没有入库，什么都没有改动。")
                raise typer.Exit(1)
            outcome = actions.apply(
                batch=batch.pk, by=by, at=at, seen=(batch.plan or {}).get("digest"), path=path
            )
            typer.echo(f"已入库，批次 {outcome.batch}。")
        else:
            outcome = actions.intake(
                by=by, at=at, dataset=dataset, organisation=sender, path=path, source=source, dry_run=dry_run
            )
        if errors is not None and (outcome.counts.quarantined or outcome.counts.warnings):
            back = batches.returned(by, batches.by_number(by, outcome.batch).batch.id)
            try:
                errors.write_bytes(back.content)
            except OSError as error:
                cannot_write(errors, error)
        if as_json:
            say_json(as_mapping(outcome, time.perf_counter() - began))
        elif not asking:
            _say(outcome, path, batches.by_number(by, outcome.batch).notes)
            typer.echo("没有入库（--dry-run）。" if dry_run else f"已入库，批次 {outcome.batch}。")
        if errors is not None and not as_json and outcome.counts.quarantined:
            typer.echo(f"标出错误的文件：{errors}")
    if outcome.counts.quarantined:
        raise typer.Exit(SOME_WAIT)


def undo(
    number: Number,
    why: Annotated[str, typer.Option("--why", help="为什么撤销（必填，记入日志）")],
    tenant: Tenant = "real",
    as_json: Json = False,
) -> None:
    """撤销一个批次：数据回到入库以前。后来的批次或算过的指标用到它时拒绝，退出码为 1。"""
    with working("zhijiao intake", tenant) as by:
        from django.utils import timezone

        from zhijiao.exchange import actions
        from zhijiao.exchange.queries import batches

        found = batches.by_number(by, number)
        outcome = actions.undo(batch=found.batch.id, by=by, at=timezone.now(), words=why)
        if as_json:
            say_json(as_mapping(outcome, outcome.seconds))
            return
        c = outcome.counts
        typer.echo(
            f"已撤销 {number}（撤销的批次号 {outcome.batch}）：恢复 {c.new + c.changed} 条，去掉 {c.gone} 条。"
        )


def list_(
    dataset: Annotated[str, typer.Option("--dataset", help="只列这个数据集")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="最多列多少个")] = 20,
    tenant: Tenant = "real",
    as_json: Json = False,
) -> None:
    """列出最近的批次。"""
    with working("zhijiao intake", tenant) as by:
        from django.utils import timezone

        from zhijiao.exchange.queries import batches

        found = batches.batches(by, dataset=dataset, limit=limit)
        if as_json:
            say_json([{**vars(one), "counts": vars(one.counts), "state": one.state.value} for one in found])
            return
        for one in found:
            c = one.counts
            typer.echo(
                f"{one.number}\t{timezone.localtime(one.received_at):%Y-%m-%d %H:%M}\t{one.dataset}\t{one.state.words}\t"
                f"读入 {c.read} 新增 {c.new} 变更 {c.changed} 移出 {c.gone} 待改 {one.waiting}\t{one.file_name}"
            )
        if not found:
            typer.echo("还没有批次。用 zhijiao intake FILE --dataset NAME 交一个文件。")


def as_mapping(outcome: Outcome, seconds: float) -> dict[str, object]:
    """The stable JSON of an outcome."""
    return {
        "batch": outcome.batch,
        "dataset": outcome.dataset,
        "state": outcome.state.value,
        **vars(outcome.counts),
        "seconds": round(seconds, 3),
        "by_rule": dict(outcome.by_rule),
        "problems": [{**vars(p), "severity": p.severity.value} for p in outcome.problems],
    }


def _say(outcome: Outcome, path: Path, notes: Sequence[str]) -> None:
    c = outcome.counts
    typer.echo(
        f"“{path.name}”：读入 {c.read} 行，合格 {c.valid} 行，待改 {c.quarantined} 行，提醒 {c.warnings} 处"
    )
    typer.echo(f"新增 {c.new}，变更 {c.changed}，不变 {c.unchanged}，移出 {c.gone}")
    for note in notes:
        typer.echo(f"  {note}")
    for problem in outcome.problems[:SHOWN]:
        typer.echo(f"  {problem.words}")
    more = sum(outcome.by_rule.values()) - min(len(outcome.problems), SHOWN)
    if more > 0:
        typer.echo(f"  还有 {more} 处；用 --errors OUT.xlsx 取回标好全部错误的文件。")


def _sender(by: Actor, code: str) -> int:
    """The organisation that hands in."""
    from django.utils import timezone

    from zhijiao.core.tree import tree
    from zhijiao.registry import queries

    if code:
        return queries.by_code(by.tenant, code).id
    roots = tree(by.tenant, timezone.localdate()).children.get(None, [])
    if len(roots) != 1:
        known = "、".join(f"{root.code}（{root.label}）" for root in roots[:8])
        fail(f"请用 --org 写明报送单位的代码。{f'最上面的单位有：{known}' if known else '组织树还是空的'}。")
    return roots[0].id
