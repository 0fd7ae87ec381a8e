"""Writes the workbook that officials edit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from zhijiao.policy.packs.workbook.fields import DELETE, LAYOUTS, Field, Layout
from zhijiao.policy.packs.workbook.lines import Line, lines_of
from zhijiao.policy.packs.workbook.values import shown
from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.words import NOT_NAMED
from zhijiao.render.xlsx import Book, Cell, Column, Fact, Sheet, write_book

BASE_SHEET = "_基准"
"""Very hidden: what the cells were when the workbook went out, so that only what was edited comes back."""

PACK, VERSION, LABEL = "政策包编号", "版本校验值", "版本"
GUIDE = "填写说明"
SPARE_ROWS = 200
SCREEN_ONLY = frozenset(
    "words numerator denominator excluded basis strength evidence clauses delete".split()  # noqa: SIM905
)
"""Columns that a print leaves out, so that what it holds can be read."""

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook is told by its version, not by when it was made


def write_workbook(index: PackIndex, path: Path) -> None:
    """Write the pack's targets and tasks. Raises OSError when the file cannot be written."""
    path.write_bytes(workbook(index))


def workbook(index: PackIndex) -> bytes:
    """The workbook; equal versions give equal bytes."""
    lines = lines_of(index)
    manifest = index.pack.manifest
    properties = {PACK: index.id, VERSION: index.version, LABEL: manifest.version}
    sheets = [_sheet(index, layout, lines[layout.name]) for layout in LAYOUTS]
    return write_book(
        Book(
            f"{manifest.place}目标和任务",
            [*sheets, _base(properties, lines)],
            CREATED,
            _guide(index),
            GUIDE,
            properties,
        )
    )


def _sheet(index: PackIndex, layout: Layout, lines: list[Line]) -> Sheet:
    manifest = index.pack.manifest
    return Sheet(
        name=layout.name,
        title=f"{manifest.place}{layout.title}",
        source=f"{manifest.title}，版本 {manifest.version}（{index.version[:12]}）。填写方法见“{GUIDE}”；灰色的列不要改。",
        columns=[_column(layout, field) for field in layout.fields],
        rows=[[_cell(layout, field, line) for field in layout.fields] for line in lines],
        freeze_columns=len(layout.keys),
        protected=True,
        spare_rows=SPARE_ROWS,
        empty="",
    )


def _column(layout: Layout, field: Field) -> Column:
    positions = {f.key: i for i, f in enumerate(layout.fields)}
    within = {
        "goal": None,
        "document": None,
        "whole": positions.get("goal"),
        "work": positions.get("document"),
    }
    group = field.level == "group"
    # Cells of a group never run into those of the next, even where both say the same.
    return Column(
        field.title,
        kind="number" if field.kind == "number" else "text",
        width=field.width,
        merge=group or field.key in within,
        within=within.get(field.key, positions["id"]) if group or field.key in within else None,
        choices=tuple(field.choices.values()),
        locked=field.level == "key",
        hint=field.hint,
        printed=field.key not in SCREEN_ONLY,
    )


def _cell(layout: Layout, field: Field, line: Line) -> Cell:
    if field.level == "key":
        return line.key[layout.keys.index(field.key)]
    return shown(field, line.get(field.key))


def _base(properties: dict[str, str], lines: dict[str, list[Line]]) -> Sheet:
    rows: list[list[Cell]] = [["", "", "", name, value] for name, value in properties.items()]
    for sheet, listed in lines.items():
        for line in listed:
            rows += [[sheet, *line.key, key, value] for key, value in line.values.items()]
    columns = [Column(title) for title in ("表", "组", "行", "栏", "值")]
    return Sheet(BASE_SHEET, BASE_SHEET, columns, rows, hidden=True)


def _guide(index: PackIndex) -> list[Fact]:
    manifest = index.pack.manifest
    return [
        Fact("用途", f"修改{manifest.place}的目标和任务，改好后交回，系统读成草案版本；原版本不动。"),
        Fact(PACK, index.id),
        Fact(LABEL, manifest.version),
        Fact(VERSION, index.version),
        Fact(
            "怎样改", "直接改写单元格。名称、数值、单位、时限、责任单位都可以改；合并的格子改左上角一格即可。"
        ),
        Fact(
            "怎样增加",
            "在表下方空行填写，或在相应位置插入一行，编号留空。新增的行必须写“条款”，指标还要写口径、方向和期类。"
            "同一指标再加一个界：写同样的一级指标和二级指标，再写关系、数值、单位和条款。",
        ),
        Fact("怎样删去", f"在“操作”一列写“{DELETE}”。直接去掉整行不算删去，系统会提示少了哪一行。"),
        Fact(
            "数值", "只写数字，可以写全角数字；25万人次写 250000 人次。目标值改动时，条款中记的数字一并改动。"
        ),
        Fact("日期", "写到文件写的精度：2023、2023-12 或 2023-12-31。"),
        Fact("责任单位", f"首位牵头，用顿号隔开，照文件的写法；文件没有写的写“{NOT_NAMED}”，不要补。"),
        Fact("条款", "写条款编号，可在平台的政策栏目查到。"),
        Fact("不要改", "灰色的编号列。行的先后可以调整，列可以增加，但不要删去原有的列或改列名。"),
        Fact("交回以后", "系统逐格核对，有问题会指出在哪一格、应当怎样写；全部改正以后才采用。"),
    ]
