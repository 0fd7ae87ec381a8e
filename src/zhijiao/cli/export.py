"""`zhijiao export …`: the board and the brief as files, from pack files alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhijiao.cli.board import day_of
from zhijiao.cli.common import On, Pack, Packs, cannot_write, fail, index_of, shelf_of
from zhijiao.cli.product import Demo, operator, product
from zhijiao.core.errors import reason

if TYPE_CHECKING:
    from zhijiao.policy.packs.loading import Library

app = typer.Typer(
    help="导出：看板工作簿、进展情况文档、文档模板（只读政策包文件）；报送与任务（需要数据库）",
    no_args_is_help=True,
)


@app.command()
def board(
    pack: Pack,
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个 .xlsx 文件")],
    on: On = None,
    packs: Packs = None,
) -> None:
    """整个看板写成一个工作簿，每个栏目一张表。"""
    from zhijiao.indicators.queries import board as board_of
    from zhijiao.reports.queries import Scene, board_workbook

    shelf = shelf_of(packs)
    index = index_of(shelf, pack)
    _write(output, board_workbook(Scene(index, board_of(index, day_of(on)))))


@app.command()
def brief(
    pack: Pack,
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个 .docx 文件")],
    on: On = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template", help="本单位的文档模板；不写则用政策包里的 templates/brief.docx，没有则用公文版式"
        ),
    ] = None,
    packs: Packs = None,
) -> None:
    """目标任务进展情况，公文版式，或按本单位的模板。"""
    from zhijiao.reports.queries import TemplateRefused, brief_document

    shelf = shelf_of(packs)
    index = index_of(shelf, pack)
    try:
        content = brief_document(index, day_of(on), _template(shelf, pack, template))
    except TemplateRefused as error:
        fail(str(error))
    _write(output, content)


@app.command()
def duties(
    pack: Pack,
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个 .xlsx 文件")],
    on: On = None,
    demo: Demo = False,
) -> None:
    """报送、已审定数据（含更正）、含审定数的看板、任务、督办与通报、组织，一个工作簿（需要数据库）。"""
    day = day_of(on)
    with product():
        from zhijiao.core.access.scope import bulk
        from zhijiao.policy import queries as policy
        from zhijiao.reports.queries import duties_workbook

        index = policy.index(pack)
        if index is None:
            fail(f"没有装入政策包 {pack}；检查编号，或先用 zhijiao install-packs 装入。")
        with bulk():
            content = duties_workbook(operator("zhijiao export duties", demo=demo), index, day)
    _write(output, content)


@app.command("brief-template")
def brief_template(
    pack: Pack,
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个 .docx 文件")],
    packs: Packs = None,
) -> None:
    """写出一个文档模板样本，从它改成本单位的模板。"""
    from zhijiao.reports.queries import sample_template

    index = index_of(shelf_of(packs), pack)
    _write(output, sample_template(index, date(2000, 1, 1)))


def _template(shelf: Library, pack: str, given: Path | None) -> bytes | None:
    """The template that was named, else the pack's own, else none."""
    from zhijiao.policy.packs.reading import folder_of
    from zhijiao.reports.queries import TEMPLATE

    path = given if given is not None else folder_of(pack, shelf.where) / TEMPLATE
    if given is None and not path.is_file():
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"模板 {path} 读不出来（{reason(error)}），检查文件名和读权限")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        cannot_write(path, error)
    typer.echo(str(path))
