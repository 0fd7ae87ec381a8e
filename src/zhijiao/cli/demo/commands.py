"""The commands of the tenant of examples."""

from __future__ import annotations

from typing import Annotated

import typer

from zhijiao.cli.common import Json, say_json
from zhijiao.cli.product import product

app = typer.Typer(help="演示数据：示例单位、各种角色的账号和示例业务，与真实数据分开", no_args_is_help=True)


@app.command()
def fill(
    quiet: Annotated[bool, typer.Option("--quiet", help="没有变化时不输出")] = False,
    accounts_only: Annotated[bool, typer.Option("--accounts-only", help="只建示例单位和账号")] = False,
) -> None:
    """装入演示数据：示例单位、各种角色的账号、示例业务。已有的不动。只能装入内置数据库。"""
    from zhijiao.core import environment

    environment.refuse_demo_data()
    with product():
        from django.utils import timezone

        from zhijiao.cli.demo.filling import fill as fill_demo
        from zhijiao.core.demo import PASSWORD, one_at_a_time

        with one_at_a_time("fill"):
            places = fill_demo(at=timezone.now(), on=timezone.localdate(), work=not accounts_only)
        if not quiet:
            for place in places:
                typer.echo(f"{place.place.name}：演示账号 {len(place.actors)} 个")
            typer.echo(f"口令都是 {PASSWORD}，账号见 zhijiao demo accounts 或登录页")


@app.command()
def data(
    quiet: Annotated[bool, typer.Option("--quiet", help="没有变化时不输出")] = False,
    size: Annotated[
        str, typer.Option("--size", help="city，或两市合计的学生行数（如 20000，装得快些）")
    ] = "city",
) -> None:
    """装入演示记录：虚构城市的单位、学生、教师、企业等，逐年经数据接收入库并留快照。已装过的不动；中断后再运行会接着装。"""
    import os
    from time import perf_counter

    from zhijiao.core import environment

    environment.refuse_demo_data()
    # Pages answer meanwhile: this may use one processor, and only when nobody else wants it.
    os.environ["POLARS_MAX_THREADS"] = "1"
    os.nice(10)
    with product():
        from django.utils import timezone

        from zhijiao.cli.demo.data import load_data
        from zhijiao.cli.demo.people import make_places
        from zhijiao.core.demo import one_at_a_time

        began, at = perf_counter(), timezone.now()
        with one_at_a_time("fill"):
            places = make_places(at=at, on=timezone.localdate(at))
        with one_at_a_time("data"):
            done = load_data(places, at=at, size=size)
        if done is not None:
            typer.echo(
                f"演示记录已装入：{done.organisations} 个单位，{done.files} 个文件，{done.rows} 行（{done.waiting} 行待改正），"
                f"{len(done.snapshots)} 个快照，{perf_counter() - began:.0f} 秒。"
            )
        elif not quiet:
            typer.echo("演示记录已经在了，没有改动。")


@app.command()
def accounts(as_json: Json = False) -> None:
    """列出演示账号和口令。"""
    with product():
        from zhijiao.core.demo import PASSWORD, demo_accounts

        found = demo_accounts()
        if as_json:
            say_json(
                [
                    {
                        "username": a.username,
                        "password": PASSWORD,
                        "name": a.name,
                        "role": a.role,
                        "organisation": a.organisation,
                        "place": a.place,
                    }
                    for a in found
                ]
            )
            return
        for account in found:
            typer.echo(
                f"{account.username}\t{account.name}\t{account.role}\t{account.place}\t{account.organisation}"
            )
        typer.echo(f"口令都是 {PASSWORD}" if found else "还没有演示账号。运行 zhijiao demo fill 装入。")
