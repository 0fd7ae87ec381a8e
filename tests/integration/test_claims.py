"""A school or an enterprise claims itself; the office of its place lets it in or sends it back."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.support.people import hire, plant, seat_at
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.claims.actions import file_claim
from zhijiao.core.claims.types import Asked
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import AuditEvent, Claim, Membership, Message, Organisation, User
from zhijiao.core.tree import tree

PASSWORD = "Lantern-71-harbour"
CODE = "91350100M000100Y43"


@pytest.fixture
def people(db: None) -> dict[str, Actor]:
    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT)
        bureau = plant("bureau", OrganisationKind.DEPARTMENT, city)
        one, two = plant("one", OrganisationKind.COUNTY, city), plant("two", OrganisationKind.COUNTY, city)
        plant("shut", OrganisationKind.COUNTY, city)
        plant("school", OrganisationKind.SECONDARY_VOCATIONAL, one, name="示例职业学校")
        return {
            "bureau": hire("demo-bureau", Role.DEPARTMENT, bureau),
            "one": hire("demo-one", Role.COUNTY, one),
            "two": hire("demo-two", Role.COUNTY, two),
            "leader": hire("demo-leader", Role.LEADER, city),
        }


def form(**changes: str) -> dict[str, str]:
    with bulk():
        reviewer = Organisation.objects.get(code="one").pk
    return {
        "code": CODE,
        "name": "示例机械有限公司",
        "kind": "enterprise",
        "reviewer": str(reviewer),
        "contact": "示例甲",
        "phone": "13800000001",
        "username": "shili-jixie",
        "password": PASSWORD,
        "again": PASSWORD,
        "evidence": "示例介绍信 1 号",
        **changes,
    }


def filed(client: Client, **changes: str) -> str:
    answer = client.post("/join", form(**changes))
    assert answer.status_code == 302, answer.content.decode()
    return str(client.session["filed_claim"])


def faults(answer: Any) -> str:
    assert answer.status_code == 422
    with bulk():
        assert Claim.objects.count() <= 1
    # Typesetting takes the spaces between Chinese characters and numbers.
    return str(answer.content.decode()).replace(" ", "")


def test_from_the_claim_to_the_first_sign_in(people: dict[str, Actor], client: Client) -> None:
    number = filed(client)
    with bulk():
        assert Message.objects.get().user_id == people["one"].user
    looked = Client().post("/join/receipt", {"number": number.lower(), "phone": "138 0000 0001"})
    assert "等待确认" in looked.content.decode()
    assert Client().post("/login", {"username": "shili-jixie", "password": PASSWORD}).status_code == 422

    desk = seat_at(Client(), people["one"])
    assert "示例机械有限公司" in desk.get("/desk/claims").content.decode()
    assert desk.get("/desk/claims.xlsx").content[:2] == b"PK"
    assert desk.post(f"/desk/claims/{number}", {"do": "confirm", "organisation": "new"}).status_code == 302
    again = desk.post(f"/desk/claims/{number}", {"do": "confirm", "organisation": "new"})
    assert again.status_code == 302, "confirmed twice, it is done once"

    with bulk():
        user = User.objects.get(username="shili-jixie")
        roles = set(Membership.objects.filter(user=user).values_list("role", flat=True))
        assert roles == {"manager", "enterprise"}
        assert AuditEvent.objects.filter(action="claim.confirm").count() == 1
        assert Claim.objects.get().password == ""
    node = tree(Tenant.REAL, timezone.localdate()).by_code[CODE]
    assert (node.parent, node.name) == (people["one"].homes[0], "示例机械有限公司")
    signed = Client().post("/login", {"username": "shili-jixie", "password": PASSWORD})
    assert signed["Location"] == "/desk/"
    assert (
        "已确认"
        in Client().post("/join/receipt", {"number": number, "phone": "13800000001"}).content.decode()
    )


def test_a_school_of_the_list_is_recognised_not_doubled(people: dict[str, Actor], client: Client) -> None:
    school = {"kind": "secondary_vocational", "code": "3633000001", "name": "示例职业学校"}
    number = filed(client, **school)
    desk = seat_at(Client(), people["one"])
    with bulk():
        organisation = Organisation.objects.get(code="school").pk
    shown = desk.get(f"/desk/claims/{number}").content.decode()
    assert f'value="{organisation}" selected' in shown
    answer = desk.post(f"/desk/claims/{number}", {"do": "confirm", "organisation": str(organisation)})
    assert answer.status_code == 302
    with bulk():
        assert User.objects.get(username="shili-jixie").organisation_id == organisation
    again = Client().post("/join", form(**school, username="other-one", contact="示例乙"))
    told = faults(again)
    assert "已有管理员" in told
    assert "示例甲" not in told, "who has it is not told"


def test_a_refusal_says_why_and_lets_one_try_again(people: dict[str, Actor], client: Client) -> None:
    number = filed(client)
    desk = seat_at(Client(), people["one"])
    assert desk.post(f"/desk/claims/{number}", {"do": "refuse", "reason": " "}).status_code == 422
    assert desk.post(f"/desk/claims/{number}", {"do": "refuse", "reason": "电话打不通"}).status_code == 302
    late = desk.post(f"/desk/claims/{number}", {"do": "confirm", "organisation": "new"})
    assert late.status_code == 422
    seen = client.post("/join/receipt", {"number": number, "phone": "13800000001"}).content.decode()
    assert "电话打不通" in seen
    assert "demo-one" not in seen
    assert filed(client) != number


@pytest.mark.parametrize("who", ["two", "bureau"])
def test_another_offices_claim_is_not_there(people: dict[str, Actor], client: Client, who: str) -> None:
    number = filed(client)
    desk = seat_at(Client(), people[who])
    assert number not in desk.get("/desk/claims").content.decode()
    assert desk.get(f"/desk/claims/{number}").status_code == 404
    assert desk.post(f"/desk/claims/{number}", {"do": "confirm", "organisation": "new"}).status_code == 404


def test_who_sees_but_may_not_decide_is_told(people: dict[str, Actor], client: Client) -> None:
    number = filed(client)
    assert seat_at(Client(), people["leader"]).get(f"/desk/claims/{number}").status_code == 403


def test_an_office_cannot_let_somebody_into_another_place(people: dict[str, Actor], client: Client) -> None:
    number = filed(client)
    desk = seat_at(Client(), people["one"])
    answer = desk.post(
        f"/desk/claims/{number}", {"do": "confirm", "organisation": str(people["two"].homes[0])}
    )
    assert answer.status_code in (403, 422)
    with bulk():
        assert not User.objects.filter(username="shili-jixie").exists()


@pytest.mark.parametrize("who", ["one", "bureau"])
def test_an_office_lets_nobody_in_as_an_office(people: dict[str, Actor], client: Client, who: str) -> None:
    number = filed(client, reviewer=str(people[who].homes[0]))
    desk = seat_at(Client(), people[who])
    answer = desk.post(f"/desk/claims/{number}", {"do": "confirm", "organisation": str(people[who].homes[0])})
    assert answer.status_code == 422
    with bulk():
        assert not User.objects.filter(username="shili-jixie").exists()


def test_a_code_of_another_place_lets_nobody_in_there(people: dict[str, Actor], client: Client) -> None:
    code = "3633000001"
    with bulk():
        two = Organisation.objects.get(code="two")
        plant(code, OrganisationKind.SECONDARY_VOCATIONAL, two, name="示例邻县职业学校")
    number = filed(client, kind="secondary_vocational", code=code)
    desk = seat_at(Client(), people["one"])
    answer = desk.post(f"/desk/claims/{number}", {"do": "confirm", "organisation": "new"})
    assert answer.status_code in (403, 422)
    with bulk():
        assert not User.objects.filter(username="shili-jixie").exists()


def test_sent_twice_it_is_made_once(people: dict[str, Actor], client: Client) -> None:
    assert filed(client) == filed(Client())
    other = Client().post("/join", form(phone="13800000002"))
    assert "已有一份认领在等待确认" in faults(other)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"code": "91350100M000100Y44"}, "应是 3，填的是 4"),
        ({"code": "3633000001"}, "所选类型不是学校"),
        ({"code": "123"}, "有 3 位"),
        ({"kind": "government"}, "请选择单位类型"),
        ({"name": " "}, "请填写单位全称"),
        ({"phone": "110"}, "请填写能打通的电话"),
        ({"username": "a b"}, "用户名为 4"),
        ({"username": "demo-one"}, "已有人用"),
        ({"password": "short", "again": "short"}, "至少 10 位"),
        ({"again": "x"}, "不一样"),
        ({"reviewer": "999999"}, "还没有开通受理"),
        ({"evidence": "x" * 301}, "最多 300 个字"),
    ],
)
def test_what_is_wrong_is_said(
    people: dict[str, Actor], client: Client, changes: dict[str, str], says: str
) -> None:
    assert says.replace(" ", "") in faults(client.post("/join", form(**changes)))


def test_a_place_without_staff_takes_no_claims(people: dict[str, Actor], client: Client) -> None:
    with bulk():
        shut = Organisation.objects.get(code="shut").pk
    assert "还没有开通受理" in faults(client.post("/join", form(reviewer=str(shut))))


def test_receipts_are_not_guessed(people: dict[str, Actor], client: Client) -> None:
    number = filed(client)
    for _ in range(5):
        assert client.post("/join/receipt", {"number": number, "phone": "1"}).status_code == 422
    shut = client.post("/join/receipt", {"number": number, "phone": "13800000001"}).content.decode()
    assert "查询次数过多" in shut


def test_many_claims_from_one_address_are_stopped(people: dict[str, Actor], client: Client) -> None:
    for n in range(20):
        filed(client, kind="secondary_vocational", code=f"36330001{n:02}", username=f"shili-{n:02}")
    stopped = client.post("/join", form())
    assert stopped.status_code == 422
    assert "一小时内" in stopped.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_one_claim() -> None:
    with bulk():
        one = plant("one", OrganisationKind.COUNTY, plant("city", OrganisationKind.GOVERNMENT))
        hire("demo-one", Role.COUNTY, one)
    asked = Asked(**form())
    numbers: list[str] = []
    troubles: list[BaseException] = []

    def claim(phone: str) -> None:
        try:
            numbers.append(
                file_claim(
                    asked=Asked(**{**form(), "phone": phone}),
                    tenant=Tenant.REAL,
                    address="",
                    at=timezone.now(),
                )
            )
        except BaseException as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(f"1380000000{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked.code == CODE
    assert len(numbers) == 1
    assert all("等待确认" in str(error) for error in troubles), troubles
