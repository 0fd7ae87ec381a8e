"""Signing in by other services, against servers on this machine that speak their flows; and notices to them."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from tests.support.outside import CLIENT, SECRET, Outside, citizen_portal, openid, serving, staff_platform
from tests.support.people import hire, plant, seat_at
from zhijiao.core import events
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.accounts import notices
from zhijiao.core.accounts.adapters import http
from zhijiao.core.accounts.adapters.configured import services, work_notices
from zhijiao.core.accounts.adapters.staff import StaffPlatform
from zhijiao.core.accounts.adapters.types import ServiceTrouble
from zhijiao.core.errors import Misconfigured
from zhijiao.core.inbox import notify, unread
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import ExternalIdentity, User

PASSWORD = "示例-Harbour-71-Lantern"
KINDS = {"oidc": openid, "staff": staff_platform, "citizen": citizen_portal}


@pytest.fixture
def people(db: None) -> dict[str, Actor]:
    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT)
        county = plant("one", OrganisationKind.COUNTY, city)
        return {
            "officer": hire("demo-officer", Role.COUNTY, county, password=PASSWORD),
            "other": hire("demo-other", Role.COUNTY, county, password=PASSWORD),
            "keeper": hire("demo-keeper", Role.SYSTEM_ADMINISTRATOR, city, password=PASSWORD),
        }


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 1.0)
    StaffPlatform._tokens.clear()


@pytest.fixture(params=list(KINDS))
def service(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Outside]]:
    with serving(KINDS[request.param]) as outside:
        configure(request.param, outside, monkeypatch)
        yield request.param, outside


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    with serving(openid) as outside:
        configure("oidc", outside, monkeypatch)
        yield outside


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    with serving(staff_platform) as outside:
        configure("staff", outside, monkeypatch)
        monkeypatch.setenv("ZHIJIAO_STAFF_NOTICES", "1")
        yield outside


def configure(kind: str, outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    here = outside.address
    for name, value in {
        "oidc": {"ISSUER": here, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET},
        "staff": {"LOGIN": here, "API": here, "APP_KEY": CLIENT, "APP_SECRET": SECRET, "TENANT": "7"},
        "citizen": {
            "LOGIN": f"{here}/login",
            "GATEWAY": here,
            "ACCESS_KEY": CLIENT,
            "SECRET_KEY": SECRET,
            "APP_ID": "9",
        },
    }[kind].items():
        monkeypatch.setenv(f"ZHIJIAO_{kind.upper()}_{name}", value)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def outside_page(address: str) -> str:
    """Open a page of the service as the browser would, and return where it sends the browser."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())
    with pytest.raises(urllib.error.HTTPError) as sent:
        opener.open(address, timeout=5)
    with sent.value:
        return str(sent.value.headers["Location"])


def leave(client: Client, kind: str, onward: str = "") -> str:
    """Start at our page, go through the service's, and return the address that it sends the browser to."""
    start = client.get(f"/login/with/{kind}", {"next": onward})
    assert start.status_code == 302, start.content.decode()
    back = urlsplit(outside_page(start["Location"]))
    assert back.path == f"/login/with/{kind}/back"
    return f"{back.path}?{back.query}"


def come_in(client: Client, kind: str, onward: str = "") -> Any:
    return client.get(leave(client, kind, onward))


def bound_to(name: str) -> list[str]:
    with bulk():
        return list(ExternalIdentity.objects.filter(user__username=name).values_list("subject", flat=True))


def test_a_stranger_binds_with_the_own_password_once_and_comes_in_ever_after(
    people: dict[str, Actor], client: Client, service: tuple[str, Outside]
) -> None:
    kind, _ = service
    assert come_in(client, kind, "/account")["Location"] == "/login/bind"
    assert client.get("/desk/").status_code == 302
    wrong = client.post("/login/bind", {"username": "demo-officer", "password": "x"})
    assert wrong.status_code == 422
    assert bound_to("demo-officer") == []
    done = client.post("/login/bind", {"username": "demo-officer", "password": PASSWORD}, follow=True)
    assert done.redirect_chain[-1][0] == "/account"
    assert len(bound_to("demo-officer")) == 1
    fresh = Client()
    assert come_in(fresh, kind, "/account")["Location"] == "/account"
    assert "demo-officer" in fresh.get("/account").content.decode()


def test_names_and_phones_decide_nothing(
    people: dict[str, Actor], client: Client, service: tuple[str, Outside]
) -> None:
    kind, outside = service
    with bulk():
        User.objects.filter(username="demo-officer").update(name=outside.label, phone="x")
    assert come_in(client, kind)["Location"] == "/login/bind"
    assert client.get("/desk/").status_code == 302


def test_a_code_for_the_administrator_binds_once(
    people: dict[str, Actor], client: Client, service: tuple[str, Outside]
) -> None:
    kind, _ = service
    come_in(client, kind)
    page = client.post("/login/bind/code").content.decode()
    code = page.split('id="binding-code">')[1].split("<")[0]
    desk = seat_at(Client(), people["keeper"])
    assert desk.post("/desk/bindings", {"username": "demo-officer", "code": "AAAA"}).status_code == 422
    assert desk.post("/desk/bindings", {"username": "nobody", "code": code}).status_code == 422
    typed = code.lower().replace("-", " ")
    assert desk.post("/desk/bindings", {"username": "demo-officer", "code": typed}).status_code == 302
    assert desk.post("/desk/bindings", {"username": "demo-other", "code": code}).status_code == 422
    with acting(people["officer"]):
        assert unread(people["officer"]) == 1
    assert come_in(Client(), kind)["Location"] == "/desk/"
    officer = seat_at(Client(), people["officer"])
    assert officer.get("/desk/bindings").status_code == 403


def test_what_one_has_bound_another_cannot(people: dict[str, Actor], service: tuple[str, Outside]) -> None:
    kind, _ = service
    one, two = seat_at(Client(), people["officer"]), seat_at(Client(), people["other"])
    assert come_in(one, kind)["Location"] == "/account?done=bound"
    assert "另一个账号" in come_in(two, kind).content.decode()
    with bulk():
        identity = ExternalIdentity.objects.get().pk
    assert two.post(f"/account/identities/{identity}/unbind").status_code == 404
    one.post(f"/account/identities/{identity}/unbind")
    assert bound_to("demo-officer") == []


def test_a_code_is_good_once_and_for_five_minutes(
    people: dict[str, Actor], service: tuple[str, Outside]
) -> None:
    kind, outside = service
    come_in(seat_at(Client(), people["officer"]), kind)
    used = Client()
    address = leave(used, kind)
    assert used.get(address)["Location"] == "/desk/"
    assert Client().get(address).status_code == 403, "another browser"
    replay = Client()
    other = leave(replay, kind)
    query = parse_qs(urlsplit(other).query)
    spent = parse_qs(urlsplit(address).query)
    field = "ticketId" if kind == "citizen" else "code"
    changed = other.replace(query[field][0], spent[field][0])
    assert replay.get(changed).status_code == 403, "a used code"
    late = Client()
    address = leave(late, kind)
    outside.clock = lambda: timezone.now().timestamp() + 400
    assert late.get(address).status_code == 403, "an expired code"
    assert late.get("/desk/").status_code == 302


@pytest.mark.parametrize("trouble", ["silent", "garbage"])
def test_a_service_that_fails_is_told_in_words(
    people: dict[str, Actor], client: Client, service: tuple[str, Outside], trouble: str
) -> None:
    kind, outside = service
    address = leave(client, kind)
    outside.trouble = trouble
    answer = client.get(address)
    assert answer.status_code == 403
    assert "没有登录成功" in answer.content.decode()
    assert client.get("/desk/").status_code == 302


def test_a_wrong_signature_is_refused(
    people: dict[str, Actor], client: Client, service: tuple[str, Outside], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, _ = service
    for name in ("ZHIJIAO_OIDC_CLIENT_SECRET", "ZHIJIAO_STAFF_APP_SECRET", "ZHIJIAO_CITIZEN_SECRET_KEY"):
        monkeypatch.setenv(name, "wrong")
    assert come_in(client, kind).status_code == 403


@pytest.mark.parametrize("trouble", ["nonce", "audience", "expired", "unsigned", "other_key"])
def test_a_token_that_is_not_for_us_opens_nothing(
    people: dict[str, Actor], client: Client, issuer: Outside, trouble: str
) -> None:
    come_in(seat_at(Client(), people["officer"]), "oidc")
    issuer.trouble = trouble
    assert come_in(client, "oidc").status_code == 403
    assert client.get("/desk/").status_code == 302


def test_another_issuer_is_not_asked(db: None, client: Client, issuer: Outside) -> None:
    issuer.trouble = "issuer"
    assert client.get("/login/with/oidc").status_code == 403


def test_a_second_factor_is_still_asked_for(
    people: dict[str, Actor], client: Client, issuer: Outside
) -> None:
    come_in(seat_at(Client(), people["keeper"]), "oidc")
    assert come_in(client, "oidc")["Location"] == "/login/code"


def test_a_closed_account_stays_closed(people: dict[str, Actor], client: Client, issuer: Outside) -> None:
    come_in(seat_at(Client(), people["officer"]), "oidc")
    with bulk():
        User.objects.filter(username="demo-officer").update(is_active=False)
    assert "已停用" in come_in(client, "oidc").content.decode()


def test_services_are_those_of_the_environment(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert services() == {}
    assert client.get("/login/with/oidc").status_code == 404
    monkeypatch.setenv("ZHIJIAO_OIDC_ISSUER", "http://login.example")
    with pytest.raises(Misconfigured, match="https"):
        services()
    monkeypatch.setenv("ZHIJIAO_OIDC_ISSUER", "https://login.example")
    with pytest.raises(Misconfigured, match="ZHIJIAO_OIDC_CLIENT_ID"):
        services()


@pytest.fixture
def told(people: dict[str, Actor], platform: Outside, settings: Any) -> list[int]:
    """Somebody bound, somebody not, and a note to both."""
    settings.WORK_NOTICES, settings.SITE_ADDRESS = True, "https://brain.example"
    come_in(seat_at(Client(), people["officer"]), "staff")
    both = [people["officer"].person, people["other"].person]
    with bulk():
        notify(both, key="due:1", subject="本季度数据明天到期", link="/desk/reports", at=timezone.now())
    return both


def test_a_note_is_sent_as_a_work_notice_and_twice_is_once(told: list[int], platform: Outside) -> None:
    for _ in range(2):
        assert notices.send(people=told, key="due:1", at=timezone.now()) == 1
    assert platform.sent == 2
    (sent,) = platform.notices.values()
    assert (sent["receiverIds"], sent["tenantId"]) == ("outsider-1", "7")
    assert "https://brain.example/desk/reports" in sent["msg"]


def test_a_platform_that_is_down_harms_neither_inbox_nor_events(
    told: list[int], platform: Outside, people: dict[str, Actor]
) -> None:
    platform.trouble = "down"
    StaffPlatform._tokens.clear()
    assert events.deliver(at=timezone.now()) == 1
    with acting(people["officer"]):
        assert unread(people["officer"]) == 1
    with pytest.raises(ServiceTrouble):
        notices.send(people=told, key="due:1", at=timezone.now())
    platform.trouble = ""
    assert notices.send(people=told, key="due:1", at=timezone.now()) == 1


def test_without_the_service_nothing_is_told(people: dict[str, Actor]) -> None:
    assert work_notices() is None
    with bulk():
        notify([people["officer"].person], key="k", subject="s", at=timezone.now())
    assert events.deliver(at=timezone.now()) == 0
