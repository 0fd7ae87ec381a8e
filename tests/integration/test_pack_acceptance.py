"""A changed pack under which people work waits until the office has seen what it touches; what is at work is kept or closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client

from tests.support.people import hire, plant, seat_at
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.indicators.actions import open_reports
from zhijiao.indicators.models import Report
from zhijiao.planning import actions, queries
from zhijiao.planning.types import GoneDecision, PlanFault
from zhijiao.policy import queries as policy
from zhijiao.policy.actions import Installed, install_pack
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.starting import write_minimal
from zhijiao.supervision.actions import report_progress, start_from_pack
from zhijiao.supervision.models import Assignment, WorkItem
from zhijiao.supervision.types import ItemState
from zhijiao.supervision.types import Report as Progress

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
ON = date(2026, 3, 2)

CHAINS = """
- id: chain.1
  name: 本级审定
  clauses: [plan.target.1]
  for: 市级部门
  steps: [{by: superior, kinds: [government], name: 市审定}]
"""
OBLIGATIONS = """
- id: obligation.1
  name: 教师情况
  clauses: [plan.target.1]
  indicators: [plan.target.1]
  reporters: [示例局]
  asks: value
  period: year
  from: '2024'
  due: {days: 90, working: false}
  chain: chain.1
  rollup: none
"""
SECOND_ITEM = """
  - id: item.2
    name: 建实践基地
    clauses: [plan.task.1]
    deliverable: 基地名单
  - id: item.3
    name: 评优秀学员
    clauses: [plan.task.1]
    deliverable: 学员名单
"""


@dataclass(frozen=True)
class Place:
    folder: Path
    id: int
    office: Actor
    bureau: Actor


@pytest.fixture
def place(tmp_path: Path) -> Place:
    city = tmp_path / "city"
    write_minimal(city)
    (city / "chains.yaml").write_text(CHAINS, encoding="utf-8")
    (city / "obligations.yaml").write_text(OBLIGATIONS, encoding="utf-8")
    tasks = city / "tasks.yaml"
    tasks.write_text(tasks.read_text(encoding="utf-8").rstrip() + SECOND_ITEM, encoding="utf-8")
    first = install(tmp_path)
    assert first.refused is None, str(first.refused)
    with bulk():
        root = plant("000000", OrganisationKind.GOVERNMENT, pack="city", name="示例市")
        bureau = plant("edu", OrganisationKind.DEPARTMENT, root, name="示例局")
        made = Place(
            tmp_path, root.id, hire("office", Role.OFFICE, root), hire("bureau", Role.DEPARTMENT, bureau)
        )
    start_from_pack(pack="city", by=Actor.system("测试"), at=AT, on=ON)
    open_reports(pack="city", tenant=Tenant.REAL, on=ON, at=AT)
    with acting(made.bureau):
        part = Assignment.objects.filter(item__key="item.2").values_list("pk", flat=True).get()
    report_progress(assignment=part, report=Progress(words="已开工"), by=made.bureau, at=AT, on=ON)
    return made


def install(folder: Path) -> Installed:
    return install_pack(shelf=Library([folder]), pack="city", by="test", at=AT)


def change(place: Place) -> str:
    """A version without two of the items and without the obligation, and with a higher target."""
    tasks = place.folder / "city" / "tasks.yaml"
    tasks.write_text(tasks.read_text(encoding="utf-8").replace(SECOND_ITEM, "\n"), encoding="utf-8")
    (place.folder / "city" / "obligations.yaml").unlink()
    for name in ("clauses.yaml", "indicators.yaml"):
        path = place.folder / "city" / name
        path.write_text(path.read_text(encoding="utf-8").replace("value: 80", "value: 85"), encoding="utf-8")
    made = install(place.folder)
    assert made.offered, made
    assert made.version is not None
    return made.version


def test_a_changed_version_waits_while_people_work(place: Place) -> None:
    before = policy.index("city")
    assert before is not None
    version = change(place)
    assert policy.index("city") == before
    offered = policy.offer("city")
    assert offered is not None
    assert offered.version == version


def test_what_it_touches_is_counted_before_it_is_accepted(place: Place) -> None:
    change(place)
    with acting(place.office):
        wait = queries.waiting("city", place.id, by=place.office, on=ON)
    assert wait is not None
    found = {(t.room, t.id): t for t in wait.impact.touched}
    assert found["tasks", "item.2"].work == {"承担任务的单位": 1, "已报进展的单位": 1}
    assert found["obligations", "obligation.1"].work == {"待报数据": 1}
    assert found["indicators", "plan.target.1"].change == "changed"
    assert "targets" in found["indicators", "plan.target.1"].fields
    assert [item.key for item in wait.gone] == ["item.2", "item.3"]


def test_accepting_asks_for_a_decision_on_every_item_that_goes(place: Place) -> None:
    version = change(place)
    with acting(place.office), pytest.raises(PlanFault, match="评优秀学员"):
        actions.accept_version(
            pack="city",
            version=version,
            at_place=place.id,
            decisions={"item.2": GoneDecision.CARRY},
            by=place.office,
            at=AT,
        )
    assert policy.offer("city") is not None, "nothing has changed"


def test_accepted_work_goes_on_or_ends_and_drafts_close(place: Place) -> None:
    version = change(place)
    with acting(place.office):
        actions.accept_version(
            pack="city",
            version=version,
            at_place=place.id,
            decisions={"item.2": GoneDecision.CARRY, "item.3": GoneDecision.CLOSE},
            by=place.office,
            at=AT,
        )
    index = policy.index("city")
    assert index is not None
    assert index.version == version
    start_from_pack(pack="city", by=Actor.system("测试"), at=AT, on=ON)  # as the event does
    with bulk():
        items = {item.key: item for item in WorkItem.objects.filter(source="pack")}
        assert items["item.2"].state == ItemState.OPEN
        assert "继续办理" in items["item.2"].carried_under
        assert items["item.3"].state == ItemState.DROPPED
        assert items["item.3"].dropped_because
        assert Assignment.objects.get(item=items["item.2"]).entries_count == 1, "what was reported stays"
        assert not Report.objects.exists()
        closed = Report.every.get()
        assert "不再要求" in closed.closed_for


def test_a_duty_that_comes_back_opens_its_draft_again(place: Place) -> None:
    version = change(place)
    decide = {"item.2": GoneDecision.CLOSE, "item.3": GoneDecision.CLOSE}
    with acting(place.office):
        actions.accept_version(
            pack="city", version=version, at_place=place.id, decisions=decide, by=place.office, at=AT
        )
    (place.folder / "city" / "obligations.yaml").write_text(OBLIGATIONS, encoding="utf-8")
    back = install(place.folder)
    assert back.offered
    assert back.version is not None
    with acting(place.office):
        actions.accept_version(
            pack="city", version=back.version, at_place=place.id, decisions={}, by=place.office, at=AT
        )
    with bulk():
        assert Report.objects.get().closed_for == ""


def test_declined_stays_away_until_something_newer_comes(place: Place) -> None:
    version = change(place)
    with acting(place.office):
        with pytest.raises(PlanFault, match="原因"):
            actions.decline_version(
                pack="city", version=version, at_place=place.id, reason=" ", by=place.office, at=AT
            )
        actions.decline_version(
            pack="city", version=version, at_place=place.id, reason="目标没有依据", by=place.office, at=AT
        )
    assert not install(place.folder).offered
    assert policy.answered("city")[0].reason == "目标没有依据"


def test_only_the_office_of_the_place_decides(place: Place) -> None:
    version = change(place)
    with acting(place.bureau), pytest.raises(NotAllowed):
        actions.accept_version(
            pack="city", version=version, at_place=place.id, decisions={}, by=place.bureau, at=AT
        )


def test_a_version_that_was_overtaken_is_not_accepted_unseen(place: Place) -> None:
    version = change(place)
    path = place.folder / "city" / "pack.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("'0.1'", "'0.3'"), encoding="utf-8")
    assert install(place.folder).offered
    with acting(place.office), pytest.raises(Invisible):
        actions.accept_version(
            pack="city", version=version, at_place=place.id, decisions={}, by=place.office, at=AT
        )


def test_the_office_sees_it_decides_and_reads_it_again(place: Place, client: Client) -> None:
    version = change(place)
    seat_at(client, place.office)
    page = client.get("/desk/packs")
    assert page.status_code == 200
    body = page.content.decode()
    for words in ("建实践基地", "评优秀学员", "教师情况", "已报进展的单位", "接受新版"):
        assert words in body
    assert client.get("/desk/packs.xlsx").status_code == 200
    refused = client.post("/desk/packs", {"version": version, "do": "accept", "g-item.2": "carry"})
    assert refused.status_code == 422
    assert "没有决定怎样处理" in refused.content.decode()
    answer = client.post("/desk/packs", {"version": version, "do": "decline", "reason": ""})
    assert answer.status_code == 422
    decided = {"version": version, "do": "accept", "g-item.2": "carry", "g-item.3": "close"}
    assert client.post("/desk/packs", decided).status_code == 302
    assert "已接受" in client.get("/desk/packs").content.decode()
    assert client.post("/desk/packs", decided).status_code == 422, "it no longer waits"


def test_whoever_may_not_decide_does_not_find_it(place: Place, client: Client) -> None:
    change(place)
    assert seat_at(client, place.bureau).get("/desk/packs").status_code == 403
