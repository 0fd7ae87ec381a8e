"""The duties of a place as one workbook: reports owed, approved figures, the board with them, work items, office work,
organisations. Called inside the scope of whoever asks; it holds what that scope shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from zhijiao.core.access.actor import Actor
from zhijiao.core.tree import Tree, tree
from zhijiao.indicators.queries.live import live_board
from zhijiao.indicators.queries.published import figures_of, reports_of
from zhijiao.lib.dates import in_chinese
from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.wording import target_text
from zhijiao.registry.queries import in_order
from zhijiao.render.xlsx import Book, Cell, Column, Fact, Sheet, write_book
from zhijiao.supervision.queries.proceedings import proceeding_lines
from zhijiao.supervision.queries.work import item_lines

Rows = Iterable[Sequence[Cell]]
Maker = Callable[[Actor, PackIndex, Tree], Sheet]


def duties_workbook(actor: Actor, index: PackIndex, on: date) -> bytes:
    """Every list of duties of a pack on a day, a sheet each."""
    standing = tree(actor.tenant, on)
    sheets = [make(actor, index, standing) for make in SHEETS]
    place = index.pack.manifest.place
    facts = [
        Fact("范围", f"{place}，{actor.name}看得到的全部"),
        Fact("日期", on),
        Fact("政策包版本", index.version[:12]),
        Fact("数", "都是平台上的原始数；已被更正的数仍列出，注明“已更正”。"),
    ]
    created = datetime.combine(on, time(), UTC).replace(tzinfo=None)
    return write_book(Book(f"{place}职业教育报送与任务", sheets, created, facts))


def _sheet(
    name: str, columns: Sequence[Column], rows: Rows, index: PackIndex, standing: Tree, empty: str
) -> Sheet:
    day = in_chinese(standing.on.isoformat())
    return Sheet(
        name=name,
        title=f"{index.pack.manifest.place}职业教育 · {name}",
        source=f"平台数据，{day}",
        columns=columns,
        rows=list(rows),
        empty=empty,
        freeze_columns=2,
    )


def _number(value: Decimal | None, text: str) -> Cell:
    return text or None if value is None else value


def _reports(actor: Actor, index: PackIndex, standing: Tree) -> Sheet:
    columns = (
        *(
            Column("单位", width=22),
            Column("指标", width=30),
            Column("报送义务", width=26),
            Column("期间", width=14),
        ),
        *(
            Column("期限", kind="date"),
            Column("状态", width=14),
            Column("轮到", width=18),
            Column("逾期", width=8),
        ),
        *(Column("数", kind="number"), Column("计量单位", width=10), Column("说明", width=30)),
        *(Column("填报人", width=12), Column("编号", kind="number"), Column("指标编号", width=16)),
    )
    rows = (
        [
            *(r.organisation_name, r.indicator_name, r.obligation_name, r.period_words),
            *(r.due, r.state_words, r.holder_name, "逾期" if r.late else None),
            *(_number(r.value, r.text), r.unit or None, r.note or None),
            *(r.submitted_by or None, r.id, r.indicator),
        ]
        for r in reports_of(actor, index.id, standing.on)
    )
    empty = "没有开放的填报。用 zhijiao reports open 开放。"
    return _sheet("报送数据", columns, rows, index, standing, empty)


def _figures(actor: Actor, index: PackIndex, standing: Tree) -> Sheet:
    columns = (
        *(Column("指标", width=30), Column("单位", width=22), Column("期间", width=14)),
        *(Column("数", kind="number"), Column("分子", kind="number"), Column("分母", kind="number")),
        *(Column("计量单位", width=10), Column("报送人", width=12), Column("审定单位", width=20)),
        *(Column("审定人", width=12), Column("审定时间", width=18), Column("效力", width=10)),
        *(Column("原数", kind="number"), Column("更正原因", width=30), Column("口径哈希", width=14)),
        Column("指标编号", width=16),
    )
    rows = (
        [
            *(_name(index, f.indicator), f.organisation_name, f.period_words),
            *(_number(f.value, f.text), f.numerator, f.denominator),
            *(f.unit or None, f.reported_by, f.approved_as),
            *(f.approved_by, f"{f.known_from:%Y-%m-%d %H:%M}", "已更正" if f.replaced else "有效"),
            *(_number(f.old, f.old_text), f.cause or None, f.definition[:12]),
            f.indicator,
        ]
        for f in figures_of(actor, index.id)
    )
    return _sheet("已审定数据", columns, rows, index, standing, "还没有审定的数。")


def _board(actor: Actor, index: PackIndex, standing: Tree) -> Sheet:
    columns = (
        *(Column("指标", width=34), Column("目标", width=22), Column("审定的数", kind="number")),
        *(Column("计量单位", width=10), Column("期间", width=14), Column("已审定", width=12)),
        *(Column("判定", width=12), Column("理由", width=50), Column("指标编号", width=16)),
    )
    rows = []
    for row in live_board(index, standing.on, tenant=actor.tenant).rows:
        point = None if row.live is None else row.live.shown or row.live.points[0]
        rows.append(
            [
                *(row.indicator.name, target_text(row.indicator) or None, point.value if point else None),
                *(row.indicator.unit, point.period_words if point else None),
                f"{point.approved}/{point.owed}" if point else None,
                *(row.verdict.words, row.reason, row.indicator.id),
            ]
        )
    return _sheet("看板（含审定数）", columns, rows, index, standing, "政策包里没有指标。")


def _items(actor: Actor, index: PackIndex, standing: Tree) -> Sheet:
    columns = (
        *(
            Column("事项", width=36),
            Column("交付", width=30),
            Column("来源", width=12),
            Column("牵头", width=18),
        ),
        *(Column("单位数", kind="number"), Column("已完成", kind="number"), Column("滞后", kind="number")),
        *(Column("时限", kind="date"), Column("灯色", width=8), Column("为什么", width=40)),
        *(Column("最近进展", kind="date"), Column("状态", width=10), Column("编号", kind="number")),
    )
    rows = (
        [
            *(i.title, i.deliverable or None, i.source.words, i.lead.name if i.lead else None),
            *(i.units, i.done, i.late),
            *(i.due, i.light.colour.words, i.light.reason),
            *(i.last, i.state.words, i.id),
        ]
        for i in item_lines(actor, standing, on=standing.on)
        if i.pack in ("", index.id)
    )
    return _sheet("任务事项", columns, rows, index, standing, "还没有立项的任务。")


def _proceedings(actor: Actor, index: PackIndex, standing: Tree) -> Sheet:
    columns = (
        *(
            Column("文号", width=20),
            Column("种类", width=8),
            Column("标题", width=36),
            Column("发文单位", width=18),
        ),
        *(
            Column("对象", width=30),
            Column("阶段", width=16),
            Column("期限", kind="date"),
            Column("逾期", width=8),
        ),
        *(Column("立案日期", kind="date"), Column("办结", width=8), Column("编号", kind="number")),
    )
    rows = (
        [
            *(p.number, p.kind.words, p.title, p.issuer.name),
            *("、".join(s.name for s in p.subjects), p.stage_name, p.due, "逾期" if p.late else None),
            *(p.opened, "是" if p.closed else None, p.id),
        ]
        for p in proceeding_lines(actor, standing, on=standing.on)
    )
    return _sheet("督办与通报", columns, rows, index, standing, "没有督办、督导、约谈和通报。")


def _organisations(actor: Actor, index: PackIndex, standing: Tree) -> Sheet:
    columns = (
        *(
            Column("代码", width=22),
            Column("名称", width=36),
            Column("简称", width=20),
            Column("性质", width=14),
        ),
        *(
            Column("上级", width=26),
            Column("自", kind="date"),
            Column("至", kind="date"),
            Column("依据", width=30),
        ),
    )
    rows = (
        [
            *(n.code, n.name, n.short or None, n.kind.words),
            standing.nodes[n.parent].name if n.parent in standing.nodes and n.parent is not None else None,
            *(n.starts, n.ends, n.basis or None),
        ]
        for n in in_order(standing)
    )
    return _sheet("组织", columns, rows, index, standing, "还没有组织。用 zhijiao org plant 建立。")


def _name(index: PackIndex, indicator: str) -> str:
    found = index.indicators.get(indicator)
    return found.name if found else indicator


SHEETS: tuple[Maker, ...] = (_reports, _figures, _board, _items, _proceedings, _organisations)
