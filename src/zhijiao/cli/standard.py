"""`zhijiao standard …`: the data standard: what it holds, whether its files are right, and imports of published tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhijiao.cli.common import Json, fail, say_json
from zhijiao.cli.product import product
from zhijiao.core import environment

if TYPE_CHECKING:
    from zhijiao.exchange.actions.standard import CodesPlan, Imported
    from zhijiao.exchange.types import Standard

app = typer.Typer(help="数据标准：数据集、代码表，检查和导入", no_args_is_help=True)

Shipped = Annotated[
    bool, typer.Option("--shipped", help="只看随平台发布的标准，不连数据库（不含导入的代码表）")
]
Files = Annotated[list[Path], typer.Argument(help="xlsx 或 csv，可几个一起给", exists=True, dir_okay=False)]


@contextmanager
def in_force(shipped: bool = False) -> Iterator[Standard]:
    """The standard of the platform that works in this data folder; where none does yet, the one that ships."""
    from zhijiao.core.postgres import load_logins
    from zhijiao.exchange.queries.described import shipped as files

    started = environment.database_url() is not None or load_logins(environment.data_folder()) is not None
    if shipped or not started:
        yield files()
        return
    with product():
        from django.db import ProgrammingError

        from zhijiao.exchange.queries.standard import standard

        try:
            found = standard()
        except ProgrammingError:  # a data folder of an earlier version that has not been started since
            typer.echo("请留意：数据库还没有升级到这一版，下面是随平台发布的标准。", err=True)
            found = files()
        yield found


@app.command("list")
def list_(
    codes: Annotated[bool, typer.Option("--codes", help="列代码表而不是数据集")] = False,
    shipped: Shipped = False,
    as_json: Json = False,
) -> None:
    """全部数据集：编号、名称、谁报、何时报；或全部代码表。"""
    from zhijiao.exchange.queries.described import codes_in_force, due_words, owes_words

    with in_force(shipped) as standard:
        lists = [standard.codes[name] for name in sorted(standard.codes)]
        if as_json and codes:
            say_json(
                [
                    {
                        "id": c.id,
                        "name": c.name,
                        "edition": c.edition,
                        "entries": len(c.entries),
                        "in_force": len(codes_in_force(c)),
                        "open": c.open,
                    }
                    for c in lists
                ]
            )
        elif as_json:
            say_json(
                [
                    {
                        "id": d.id,
                        "number": d.number,
                        "name": d.name,
                        "fields": len(d.fields),
                        "owes": sorted(d.owes),
                        "due": due_words(d.due),
                        "owner": d.owner,
                    }
                    for d in standard.datasets
                ]
            )
        elif codes:
            for each in lists:
                known = f"{len(codes_in_force(each))} 项" if each.entries else "待导入"
                typer.echo(f"{each.id}　{each.name}　{known}　{each.source} {each.edition}")
        else:
            for dataset in standard.datasets:
                typer.echo(
                    f"{dataset.number}　{dataset.id}　{dataset.name}　{owes_words(dataset)}　{due_words(dataset.due)}"
                )
            typer.echo(
                f"共 {len(standard.datasets)} 个数据集，{len(lists)} 张代码表；标准 {standard.edition}，{standard.hash[:12]}"
            )


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="数据集或代码表的编号")],
    shipped: Shipped = False,
    schema: Annotated[bool, typer.Option("--schema", help="输出接口用的 JSON Schema")] = False,
    as_json: Json = False,
) -> None:
    """一个数据集的字段和校验，或一张代码表的条目。"""
    from zhijiao.exchange.queries.described import (
        asks,
        dataset_mapping,
        facts_of,
        json_schema,
        list_mapping,
        title_of,
    )

    with in_force(shipped) as standard:
        dataset, codes = standard.by_id.get(name), standard.codes.get(name)
        if dataset is not None and schema:
            say_json(json_schema(dataset, standard.codes))
        elif dataset is not None and as_json:
            say_json(dataset_mapping(dataset))
        elif dataset is not None:
            for label, text in facts_of(dataset, standard):
                typer.echo(f"{label}：{text}")
            for field in dataset.fields:
                typer.echo(f"  {field.id}　{title_of(field)}　{field.type.words}　{asks(field)}")
        elif codes is not None and as_json:
            say_json(list_mapping(codes))
        elif codes is not None:
            typer.echo(f"{codes.name}（{codes.id}）　{codes.source} {codes.edition}")
            for entry in codes.entries:
                ended = f"　{entry.until} 止" if entry.until else ""
                became = f"，改为 {'、'.join(entry.replaced_by)}" if entry.replaced_by else ""
                typer.echo(f"  {entry.code}　{entry.name}{ended}{became}")
        else:
            fail(f"数据标准里没有“{name}”。用 zhijiao standard list 看数据集，加 --codes 看代码表。")


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="放着标准文件的文件夹；不写则查随平台发布的")] = None,
    as_json: Json = False,
) -> None:
    """检查数据标准的文件：逐条指出文件、行号、错在哪里、应当怎样写。没有问题时退出码为 0。"""
    from zhijiao.exchange.queries.described import SHIPPED, checked_standard

    standard, problems = checked_standard(folder or SHIPPED)
    if as_json:
        say_json([problem.as_json() for problem in problems])
    else:
        for problem in problems:
            typer.echo(str(problem))
        size = f"，{len(standard.datasets)} 个数据集，{len(standard.codes)} 张代码表" if standard else ""
        typer.echo(f"{'没有问题' if not problems else f'{len(problems)} 处问题'}{size}")
    raise typer.Exit(1 if problems else 0)


@app.command("import")
def import_(
    files: Files,
    subject: Annotated[
        str,
        typer.Option(
            "--as",
            help="导入成什么：majors 专业目录、industries 行业分类、regions 行政区划、occupations 职业分类、"
            "national 国家数据标准，或其他代码表的编号",
        ),
    ],
    edition: Annotated[str, typer.Option("--edition", help="版本，如 2025")],
    on: Annotated[str | None, typer.Option("--on", help="从哪一天起用（YYYY-MM-DD），不写则为今天")] = None,
    supplement: Annotated[
        bool, typer.Option("--supplement", help="只是补充：文件里没有的条目不终止")
    ] = False,
    complete: Annotated[
        bool, typer.Option("--complete", help="代码已经齐全：此后表外的代码算错误，不只是提醒")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会改变什么，不导入")] = False,
    ends_many: Annotated[
        bool, typer.Option("--ends-many", help="确认：现行条目中有两成以上就此终止")
    ] = False,
    as_json: Json = False,
) -> None:
    """导入公布的代码表或国家数据标准，作为新版采用。条目只终止、不删除；有错时一处也不导入。"""
    day = _day(on)
    contents = [(path.name, path.read_bytes()) for path in files]
    with product():
        from django.utils import timezone

        from zhijiao.core.access.actor import Actor
        from zhijiao.exchange.actions import standard as verbs

        by, at = Actor.system("zhijiao standard import"), timezone.now()
        if dry_run:
            if subject == "national":
                fail("国家数据标准没有试导入：有错时一处也不会导入，采用后旧版仍在。")
            plan = verbs.plan_codes(
                subject=subject,
                files=contents,
                edition=edition,
                on=day or timezone.localdate(),
                supplement=supplement,
                complete=complete,
            )
            _say_plan(plan, as_json)
            return
        if subject == "national":
            came = verbs.import_national(files=contents, edition=edition, by=by, at=at)
        else:
            came = verbs.import_codes(
                subject=subject,
                files=contents,
                edition=edition,
                on=day or timezone.localdate(),
                supplement=supplement,
                complete=complete,
                ends_many=ends_many,
                by=by,
                at=at,
            )
    if as_json:
        say_json(vars(came))
        return
    _say(came)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail(f"日期“{text}”不合格，写作 2025-12-01 这样。")


def _say_plan(plan: CodesPlan, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "added": [entry.code for entry in plan.added],
                "renamed": [entry.code for entry, _ in plan.renamed],
                "ended": {entry.code: entry.replaced_by for entry in plan.ended},
                "resumed": [entry.code for entry in plan.resumed],
            }
        )
        return
    resumed = f"恢复 {len(plan.resumed)} 个，" if plan.resumed else ""
    typer.echo(
        f"{plan.new.name}：新增 {len(plan.added)} 个，改名 {len(plan.renamed)} 个，{resumed}"
        f"终止 {len(plan.ended)} 个；没有导入。"
    )
    for was, now in plan.renamed:
        typer.echo(f"  改名　{was.code}　{was.name} → {now.name}")
    for entry in plan.ended:
        became = f"，改为 {'、'.join(entry.replaced_by)}" if entry.replaced_by else ""
        typer.echo(f"  终止　{entry.code}　{entry.name}{became}")


def _say(came: Imported) -> None:
    if not came.news:
        typer.echo("与现行的一样，没有新增版本。")
        return
    size = f"{came.datasets} 个数据集，" if came.datasets else ""
    ended = f"，其中 {came.ended} 项就此终止" if came.ended else ""
    typer.echo(f"已采用 {came.subject} {came.edition}：{size}{came.entries} 个条目{ended}。")
    for note in came.notes:
        typer.echo(f"请核对：{note}")
