"""`zhijiao tasks …`: start the tasks of packs, see how they stand, take the steps of the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zhijiao.cli.board import day_of
from zhijiao.cli.common import Json, On, Pack, say_json
from zhijiao.cli.product import product

if TYPE_CHECKING:
    from zhijiao.core.access.actor import Actor

app = typer.Typer(help="任务办理：按政策包落实到单位、看进展、到期自动办理", no_args_is_help=True)
Demo = Annotated[bool, typer.Option("--demo", help="演示数据，而不是真实数据")]


@app.command()
def start(
    pack: Pack,
    on: On = None,
    demo: Demo = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会改什么，不写入")] = False,
    as_json: Json = False,
) -> None:
    """按政策包的任务清单和当天的组织树，落实或更新任务。可反复运行，没有变化就不改。"""
    with product():
        from django.utils import timezone

        from zhijiao.supervision.actions import start_from_pack

        done = start_from_pack(
            pack=pack, by=_system(demo), at=timezone.now(), on=day_of(on), write=not dry_run
        )
        counts = {
            "new": len(done.new),
            "changed": len(done.changed),
            "gone": len(done.gone),
            "joining": len(done.joining),
            "leaving": len(done.leaving),
            "nobody": len({who.unit for _, who in done.nobody}),
        }
        if as_json:
            say_json(counts)
            return
        typer.echo(
            f"{'将' if dry_run else '已'}新增 {counts['new']} 项、变更 {counts['changed']} 处、不再列入 {counts['gone']} 项；"
            f"落实 {counts['joining']} 个单位、解除 {counts['leaving']} 个；还有 {counts['nobody']} 种写法没有对应的单位"
        )


@app.command("list")
def listed(pack: Pack, on: On = None, demo: Demo = False, as_json: Json = False) -> None:
    """列出一个政策包的任务和办理情况。"""
    with product():
        from zhijiao.core.access.scope import bulk
        from zhijiao.core.tree import tree
        from zhijiao.supervision.queries.work import item_lines

        day, actor = day_of(on), _system(demo)
        with bulk():
            lines = item_lines(actor, tree(actor.tenant, day), on=day, pack=pack)
        if as_json:
            say_json(
                [
                    {
                        "key": line.key,
                        "title": line.title,
                        "light": line.light.colour.value,
                        "reason": line.light.reason,
                        "lead": line.lead.name if line.lead else None,
                        "units": line.units,
                        "done": line.done,
                        "due": line.due,
                        "nobody": [unit for unit, _ in line.nobody],
                    }
                    for line in lines
                ]
            )
            return
        for line in lines:
            lead = line.lead.name if line.lead else "各单位" if line.units else "未落实"
            typer.echo(f"{line.light.colour.words}\t{line.done}/{line.units}\t{lead}\t{line.title}")


@app.command()
def lapse(on: On = None, demo: Demo = False) -> None:
    """办理已经期满的自动步骤（后台每天也会办）。"""
    with product():
        from django.utils import timezone

        from zhijiao.supervision.actions import lapse_proceedings

        taken = lapse_proceedings(by=_system(demo), at=timezone.now(), on=day_of(on))
        typer.echo(f"自动办理 {taken} 步")


def _system(demo: bool) -> Actor:
    from zhijiao.core.access.actor import Actor
    from zhijiao.core.kinds import Tenant

    return Actor.system("zhijiao tasks", Tenant.DEMO if demo else Tenant.REAL)
