"""Clauses with what they became, coverage by document, conflicts and decisions, published figures, places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhijiao.policy.types import SERVED_BY, Answer, Clause, PackIndex, Reported, Side
from zhijiao.policy.types.words import word
from zhijiao.render.xlsx import Cell, Column, Text
from zhijiao.reports.exports import common
from zhijiao.reports.exports.types import Exporter, Line, Scene
from zhijiao.reports.rules.wording import quoted

# -- clauses ---------------------------------------------------------------------------------------


def _clauses(scene: Scene) -> Iterator[Line]:
    index = scene.index
    for document in index.pack.manifest.documents:
        for clause in index.clauses_of(document.id):
            yield clause.id, _clause(scene, clause)


def _clause(scene: Scene, clause: Clause) -> list[Cell]:
    index = scene.index
    became = index.serving(clause.id)
    return [
        clause.id,
        index.documents[clause.document].short,
        clause.place,
        word("clause_kind", clause.kind),
        clause.title,
        clause.summary,
        common.figures(clause),
        "、".join(clause.units),
        word("served", index.served(clause)),
        "；".join(f"{word('room', ref.room)}{quoted(ref.name)}" for ref in became),
        index.section_titles.get((clause.document, clause.section)),
        "、".join(c.id for c in index.conflicts_on([clause.id])),
        common.page(scene.address("clauses", clause.id)),
    ]


CLAUSES = Exporter(
    "clauses",
    "条款",
    (
        Column("条款", width=14),
        Column("文件", width=18),
        Column("原文位置", width=18),
        Column("类别", width=8),
        Column("标题", width=24),
        Column("概括", width=56),
        Column("数字", width=30),
        Column("责任单位", width=26),
        Column("承接情况", width=10),
        Column("成为平台上的", width=38),
        Column("章节", width=24, printed=False),
        Column("分歧", width=10, printed=False),
        common.LINK,
    ),
    _clauses,
    freeze=1,
)

# -- coverage --------------------------------------------------------------------------------------


def _coverage(scene: Scene) -> Iterator[Line]:
    index = scene.index
    for document in index.pack.manifest.documents:
        listed = index.clauses_of(document.id)
        for kind in SERVED_BY:
            own = [c for c in listed if c.kind == kind]
            if own:
                yield document.id, [document.short, word("clause_kind", kind), *_counts(index, own)]
        yield document.id, [document.short, Text("小计", strong=True), *_counts(index, listed)]
    everything = [c for d in index.pack.manifest.documents for c in index.clauses_of(d.id)]
    yield "", [Text("合计", strong=True), None, *_counts(index, everything)]


def _counts(index: PackIndex, clauses: Sequence[Clause]) -> list[Cell]:
    states = [index.served(clause) for clause in clauses]
    unserved = [c.id for c, state in zip(clauses, states, strict=True) if state == "unserved"]
    counted: list[Cell] = [states.count(state) for state in ("served", "planned", "unserved")]
    return [len(clauses), *counted, "、".join(unserved)]


COVERAGE = Exporter(
    "coverage",
    "条款覆盖",
    (
        Column("文件", width=30),
        Column("条款类别", width=12),
        Column("条款", "条", "number", width=10),
        Column("已承接", "条", "number", width=10),
        Column("规划中", "条", "number", width=10),
        Column("未承接", "条", "number", width=10),
        Column("未承接的条款", width=50),
    ),
    _coverage,
    freeze=1,
)

# -- documents -------------------------------------------------------------------------------------


def _documents(scene: Scene) -> Iterator[Line]:
    index = scene.index
    for document in index.pack.manifest.documents:
        horizon = document.horizon
        yield (
            document.id,
            [
                document.title,
                document.number,
                document.issuer,
                word("document_kind", document.kind),
                word("document_status", document.status),
                common.day(document.issued),
                common.day(document.in_force_from),
                None
                if horizon is None
                else f"{horizon.from_}—{horizon.to}{'（推定）' if horizon.inferred else ''}",
                *_counts(index, index.clauses_of(document.id))[:-1],
                document.warning,
                document.note,
                "；".join(document.based_on),
                document.id,
                common.page(scene.address("documents", document.id)),
            ],
        )


DOCUMENTS = Exporter(
    "documents",
    "文件",
    (
        Column("文件", width=36),
        Column("文号", width=18),
        Column("发文机关", width=26),
        Column("种类", width=10),
        Column("状态", width=10),
        Column("印发或发布", kind="date", width=12),
        Column("施行", kind="date", width=12),
        Column("规划期", width=12),
        Column("条款", "条", "number", width=8),
        Column("已承接", "条", "number", width=8),
        Column("规划中", "条", "number", width=8),
        Column("未承接", "条", "number", width=8),
        Column("须注意", width=34),
        Column("说明", width=40, printed=False),
        Column("上位文件", width=50, printed=False),
        Column("编号", width=10, printed=False),
        common.LINK,
    ),
    _documents,
    freeze=1,
)

# -- conflicts and decisions -----------------------------------------------------------------------


def _conflicts(scene: Scene) -> Iterator[Line]:
    index = scene.index
    for conflict in index.conflicts.values():
        yield (
            conflict.id,
            [
                conflict.id,
                "文件分歧",
                conflict.topic,
                _sides(index, conflict.sides),
                conflict.decision,
                common.clauses(side.clause for side in conflict.sides),
                common.page(scene.address("conflicts", conflict.id)),
            ],
        )
    for default in index.defaults.values():
        yield (
            default.id,
            [
                default.id,
                "口径默认",
                default.question,
                _sides(index, default.clauses),
                default.taken,
                common.clauses(side.clause for side in default.clauses),
                common.page(scene.address("defaults", default.id)),
            ],
        )


def _sides(index: PackIndex, sides: Sequence[Side]) -> str:
    lines = []
    for side in sides:
        clause = index.clauses.get(side.clause)
        where = f"《{index.documents[clause.document].short}》{clause.place}" if clause else side.clause
        lines.append(f"{where}：{side.says}")
    return "\n".join(lines)


CONFLICTS = Exporter(
    "conflicts",
    "分歧与口径",
    (
        Column("编号", width=8),
        Column("性质", width=10),
        Column("分歧点或没有说清的问题", width=34),
        Column("各方说法", width=66),
        Column("采用的处理", width=52),
        Column("条款", width=24, printed=False),
        common.LINK,
    ),
    _conflicts,
    freeze=1,
)

# -- published figures -----------------------------------------------------------------------------


def _reported(scene: Scene) -> Iterator[Line]:
    for entry in scene.index.pack.reported:
        answers: list[Answer | None] = [*entry.answers] or [None]
        for answer in answers:
            yield entry.id, _fact(scene, entry, answer)


def _fact(scene: Scene, entry: Reported, answer: Answer | None) -> list[Cell]:
    index = scene.index
    return [
        entry.name,
        word("op", entry.op) or None,
        entry.value,
        entry.unit,
        entry.text,
        common.day(entry.as_of),
        common.day(entry.published),
        entry.scope,
        "观察数据，不对应目标" if answer is None else _answered(index, answer),
        None if answer is None else word("how", answer.how),
        None if answer is None else answer.reason,
        None if answer is None else answer.as_value,
        None if answer is None else answer.derivation,
        entry.note,
        common.clauses(entry.clauses),
        entry.id,
        common.page(scene.address("reported", entry.id)),
    ]


def _answered(index: PackIndex, answer: Answer) -> str:
    if answer.indicator is not None:
        return f"指标{quoted(index.indicators[answer.indicator].name)}"
    assert answer.task is not None  # the checker asks for one of the two
    return f"任务{quoted(index.items[answer.task][1].name)}"


REPORTED = Exporter(
    "reported",
    word("room", "reported"),
    (
        Column("数据", width=26),
        Column("关系", width=8),
        Column("数值", kind="number", width=12),
        Column("单位", width=8),
        Column("文字表述", width=36),
        Column("数据截至", kind="date", width=12),
        Column("公布日期", kind="date", width=12),
        Column("范围", width=12),
        Column("回应什么", width=26),
        Column("可比关系", width=10),
        Column("为什么", width=44),
        Column("换算后", kind="number", width=10, printed=False),
        Column("怎样换算", width=26, printed=False),
        Column("说明", width=30, printed=False),
        Column("条款", width=18, printed=False),
        Column("编号", width=16, printed=False),
        common.LINK,
    ),
    _reported,
    freeze=1,
)

# -- organisations and places ----------------------------------------------------------------------


def _places(scene: Scene) -> Iterator[Line]:
    for division in scene.index.pack.places.divisions:
        kind = f"区划（{word('division_kind', division.kind)}）"
        yield (
            division.code,
            [kind, division.name, "、".join(division.aliases), division.code, division.parent, None],
        )
    for unit in scene.index.pack.places.units:
        kind = f"责任单位（{word('unit_kind', unit.kind)}）"
        yield (
            unit.id,
            [kind, unit.name, "、".join(unit.aliases), unit.id, "、".join(unit.members), unit.note],
        )
    for one in scene.index.pack.places.institutions:
        kind = word("institution_kind", one.kind)
        yield one.id, [kind, one.name, "、".join(one.aliases), one.id, one.division, one.note]


def _industries(scene: Scene) -> Iterator[Line]:
    for industry in scene.index.pack.industries:
        yield (
            industry.id,
            [
                industry.name,
                word("industry_kind", industry.kind),
                "、".join(industry.gbt4754),
                "、".join(industry.majors),
                common.documents(scene.index, industry.clauses),
                common.clauses(industry.clauses),
                industry.note,
            ],
        )


INDUSTRIES = Exporter(
    "industries",
    "产业",
    (
        Column("产业", width=24),
        Column("类别", width=10),
        Column("国民经济行业代码", width=24),
        Column("相关专业", width=44),
        Column("点名的文件", width=24),
        Column("条款", width=24),
        Column("说明", width=40),
    ),
    _industries,
    freeze=1,
)

PLACES = Exporter(
    "places",
    "组织与区划",
    (
        Column("类别", width=20),
        Column("名称", width=30),
        Column("文件中的其他写法", width=40),
        Column("编号或代码", width=18),
        Column("上级或成员", width=36),
        Column("说明", width=44),
    ),
    _places,
    freeze=2,
)
