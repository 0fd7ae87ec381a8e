"""The second factor: bound once, asked for at each sign-in, each code good for one use."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from tests.support.people import SECRET, hire, plant
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.accounts import factor
from zhijiao.core.accounts.types import Faulty
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import AuditEvent, User

PASSWORD = "示例-Harbour-71-Lantern"


@pytest.fixture
def people(db: None) -> dict[str, Actor]:
    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT)
        county = plant("one", OrganisationKind.COUNTY, city)
        return {
            "officer": hire("demo-officer", Role.COUNTY, county, password=PASSWORD),
            "keeper": hire("demo-keeper", Role.SECURITY_ADMINISTRATOR, city, password=PASSWORD),
            "far": hire("demo-far", Role.SECURITY_ADMINISTRATOR, plant("far", OrganisationKind.GOVERNMENT)),
        }


def code(secret: str = SECRET, at: datetime | None = None) -> str:
    return pyotp.TOTP(secret).at(at or timezone.now())


def sign_in(client: Client, username: str, onward: str = "") -> Any:
    return client.post("/login", {"username": username, "password": PASSWORD, "next": onward})


def bind(client: Client) -> tuple[str, list[str]]:
    client.get("/account/second-factor")
    secret, _ = factor.unseal(client.session["pending_factor"]) or ("", 0)
    page = client.post("/account/second-factor", {"do": "bind", "code": code(secret)}).content.decode()
    return secret, [part.split("<")[0] for part in page.split("<li><code>")[1:]]


def test_the_password_alone_opens_nothing(people: dict[str, Actor], client: Client) -> None:
    assert sign_in(client, "demo-keeper", "/account")["Location"] == "/login/code"
    assert client.get("/desk/")["Location"].startswith("/login?")
    assert client.post("/login/code", {"code": "000000"}).status_code == 422
    assert client.post("/login/code", {"code": code()})["Location"] == "/account"
    assert client.get("/account").status_code == 200


def test_a_code_opens_once(people: dict[str, Actor], client: Client) -> None:
    typed = code()
    sign_in(client, "demo-keeper")
    assert client.post("/login/code", {"code": typed}).status_code == 302
    thief = Client()
    sign_in(thief, "demo-keeper")
    assert thief.post("/login/code", {"code": typed}).status_code == 422


def test_codes_of_yesterday_and_tomorrow_open_nothing(people: dict[str, Actor], client: Client) -> None:
    sign_in(client, "demo-keeper")
    for away in (-600, 600):
        typed = code(at=timezone.now() + timedelta(seconds=away))
        assert client.post("/login/code", {"code": typed}).status_code == 422


def test_guessing_codes_locks(people: dict[str, Actor], client: Client) -> None:
    sign_in(client, "demo-keeper")
    for _ in range(5):
        client.post("/login/code", {"code": "123456"})
    assert client.post("/login/code", {"code": code()}).status_code == 429


def test_the_page_for_the_code_is_nothing_without_the_password(client: Client, db: None) -> None:
    assert client.get("/login/code")["Location"] == "/login"


def test_a_role_that_needs_it_leads_to_binding(people: dict[str, Actor], client: Client) -> None:
    with bulk():
        User.objects.filter(username="demo-keeper").update(second_factor="")
    sign_in(client, "demo-keeper")
    assert client.get("/desk/")["Location"] == "/account/second-factor"
    assert client.get("/api/v1/packs").status_code == 403
    assert client.get("/account/second-factor/qr.svg").status_code == 404
    assert client.post("/account/second-factor", {"do": "bind", "code": "1"}).status_code == 422
    assert client.get("/account/second-factor/qr.svg")["Content-Type"] == "image/svg+xml"
    _, codes = bind(client)
    assert len(set(codes)) == 10
    assert client.get("/desk/").status_code == 200
    assert client.post("/account/second-factor", {"do": "drop", "password": PASSWORD}).status_code == 422


def test_a_code_on_paper_opens_once(people: dict[str, Actor], client: Client) -> None:
    sign_in(client, "demo-officer")
    _, codes = bind(client)
    for status in (302, 422):
        again = Client()
        sign_in(again, "demo-officer")
        assert again.post("/login/code", {"code": codes[3].lower().replace("-", " ")}).status_code == status
    with bulk():
        account = User.objects.get(username="demo-officer")
    assert len(account.recovery_codes) == 9
    assert not any(part in account.second_factor + "".join(account.recovery_codes) for part in codes)


def test_changes_need_the_password(people: dict[str, Actor], client: Client) -> None:
    sign_in(client, "demo-officer")
    bind(client)
    assert client.post("/account/second-factor", {"do": "renew", "password": "x"}).status_code == 422
    assert client.post("/account/second-factor", {"do": "renew", "password": PASSWORD}).status_code == 200
    assert client.post("/account/second-factor", {"do": "drop", "password": "x"}).status_code == 422
    assert client.post("/account/second-factor", {"do": "drop", "password": PASSWORD}).status_code == 302
    assert sign_in(Client(), "demo-officer")["Location"] == "/desk/"


def test_a_lost_phone_is_reset_by_another_with_a_reason(people: dict[str, Actor]) -> None:
    at, keeper, officer = timezone.now(), people["keeper"], people["officer"]
    with bulk():
        User.objects.filter(pk=officer.user).update(second_factor=factor.seal(SECRET, 0))
    with pytest.raises(Invisible):
        factor.reset_factor(by=people["far"], at=at, user=officer.user or 0, reason="丢失")
    with pytest.raises(NotAllowed):
        factor.reset_factor(by=keeper, at=at, user=keeper.user or 0, reason="丢失")
    with pytest.raises(Faulty):
        factor.reset_factor(by=keeper, at=at, user=officer.user or 0, reason=" ")
    factor.reset_factor(by=keeper, at=at, user=officer.user or 0, reason="手机丢失，当面核实")
    with bulk():
        assert User.objects.get(pk=officer.user).second_factor == ""
        assert "当面核实" in AuditEvent.objects.get(action="account.reset_factor").summary


def test_examples_need_no_second_factor(db: None, client: Client) -> None:
    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT, tenant=Tenant.DEMO)
        hire("demo-admin", Role.SYSTEM_ADMINISTRATOR, city, password=PASSWORD)
        User.objects.filter(username="demo-admin").update(second_factor="")
    sign_in(client, "demo-admin")
    assert client.get("/desk/").status_code == 200


def test_the_secret_is_not_kept_in_the_clear() -> None:
    assert SECRET not in factor.seal(SECRET, 7)
    assert factor.unseal(factor.seal(SECRET, 7)) == (SECRET, 7)
    assert factor.unseal("not ours") is None
