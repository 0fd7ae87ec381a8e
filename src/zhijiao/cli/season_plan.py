"""`zhijiao season plan …`: the plan of a season as a workbook: out to fill in, checked, kept as drafts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhijiao.cli.common import Json, cannot_write, fail, say_json
from zhijiao.cli.product import working
from zhijiao.cli.season_work import Code, Place, Tenant, season_named

if TYPE_CHECKING:
    from zhijiao.admissions.actions.plan_book import Changes

app = typer.Typer(help="招生计划：填写表、检查、导入为草稿", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="填好的工作簿（.xlsx 或 .csv）", exists=True, dir_okay=False)]


@app.command()
def template(
    code: Code,
    out: Annotated[Path, typer.Option("--out", "-o", help="写到哪个文件（.xlsx）")],
    pack: Place = "",
    tenant: Tenant = "real",
) -> None:
    """写出填写表：各校还能改的专业都在里面，可选的内容有下拉。"""
    with working("zhijiao season", tenant) as by:
        from django.utils import timezone

        from zhijiao.admissions.actions.plan_book import book
        from zhijiao.render.xlsx import write_book

        at = timezone.localtime()
        made = book(
            season=season_named(by, code, pack).pk, by=by, on=at.date(), created=at.replace(tzinfo=None)
        )
        try:
            out.write_bytes(write_book(made))
        except OSError as error:
            cannot_write(out, error)
        typer.echo(f"已写出 {out}：{len(made.sheets[0].rows)} 个专业")


@app.command()
def check(code: Code, file: File, pack: Place = "", tenant: Tenant = "real", as_json: Json = False) -> None:
    """检查填好的工作簿，列出会改什么，不改动计划。有要改正的地方退出码 1。"""
    _do(code, file, pack, tenant, as_json, keep=False)


@app.command("import")
def import_(code: Code, file: File, pack: Place = "", tenant: Tenant = "real", as_json: Json = False) -> None:
    """检查并存为草稿：整份存下，或一行也不存。同一份再导入一次不会有变化。"""
    _do(code, file, pack, tenant, as_json, keep=True)


def _do(code: str, file: Path, pack: str, tenant: str, as_json: bool, *, keep: bool) -> None:
    with working("zhijiao season", tenant) as by:
        from django.utils import timezone

        from zhijiao.admissions.actions.plan_book import apply_changes, plan_changes
        from zhijiao.admissions.types.rolls import BadRoll

        season = season_named(by, code, pack).pk
        content, at = file.read_bytes(), timezone.localtime()
        given: dict[str, Any] = {
            "season": season,
            "content": content,
            "name": file.name,
            "by": by,
            "on": at.date(),
        }
        try:
            found = plan_changes(**given)
            if keep:
                apply_changes(**given, expect=found.digest, at=at)
        except BadRoll as refused:
            if as_json:
                say_json({"faults": [vars(fault) for fault in refused.faults], "changes": []})
                raise typer.Exit(1) from None
            for fault in refused.faults:
                typer.echo(str(fault), err=True)
            fail(f"“{file.name}”有 {len(refused.faults)} 处要改，一行也没有导入")
    _say(found, as_json, keep=keep)


def _say(found: Changes, as_json: bool, *, keep: bool) -> None:
    if as_json:
        changes = [vars(change) for change in found.rows]
        say_json(
            {"faults": [], "changes": changes, "same": found.same, "left": found.left, "digest": found.digest}
        )
        return
    for change in found.rows:
        typer.echo(
            f"{'新增' if change.new else '修改'}\t{change.school}\t{change.major}\t{'；'.join(change.words)}"
        )
    done = "已存为草稿" if keep else "会改"
    typer.echo(f"{done} {len(found.rows)} 个专业，{found.same} 个不变，文件里没有的 {found.left} 个不动")
