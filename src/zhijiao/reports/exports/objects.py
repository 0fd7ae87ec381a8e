"""Programmes, rules with their parameters, standards, systems and mechanisms."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.policy.types import Mechanism, Parameter, Programme, Rule, StandardItem, System
from zhijiao.policy.types.words import word
from zhijiao.render.xlsx import Cell, Column
from zhijiao.reports.exports import common
from zhijiao.reports.exports.types import Exporter, Line, Scene

# -- programmes ------------------------------------------------------------------------------------


def _programmes(scene: Scene) -> Iterator[Line]:
    for programme in scene.index.pack.programmes:
        yield programme.id, _programme(scene, programme)


def _programme(scene: Scene, programme: Programme) -> list[Cell]:
    index = scene.index
    return [
        programme.name,
        word("programme_shape", programme.shape),
        programme.what,
        "、".join(programme.applicants) or "文件未写",
        "、".join(word("level", level) for level in programme.level),
        "；".join(map(common.asked, programme.quota)) or "文件未写",
        "、".join(programme.units),
        common.state(index, programme),
        programme.note,
        common.documents(index, programme.clauses),
        "；".join(index.indicators[i].name for i in programme.indicators),
        common.capabilities(index, programme.capabilities),
        common.clauses(programme.clauses),
        programme.id,
        common.page(scene.address("programmes", programme.id)),
    ]


PROGRAMMES = Exporter(
    "programmes",
    "项目",
    (
        Column("项目", width=26),
        Column("性质", width=12),
        Column("是什么", width=48),
        Column("谁可以申报或参加", width=20),
        Column("层级", width=10),
        Column("名额", width=18),
        Column("组织单位", width=28),
        Column("平台支持", width=10),
        Column("说明", width=34),
        Column("文件", width=20, printed=False),
        Column("计入指标", width=24, printed=False),
        Column("由平台哪些能力办理", width=30, printed=False),
        Column("条款", width=18, printed=False),
        Column("编号", width=18, printed=False),
        common.LINK,
    ),
    _programmes,
    freeze=1,
)

# -- rules -----------------------------------------------------------------------------------------


def _rules(scene: Scene) -> Iterator[Line]:
    index = scene.index
    known = {p.id: p for pack in reversed(index.family) for p in pack.parameters}
    used: set[str] = set()
    for rule in index.pack.rules:
        used.update(rule.parameters)
        for values in [v for name in rule.parameters for v in _values(known[name])] or [[None] * 6]:
            yield rule.id, [*_rule(scene, rule), *values, *_rule_tail(scene, rule)]
    for parameter in index.pack.parameters:
        if parameter.id not in used:
            for values in _values(parameter):
                yield parameter.id, [None, None, None, None, None, *values, *([None] * 6)]


def _rule(scene: Scene, rule: Rule) -> list[Cell]:
    return [rule.number, rule.name, rule.statement, rule.formula, rule.jurisdiction]


def _rule_tail(scene: Scene, rule: Rule) -> list[Cell]:
    index = scene.index
    return [
        common.state(index, rule),
        rule.note,
        "、".join(rule.decisions),
        common.clauses(rule.clauses),
        rule.id,
        common.page(scene.address("rules", rule.id)),
    ]


def _values(parameter: Parameter) -> list[list[Cell]]:
    """A row per dated value; a parameter without a value says what is missing."""
    if not parameter.values:
        return [[parameter.name, None, parameter.unit, None, parameter.missing, None]]
    return [
        [parameter.name, v.value, parameter.unit, common.day(v.from_), parameter.missing, v.clause]
        for v in parameter.values
    ]


RULES = Exporter(
    "rules",
    "规则与参数",
    (
        Column("规则编号", width=10),
        Column("规则", width=24),
        Column("规则说明", width=48),
        Column("算式", width=34),
        Column("适用地域", width=12),
        Column("参数", width=24),
        Column("参数值", kind="number", width=14),
        Column("单位", width=10),
        Column("自何日起", kind="date", width=12),
        Column("文件没有给出的", width=26),
        Column("参数出处", width=16),
        Column("平台支持", width=10, printed=False),
        Column("说明", width=40, printed=False),
        Column("依据口径", width=12, printed=False),
        Column("条款", width=20, printed=False),
        Column("编号", width=22, printed=False),
        common.LINK,
    ),
    _rules,
)

# -- standards -------------------------------------------------------------------------------------


def _standards(scene: Scene) -> Iterator[Line]:
    for standard in scene.index.pack.standards:
        for version in standard.versions:
            for item in version.items:
                yield (
                    standard.id,
                    [
                        standard.name,
                        standard.applies_to,
                        version.version,
                        word("standard_status", version.status),
                        common.day(version.from_),
                        item.name,
                        *_requirement(item),
                        item.missing,
                        standard.note,
                        common.clauses([item.clause] if item.clause else standard.clauses),
                        standard.id,
                        common.page(scene.address("standards", standard.id)),
                    ],
                )


def _requirement(item: StandardItem) -> list[Cell]:
    if item.bound is None:
        return [None, None, None]
    return [word("op", item.bound.op) or "等于", item.bound.value, item.bound.unit]


STANDARDS = Exporter(
    "standards",
    "标准",
    (
        Column("标准", width=24),
        Column("适用于", width=18),
        Column("版本", width=12),
        Column("状态", width=8),
        Column("生效", kind="date", width=12),
        Column("检查项", width=36),
        Column("关系", width=8),
        Column("数值", kind="number", width=12),
        Column("单位", width=8),
        Column("文件没有给出的", width=34),
        Column("说明", width=34),
        Column("条款", width=18, printed=False),
        Column("编号", width=18, printed=False),
        common.LINK,
    ),
    _standards,
    freeze=1,
)

# -- systems and mechanisms ------------------------------------------------------------------------


def _systems(scene: Scene) -> Iterator[Line]:
    for system in scene.index.pack.systems:
        kind = "系统（文件点名）" if system.named else "系统（由机制推出）"
        yield system.id, _capable(scene, "systems", system, kind, system.number, system.aliases, [])
    for mechanism in scene.index.pack.mechanisms:
        yield mechanism.id, _capable(scene, "mechanisms", mechanism, "机制", None, [], mechanism.units)


def _capable(
    scene: Scene,
    room: str,
    thing: System | Mechanism,
    kind: str,
    number: str | None,
    aliases: list[str],
    units: list[str],
) -> list[Cell]:
    index = scene.index
    return [
        kind,
        number,
        thing.name,
        "、".join(aliases),
        thing.what,
        "、".join(units),
        getattr(index.pack.manifest.names, thing.part),
        common.state(index, thing),
        common.capabilities(index, thing.capabilities),
        common.documents(index, thing.clauses),
        thing.note,
        common.clauses(thing.clauses),
        thing.id,
        common.page(scene.address(room, thing.id)),
    ]


SYSTEMS = Exporter(
    "systems",
    "系统与机制",
    (
        Column("类别", width=12),
        Column("系统编号", width=10),
        Column("名称", width=26),
        Column("其他叫法", width=22),
        Column("要做什么", width=52),
        Column("责任单位", width=24),
        Column("所属部分", width=14),
        Column("平台支持", width=10),
        Column("由平台哪些能力落实", width=34),
        Column("文件", width=20),
        Column("说明", width=30, printed=False),
        Column("条款", width=18, printed=False),
        Column("编号", width=18, printed=False),
        common.LINK,
    ),
    _systems,
    freeze=3,
)
