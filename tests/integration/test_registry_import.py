"""A workbook of organisations: every fault at once, or a plan, or the plan applied once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support.people import AT, hire, plant
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Organisation, Standing
from zhijiao.core.tree import tree
from zhijiao.registry import actions, queries
from zhijiao.registry.models import Officer, Succession
from zhijiao.registry.types import Effect, ImportRefused, PlanChanged
from zhijiao.render.xlsx.marking import SUMMARY, Mark, marked
from zhijiao.render.xlsx.opening import UnreadableBook

SYSTEM = Actor.system("tests", Tenant.REAL)
NOW = datetime(2026, 8, 1, tzinfo=UTC)
TODAY = date(2026, 8, 1)


@pytest.fixture
def city(db: None) -> dict[str, int]:
    with bulk():
        top = plant("city", OrganisationKind.GOVERNMENT, name="示例市", pack="sample")
        one = plant("one", OrganisationKind.COUNTY, top, name="示例一县")
        two = plant("two", OrganisationKind.COUNTY, top, name="示例二县")
        a = plant("a", OrganisationKind.SECONDARY_VOCATIONAL, one, name="示例甲校")
        b = plant("b", OrganisationKind.SECONDARY_VOCATIONAL, one, name="示例乙校")
        c = plant("c", OrganisationKind.SECONDARY_VOCATIONAL, two, name="示例丙校")
    return {"city": top.id, "one": one.id, "two": two.id, "a": a.id, "b": b.id, "c": c.id}


def edited(
    changes: dict[str, dict[int, Any]], new: Sequence[list[Any]] = (), people: Sequence[list[Any]] = ()
) -> bytes:
    """The template with cells changed by code and column, and lines added."""
    book = load_workbook(io.BytesIO(queries.template(SYSTEM, tree(Tenant.REAL, TODAY), "示例市")))
    sheet = book["单位"]
    rows = {sheet.cell(r, 1).value: r for r in range(4, sheet.max_row + 1)}
    for code, cells in changes.items():
        for column, value in cells.items():
            sheet.cell(rows[code], column, value)
    free = max(r for code, r in rows.items() if code) + 1
    for line in new:
        for column, value in enumerate(line, 1):
            sheet.cell(free, column, value)
        free += 1
    free = 4
    while book["在岗人员"].cell(free, 1).value:
        free += 1
    for line in people:
        for column, value in enumerate(line, 1):
            book["在岗人员"].cell(free, column, value)
        free += 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FULL: dict[str, Any] = {
    "changes": {
        "a": {2: "示例甲职校", 6: "2026-09-01", 9: "批文一号"},
        "b": {7: date(2026, 9, 1), 8: "a", 9: "批文二号"},
        "c": {5: "one", 6: "2026年9月1日", 9: "批文三号", 10: "丙校、三中"},
    },
    "new": [
        ["school-new", "示例新校", "新校", "中职学校", "county-new", "2026-09-01", None, None, "批文四号"],
        ["county-new", "示例三县", None, "县（市、区）", "city", "2026/9/1"],
    ],
    "people": [
        ["a", "校长", "张示例", "0576-88000001", "2024-09-01"],
        ["a", "校长", "李示例", "0576-88000002", "2026-09-01"],
    ],
}


def test_a_workbook_is_planned_applied_once_and_then_says_the_same(city: dict[str, int]) -> None:
    content = edited(**FULL)
    plan = actions.plan_workbook(content=content, by=SYSTEM, at=NOW)
    assert plan.counts == {
        Effect.NEW: 2,
        Effect.CHANGED: 1,
        Effect.MOVED: 1,
        Effect.MERGED: 1,
        Effect.APPOINTED: 2,
        Effect.UNCHANGED: 3,
    }
    before = tree(Tenant.REAL, date(2026, 8, 31)).by_code
    actions.apply_workbook(content=content, expect=plan.hash, by=SYSTEM, at=NOW)
    after = tree(Tenant.REAL, date(2026, 9, 1))
    assert after.by_code["a"].name == "示例甲职校"
    assert after.path(after.by_code["school-new"].id) == "示例市 / 示例三县 / 新校"
    assert after.by_code["c"].parent == city["one"]
    assert "b" not in after.by_code
    assert {c: (n.name, n.parent) for c, n in tree(Tenant.REAL, date(2026, 8, 31)).by_code.items()} == {
        c: (n.name, n.parent) for c, n in before.items()
    }
    with bulk():
        assert Succession.objects.get().target_id == city["a"]
        held = list(Officer.objects.order_by("starts").values_list("name", "ends"))
        rows = Standing.objects.count()
    assert held == [("张示例", date(2026, 9, 1)), ("李示例", None)]
    again = actions.plan_workbook(content=content, by=SYSTEM, at=NOW)
    assert again.empty
    actions.apply_workbook(content=content, expect=again.hash, by=SYSTEM, at=NOW)
    with bulk():
        assert Standing.objects.count() == rows


def test_a_plan_that_is_no_longer_true_is_not_applied(city: dict[str, int]) -> None:
    content = edited(**FULL)
    plan = actions.plan_workbook(content=content, by=SYSTEM, at=NOW)
    actions.rename(
        organisation=city["a"], name="他名", short="", on=date(2026, 8, 2), basis="批文", by=SYSTEM, at=NOW
    )
    with pytest.raises(PlanChanged):
        actions.apply_workbook(content=content, expect=plan.hash, by=SYSTEM, at=NOW)
    assert "school-new" not in tree(Tenant.REAL, date(2026, 9, 1)).by_code


def test_every_fault_is_told_at_once_with_its_cell(city: dict[str, int]) -> None:
    content = edited(
        {"a": {2: "改了名"}, "b": {4: "学校"}, "c": {5: "nowhere", 6: "2026-09-01", 9: "批文"}},
        new=[
            ["x", "示例新校", None, "中职学校", "gone", "2026-09-01"],
            ["a", "重复", None, "中职学校", "one", "2026-13-01"],
        ],
        people=[["zz", "校长", "张示例", "电话", "2026-09-01"], ["a", "校长", None, None, "2026-09-01"]],
    )
    with pytest.raises(ImportRefused) as refused:
        actions.plan_workbook(content=content, by=SYSTEM, at=NOW)
    places = {(fault.sheet, fault.column) for fault in refused.value.faults}
    assert {
        ("单位", "自何日起"),
        ("单位", "类别"),
        ("单位", "上级代码"),
        ("在岗人员", "办公电话"),
        ("在岗人员", "姓名"),
    } <= places
    marks = [Mark(f.sheet, f.row, f.column, f.words) for f in refused.value.faults]
    book = load_workbook(io.BytesIO(marked(content, marks)))
    assert book[SUMMARY].max_row == len(marks) + 1
    commented = [c for row in book["单位"].iter_rows() for c in row if c.comment]
    assert commented
    with bulk():
        assert Organisation.objects.count() == 6


def test_a_keeper_imports_only_below_their_node(city: dict[str, int]) -> None:
    with bulk():
        keeper = hire("keeper", Role.SYSTEM_ADMINISTRATOR, Organisation.objects.get(pk=city["one"]))
    content = edited({"c": {2: "他校", 6: "2026-09-01", 9: "批文"}})
    with acting(keeper), pytest.raises(ImportRefused, match="1 处") as refused:
        actions.plan_workbook(content=content, by=keeper, at=NOW)
    assert "不在您管理的范围内" in refused.value.faults[0].message
    own = edited({"a": {2: "新甲校", 6: "2026-09-01", 9: "批文"}})
    with acting(keeper):
        plan = actions.plan_workbook(content=own, by=keeper, at=NOW)
        actions.apply_workbook(content=own, expect=plan.hash, by=keeper, at=NOW)
        assert len(queries.manageable(keeper, tree(Tenant.REAL, TODAY))) == 3
    assert tree(Tenant.REAL, date(2026, 9, 1)).by_code["a"].name == "新甲校"


def test_officers_are_seen_by_colleagues_only(city: dict[str, int]) -> None:
    actions.appoint(
        organisation=city["a"],
        post="校长",
        name="张示例",
        phone="88000001",
        on=TODAY,
        basis="",
        by=SYSTEM,
        at=AT,
    )
    with bulk():
        colleague = hire("colleague", Role.COUNTY, Organisation.objects.get(pk=city["two"]))
        elsewhere = plant("elsewhere", OrganisationKind.COUNTY, tenant=Tenant.DEMO)
        stranger = hire("stranger", Role.COUNTY, elsewhere)
    assert queries.contacts([city["a"]], TODAY) == {}
    with acting(stranger):
        assert queries.contacts([city["a"]], TODAY) == {}
    with acting(colleague):
        assert queries.contacts([city["a"]], TODAY)[city["a"]][0].phone == "88000001"


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04"])
def test_what_is_no_workbook_is_refused(city: dict[str, int], content: bytes) -> None:
    with pytest.raises(UnreadableBook):
        actions.plan_workbook(content=content, by=SYSTEM, at=NOW)
