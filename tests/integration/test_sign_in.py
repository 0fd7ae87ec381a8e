"""Signing in by name and password, and what keeps others out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from tests.support.people import hire, plant
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.accounts.lockout import locked_names, unlock
from zhijiao.core.accounts.passwords import faults_of
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import ApiToken, AuditEvent, Organisation, User
from zhijiao.core.people.actions import reset_password
from zhijiao.core.people.types import PeopleRefused

PASSWORD = "示例-Harbour-71-Lantern"


@pytest.fixture
def officer(db: None) -> Actor:
    with bulk():
        county = plant("one", OrganisationKind.COUNTY, plant("city", OrganisationKind.GOVERNMENT))
        return hire("demo-officer", Role.COUNTY, county, password=PASSWORD)


def sign_in(client: Client, username: str = "demo-officer", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/login", {"username": username, "password": password, **more})


def test_the_right_password_opens_the_desk(officer: Actor, client: Client) -> None:
    before = client.session.session_key
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert client.session.session_key != before
    assert "demo-officer的工作台" in client.get("/desk/").content.decode()
    with bulk():
        assert User.objects.get(username="demo-officer").last_login is not None
        assert AuditEvent.objects.filter(action="account.sign_in", user=officer.person).count() == 1


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


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/desk/reports/submit", "/desk/reports"),
        ("/desk/reports/7/save", "/desk/reports/7"),
        ("/desk/plans/3/reply/5", "/desk/plans/3"),
        ("/inbox/read", "/inbox"),
    ],
)
def test_the_address_of_a_form_leads_to_its_page(
    officer: Actor, client: Client, address: str, above: str
) -> None:
    """One comes there after signing in again in the middle of typing, or by reloading a refused form."""
    sign_in(client)
    assert client.get(address)["Location"] == above


def test_the_script_of_a_page_is_told_that_the_session_ended(client: Client, db: None) -> None:
    sent = client.post("/desk/reports/7/save", headers={"HX-Request": "true"})
    assert (sent.status_code, "HX-Redirect" in sent) == (401, False)
    asked = client.get("/desk/reports?q=x", headers={"HX-Request": "true"})
    assert asked["HX-Redirect"] == "/login?next=%2Fdesk%2Freports%3Fq%3Dx"


def test_signing_out_ends_the_session(officer: Actor, client: Client) -> None:
    sign_in(client)
    assert client.get("/logout").status_code == 405
    client.post("/logout")
    assert client.get("/desk/").status_code == 302


def test_five_failures_lock_the_name_at_this_address_only(officer: Actor, client: Client) -> None:
    for _ in range(4):
        assert sign_in(client, password="wrong").status_code == 422
    assert sign_in(client, password="wrong").status_code == 422
    shut = sign_in(client)
    assert shut.status_code == 429
    assert int(shut["Retry-After"]) in range(800, 901)
    assert "起可以再试" in shut.content.decode()
    with bulk():
        assert AuditEvent.objects.filter(action="account.lock").count() == 1
    assert (
        Client(REMOTE_ADDR="10.0.0.7")
        .post("/login", {"username": "demo-officer", "password": PASSWORD})
        .status_code
        == 302
    )
    # A colleague behind the same address is not touched.
    with bulk():
        hire("demo-other", Role.COUNTY, Organisation.objects.get(code="one"), password=PASSWORD)
    assert sign_in(Client(), "demo-other").status_code == 302


def test_what_is_counted_holds_no_password(officer: Actor, client: Client) -> None:
    sign_in(client, password="almost-right-1")
    attempt = AccessAttempt.objects.get()
    assert "almost-right-1" not in f"{attempt.post_data}{attempt.get_data}"


def test_a_system_administrator_unlocks(officer: Actor, client: Client) -> None:
    with bulk():
        keeper = hire("demo-keeper", Role.SYSTEM_ADMINISTRATOR, Organisation.objects.get(code="city"))
    for _ in range(5):
        sign_in(client, password="wrong")
    assert locked_names() == {"demo-officer"}
    with acting(officer), pytest.raises(NotAllowed):
        unlock(by=officer, at=timezone.now(), user=officer.person)
    with acting(keeper):
        unlock(by=keeper, at=timezone.now(), user=officer.person)
    assert sign_in(client).status_code == 302


def test_a_rested_session_ends(officer: Actor, client: Client) -> None:
    sign_in(client)
    session = client.session
    session["seen"] -= 3700
    session.save()
    assert client.get("/desk/").status_code == 302


def test_a_reset_gives_a_code_that_must_be_replaced(officer: Actor, client: Client) -> None:
    with bulk():
        keeper = hire("demo-keeper", Role.SYSTEM_ADMINISTRATOR, Organisation.objects.get(code="city"))
    sign_in(client)
    code = reset_password(by=keeper, at=timezone.now(), user=officer.person).code
    assert client.get("/desk/").status_code == 302, "a reset ends the sessions"
    assert sign_in(client).status_code == 422, "the old password is void"
    assert sign_in(client, password=code)["Location"] == "/desk/"
    for path in ("/desk/", "/account", "/", "/developers"):
        assert client.get(path)["Location"] == "/account/password"
    refused = client.get("/api/v1/packs")
    assert (refused.status_code, "一次性口令" in refused.json()["detail"]) == (403, True)
    new = "Another-路灯-58-river"
    weak = client.post("/account/password", {"old": code, "new": "abcd123456", "again": "x"})
    assert weak.status_code == 422
    assert "两次输入的新口令不一样" in weak.content.decode()
    done = client.post("/account/password", {"old": code, "new": new, "again": new})
    assert (done.status_code, done["Location"]) == (302, "/desk/")
    assert client.get("/desk/").status_code == 200, "one's own session goes on"
    assert sign_in(Client(), password=new).status_code == 302


def test_a_code_is_void_after_a_day(officer: Actor, client: Client) -> None:
    with bulk():
        keeper = hire("demo-keeper", Role.SYSTEM_ADMINISTRATOR, Organisation.objects.get(code="city"))
    code = reset_password(by=keeper, at=timezone.now() - timedelta(hours=25), user=officer.person).code
    answer = sign_in(client, password=code)
    assert answer.status_code == 422
    assert "24 小时" in answer.content.decode()


def test_only_administrators_of_the_place_reset(officer: Actor) -> None:
    with bulk():
        city = Organisation.objects.get(code="city")
        other = plant("two", OrganisationKind.COUNTY, city)
        stranger = hire("demo-two", Role.MANAGER, other)
        near = hire("demo-near", Role.MANAGER, Organisation.objects.get(code="one"))
    with pytest.raises(Invisible):
        reset_password(by=stranger, at=timezone.now(), user=officer.person)
    with pytest.raises(PeopleRefused):
        reset_password(by=near, at=timezone.now(), user=near.person)
    assert reset_password(by=near, at=timezone.now(), user=officer.person)


def test_a_changed_password_ends_the_other_browsers(officer: Actor, client: Client) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    new = "Another-路灯-58-river"
    client.post("/account/password", {"old": PASSWORD, "new": new, "again": new})
    assert other.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 200


def test_one_sees_and_ends_the_other_browsers(officer: Actor, client: Client) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    assert "退出其他 1 处" in client.get("/account").content.decode()
    client.post("/account/sign-out-elsewhere")
    assert other.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 200


def test_a_key_reads_with_what_it_was_given_and_dies_when_revoked(officer: Actor, client: Client) -> None:
    sign_in(client)
    made = client.post("/account/keys/new", {"name": "统计", "permissions": ["view"], "days": "90"})
    text = made.content.decode().split('id="key-text">')[1].split("<")[0]
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    assert Client(**bearer).get("/desk/").status_code == 200
    with bulk():
        key = ApiToken.objects.get()
        assert key.permissions == ["view"]
        assert text not in key.digest
    by_hand = Client(**bearer).post("/account/keys/new", {"name": "x", "permissions": ["view"], "days": "90"})
    assert by_hand.status_code == 302, "a program uses the API, not the pages"
    over = client.post("/account/keys/new", {"name": "x", "permissions": ["sign"], "days": "9"})
    assert over.status_code == 422
    assert "没有的权限" in over.content.decode()
    assert Client().post(f"/account/keys/{key.id}/revoke").status_code == 302
    client.post(f"/account/keys/{key.id}/revoke")
    assert Client(**bearer).get("/desk/").status_code == 302
    assert client.post("/account/keys/999999/revoke").status_code == 404


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("Tk7-river!x", True),
        ("四季桂花香满山-路灯河边走过去了", True),
        ("Short-1", False),
        ("alllowercase", False),
        ("Abcd1234567!", False),
        ("Qwertyuiop1!", False),
        ("aaaaaaaaaaaaaaaaaaaa", False),
        ("Demo-Officer-77", False),
        ("Password123", False),
    ],
)
def test_passwords_that_are_taken(officer: Actor, password: str, good: bool) -> None:
    with bulk():
        assert (faults_of(password, User.objects.get(username="demo-officer")) == []) is good
