"""From exporters to workbooks: one list, or the whole board with a sheet per card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from zhijiao.lib.dates import in_chinese
from zhijiao.lib.typesetting import typeset
from zhijiao.policy.types import PackIndex
from zhijiao.render.xlsx import Book, Cell, Fact, Link, Sheet, Text, write_book
from zhijiao.reports.exports.registry import BOARD_SHEETS, EXPORTERS
from zhijiao.reports.exports.types import Exporter, Scene

VERSION_DIGITS = 12
# What stands on every sheet whose figures are those of the tenant of examples.
DEMO_TITLE, DEMO_SOURCE = "【演示】", "；演示数据，不是真实填报"


def list_workbook(
    identifier: str,
    scene: Scene,
    *,
    only: Sequence[str] | None = None,
    filters: str = "",
    permalink: str | None = None,
) -> bytes:
    """One list. `only` keeps these objects in this order; `filters` says in words what was asked for.

    Raises KeyError for a list that does not exist.
    """
    exporter = EXPORTERS[identifier]
    return _book(scene, [_sheet(exporter, scene, only)], exporter.title, filters, permalink)


def board_workbook(scene: Scene, *, permalink: str | None = None) -> bytes:
    """The whole board, a sheet per card."""
    sheets = [_sheet(EXPORTERS[name], scene, None) for name in BOARD_SHEETS]
    return _book(scene, sheets, "看板", "", permalink)


def _book(scene: Scene, sheets: list[Sheet], title: str, filters: str, permalink: str | None) -> bytes:
    place = scene.index.pack.manifest.place
    facts = [*_facts(scene, filters), *([Fact("固定链接", Link(permalink, permalink))] if permalink else [])]
    # The day looked from is the file's time of creation, so the same question gives the same bytes.
    created = datetime.combine(scene.board.on, time(), UTC).replace(tzinfo=None)
    return write_book(Book(f"{place}职业教育{title}", sheets, created, facts))


def _sheet(exporter: Exporter, scene: Scene, only: Sequence[str] | None) -> Sheet:
    rows = [[_set(cell) for cell in row] for row in _rows(exporter, scene, only)]
    index = scene.index
    return Sheet(
        name=exporter.title,
        title=f"{DEMO_TITLE if scene.demo else ''}{index.pack.manifest.place}职业教育看板 · {exporter.title}",
        source=f"{source_line(index)}；按{in_chinese(scene.board.on.isoformat())}计算{DEMO_SOURCE if scene.demo else ''}",
        columns=exporter.columns,
        rows=rows,
        empty=exporter.empty,
        freeze_columns=exporter.freeze,
    )


def _rows(exporter: Exporter, scene: Scene, only: Sequence[str] | None) -> list[Sequence[Cell]]:
    lines = list(exporter.lines(scene))
    if only is None:
        return [row for _, row in lines]
    by_id: dict[str, list[Sequence[Cell]]] = {}
    for object_id, row in lines:
        by_id.setdefault(object_id, []).append(row)
    return [row for object_id in dict.fromkeys(only) for row in by_id.get(object_id, [])]


def _set(cell: Cell) -> Cell:
    """Text with Chinese punctuation; everything else as it is."""
    match cell:
        case str():
            return typeset(cell)
        case Text():
            return Text(typeset(cell.text), cell.indent, cell.strong)
    return cell


def source_line(index: PackIndex) -> str:
    """Which pack and which version of it."""
    manifest = index.pack.manifest
    version = f"（{index.version[:VERSION_DIGITS]}）" if index.version else ""
    return f"来源：{manifest.title}，版本 {manifest.version}{version}"


def _facts(scene: Scene, filters: str) -> list[Fact]:
    index, board = scene.index, scene.board
    documents = index.pack.manifest.documents
    facts = [
        Fact("政策包", f"{index.pack.manifest.title}（{index.id}）"),
        Fact("版本", f"{index.pack.manifest.version}，内容校验值 {index.version or '未计算'}"),
        Fact("从哪一天看", f"{in_chinese(board.on.isoformat())}。此日以后公布的数据不计入。"),
        *([Fact("筛选", filters)] if filters else []),
        *(
            Fact(f"依据文件{n}", f"《{d.title}》{d.number or ''}；{d.issuer}")
            for n, d in enumerate(documents, start=1)
        ),
        *(Fact("须注意", f"《{d.short}》{d.warning}") for d in documents if d.warning),
        *(
            Fact("规划期", f"《{c.document.short}》{c.words}，规划期止于{in_chinese(c.ends_on.isoformat())}")
            for c in board.closings
            if c.ends_on is not None
        ),
        Fact("空格", "没有写的格子，表示文件或公开资料没有给出，不是零。"),
        Fact("数值", "数值照原文，不作四舍五入；单位在表头或相邻一列。"),
    ]
    return [Fact(fact.label, _set(fact.text)) for fact in facts]
