"""`zhijiao org …`: the organisation tree, for operators. A verb here acts as the system, under the operator's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhijiao.cli.board import day_of
from zhijiao.cli.common import Json, On, cannot_write, fail, say_json
from zhijiao.cli.product import working

if TYPE_CHECKING:
    from zhijiao.core.tree import Node, Tree
    from zhijiao.registry.types import Plan

app = typer.Typer(help="组织：组织树、合并拆分、工作簿导入", no_args_is_help=True)

Tenant = Annotated[str, typer.Option("--tenant", help="real 真实 / demo 演示")]
Code = Annotated[str, typer.Argument(help="单位代码")]
File = Annotated[Path, typer.Argument(help="工作簿（.xlsx）", exists=True, dir_okay=False)]
Basis = Annotated[str, typer.Option("--basis", help="依据：批文的名称或文号")]
When = Annotated[str | None, typer.Option("--on", help="生效日期（YYYY-MM-DD），不写则为今天")]


@app.command("list")
def list_(
    on: On = None,
    tenant: Tenant = "real",
    kind: Annotated[str | None, typer.Option("--kind", help="只列这一类，如 county")] = None,
    as_json: Json = False,
) -> None:
    """列出某一天的全部单位。"""
    with _at(on, tenant) as standing:
        from zhijiao.registry.queries import in_order, node_as_json

        nodes = [node for node in in_order(standing) if kind is None or node.kind.value == kind]
        if as_json:
            say_json([node_as_json(node, standing) for node in nodes])
            return
        for node in nodes:
            typer.echo(f"{node.code}\t{node.kind.words}\t{standing.path(node.id)}")
        typer.echo(f"{standing.on}，{len(nodes)} 个单位")


@app.command()
def tree(on: On = None, tenant: Tenant = "real", as_json: Json = False) -> None:
    """画出某一天的组织树。"""
    with _at(on, tenant) as standing:
        from zhijiao.registry.queries import node_as_json

        def branch(node: Node) -> dict[str, object]:
            below = [branch(child) for child in standing.children.get(node.id, ())]
            return {**node_as_json(node, standing), "children": below}

        roots = standing.children.get(None, [])
        if as_json:
            say_json([branch(root) for root in roots])
            return
        for root in roots:
            _draw(standing, root, 0)


@app.command()
def show(code: Code, tenant: Tenant = "real", as_json: Json = False) -> None:
    """一个单位的沿革、来源和去向、别名、在岗人员。"""
    with working("zhijiao org", tenant) as by:
        from zhijiao.core.access.scope import bulk
        from zhijiao.registry import queries

        one = queries.by_code(by.tenant, code)
        with bulk():
            people = [c for held in queries.contacts([one.id]).values() for c in held]
        stood = queries.standings(one.id)
        after, before = queries.successors(one.id), queries.predecessors(one.id)
        if as_json:
            say_json(
                {
                    "id": one.id,
                    "code": one.code,
                    "pack": one.pack or None,
                    "standings": [vars(s) for s in stood],
                    "successors": [vars(p) for p in after],
                    "predecessors": [vars(p) for p in before],
                    "aliases": queries.spellings(one.id),
                    "officers": [vars(c) for c in people],
                }
            )
            return
        typer.echo(f"{one.code}（编号 {one.id}）")
        for s in stood:
            until = f"至 {s.ends}" if s.ends else "至今"
            typer.echo(
                f"  {s.starts} {until}　{s.name}，{s.kind.words}，上级 {s.parent_name or '无'}　{s.basis}"
            )
        for p in after:
            typer.echo(f"  {p.on} {p.kind.words} {p.other_name}　{p.basis}")
        for p in before:
            typer.echo(f"  {p.on} 来自 {p.other_name}（{p.kind.words}）　{p.basis}")
        for c in people:
            typer.echo(f"  {c.post} {c.name} {c.phone}　{c.starts}—{c.ends or ''}")
        if names := queries.spellings(one.id):
            typer.echo(f"  别名：{'、'.join(names)}")


@app.command()
def plant(tenant: Tenant = "real", as_json: Json = False) -> None:
    """把已装入政策包里的区划、部门、院校登记进组织树。已登记的不动。"""
    with working("zhijiao org", tenant) as by:
        from django.utils import timezone

        from zhijiao.registry.actions import plant_packs

        found = plant_packs(by=by, at=timezone.now())
        if as_json:
            say_json([vars(planted) for planted in found])
            return
        for planted in found:
            typer.echo(f"{planted.pack}：新登记单位 {planted.organisations} 个，别名 {planted.aliases} 个")


@app.command()
def template(
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个 .xlsx 文件")],
    on: On = None,
    tenant: Tenant = "real",
) -> None:
    """写出导入用的工作簿，已登记的单位和在岗人员都在里面。"""
    with working("zhijiao org", tenant) as by:
        from zhijiao.core.access.scope import bulk
        from zhijiao.core.tree import tree as tree_of
        from zhijiao.registry.queries import template as written

        with bulk():
            content = written(by, tree_of(by.tenant, day_of(on)), "")
        try:
            output.write_bytes(content)
        except OSError as error:
            cannot_write(output, error)
        typer.echo(str(output))


@app.command()
def check(file: File, tenant: Tenant = "real", as_json: Json = False) -> None:
    """核对工作簿：逐格指出错在哪里、怎样改。没有问题时退出码为 0。"""
    plan(file, tenant, as_json, summary=True)


@app.command()
def plan(
    file: File,
    tenant: Tenant = "real",
    as_json: Json = False,
    summary: Annotated[bool, typer.Option("--summary", help="只列各类变化的数目")] = False,
) -> None:
    """列出导入这个工作簿会有哪些变化；什么也不改。"""
    with working("zhijiao org", tenant) as by:
        from django.utils import timezone

        from zhijiao.registry.actions import plan_workbook

        content = file.read_bytes()
        made = _refusing(lambda: plan_workbook(content=content, by=by, at=timezone.now()), as_json)
        _say_plan(made, as_json, summary)


@app.command()
def apply(
    file: File,
    expect: Annotated[str | None, typer.Option("--expect", help="看过的计划的校验值；变了就不导入")] = None,
    tenant: Tenant = "real",
    as_json: Json = False,
) -> None:
    """导入工作簿：全部导入，或有一处不对就一处也不导入。同一个文件导入两次，第二次没有变化。"""
    with working("zhijiao org", tenant) as by:
        from django.utils import timezone

        from zhijiao.registry.actions import apply_workbook, plan_workbook

        content, at = file.read_bytes(), timezone.now()

        def work() -> Plan:
            hash_ = expect or plan_workbook(content=content, by=by, at=at).hash
            return apply_workbook(content=content, expect=hash_, by=by, at=at)

        _say_plan(_refusing(work, as_json), as_json, True)


@app.command()
def rename(
    code: Code,
    name: Annotated[str, typer.Argument(help="新名称")],
    basis: Basis,
    short: Annotated[str, typer.Option("--short", help="新简称")] = "",
    on: When = None,
    tenant: Tenant = "real",
) -> None:
    """更名。旧名成为别名；此前的日子仍是旧名。"""
    _do("rename", tenant, on, basis, name=name, short=short, organisation=code)


@app.command()
def move(
    code: Code,
    parent: Annotated[str, typer.Option("--to", help="新上级的代码")],
    basis: Basis,
    on: When = None,
    tenant: Tenant = "real",
) -> None:
    """移到另一个上级之下，连同下面的单位。"""
    _do("move", tenant, on, basis, organisation=code, parent=parent)


@app.command()
def merge(
    codes: Annotated[list[str], typer.Argument(help="被并入的单位代码，一个或几个")],
    into: Annotated[str, typer.Option("--into", help="并入哪个单位")],
    basis: Basis,
    on: When = None,
    tenant: Tenant = "real",
) -> None:
    """合并：几个单位并入一个；此前的数仍按原来的组织汇总。"""
    _do("merge", tenant, on, basis, sources=codes, into=into)


@app.command()
def split(
    code: Code,
    parts: Annotated[list[str], typer.Option("--part", help="新单位，写成 代码=名称；可多次给出")],
    basis: Basis,
    keep: Annotated[bool, typer.Option("--keep/--end", help="原单位保留还是撤销")] = True,
    on: When = None,
    tenant: Tenant = "real",
) -> None:
    """分设：从一个单位分出新的单位，类别与原单位相同。"""
    pairs = [part.partition("=") for part in parts]
    if any(not code_ or not name for code_, _, name in pairs):
        fail("--part 要写成 代码=名称，如 --part new-1=新一中")
    _do("split", tenant, on, basis, organisation=code, parts=pairs, goes_on=keep)


@app.command()
def close(code: Code, basis: Basis, on: When = None, tenant: Tenant = "real") -> None:
    """撤销，没有后继单位。下面还有单位时拒绝。"""
    _do("close", tenant, on, basis, organisation=code)


# -- shared ----------------------------------------------------------------------------------------


@contextmanager
def _at(on: str | None, tenant: str) -> Iterator[Tree]:
    day = day_of(on)
    with working("zhijiao org", tenant) as by:
        from zhijiao.core.tree import tree as tree_of

        yield tree_of(by.tenant, day)


def _draw(standing: Tree, node: Node, depth: int) -> None:
    typer.echo(f"{'　' * depth}{node.name}（{node.kind.words}，{node.code}）")
    for child in standing.children.get(node.id, ()):
        _draw(standing, child, depth + 1)


def _do(verb: str, tenant: str, on: str | None, basis: str, **given: Any) -> None:
    """Run a verb with organisations named by their codes."""
    day: date = day_of(on)
    with working("zhijiao org", tenant) as by:
        from django.utils import timezone

        from zhijiao.core.tree import tree as tree_of
        from zhijiao.registry import actions, queries
        from zhijiao.registry.types import Part

        def node(code: str) -> int:
            return queries.by_code(by.tenant, code).id

        for name in ("organisation", "parent", "into"):
            if name in given:
                given[name] = node(given[name])
        if "sources" in given:
            given["sources"] = [node(code) for code in given["sources"]]
        if "parts" in given:
            old = tree_of(by.tenant, day).nodes.get(given["organisation"])
            if old is None:
                fail("这个单位在那一天没有登记，不能分设。核对日期。")
            given["parts"] = [Part(code, name, old.kind) for code, _, name in given["parts"]]
        getattr(actions, verb)(**given, on=day, basis=basis, by=by, at=timezone.now())
        typer.echo(f"已办理，自 {day} 起生效。")


def _refusing(work: Callable[[], Plan], as_json: bool) -> Plan:
    from zhijiao.registry.types import ImportRefused
    from zhijiao.render.xlsx.opening import UnreadableBook

    try:
        return work()
    except ImportRefused as refused:
        if as_json:
            say_json({"faults": [vars(fault) for fault in refused.faults]})
            raise typer.Exit(1) from None
        for fault in refused.faults:
            place = f"{fault.sheet} 第 {fault.row} 行 {fault.column}" if fault.row else fault.sheet
            typer.echo(f"{place}：{fault.words}", err=True)
        fail(str(refused))
    except UnreadableBook as error:
        fail(str(error))


def _say_plan(plan: Plan, as_json: bool, summary: bool) -> None:
    if as_json:
        lines = [{**vars(line), "effect": line.effect.value} for line in plan.lines]
        counts = {effect.value: n for effect, n in plan.counts.items()}
        say_json({"hash": plan.hash, "counts": counts, "lines": lines, "faults": []})
        return
    for line in plan.lines:
        if not summary and line.words:
            late = "（日期已过）" if line.late else ""
            typer.echo(f"{line.effect.words}\t{line.code}\t{line.name}\t{line.words}{late}")
    said = "，".join(f"{effect.words} {n}" for effect, n in plan.counts.items())
    typer.echo(said or "表里没有单位。")
    typer.echo(f"计划校验值 {plan.hash}")
