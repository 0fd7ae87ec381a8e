"""`zhijiao packs …`: what a pack author does, on files alone."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhijiao.cli.common import Json, Packs, cannot_write, fail, index_of, shelf_of

if TYPE_CHECKING:
    from zhijiao.policy.packs.comparing import Change
    from zhijiao.policy.packs.loading import Library
    from zhijiao.policy.types import Pack

app = typer.Typer(
    help="政策包：检查、覆盖率、比较、工作簿往返、新建（只读写文件，不需要数据库）", no_args_is_help=True
)


@app.command()
def check(
    pack: Annotated[str | None, typer.Argument(help="政策包编号；不写则检查全部")] = None,
    packs: Packs = None,
    as_json: Json = False,
) -> None:
    """检查政策包：逐条指出文件、行号、错在哪里、应当怎样写。没有问题时退出码为 0。"""
    from zhijiao.policy.packs.loading import complaints

    shelf = shelf_of(packs, checked=True)
    found = {name: shelf.problems(name) for name in _wanted(shelf, pack)}
    for said in complaints(packs or ()):
        typer.echo(f"请留意：{said}", err=True)
    if as_json:
        _say({name: [p.as_json() for p in problems] for name, problems in found.items()})
    else:
        for name, problems in found.items():
            for problem in problems:
                typer.echo(f"{name}/{problem}")
            typer.echo(f"{name}：{'没有问题' if not problems else f'{len(problems)} 处问题'}")
    raise typer.Exit(1 if any(found.values()) else 0)


@app.command()
def coverage(
    pack: Annotated[str | None, typer.Argument(help="政策包编号；不写则合计全部")] = None,
    packs: Packs = None,
    as_json: Json = False,
) -> None:
    """覆盖率：每个条款是已承接、规划中，还是没有对象承接；每个指标有没有人报送。"""
    from zhijiao.policy.packs.coverage import Coverage, Reporting, reporting
    from zhijiao.policy.packs.coverage import coverage as covered

    shelf = shelf_of(packs)
    total, reports = Coverage((), (), ()), Reporting((), (), ())
    for name in _wanted(shelf, pack):
        index = index_of(shelf, name)
        total += covered(index)
        reports += reporting(index)
    if as_json:
        _say({**total.as_json(), "reporting": reports.as_json()})
        return
    typer.echo(
        f"条款 {total.clauses}，已承接 {len(total.served)}，规划中 {len(total.planned)}，未承接 {len(total.unserved)}"
    )
    for title, ids in (("规划中", total.planned), ("未承接", total.unserved)):
        if ids:
            typer.echo(f"{title}：{'、'.join(ids)}")
    typer.echo(
        f"报送：指标 {reports.indicators}，有人报 {len(reports.owed)}，"
        f"由组成部分算出 {len(reports.computed)}，没有人报 {len(reports.missing)}"
    )
    if reports.missing:
        typer.echo(f"没有人报：{'、'.join(reports.missing)}")


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="政策包编号或文件夹（旧）")],
    new: Annotated[str, typer.Argument(help="政策包编号或文件夹（新）")],
    packs: Packs = None,
    as_json: Json = False,
) -> None:
    """比较两个政策包，或同一政策包的两个版本（给出文件夹）。有差异时退出码仍为 0。"""
    from zhijiao.policy.packs.comparing import compare

    changes = compare(_pack_or_folder(old, packs), _pack_or_folder(new, packs))
    if as_json:
        _say([change.as_json() for change in changes])
        return
    for change in changes:
        typer.echo(_line(change))
    typer.echo(f"共 {len(changes)} 处差异")


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="新文件夹；其名字就是政策包编号")]) -> None:
    """写出一个能通过检查的最小政策包，从它改起。"""
    from zhijiao.policy.packs.starting import write_minimal

    folder = folder.resolve()  # `.` and `..` have a name too
    try:
        written = write_minimal(folder)
    except (FileExistsError, ValueError) as error:
        fail(str(error))
    for path in written:
        typer.echo(str(path))
    typer.echo(f"接下来：zhijiao packs check {folder.name} --packs {shlex.quote(str(folder.parent))}")


@app.command()
def schema(folder: Annotated[Path, typer.Argument(help="写到哪个文件夹")]) -> None:
    """写出各栏目的 JSON Schema，供编辑器补全和校验。"""
    from zhijiao.policy.packs.schemas import write_schemas

    for path in write_schemas(folder):
        typer.echo(str(path))


@app.command()
def workbook(
    pack: Annotated[str, typer.Argument(help="政策包编号")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个 .xlsx 文件")],
    packs: Packs = None,
) -> None:
    """把目标和任务写成工作簿，版式同文件的附表，供不写 YAML 的同志修改。"""
    from zhijiao.policy.packs.workbook import write_workbook

    try:
        write_workbook(index_of(shelf_of(packs), pack), output)
    except OSError as error:
        cannot_write(output, error)
    typer.echo(str(output))


@app.command("read-workbook")
def read_workbook(
    file: Annotated[Path, typer.Argument(help="改好的 .xlsx 文件")],
    pack: Annotated[str | None, typer.Option("--pack", help="政策包编号；不写则按工作簿所记")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="草案写到哪个文件夹；不写则只列出改动")
    ] = None,
    packs: Packs = None,
    as_json: Json = False,
) -> None:
    """读回改好的工作簿，列出改动；给出 -o 时写成草案版本并检查。原政策包不动。"""
    from zhijiao.policy.packs.workbook import WorkbookRefused, read_draft

    shelf = shelf_of(packs)
    try:
        draft = read_draft(shelf, file, pack)
        folder = draft.write(output) if output is not None else None
    except WorkbookRefused as error:
        if as_json:
            _say({"problems": [p.as_json() for p in error.problems], "changes": []})
            raise typer.Exit(1) from None
        fail(str(error))
    except FileExistsError as error:
        fail(str(error))
    if as_json:
        changes = [change.as_json() for change in draft.changes]
        _say({"problems": [], "changes": changes, "notes": draft.notes})
        return
    for note in draft.notes:
        typer.echo(f"请留意：{note}")
    for change in draft.changes:
        typer.echo(_line(change))
    typer.echo(f"共 {len(draft.changes)} 处改动" + (f"，草案已写入 {folder}" if folder is not None else ""))


def _wanted(shelf: Library, pack: str | None) -> list[str]:
    from zhijiao.policy.packs.problems import PackNotFound

    if pack is None:
        return shelf.ids()
    try:
        shelf.built(pack)
    except PackNotFound as error:
        fail(str(error))
    return [pack]


def _pack_or_folder(word: str, packs: list[Path] | None) -> Pack:
    folder = Path(word)
    if (folder / "pack.yaml").is_file():
        return index_of(shelf_of([folder.resolve(), *(packs or ())]), folder.resolve().name).pack
    return index_of(shelf_of(packs), word).pack


def _line(change: Change) -> str:
    """One difference on one line."""
    if change.kind == "added":
        return f"新增 {change.title} {change.id}「{change.name}」"
    if change.kind == "removed":
        return f"删去 {change.title} {change.id}「{change.name}」"
    old, new = change.old, change.new
    if isinstance(old, list) and isinstance(new, list) and sorted(map(str, old)) != sorted(map(str, new)):
        # Of two long lists, what came and what went.
        old, new = [x for x in old if x not in new], [x for x in new if x not in old]
    return f"改动 {change.title} {change.id}「{change.name}」 {change.path}：{_short(old)} → {_short(new)}"


def _short(value: object) -> str:
    text = _told(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _told(value: object) -> str:
    """A value without the signs of a format: >= 95 % for a bound, 甲、乙 for a list."""
    if isinstance(value, dict):
        return " ".join(_told(part) for part in value.values() if part not in (None, [], ""))
    if isinstance(value, list):
        return "、".join(_told(part) for part in value) or "无"
    return "无" if value is None else "是" if value is True else "否" if value is False else str(value)


def _say(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))
