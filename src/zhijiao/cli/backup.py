"""`zhijiao backup FILE` and `zhijiao restore FILE`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from zhijiao.cli.common import Json
from zhijiao.cli.product import ADMINISTRATION, answer, product
from zhijiao.core.errors import Refusal

if TYPE_CHECKING:
    from zhijiao.core.backup.manifest import Manifest


def register(app: typer.Typer) -> None:
    """Add these commands to the main one."""
    app.command("backup", rich_help_panel=ADMINISTRATION)(backup)
    app.command("restore", rich_help_panel=ADMINISTRATION)(restore)


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="备份写到哪个文件，例如 zhijiao-20261122.tar.gz")
    ] = None,
    digests: Annotated[
        bool, typer.Option("--digests", help="不写备份，只打印各表的行数和摘要，用来核对两处数据是否相同")
    ] = False,
    as_json: Json = False,
) -> None:
    """把整个实例备份成一个文件：数据库、上传的文件、密钥。运行中或停止时都可以做。

    备份含全部数据和密钥，文件只有当前用户可读，请按涉密要求保管。
    """
    from zhijiao.core import environment

    if file is None and not digests:
        raise Refusal("请写备份文件的名字，例如 zhijiao backup zhijiao.tar.gz；只看摘要用 --digests。")
    with product():
        from django.utils import timezone

        from zhijiao.core.auditing.sealing import seal
        from zhijiao.core.backup import save
        from zhijiao.core.backup.manifest import lasting
        from zhijiao.core.backup.saving import table_digests

        if digests:
            tables, head = table_digests(_parameters())
            value: dict[str, Any] = {
                "tables": {name: asdict(table) for name, table in lasting(tables).items()},
                "digest": _overall(lasting(tables)),
                "audit_head": head,
            }
            lines = [f"{name}\t{table['rows']}\t{table['digest']}" for name, table in value["tables"].items()]
            answer(value, as_json, "\n".join([*lines, f"合计\t\t{value['digest']}", f"审计链头\t\t{head}"]))
            return
        assert file is not None
        # What is sealed when it goes into the backup cannot be changed in the backup unnoticed.
        seal(at=timezone.now())
        made = save(
            file,
            _parameters(),
            environment.data_folder(),
            at=timezone.localtime(),
            say=_quiet if as_json else _say,
        )
    answer(_told(made) | {"file": str(file)}, as_json, f"已备份到 {file}：{_in_words(made)}。")
    for digest in made.missing_files:
        typer.echo(f"请留意：文件库里缺少 {digest}，备份里也没有它。", err=True)
    if not made.secret_key:
        typer.echo("请留意：密钥来自环境变量 ZHIJIAO_SECRET_KEY，不在备份里，请另行保管。", err=True)


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件")],
    yes: Annotated[bool, typer.Option("--yes", help="实例里已有数据时也恢复，用备份替换它")] = False,
    check: Annotated[bool, typer.Option("--check", help="只核对备份文件是否完整，不恢复")] = False,
    as_json: Json = False,
) -> None:
    """从备份文件恢复整个实例。请先停止平台。先核对、再装入、最后替换，中途失败则一切照旧。"""
    from zhijiao.core import environment
    from zhijiao.core.backup import check as check_file
    from zhijiao.core.backup import restore as restore_file

    if check:
        found = check_file(file)
        answer(_told(found), as_json, f"备份完整：{_in_words(found)}。")
        return
    if environment.database_url() is not None:
        raise Refusal(
            "DATABASE_URL 指向单独的数据库服务器，恢复由数据库管理员办理：\n"
            f"  1. 停止平台；解开备份：tar xzf {file}\n"
            "  2. 新建空库，按运维指南设好账号和默认权限，再用表的属主执行：pg_restore --no-owner --no-privileges --single-transaction "
            "--exit-on-error -d 新库 database.dump\n"
            "  3. 把 files/ 里的文件放回数据目录（files/前两位/次两位/全名），把 DATABASE_URL 改指新库，启动平台\n"
            "  4. zhijiao backup --digests 与备份时核对，zhijiao audit verify 验证封存链"
        )
    found = restore_file(
        file,
        environment.data_folder(),
        known=_known_migrations(),
        replace=yes,
        at=datetime.now(ZoneInfo("Asia/Shanghai")),
        say=_quiet if as_json else _say,
    )
    answer(_told(found), as_json, f"已恢复：{_in_words(found)}。各表摘要与备份时相同。现在可以启动平台。")


def _parameters() -> dict[str, str | int]:
    """How the owner of the tables reaches the database: whoever else asks would get only what a scope shows."""
    from zhijiao.core import environment
    from zhijiao.core.database import from_url
    from zhijiao.core.postgres import OWNER, load_logins

    address = environment.migration_url()
    if address is not None:
        known = from_url(address)
        words = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        return {word: known[key] for word, key in words.items() if known[key]} | known["OPTIONS"]
    logins = load_logins(environment.data_folder())
    assert logins is not None, "a database is running, so there are logins"
    return logins.parameters(OWNER)


def _known_migrations() -> set[str]:
    from zhijiao.core.loading import load_django

    load_django()
    from django.db.migrations.loader import MigrationLoader

    return {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}


def _told(found: Manifest) -> dict[str, Any]:
    from zhijiao.core.backup.manifest import lasting

    return {
        "product": found.product,
        "created_at": found.created_at,
        "tables": {name: asdict(table) for name, table in lasting(found.tables).items()},
        "digest": _overall(lasting(found.tables)),
        "files": found.files,
        "file_bytes": found.file_bytes,
        "missing_files": list(found.missing_files),
        "audit_head": found.audit_head,
        "secret_key": found.secret_key,
    }


def _in_words(found: Manifest) -> str:
    rows = sum(table.rows for table in found.tables.values())
    return (
        f"{len(found.tables)} 张表共 {rows} 行，文件 {found.files} 个（{found.file_bytes / 1024 / 1024:.1f} MB），"
        f"备份时间 {found.created_at}，版本 {found.product}"
    )


def _overall(tables: dict[str, Any]) -> str:
    import hashlib

    text = "\n".join(f"{name} {table.rows} {table.digest}" for name, table in sorted(tables.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _say(words: str) -> None:
    typer.echo(words)


def _quiet(words: str) -> None:
    """Say nothing: the answer is for a program."""
