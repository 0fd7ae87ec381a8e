"""Signing in by name and password, and what keeps others out."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.people import hire, plant
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import AuditEvent, User

PASSWORD = "示例-Harbour-71-Lantern"


@pytest.fixture
def officer(db: None) -> Actor:
    with bulk():
        county = plant("one", OrganisationKind.COUNTY, plant("city", OrganisationKind.GOVERNMENT))
        return hire("demo-officer", Role.COUNTY, county, password=PASSWORD)


def sign_in(client: Client, username: str = "demo-officer", password: str = PASSWORD, **more: str) -> object:
    return client.post("/login", {"username": username, "password": password, **more})


def test_the_right_password_opens_the_desk(officer: Actor, client: Client) -> None:
    before = client.session.session_key
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert client.session.session_key != before
    assert "demo-officer的工作台" in client.get("/desk/").content.decode()
    with bulk():
        assert User.objects.get(username="demo-officer").last_login is not None
        assert AuditEvent.objects.filter(action="account.sign_in", user=officer.user).count() == 1


@pytest.mark.parametrize(
    ("username", "password"),
    [("demo-officer", "wrong"), ("nobody", PASSWORD), ("demo-officer\0", "x"), ("x" * 5000, "y" * 5000)],
)
def test_anything_else_opens_nothing(officer: Actor, client: Client, username: str, password: str) -> None:
    answer = sign_in(client, username, password)
    assert answer.status_code == 422
    assert "用户名或口令不对" in answer.content.decode()
    assert client.get("/desk/").status_code == 302
    with bulk():
        assert AuditEvent.objects.filter(action="account.sign_in_failed").count() == 1


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/desk/?a=1", "/desk/?a=1"),
        ("https://elsewhere.example/", "/desk/"),
        ("//elsewhere.example/", "/desk/"),
        ("/\\elsewhere.example", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
    ],
)
def test_one_comes_back_to_this_site_only(officer: Actor, client: Client, wanted: str, goes: str) -> None:
    assert sign_in(client, next=wanted)["Location"] == goes


def test_signing_out_ends_the_session(officer: Actor, client: Client) -> None:
    sign_in(client)
    assert client.get("/logout").status_code == 405
    client.post("/logout")
    assert client.get("/desk/").status_code == 302
