"""Duties of a pack: somebody reports every figure, somebody signs it, and every procedure comes to an end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.packs import shipped
from zhijiao.engines.workflow import Event, faults, run
from zhijiao.policy.packs.coverage import reporting
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.serial import canonical, from_canonical
from zhijiao.policy.packs.starting import write_minimal
from zhijiao.policy.types import chain_flow, flow_of
from zhijiao.policy.types.wording import parties, reporters, rhythm, signer, span, term

PACKS = ("zhejiang", "taizhou", "wenzhou")

CHAINS = """\
- id: chain
  name: 县—局
  clauses: [plan.task.1]
  for: 县报的数
  steps:
    - {by: superior, kinds: [county, zone], name: 县审核, days: 5}
    - {by: unit, unit: 示例局, name: 局审定}
"""
OBLIGATIONS = """\
- id: owes
  name: 双师型教师占比
  clauses: [plan.target.1]
  indicators: [plan.target.1]
  kinds: [secondary_vocational]
  asks: ratio
  numerator: {name: 双师型教师数, unit: 人}
  denominator: {name: 专业课教师数, unit: 人}
  period: year
  from: '2024'
  due: {days: 30, working: false}
  chain: chain
  rollup: ratio
  inferred: true
  note: 按年推定
"""
PROCEDURES = """\
- id: procedure
  name: 通报
  clauses: [plan.task.1]
  kind: circular
  parties: {author: 起草人, approver: 审批人}
  facts: {text: 先上传正文}
  start: draft
  stages:
    - {id: draft, name: 起草, kind: draft, holder: author}
    - {id: approval, name: 审批, kind: review, holder: approver, days: 3}
    - {id: closed, name: 办结, kind: ended, holder: author}
  transitions:
    - {id: submit, name: 送审, from: draft, to: approval, by: author, guards: [text]}
    - {id: approve, name: 批准, from: approval, to: closed, by: approver, separate: true}
"""
FILES = {"chains.yaml": CHAINS, "obligations.yaml": OBLIGATIONS, "procedures.yaml": PROCEDURES}


def written(folder: Path, file: str = "", old: str = "", new: str = "") -> list[Problem]:
    """What the checker says of a small pack with duties, one of its files changed."""
    write_minimal(folder / "city")
    for name, text in FILES.items():
        if name == file:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / "city" / name).write_text(text, encoding="utf-8")
    return Library([folder]).problems("city")


def test_sound_duties_are_accepted(tmp_path: Path) -> None:
    assert written(tmp_path) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "said"),
    [
        (
            "obligations.yaml",
            "[plan.target.1]\n  kinds",
            "[plan.target.9]\n  kinds",
            4,
            "指标 plan.target.9 不存在",
        ),
        ("obligations.yaml", "chain: chain", "chain: chane", 12, "是不是 chain？"),
        ("obligations.yaml", "  kinds: [secondary_vocational]\n", "", 1, "没有写由谁报"),
        (
            "obligations.yaml",
            "kinds: [secondary_vocational]",
            "reporters: [无名局]",
            5,
            "单位「无名局」没有登记",
        ),
        ("obligations.yaml", "kinds: [secondary_vocational]", "kinds: [school]", 5, "不在允许范围内"),
        ("obligations.yaml", "asks: ratio", "asks: value", 6, "与分子分母不配"),
        ("obligations.yaml", "rollup: ratio", "rollup: sum", 13, "不能用 sum 汇总"),
        ("obligations.yaml", "  due:", "  to: '2020'\n  due:", 11, "早于起始的 2024"),
        ("obligations.yaml", "  note: 按年推定\n", "", 14, "是推定的，却没有写依据"),
        ("chains.yaml", "unit: 示例局, ", "", 7, "没有写明哪个单位"),
        ("chains.yaml", "kinds: [county, zone], ", "", 6, "没有写明哪类上级"),
        ("chains.yaml", "unit: 示例局", "unit: 示列局", 7, "是不是 示例局"),
        ("chains.yaml", "局审定", "县审核", 5, "2个环节都叫“县审核”"),
        ("procedures.yaml", "to: closed", "to: close", 14, "终点“close”不在环节之列"),
        ("procedures.yaml", ", separate: true", "", 14, "审定分离"),
        ("procedures.yaml", "guards: [text]", "guards: [txt]", 13, "条件 txt 没有说明"),
        ("procedures.yaml", "approver: 审批人", "approver: 审批人, other: 旁人", 5, "other 没有用到"),
        (
            "procedures.yaml",
            "holder: approver, days: 3",
            "holder: somebody",
            10,
            "办理方“somebody”不在 parties 之列",
        ),
    ],
)
def test_a_slip_is_told_with_its_line(
    tmp_path: Path, file: str, old: str, new: str, line: int, said: str
) -> None:
    found = [p for p in written(tmp_path, file, old, new) if said in str(p)]
    assert [(p.file, p.line) for p in found] == [(file, line)], [
        str(p) for p in Library([tmp_path]).problems("city")
    ]


def test_a_group_without_members_cannot_report(tmp_path: Path) -> None:
    written(tmp_path)
    city = tmp_path / "city"
    units = city / "organisations.yaml"
    units.write_text(units.read_text(encoding="utf-8") + "- {id: schools, name: 中职学校, kind: group}\n")
    duties = city / "obligations.yaml"
    duties.write_text(OBLIGATIONS.replace("kinds: [secondary_vocational]", "reporters: [中职学校]"))
    chains = city / "chains.yaml"
    chains.write_text(CHAINS.replace("unit: 示例局", "unit: 中职学校"))
    said = [str(p) for p in Library([tmp_path]).problems("city")]
    assert len(said) == 2
    assert "没有成员名单，找不到谁来报" in said[1]
    assert "是一类单位，不能审批" in said[0]


def test_two_ways_of_bringing_one_figure_together_are_refused(tmp_path: Path) -> None:
    written(tmp_path)
    second = OBLIGATIONS.replace("id: owes", "id: owes.2").replace("rollup: ratio", "rollup: lowest")
    (tmp_path / "city" / "obligations.yaml").write_text(OBLIGATIONS + second, encoding="utf-8")
    assert ["汇总办法却不同" in str(p) for p in Library([tmp_path]).problems("city")] == [True]


@pytest.mark.parametrize("pack", PACKS)
def test_every_indicator_is_reported_by_somebody(pack: str) -> None:
    found = reporting(shipped().index(pack))
    assert found.missing == ()
    assert found.indicators == len(shipped().index(pack).pack.indicators)


@pytest.mark.parametrize(
    ("pack", "group", "figures"), [("taizhou", "tz.unit.counties", 21), ("wenzhou", "wz.unit.counties", 19)]
)
def test_a_county_owes_some_twenty_figures_a_year(pack: str, group: str, figures: int) -> None:
    index = shipped().index(pack)
    name = next(u.name for u in index.pack.places.units if u.id == group)
    owed = [o for o in index.pack.obligations if name in map(index.canonical, o.reporters)]
    assert {o.period for o in owed} == {"year"}
    assert sum(len(o.indicators) for o in owed) == figures


@pytest.mark.parametrize("pack", PACKS)
def test_duties_go_on_after_the_plan(pack: str) -> None:
    assert all(o.to is None for o in shipped().load(pack).obligations)


@pytest.mark.parametrize("pack", PACKS)
def test_every_duty_runs_as_a_flow_and_can_be_told(pack: str) -> None:
    index = shipped().index(pack)
    for procedure in index.procedures.values():
        assert faults(flow_of(procedure)) == []
        assert sorted(parties(procedure)) == sorted(procedure.parties.values())
        assert [term(stage) for stage in procedure.stages if stage.days is not None] or procedure.kind in (
            "circular",
            "interview",
        )
    for chain in index.chains.values():
        assert faults(chain_flow(chain)) == []
        assert chain_flow(chain, ()).leaving("draft")[0].target == "approved"
        assert all(signer(step) for step in chain.steps)
    for obligation in index.obligations.values():
        assert reporters(obligation)
        assert rhythm(obligation)
        assert span(obligation).endswith("起")


def test_the_unit_under_inspection_may_answer_object_and_must_rectify() -> None:
    flow = flow_of(shipped().index("taizhou").procedures["zj.procedure.supervision"])
    facts = dict.fromkeys((fact.id for fact in flow.facts), True)
    steps = [
        ("form-team", "inspector", "甲"),
        ("begin", "inspector", "甲"),
        ("give-opinion", "team", "乙"),
        ("answer", "unit", "丙"),
        ("issue", "inspector", "甲"),
        ("object", "unit", "丙"),
        ("uphold", "upper", "丁"),
        ("report", "unit", "丙"),
        ("return", "inspector", "甲"),
        ("report", "unit", "丙"),
        ("pass", "inspector", "甲"),
    ]
    events = [Event(step, person, {party}, "理由", facts) for step, party, person in steps]
    assert run(flow, events).stage.id == "closed"
    assert [stage.clock.days for stage in flow.stages if stage.clock] == [10, 20, 10, 30]
    assert not any(stage.clock.working for stage in flow.stages if stage.clock)


def test_a_city_uses_its_own_procedure_before_the_inherited_one() -> None:
    taizhou, wenzhou = shipped().index("taizhou"), shipped().index("wenzhou")
    own, inherited = taizhou.procedure_of("notice"), wenzhou.procedure_of("notice")
    assert own is not None
    assert inherited is not None
    assert taizhou.writer_of(own).id == "taizhou"
    assert wenzhou.writer_of(inherited).id == "zhejiang"
    assert wenzhou.procedure_of("plan_review") is None
    kinds = [procedure.kind for procedure in taizhou.procedures_used]
    assert len(kinds) == len(set(kinds)) == 7


def test_a_version_from_before_there_were_duties_is_still_read() -> None:
    content = canonical(shipped().load("taizhou"))
    for room in ("obligations", "chains", "procedures"):
        del content[room]
    assert from_canonical(content).obligations == []
