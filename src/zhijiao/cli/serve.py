"""Commands that run the product: `run`, and the steps it is made of."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

OPERATION = "运行"
# How `install-packs` says that it refused a pack; `run` then serves the last good version of it.
PACKS_REFUSED = 3
# What `run` does before it serves: commands, each with the exit codes that let the start go on.
PREPARATION = ((("migrate", "--quiet"), (0,)), (("install-packs",), (0, PACKS_REFUSED)))

DEMO = (("demo", "fill", "--quiet", "--accounts-only"), (0,))
"""The step that makes the accounts of the tenant of examples: they stand on the sign-in page."""
EXAMPLES = ("装入演示业务", ("demo", "fill", "--quiet"))
"""What fills that tenant with work, while the pages already answer."""
RECORDS = ("装入演示记录", ("demo", "data", "--quiet"))
"""What gives it records: minutes of work, at the lowest priority."""
AFTERWARDS = ((EXAMPLES, ("work", "records")), (RECORDS, ("records",)))


def register(app: typer.Typer) -> None:
    """Add these commands to the main one."""
    app.command("run", rich_help_panel=OPERATION)(run)
    app.command("migrate", rich_help_panel=OPERATION)(migrate)
    app.command("install-packs", rich_help_panel=OPERATION)(install_packs)
    app.command("worker", rich_help_panel=OPERATION)(worker)
    app.command(
        "manage",
        rich_help_panel=OPERATION,
        add_help_option=False,
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )(manage)


def run(
    host: Annotated[str, typer.Option(help="提供网页的地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="提供网页的端口。", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="网页进程数。", min=1)] = 2,
) -> None:
    """启动整个平台：数据库、网页和后台任务。Ctrl-C 停止。"""
    from zhijiao.core.serving import serve

    examples = _examples()
    serve(
        host=host,
        port=port,
        workers=workers,
        prepare=[*PREPARATION, *([DEMO] if examples else [])],
        afterwards=[step for step, least in AFTERWARDS if examples in least],
        say=_say,
    )


def _examples() -> str:
    """How much of the tenant of examples is made: nothing, `accounts`, `work` or also `records`. Only in the embedded
    database; ZHIJIAO_DEMO says less (`0`, `accounts` or `work`)."""
    from zhijiao.core import environment

    asked = environment.text("ZHIJIAO_DEMO").strip()
    if environment.database_url() is not None or asked == "0":
        return ""
    return asked if asked in ("accounts", "work") else "records"


def migrate(
    quiet: Annotated[bool, typer.Option("--quiet", help="没有变化时不输出。")] = False,
) -> None:
    """把数据库升级到本版本的结构。"""
    # The login is chosen before Django reads its settings: only this command uses the owner's.
    os.environ["ZHIJIAO_DATABASE_LOGIN"] = "owner"
    from zhijiao.core.database import database_running

    with database_running():
        _django()
        from zhijiao.core.migrating import migrate as upgrade

        upgrade(verbosity=0 if quiet else 1)


def install_packs(
    packs: Annotated[
        list[Path] | None,
        typer.Option("--packs", help="另外的政策包文件夹，可多次给出", exists=True, file_okay=False),
    ] = None,
) -> None:
    """检查政策包，把有变化的装入数据库。有问题的包整个不装，原来的版本继续使用。"""
    from zhijiao.core.database import database_running

    with database_running():
        _django()
        from django.utils import timezone

        from zhijiao.core.access.actor import Actor
        from zhijiao.core.kinds import Tenant
        from zhijiao.policy.actions import install_packs as install
        from zhijiao.policy.packs.loading import complaints
        from zhijiao.registry.actions import plant_packs

        for said in complaints(packs or ()):
            typer.echo(f"请留意：{said}", err=True)
        results = install(by="zhijiao install-packs", at=timezone.now(), extra=packs or ())
        # The organisations that the packs name have to stand before somebody owes a figure; quick when they do.
        plant_packs(by=Actor.system("zhijiao install-packs", Tenant.REAL), at=timezone.now())
    for result in results:
        if result.changed:
            typer.echo(f"已装入政策包 {result.pack}（版本 {(result.version or '')[:12]}）。")
        if result.offered and result.news:
            typer.echo(
                f"政策包 {result.pack} 有新版本（{(result.version or '')[:12]}）。已有人在现行版本下办理业务，"
                "新版本要在“工作台—政策包更新”看过影响并接受后才启用。"
            )
        if result.refused is not None:
            typer.echo(_shortened(f"{result.refused}\n原来装入的版本（如有）继续使用。"), err=True)
    if any(result.refused for result in results):
        raise typer.Exit(PACKS_REFUSED)


def worker() -> None:
    """只运行后台任务（生产环境可在别的机器上运行）。"""
    _django()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as jobs:
        jobs.run_worker(concurrency=2, shutdown_graceful_timeout=10)


def manage(context: typer.Context) -> None:
    """运行 Django 的管理命令，例如 zhijiao manage shell。"""
    from zhijiao.core.database import database_running

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    with database_running():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["zhijiao manage", *context.args])


class _Management:
    """Django, ready: what the commands above need of it."""

    def call_command(self, name: str, *words: str, **options: object) -> None:
        from django.core.management import call_command

        call_command(name, *words, **options)


def _django() -> _Management:
    from zhijiao.core.loading import load_django

    load_django()
    return _Management()


def _shortened(words: str, shown: int = 12) -> str:
    """Keep the first and the last lines of a long list: at start, where to look matters more than all of it."""
    lines = words.splitlines()
    left_out = len(lines) - shown
    if left_out > 1:
        lines[shown - 2 : -2] = [f"……另有 {left_out} 行，运行 zhijiao packs check 查看全部。"]
    return "\n".join(lines)


def _say(words: str) -> None:
    typer.echo(words)
    sys.stdout.flush()
