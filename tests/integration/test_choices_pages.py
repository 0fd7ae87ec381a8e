"""The pages of a candidate and guardian: from an empty list to a receipt."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.support.people import seat_at
from tests.support.season import Scene, lay
from zhijiao.admissions.models import Round, Submission
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import Message

pytestmark = pytest.mark.django_db


def open_now(**more: bool) -> Scene:
    now: datetime = timezone.now()
    return lay(opens=now - timedelta(days=1), closes=now + timedelta(days=1), **more)  # type: ignore[arg-type]


def at(scene: Scene, who: int = 0) -> str:
    return f"/choices/{scene.candidates[who].pk}/main"


def hidden(content: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', content)
    assert found, name
    return found[1]


def test_from_an_empty_list_to_a_receipt() -> None:
    scene = open_now()
    client = seat_at(Client(), scene.pupils[0])
    assert client.get("/desk/").headers["Location"] == "/choices"
    assert "还没有填" in client.get("/choices").content.decode()
    plan = client.get(f"{at(scene)}/plan?batch=main&q=示例专业5").content.decode()
    assert "示例专业5" in plan
    assert "示例专业6" not in plan
    for n, line in enumerate((scene.lines[5], scene.lines[3])):
        answer = client.post(
            f"{at(scene)}/plan", {"edit": "add", "line": line.pk, "revision": n, "back": "batch=main"}
        )
        assert answer.headers["Location"] == f"{at(scene)}/plan?batch=main"
    answer = client.post(at(scene), {"edit": "up", "line": scene.lines[3].pk, "revision": 2})
    assert answer.status_code == 302
    page = client.get(at(scene)).content.decode()
    assert "草稿已存" in page
    assert page.index("示例专业3") < page.index("示例专业5")
    check = client.get(f"{at(scene)}/submit").content.decode()
    said = {name: hidden(check, name) for name in ("lines", "adjust", "key")}
    done = client.post(f"{at(scene)}/submit", said)
    again = client.post(f"{at(scene)}/submit", said)
    assert done.headers["Location"] == again.headers["Location"]
    page = client.get(done.headers["Location"]).content.decode()
    assert "已提交第1版" in page.replace(" ", "")
    with bulk():
        row = Submission.objects.get()
    assert row.lines == [scene.lines[3].pk, scene.lines[5].pk]
    assert row.receipt in client.get(f"{at(scene)}/history").content.decode()
    assert row.digest in client.get(f"{at(scene)}/sheet").content.decode()
    client.post(at(scene), {"edit": "remove", "line": scene.lines[3].pk, "revision": 3})
    assert "改动没有提交" in client.get(at(scene)).content.decode()
    client.post(at(scene), {"edit": "version-1", "revision": 4})
    assert "改动没有提交" not in client.get(at(scene)).content.decode()


def test_a_stale_page_changes_nothing() -> None:
    scene = open_now()
    client = seat_at(Client(), scene.pupils[0])
    client.post(at(scene), {"edit": "add", "line": scene.lines[3].pk, "revision": 0})
    answer = client.post(at(scene), {"edit": "add", "line": scene.lines[4].pk, "revision": 0})
    assert answer.status_code == 409
    assert "在别处改过" in answer.content.decode()


def test_the_code_of_the_second_factor() -> None:
    scene = open_now(second_factor=True)
    client = seat_at(Client(), scene.parents[0])
    client.post(at(scene), {"edit": "add", "line": scene.lines[3].pk, "revision": 0})
    check = client.get(f"{at(scene)}/submit").content.decode()
    said = {name: hidden(check, name) for name in ("lines", "adjust", "key")}
    assert client.post(f"{at(scene)}/submit", said).status_code == 422
    sent = client.post(f"{at(scene)}/code", said)
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{at(scene)}/submit#code")
    assert "分钟内有效" in client.get(f"{at(scene)}/submit").content.decode()
    assert client.get(f"{at(scene)}/code").status_code == 302
    assert client.post(f"{at(scene)}/code", said).status_code == 429
    wrong = client.post(f"{at(scene)}/submit", {**said, "code": "abcdef"})
    assert "验证码不对" in wrong.content.decode()
    with bulk():
        note = Message.objects.get(user_id=scene.parents[0].user, key__startswith="code-")
    code = re.search("[0-9]{6}", note.subject)
    assert code
    assert client.post(f"{at(scene)}/submit", {**said, "code": code[0]}).status_code == 302
    with bulk():
        assert Submission.objects.get().name == scene.parents[0].name


def test_others_find_nothing() -> None:
    scene = open_now()
    for actor in (
        scene.pupils[1],
        scene.parents[1],
        scene.teacher,
        scene.county,
        scene.bureau,
        scene.vocational,
    ):
        client = seat_at(Client(), actor)
        for path in ("", "/plan", "/submit", "/history", "/sheet"):
            assert client.get(f"{at(scene)}{path}").status_code == 404, (actor.name, path)
        for path in ("", "/submit", "/code", "/plan"):
            assert client.post(f"{at(scene)}{path}", {"edit": "add", "line": 1}).status_code == 404


def test_after_the_closing_the_page_says_so() -> None:
    scene = open_now()
    client, late = seat_at(Client(), scene.pupils[0]), seat_at(Client(), scene.pupils[1])
    client.post(at(scene), {"edit": "add", "line": scene.lines[3].pk, "revision": 0})
    check = client.get(f"{at(scene)}/submit").content.decode()
    said = {name: hidden(check, name) for name in ("lines", "adjust", "key")}
    with bulk():
        Round.objects.update(closes_at=timezone.now())
    said_late = {**said, "key": "another-key-of-a-page"}
    assert late.post(f"{at(scene, 1)}/submit", said_late).status_code == 409
    assert "宽限" in client.get(at(scene)).content.decode()
    assert client.post(f"{at(scene)}/submit", said).status_code == 302
    with bulk():
        Round.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    page = client.get(at(scene)).content.decode()
    assert "截止" in page
    assert "检查并提交" not in page


def test_hostile_fields_are_answered() -> None:
    scene = open_now()
    client = seat_at(Client(), scene.pupils[0])
    assert client.post(at(scene), {"edit": "drop table", "line": "1"}).status_code == 404
    assert client.post(at(scene), {"edit": "add", "line": "９"}).status_code == 404
    assert client.post(at(scene), {"edit": "add", "line": "1", "revision": "x"}).status_code == 409
    assert client.post(f"{at(scene)}/submit", {"lines": "1;2", "key": "x"}).status_code == 422
    assert client.post(f"{at(scene)}/submit", {"lines": "1", "key": "x"}).status_code == 422
    assert client.get("/choices/1/nothing").status_code == 404


def test_what_was_taken_out_can_be_put_back() -> None:
    scene = open_now()
    client = seat_at(Client(), scene.pupils[0])
    lines = [scene.lines[n].pk for n in (3, 5, 7)]
    for n, line in enumerate(lines):
        client.post(at(scene), {"edit": "add", "line": line, "revision": n})
    gone = client.post(at(scene), {"edit": "remove", "line": lines[1], "revision": 3})
    assert gone.headers["Location"] == f"{at(scene)}?gone={lines[1]}&place=2"
    page = client.get(gone.headers["Location"]).content.decode()
    assert "已删去" in page
    assert "放回原处" in page
    back = {"edit": "back-2", "line": lines[1], "revision": 4}
    assert client.post(at(scene), back).status_code == 302
    page = client.get(gone.headers["Location"]).content.decode()
    assert "放回原处" not in page
    assert page.index("示例专业3") < page.index("示例专业5") < page.index("示例专业7")
    for hostile in ("back-", "back-x", "back-99999999999999999999"):
        assert client.post(at(scene), {**back, "edit": hostile}).status_code == 404
    assert client.get(f"{at(scene)}?gone=x&place=1").status_code == 200
