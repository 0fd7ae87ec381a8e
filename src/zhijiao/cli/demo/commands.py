"""The commands of the tenant of examples."""

from __future__ import annotations

from typing import Annotated

import typer

from zhijiao.cli.common import Json, at_work, say_json

app = typer.Typer(help="演示数据：示例单位、各种角色的账号和示例业务，与真实数据分开", no_args_is_help=True)


@app.command()
def fill(
    quiet: Annotated[bool, typer.Option("--quiet", help="没有变化时不输出")] = False,
    accounts_only: Annotated[bool, typer.Option("--accounts-only", help="只建示例单位和账号")] = False,
) -> None:
    """装入演示数据：示例单位、各种角色的账号、示例业务。已有的不动。只能装入内置数据库。"""
    from zhijiao.core import environment

    environment.refuse_demo_data()
    with at_work():
        from django.utils import timezone

        from zhijiao.cli.demo.filling import fill as fill_demo
        from zhijiao.core.demo import PASSWORD

        places = fill_demo(at=timezone.now(), on=timezone.localdate(), work=not accounts_only)
        if not quiet:
            for place in places:
                typer.echo(f"{place.place.name}：演示账号 {len(place.actors)} 个")
            typer.echo(f"口令都是 {PASSWORD}，账号见 zhijiao demo accounts 或登录页")


@app.command()
def accounts(as_json: Json = False) -> None:
    """列出演示账号和口令。"""
    with at_work():
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
