"""`zhijiao season list|show|open|plan …`: seasons of a running product, for operators. A verb here acts as the system, under the
operator's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zhijiao.cli.common import Json, fail, say_json
from zhijiao.cli.product import working

if TYPE_CHECKING:
    from zhijiao.admissions.queries.seasons import Season
    from zhijiao.core.access.actor import Actor

Tenant = Annotated[str, typer.Option("--tenant", help="real 真实 / demo 演示")]
Place = Annotated[str, typer.Option("--pack", help="哪个政策包的；不写则全部")]
Code = Annotated[str, typer.Argument(help="招生季代码，如 2027")]


def register(app: typer.Typer) -> None:
    """Hang the commands onto `zhijiao season`."""
    app.command("list")(list_)
    app.command("show")(show)
    app.command("open")(open_)


def list_(pack: Place = "", tenant: Tenant = "real", as_json: Json = False) -> None:
    """列出招生季，新的在前。"""
    with working("zhijiao season", tenant) as by:
        from zhijiao.admissions.queries import described, seasons

        found = seasons.seasons(by.tenant, pack or None)
        if as_json:
            say_json([described.summary(each) for each in found])
            return
        for each in found:
            rehearsal = "（演练）" if each.rehearsal else ""
            typer.echo(f"{each.pack}\t{each.code}\t{each.phase_words}\t{each.title}{rehearsal}")
        typer.echo(f"{len(found)} 个招生季" if found else "还没有招生季。用 zhijiao season open 开设。")


def show(code: Code, pack: Place = "", tenant: Tenant = "real", as_json: Json = False) -> None:
    """一个招生季：阶段、轮次、期限、规则的来源和会签。"""
    with working("zhijiao season", tenant) as by:
        from zhijiao.admissions.queries import brochure, described, seasons
        from zhijiao.core.access.scope import bulk

        row = season_named(by, code, pack)
        with bulk():
            said = described.one(row)
            windows = [brochure.window_words(each) for each in seasons.rounds(row)]
        if as_json:
            say_json(said)
            return
        typer.echo(f"{row.title}（代码 {row.code}，{row.phase_words}，自 {row.entered}）")
        typer.echo(f"规则取自政策包 {row.pack}，版本 {row.pack_version[:12] or '—'}")
        typer.echo(f"计划摘要 {row.plan_digest or '尚未锁定'}")
        for words in windows:
            typer.echo(f"  {words}")
        for day in said["days"]:
            typer.echo(f"  {day['name']} {day['day']}")
        for each in said["signed"]:
            typer.echo(f"  {each['unit']}：{'已会签 ' + each['at'] if each['at'] else '没有会签'}")
        for step in seasons.next_steps(row):
            typer.echo(f"下一步“{step.name}”到“{step.target}”{'：' + step.missing if step.missing else ''}")


def open_(
    pack: Annotated[str, typer.Argument(help="政策包编号；招生规则取自它现行的版本")],
    code: Annotated[str, typer.Option("--code", help="代码，写进网址，如 2027；不写则为年份")] = "",
    title: Annotated[
        str, typer.Option("--title", help="名称；不写则为“某年中等职业学校和技工院校统一招生”")
    ] = "",
    year: Annotated[int | None, typer.Option("--year", help="招生的年份；不写则按今天推算")] = None,
    document: Annotated[str, typer.Option("--document", help="开设所依据的文号")] = "",
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="演练用，不对外公布")] = False,
    tenant: Tenant = "real",
    as_json: Json = False,
) -> None:
    """按政策包的招生规则开设一个招生季，连同惯常的填报轮次。

    政策包要先接受进平台，组织树里要有规则点名的部门。开设以后用页面编制计划，或用 zhijiao season plan 导入。
    """
    with working("zhijiao season", tenant) as by:
        from django.utils import timezone

        from zhijiao.admissions.actions.seasons import open_season
        from zhijiao.admissions.queries import described, seasons
        from zhijiao.admissions.types.season import Opening
        from zhijiao.core.access.scope import bulk
        from zhijiao.core.tree import tree

        at, on = timezone.now(), timezone.localdate()
        place = tree(by.tenant, on).place(pack)
        if place is None:
            fail(f"组织树里没有政策包“{pack}”的人民政府，请先导入组织树（zhijiao org import）。")
        number = year or seasons.year_of(on)
        name = title or f"{number}年中等职业学校和技工院校统一招生"
        opening = Opening(place.id, pack, code or str(number), name, number, document, rehearsal)
        made = open_season(opening=opening, by=by, at=at, on=on)
        with bulk():
            said = described.one(made)
        if as_json:
            say_json(said)
        else:
            typer.echo(f"已开设“{made.title}”（代码 {made.code}），{len(said['rounds'])} 个填报轮次。")


def season_named(by: Actor, code: str, pack: str) -> Season:
    """The season of a code, or the end of the command: two packs may have one of the same code."""
    from zhijiao.admissions.queries import seasons

    found = [each for each in seasons.seasons(by.tenant, pack or None) if each.code == code]
    if not found:
        known = "、".join(f"{each.pack} {each.code}" for each in seasons.seasons(by.tenant)[:8])
        fail(f"没有代码为“{code}”的招生季。现有：{known or '（没有）'}")
    if len(found) > 1:
        fail(
            f"代码“{code}”有 {len(found)} 个招生季：{'、'.join(each.pack for each in found)}。用 --pack 说明是哪一个。"
        )
    return found[0]
