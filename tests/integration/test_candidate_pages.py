"""The pages of those who answer for candidates: who has handed in, guardians, phones, files of the exam body."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.support.people import seat_at
from tests.support.season import Scene, lay
from zhijiao.admissions.actions.submitting import submit
from zhijiao.admissions.models import Candidate, Guardian
from zhijiao.admissions.types.filling import Chosen
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    now = timezone.now()
    found = lay(opens=now - timedelta(days=1), closes=now + timedelta(days=1))
    submit(
        by=found.pupils[0],
        at=now,
        candidate=found.candidates[0].pk,
        round_code="main",
        chosen=Chosen((found.lines[5].pk,)),
        key="a-key-of-a-page",
    )
    return found


def test_the_junior_school_sees_who_but_not_what(scene: Scene) -> None:
    client = seat_at(Client(), scene.teacher)
    page = client.get("/desk/candidates").content.decode()
    assert "示例考生0" in page
    assert "示例考生1" in page
    assert "示例考生2" not in page
    assert "已提交" in page
    assert "示例专业5" not in page
    shown = client.get("/desk/candidates?standing=nothing").content.decode()
    assert "示例考生1" in shown
    assert "示例考生0" not in shown
    assert client.get("/desk/candidates.xlsx").status_code == 200
    assert "示例专业5" not in client.get(f"/desk/candidates/{scene.candidates[0].pk}").content.decode()
    assert client.get(f"/desk/candidates/{scene.candidates[2].pk}").status_code == 404
    assert client.get("/desk/candidates/import").status_code == 403
    assert seat_at(Client(), scene.pupils[0]).get("/desk/candidates").status_code == 403
    assert "示例考生" not in seat_at(Client(), scene.vocational).get("/desk/candidates").content.decode()


def test_reminding_reaches_those_who_have_not(scene: Scene) -> None:
    client = seat_at(Client(), scene.teacher)
    answer = client.post("/desk/candidates/remind", {"round": "main"})
    assert answer.headers["Location"].endswith("reminded=1")
    client.post("/desk/candidates/remind", {"round": "main"})
    with bulk():
        told = Message.objects.filter(key__startswith="remind-").values_list("user_id", flat=True)
        assert sorted(told) == sorted([scene.pupils[1].user, scene.parents[1].user])  # type: ignore[type-var]


def test_one_candidate(scene: Scene) -> None:
    client, here = seat_at(Client(), scene.teacher), f"/desk/candidates/{scene.candidates[0].pk}"
    wrong = client.post(
        here, {"do": "bind", "name": "示例父亲", "relation": "父亲", "phone": "12", "document": "x"}
    )
    assert wrong.status_code == 422
    right = {
        "do": "bind",
        "name": "示例父亲",
        "relation": "父亲",
        "phone": "13900000009",
        "document": "户口簿",
    }
    assert "一次性口令" in client.post(here, right).content.decode()
    with bulk():
        bound = Guardian.objects.get(candidate=scene.candidates[0], name="示例父亲")
    assert client.post(here, {"do": "end", "guardian": bound.pk, "reason": "示例"}).status_code == 302
    phone = {"do": "phone", "new_phone": "13700000001", "checked": "户口簿"}
    assert client.post(here, phone).status_code == 302
    assert client.post(here, {"do": "claim", "item": "minority", "proof": "户口簿"}).status_code == 302
    assert "等待审核" in client.get(here).content.decode()
    assert client.post(here, {"do": "nothing"}).status_code == 404
    slips = client.post("/desk/candidates/slips", {"class": "九（1）班", "again": "1"}).content.decode()
    assert slips.count("<code>") == 4


def test_a_round_is_extended_by_decision(scene: Scene) -> None:
    here = f"/desk/rounds/{scene.round.pk}"
    client = seat_at(Client(), scene.bureau)
    assert "延长" in client.get(here).content.decode()
    until = f"{timezone.localtime() + timedelta(days=3):%Y-%m-%dT%H:%M}"
    said = {
        "do": "extend",
        "until": until,
        "number": "26000001",
        "document": "示例〔2026〕3号",
        "why": "停电",
    }
    assert client.post(here, {**said, "document": ""}).status_code == 422
    assert client.post(here, {**said, "number": "9"}).status_code == 422
    assert client.post(here, {**said, "until": "明天"}).status_code == 422
    assert client.post(here, said).status_code == 302
    assert "26000001" in client.get(here).content.decode()
    assert client.post(here, {"do": "wipe"}).status_code == 422
    assert seat_at(Client(), scene.teacher).get(here).status_code == 403


def test_files_of_the_exam_body(scene: Scene) -> None:
    client = seat_at(Client(), scene.bureau)
    bad = SimpleUploadedFile("名册.csv", "考号,姓名,毕业学校\n27000001,,没有的\n".encode())
    answer = client.post("/desk/candidates/import", {"kind": "candidates", "file": bad})
    assert answer.status_code == 422
    assert "没有的" in answer.content.decode()
    good = SimpleUploadedFile("名册.csv", "考号,姓名,毕业学校\n27000001,示例新,示例初中\n".encode())
    assert "新增1" in client.post(
        "/desk/candidates/import", {"kind": "candidates", "file": good}
    ).content.decode().replace(" ", "")
    marks = SimpleUploadedFile("成绩.csv", "考号,语文,数学\n27000001,100,99\n".encode())
    assert client.post("/desk/candidates/import", {"kind": "scores", "file": marks}).status_code == 200
    with bulk():
        assert Candidate.objects.get(number="27000001").total == 199
