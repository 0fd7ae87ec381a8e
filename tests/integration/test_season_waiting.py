"""What waits for whom in an admission, and the texts that tell of a result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tests.support.people import seat_at
from tests.support.whole_season import AFTER_NOTICE, Pupil, Whole, allocate, marks, publish, whole
from zhijiao.admissions.actions import texting
from zhijiao.admissions.actions.scores import propose_correction
from zhijiao.admissions.actions.seats import declining, letters, topping_up
from zhijiao.admissions.models import Candidate, Guardian, Outcome, TextNotice
from zhijiao.admissions.queries.waiting import Matter, waiting
from zhijiao.admissions.store.identity import seal
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.accounts.adapters.types import ServiceTrouble

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped_packs")]

BEFORE = datetime(2026, 6, 29, 2, tzinfo=UTC)
PUBLISHED = datetime(2026, 7, 15, 2, tzinfo=UTC)
THREE = (Pupil(marks(500), (0, 1)), Pupil(marks(480), (0, 1)), Pupil(marks(300), (0,)))
OUTSIDER = "13900000002"


@dataclass
class Gateway:
    """A gateway that keeps what it got, and takes nothing for the phones in `refuses`."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    def send(self, phone: str, text: str, *, at: datetime) -> None:
        if phone in self.refuses:
            raise ServiceTrouble("短信服务没有接受这条短信，请稍后再试。")
        self.sent.append((phone, text))


def counted(scene: Whole, by: Actor) -> dict[Matter, int]:
    with acting(by):
        return {one.matter: one.count for one in waiting(by, scene.season.pack)}


def test_each_matter_waits_for_who_may_act() -> None:
    scene = whole(THREE)
    officer, county = scene.officer, scene.planners.county_officer
    correction = {
        "candidate": scene.candidates[0].pk,
        "column": next(iter(scene.candidates[0].columns)),
        "after": Decimal(61),
        "reason": "示例",
        "document": "示例文号",
    }
    propose_correction(by=officer, at=BEFORE, **correction)  # type: ignore[arg-type]
    assert counted(scene, officer) == {}
    assert counted(scene, scene.planners.officers["labour"]) == {Matter.CORRECTION: 1}
    assert counted(scene, county) == {}
    leaders = scene.planners.leaders
    run = allocate(scene)
    assert (
        counted(scene, leaders["education"])
        == counted(scene, leaders["labour"])
        == {Matter.RESULT_SIGNATURE: 1}
    )
    assert Matter.RESULT_SIGNATURE not in counted(scene, officer)
    publish(scene, run)
    assert counted(scene, officer) == {Matter.LETTER: 2}
    assert counted(scene, county) == {}
    letters.issue(season=scene.season.pk, by=officer, at=PUBLISHED, on=AFTER_NOTICE)
    assert counted(scene, officer) == {}

    with bulk():
        outcome = Outcome.objects.get(run=run, candidate=scene.candidates[0]).pk
    decline = declining.ask(outcome=outcome, reason="示例", by=scene.pupils[0], at=PUBLISHED)
    assert counted(scene, county) == {}
    declining.confirm(decline=decline, by=scene.parents[0], at=PUBLISHED)
    assert counted(scene, county) == {Matter.DECLINE: 1}
    topping_up.propose(
        season=scene.season.pk,
        line=scene.lines[1].pk,
        number=scene.candidates[2].number,
        name=scene.candidates[2].name,
        words="",
        by=scene.planners.technician_officer,
        at=PUBLISHED,
        on=AFTER_NOTICE,
    )
    assert counted(scene, scene.planners.officers["labour"])[Matter.TOP_UP] == 1
    assert Matter.TOP_UP not in counted(scene, officer)
    for nobody in (scene.planners.technician_officer, scene.pupils[0], scene.planners.leaders["education"]):
        assert counted(scene, nobody) == {}
    page = seat_at(Client(), county).get("/desk/").content.decode()
    assert "放弃录取待办理：1件" in page
    assert "补录待审批" not in page


def test_a_result_is_told_by_text_to_bound_phones_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = Gateway(refuses={OUTSIDER})
    monkeypatch.setattr(texting, "text_messages", lambda: gateway)
    scene = whole(THREE)
    with bulk():
        Candidate.objects.filter(pk=scene.candidates[0].pk).update(phone_sealed=seal("13900000001"))
        Guardian.objects.create(
            candidate=scene.candidates[1],
            name="演示父亲",
            relation="父亲",
            bound_at=PUBLISHED - timedelta(days=40),
            bound_by="tests",
            phone_sealed=seal(OUTSIDER),
        )
    publish(scene, allocate(scene))
    assert gateway.sent == []
    assert texting.send_waiting(at=PUBLISHED) == 1
    ((phone, words),) = gateway.sent
    assert phone == "13900000001"
    assert "已公布" in words
    assert "录取到" not in words
    assert texting.send_waiting(at=PUBLISHED) == 0
    at = PUBLISHED
    for pause in texting.PAUSES:
        at += pause
        assert texting.send_waiting(at=at) == 0
    with bulk():
        assert sorted(TextNotice.objects.values_list("state", "tries")) == [("failed", 5), ("sent", 1)]
    with acting(scene.officer):
        assert TextNotice.objects.count() == 2
    with acting(scene.pupils[0]):
        assert not TextNotice.objects.exists()
