"""The pages about seats after the result: a school's list, requests to give up, top-ups, registering and the hand-over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.support.people import seat_at
from tests.support.whole_season import FROZEN, FROZEN_ON, Pupil, Whole, allocate, marks, publish, whole
from zhijiao.admissions.actions.allocating import publishing, signing
from zhijiao.admissions.actions.seats import declining
from zhijiao.admissions.models import (
    Decline,
    Enrolment,
    Letter,
    Outcome,
    Publicity,
    Round,
    Run,
    Season,
    TopUp,
)
from zhijiao.admissions.queries.counting import counted
from zhijiao.admissions.types.states import DeclineState, EnrolmentState, TopUpState
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Message
from zhijiao.core.tree import tree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped_packs")]

PUBLISHED = datetime(2026, 7, 15, 4, tzinfo=UTC)
NOW = datetime(2026, 7, 16, 1, tzinfo=UTC)
PUPILS = (
    Pupil(marks(500), (0, 1)),
    Pupil(marks(480), (0, 1)),
    Pupil(marks(470), (0, 1)),
    Pupil(marks(460), (0,)),
)
"""Two seats at each of two lines: 500 and 480 have the first, 470 the second; 460 has none and a seat is left."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the day after publication."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def _open(actor: Actor) -> Client:
    return seat_at(Client(), actor)


def _school(scene: Whole, which: str = "vocational") -> str:
    return reverse("portal:season_school", args=[scene.season.pk, getattr(scene.planners, which).pk])


def _all(scene: Whole) -> str:
    return reverse("portal:season_seats", args=[scene.season.pk])


def _published() -> tuple[Whole, int]:
    scene = whole(PUPILS)
    run = allocate(scene)
    publish(scene, run)
    return scene, run


@pytest.mark.usefixtures("clock")
def test_a_school_sees_who_is_placed_with_it_and_no_other() -> None:
    scene, _ = _published()
    mine = _open(scene.planners.vocational_officer)
    page = mine.get(_school(scene))
    assert page.status_code == 200
    said = page.content.decode()
    assert "演示生0" in said
    assert "演示生2" not in said
    assert "500" not in said
    assert mine.get(_school(scene, "technician")).status_code == 404
    assert mine.get(_all(scene)).headers["Location"] == _school(scene)
    assert mine.get(f"{_school(scene)}.xlsx").content[:2] == b"PK"
    for outsider in (scene.pupils[0], scene.parents[0]):
        assert _open(outsider).get(_school(scene)).status_code in (403, 404)


@pytest.mark.usefixtures("clock")
def test_a_request_to_give_up_is_decided_and_its_letter_ends() -> None:
    scene, run = _published()
    bureau, county = _open(scene.officer), _open(scene.planners.county_officer)
    assert bureau.post(f"{_all(scene)}/act", {"do": "letters"}).status_code == 302
    with bulk():
        outcome = Outcome.objects.get(run=run, candidate=scene.candidates[0]).pk
        assert Letter.objects.filter(revoked_at__isnull=True).count() == 3
    decline = declining.ask(outcome=outcome, reason="示例", by=scene.pupils[0], at=NOW)
    declining.confirm(decline=decline, by=scene.parents[0], at=NOW)
    refused = county.post(
        f"{_all(scene)}/act", {"do": "decline", "decline": decline, "approve": "no", "words": ""}
    )
    assert refused.status_code == 422
    assert "理由" in refused.content.decode()
    county.post(f"{_all(scene)}/act", {"do": "decline", "decline": decline, "approve": "yes"})
    with bulk():
        assert Decline.objects.get(pk=decline).state == DeclineState.APPROVED
        assert Letter.objects.get(candidate=scene.candidates[0]).revoked_at is not None
    assert "已放弃" in _open(scene.planners.vocational_officer).get(_school(scene)).content.decode()


@pytest.mark.usefixtures("clock")
def test_at_the_counter_a_form_is_named() -> None:
    scene, _ = _published()
    county = _open(scene.planners.county_officer)
    given = {"do": "counter", "number": "26000001", "document": "", "reason": ""}
    assert county.post(f"{_all(scene)}/act", given).status_code == 422
    assert county.post(f"{_all(scene)}/act", {**given, "number": "9"}).status_code == 422
    assert county.post(f"{_all(scene)}/act", {**given, "document": "示例1号"}).status_code == 302
    with bulk():
        assert Decline.objects.get().document == "示例1号"


@pytest.mark.usefixtures("clock")
def test_a_school_names_somebody_and_its_bureau_decides() -> None:
    scene, _ = _published()
    school, act = _open(scene.planners.technician_officer), f"{_school(scene, 'technician')}/act"
    given = {"do": "propose", "line": scene.lines[1].pk, "number": "26000003", "name": "别人", "words": ""}
    assert school.post(act, given).status_code == 422
    assert school.post(act, {**given, "name": "演示生3"}).status_code == 302
    with bulk():
        named = TopUp.objects.get()
    answer = {"do": "top_up", "top_up": named.pk, "approve": "yes", "words": ""}
    assert _open(scene.officer).post(f"{_all(scene)}/act", answer).status_code in (403, 404)
    assert _open(scene.planners.officers["labour"]).post(f"{_all(scene)}/act", answer).status_code == 302
    with bulk():
        named.refresh_from_db()
    assert named.state == TopUpState.APPROVED
    assert "自主补录" in school.get(_school(scene, "technician")).content.decode()


def test_who_came_is_ticked_handed_over_and_the_season_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    scene, _ = _published()
    with bulk():
        Round.objects.filter(season=scene.season, code="supplementary").update(
            opens_at=NOW - timedelta(days=1)
        )
    day = datetime(2026, 9, 5, 1, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: day)
    bureau = _open(scene.officer)
    assert bureau.post(f"{_all(scene)}/act", {"do": "register"}).status_code == 302
    early = bureau.post(f"{_all(scene)}/act", {"do": "hand-over", "document": "示例1号"})
    assert early.status_code == 422
    assert "登记完" in early.content.decode()
    school = _open(scene.planners.vocational_officer)
    act = f"{_school(scene)}/act"
    with bulk():
        rows = list(Enrolment.objects.order_by("candidate__number"))
    assert school.post(act, {"do": "came", "day": "2026-09-05"}).status_code == 422
    assert school.post(act, {"do": "came", "who": [rows[0].pk], "day": "2026-12-05"}).status_code == 422
    assert school.post(act, {"do": "absent", "who": [rows[1].pk], "words": "示例"}).status_code == 302
    assert school.post(act, {"do": "rest", "day": "2026-09-05"}).status_code == 302
    other = _open(scene.planners.technician_officer)
    assert (
        other.post(f"{_school(scene, 'technician')}/act", {"do": "rest", "day": "2026-09-05"}).status_code
        == 302
    )
    with bulk():
        states = list(Enrolment.objects.order_by("candidate__number").values_list("state", "came_on"))
    assert [state for state, _ in states] == [EnrolmentState.CAME, EnrolmentState.ABSENT, EnrolmentState.CAME]
    assert states[0][1] == date(2026, 9, 5)
    done = bureau.post(f"{_all(scene)}/act", {"do": "hand-over", "document": "示例1号"}, follow=True)
    assert "移交学籍2人" in done.content.decode().replace(" ", "")
    assert bureau.post(f"{_all(scene)}/act", {"do": "close"}).status_code == 302
    with bulk():
        assert Season.objects.get(pk=scene.season.pk).phase == "closed"


def test_whoever_is_signed_in_may_object_to_a_notice() -> None:
    scene = whole(PUPILS)
    run = allocate(scene)
    with bulk():
        digest = Run.objects.get(pk=run).output_digest
    for bureau in scene.season.rules["result_signed_by"]:
        signing.sign(run=run, digest=digest, by=scene.planners.leaders[bureau], at=FROZEN)
    publishing.publicise(run=run, contact="示例招生办", by=scene.officer, at=FROZEN, on=FROZEN_ON)
    with bulk():
        # The database asks its own clock whether a notice stands.
        today = timezone.localdate()
        Publicity.objects.update(starts=today, ends=today)
        code = Publicity.objects.get().code
    address = reverse("portal:publicity", args=[code])
    assert "提交异议" not in Client().get(address).content.decode()
    pupil = _open(scene.pupils[3])
    assert "提交异议" in pupil.get(address).content.decode()
    assert pupil.post(f"{address}/object", {"words": "示例"}).status_code == 422
    done = pupil.post(f"{address}/object", {"words": "示例：总分登记有误", "about": "26000003"}, follow=True)
    assert "异议已提交" in done.content.decode()
    assert "示例：总分登记有误" in done.content.decode()
    assert "示例：总分登记有误" not in _open(scene.pupils[0]).get(address).content.decode()


def test_family_and_school_are_told() -> None:
    scene, run = _published()
    with bulk():
        outcome = Outcome.objects.get(run=run, candidate=scene.candidates[0]).pk
    decline = declining.ask(outcome=outcome, reason="示例", by=scene.pupils[0], at=PUBLISHED)
    declining.confirm(decline=decline, by=scene.parents[0], at=PUBLISHED)
    county = scene.planners.county_officer
    declining.decide(decline=decline, approve=True, words="示例", by=county, at=PUBLISHED)
    said = {
        "pupil": scene.pupils[0],
        "parent": scene.parents[0],
        "county": county,
        "school": scene.planners.vocational_officer,
        "other": scene.pupils[1],
    }
    with bulk():
        notes = {
            who: {
                m.key.split("-")[0] + ":" + m.key.rsplit("-", 1)[1]
                for m in Message.objects.filter(user=a.user)
            }
            for who, a in said.items()
        }
    number = str(scene.candidates[0].pk)
    assert {f"result:{number}", "decline:decided"} <= notes["pupil"]
    assert {f"result:{number}", "decline:asked", "decline:decided"} <= notes["parent"]
    assert "decline:confirmed" in notes["county"]
    assert "decline:school" in notes["school"]
    assert not any(key.startswith("decline") for key in notes["other"])


def test_figures_are_rough_while_choices_come_in_and_hide_small_counts_from_everybody() -> None:
    scene = whole(PUPILS)
    standing = tree(Tenant.REAL, FROZEN_ON)
    bureau, public = scene.officer, None

    def asked(by: Actor | None) -> list[tuple[int | None, int | None]]:
        with bulk():
            season = Season.objects.get(pk=scene.season.pk)
        found = counted(season, standing, by, FROZEN)
        return sorted(((row.asked, row.admitted) for row in found.rows), key=str)

    assert asked(bureau) == [(0, None), (0, None)]  # 4 and 3, to the nearest ten
    assert asked(public) == [(None, None), (None, None)]
    run = allocate(scene)
    assert asked(bureau) == [(3, None), (4, None)]
    assert asked(public) == [(None, None), (None, None)]
    publish(scene, run)
    assert asked(bureau) == [(3, 1), (4, 2)]
    assert asked(public) == [(None, 1), (None, 2)]
    assert asked(scene.planners.vocational_officer) == [(None, 1), (None, 2)]
