"""While the database is away, everybody is told so in plain words, and when to come back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests.support.straightly import key_of, post, scene_now
from zhijiao.admissions.models import Submission
from zhijiao.core.access.scope import bulk
from zhijiao.core.outage import is_outage
from zhijiao.portal.choices import straight

pytestmark = pytest.mark.django_db


def refused(state: str | None = None) -> OperationalError:
    cause = psycopg.OperationalError("connection refused")
    if state is not None:
        cause = type("Stated", (psycopg.OperationalError,), {"sqlstate": state})("stated")
    error = OperationalError("connection refused")
    error.__cause__ = cause
    return error


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*given: Any, **named: Any) -> None:
        raise refused()

    monkeypatch.setattr(connection, "cursor", nobody)


def test_what_counts_as_away() -> None:
    assert all(is_outage(refused(state)) for state in (None, "08006", "57P01", "57P03", "53300"))
    assert not is_outage(refused("40P01"))  # a deadlock is nothing that passes by waiting
    assert not is_outage(ValueError())
    later = ValueError()
    later.__context__ = refused()
    assert is_outage(later)


@pytest.mark.usefixtures("away")
def test_a_page_says_that_it_comes_back(client: Client) -> None:
    client.raise_request_exception = False
    client.cookies["sessionid"] = "a" * 32
    answer = client.get("/choices?round=main")
    said = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert "平台正在恢复" in said
    assert 'href="/choices?round=main"' in said
    assert "Traceback" not in said
    sent = client.post("/sign-in", {"username": "示例", "password": "示例"})
    assert sent.status_code == 503
    assert "刷新本页" in sent.content.decode()


@pytest.mark.usefixtures("away")
def test_a_program_gets_json(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/api/v1/packs", headers={"Authorization": "Bearer zj_example"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "5 秒后再发" in answer.json()["detail"]


def test_another_fault_stays_a_fault(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*given: Any, **named: Any) -> None:
        raise ZeroDivisionError

    client.raise_request_exception = False
    monkeypatch.setattr("zhijiao.core.access.sessions.client_address", wrong)
    assert client.get("/").status_code == 500
    assert client.get("/api/v1/packs").json()["detail"].startswith("平台内部出了问题")


def test_handing_in_keeps_the_list_and_asks_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scene_now()
    session = key_of(scene.pupils[0])
    closed: list[bool] = []

    def cut(**named: Any) -> None:
        raise refused()

    with monkeypatch.context() as patch:
        patch.setattr(straight, "hand_in", cut)
        patch.setattr(connection, "close", lambda: closed.append(True))
        status, said = post(scene, session)
        assert status == "503 Service Unavailable"
        assert "没有得到回执" in said["words"]
        assert "只算一次" in said["words"]
    assert closed == [True, True]  # a dead connection is tried anew once, and is not kept
    with bulk():
        assert not Submission.objects.exists()
    assert post(scene, session)[0] == "200 OK"
