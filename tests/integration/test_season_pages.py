"""A season's plan on its pages: written by a school, decided by county and bureaus, signed, locked, and then everybody's."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook

from tests.support.people import seat_at
from tests.support.planning_season import PACK, Planners, plant_planners
from zhijiao.admissions.models import PlanLine, Season
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped_packs")]

LINE = {
    "batch": "three-year",
    "major_code": "660103",
    "major_name": "示例数控",
    "years": "3",
    "seats": "30",
    "seats-county": "10",
    "exempt": "1",
    "boarding": "1",
    "boarding_fee": "600",
    "diploma": "示例毕业证",
}
PUBLIC = f"/public/{PACK}/admissions"


def post(actor: Actor, path: str, **fields: Any) -> HttpResponse:
    return seat_at(Client(), actor).post(path, fields)  # type: ignore[return-value]


def get(actor: Actor | None, path: str) -> HttpResponse:
    client = Client() if actor is None else seat_at(Client(), actor)
    return client.get(path)  # type: ignore[return-value]


def opened(planners: Planners) -> str:
    """Open a season on its page, and begin planning. Returns its address."""
    answer = post(planners.officers["education"], "/desk/seasons/new", title="示例季", code="a", year="2027")
    assert answer.status_code == 302, answer.content.decode()
    assert post(planners.officers["education"], f"{answer['Location']}/step", step="plan").status_code == 302
    return str(answer["Location"])


def test_a_plan_walks_from_the_school_to_the_public() -> None:
    planners = plant_planners()
    season = opened(planners)
    school, county = planners.vocational_officer, planners.county_officer
    assert "还没有公布" in get(None, PUBLIC).content.decode()
    wrong = post(school, f"{season}/plan/new", **{**LINE, "seats": "很多", "years": "5"})
    assert wrong.status_code == 422
    assert "不是整数" in wrong.content.decode()
    assert "学制是3年" in wrong.content.decode()  # what can be read is judged too
    assert post(school, f"{season}/plan/new", **LINE).status_code == 302
    assert post(planners.technician_officer, f"{season}/plan/new", **LINE).status_code == 302
    for actor, organisation in (
        (school, planners.vocational),
        (planners.technician_officer, planners.technician),
    ):
        assert post(actor, f"{season}/plan/act", do=f"propose-{organisation.pk}").status_code == 302
    assert post(county, f"{season}/plan/act", do="pass-all").status_code == 302
    for bureau in ("education", "labour"):
        assert post(planners.officers[bureau], f"{season}/plan/act", do="approve-all").status_code == 302
    with bulk():
        lines = list(PlanLine.objects.order_by("code"))
    assert [(line.code, line.state) for line in lines] == [("10101", "approved"), ("10201", "approved")]
    assert get(school, f"{season}/plan/{lines[1].pk}").status_code == 404  # somebody else's, before the lock
    for bureau, leader in planners.leaders.items():
        digest = digest_on(get(leader, season))
        assert post(leader, f"{season}/sign", bureau=bureau, digest=digest).status_code == 302
    assert post(planners.officers["education"], f"{season}/step", step="lock").status_code == 302

    page = get(None, f"{PUBLIC}?q=10101").content.decode()
    assert "示例中职" in page
    assert "示例技工" not in page
    assert "怎样录取" in page
    compared = get(None, f"{PUBLIC}?total=480").content.decode()
    assert '<input type="hidden" name="total" value="480">' in compared  # a filter keeps the marks
    assert "“abc”不是 0 到 650 之间的数" in get(None, f"{PUBLIC}?total=abc").content.decode()
    assert "本县户籍" in get(None, f"{PUBLIC}/a/10101").content.decode()
    assert get(None, f"{PUBLIC}/a/99999").status_code == 404
    book = load_workbook(io.BytesIO(get(None, f"{PUBLIC}.xlsx").content))
    assert book.sheetnames[:2] == ["招生计划", "计划格"]
    assert get(None, f"{PUBLIC}.docx").content.startswith(b"PK")
    data = get(None, f"{PUBLIC}.json").json()  # type: ignore[attr-defined]
    assert [(line["code"], line["seats"]) for line in data["lines"]] == [("10101", 40), ("10201", 40)]
    with bulk():
        assert data["digest"] == Season.objects.get().plan_digest


def digest_on(answer: HttpResponse) -> str:
    """The digest that the signing form of a page carries."""
    return answer.content.decode().split('name="digest" value="')[1].split('"')[0]


def test_a_page_says_what_stands_in_the_way() -> None:
    planners = plant_planners()
    season = opened(planners)
    early = post(planners.officers["education"], f"{season}/step", step="lock")
    assert early.status_code == 422
    assert "还没有审定的专业" in early.content.decode()
    assert post(planners.officers["labour"], f"{season}/step", step="lock").status_code == 403
    assert (
        post(
            planners.vocational_officer, "/desk/seasons/new", title="示例", code="b", year="2027"
        ).status_code
        == 403
    )
    nothing = post(planners.vocational_officer, f"{season}/plan/act", do=f"propose-{planners.vocational.pk}")
    assert nothing.status_code == 422
    assert (
        get(planners.vocational_officer, f"{season}/plan/new?school={planners.technician.pk}").status_code
        == 404
    )
