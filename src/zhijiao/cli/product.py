"""What commands on a running or stopped product share: the database for their length, days, organisations, people."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhijiao.cli.board import day_of
from zhijiao.cli.common import fail
from zhijiao.core.errors import Refusal

if TYPE_CHECKING:
    from zhijiao.core.access.actor import Actor
    from zhijiao.core.kinds import Tenant
    from zhijiao.core.models import User
    from zhijiao.core.tree import Node

ADMINISTRATION = "管理"
Demo = Annotated[bool, typer.Option("--demo", help="在演示数据里操作，不动真实数据")]
Code = Annotated[str, typer.Option("--organisation", "-o", help="单位代码（zhijiao org list 可查）")]


class NotFound(Refusal):
    """Nothing is called what the command line says."""


@contextmanager
def product() -> Iterator[None]:
    """Django, with a database for the length of the block."""
    from zhijiao.core.database import database_running
    from zhijiao.core.loading import load_django

    with database_running():
        load_django()
        from django.db import ProgrammingError
        from psycopg.errors import UndefinedTable

        try:
            yield
        except (ProgrammingError, UndefinedTable) as error:
            raise Refusal(
                f"数据库还没有升级到本版本的结构（{str(error).splitlines()[0]}）。请先运行 zhijiao migrate。"
            ) from error


@contextmanager
def working(command: str, tenant: str) -> Iterator[Actor]:
    """The product, and who acts in a tenant that was named; what they may not see ends the command."""
    if tenant not in ("real", "demo"):
        fail(f"没有“{tenant}”这个租户，写 real 或 demo")
    with product():
        from zhijiao.core.access.actor import Invisible

        try:
            yield operator(command, demo=tenant == "demo")
        except Invisible as error:
            fail(str(error))


def operator(command: str, *, demo: bool = False) -> Actor:
    """Who acts when an operator types a command: the trail names the command and the machine's account."""
    from zhijiao.core.access.actor import Actor

    return Actor.system(f"{command}（{_account()}）", tenant_of(demo))


def tenant_of(demo: bool) -> Tenant:
    """The tenant that a command works on."""
    from zhijiao.core.kinds import Tenant

    return Tenant.DEMO if demo else Tenant.REAL


def organisation(code: str, tenant: Tenant, on: date) -> Node:
    """The organisation with a code on a day."""
    from zhijiao.core.tree import tree

    found = tree(tenant, on).by_code.get(code)
    if found is None:
        raise NotFound(f"{on} 没有代码为“{code}”的单位。用 zhijiao org list 查看全部代码。")
    return found


def account(username: str) -> User:
    """The account with a user name."""
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.models import User

    with bulk():
        found = User.objects.filter(username=username).first()
    if found is None:
        raise NotFound(f"没有用户名为“{username}”的账号。用 zhijiao account list 查看全部账号。")
    return found


def day(text: str | None) -> date:
    """The day of an option; today without it."""
    return day_of(text)


def show(rows: Sequence[Mapping[str, Any]], as_json: bool, line: str, nothing: str) -> None:
    """Print rows as JSON, or each through a format string."""
    if as_json:
        typer.echo(json.dumps(list(rows), ensure_ascii=False, indent=1, default=str))
        return
    for row in rows:
        typer.echo(line.format(**row))
    if not rows:
        typer.echo(nothing)


def answer(value: Mapping[str, Any], as_json: bool, words: str) -> None:
    """Print one result as JSON, or in words."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str) if as_json else words)


def _account() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
