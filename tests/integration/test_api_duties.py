"""Handing in and deciding by program: each call acts as the owner of its key, in that person's scope, once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from tests.support.duties import City, city_of
from tests.support.people import seat_at
from tests.support.programs import Program, key_of, program_of
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import ApiToken
from zhijiao.indicators import actions
from zhijiao.indicators.models import Figure, Receipt

ON = date(2024, 1, 10)
AT = datetime(2024, 1, 10, 2, tzinfo=UTC)
COUNTED = "tzw.ind.13"
RATIO = "tzw.ind.12"


@pytest.fixture
def city(shipped_packs: None) -> City:
    made = city_of("taizhou")
    actions.open_reports(pack="taizhou", tenant=Tenant.REAL, on=ON, at=AT, since=date(2022, 12, 31))
    return made


@pytest.fixture
def county(city: City) -> Program:
    return program_of(city.county_officer)


@pytest.fixture
def bureau(city: City) -> Program:
    return program_of(city.bureau_officer)


def owed(program: Program, indicator: str = COUNTED, **more: Any) -> dict[str, Any]:
    found = program.read("/obligations", on=ON, indicator=indicator, period="2023", **more)
    assert len(found) == 1
    line: dict[str, Any] = found[0]
    return line


def entry(line: dict[str, Any], **values: str) -> dict[str, Any]:
    return {"entries": [{"report": line["report"], "values": values, "revision": line["revision"]}]}


def hand_in(program: Program, value: str = "12", *, once: str = "") -> Any:
    return program.send("/reports", entry(owed(program), value=value), once=once)


class TestKeys:
    """Who gets in."""

    READS = ("/me", "/organisations", "/obligations", "/reviews", "/reports/1")

    @pytest.mark.django_db
    def test_without_a_key_nothing_is_read(self) -> None:
        for path in self.READS:
            answer = Program().get(path)
            assert answer.status_code == 401, path
            assert "API 密钥" in answer.json()["detail"]

    @pytest.mark.django_db
    def test_a_key_that_is_none_is_refused(self) -> None:
        for key in ("", "zj_nobody", "\x00", "键" * 200, "a" * 5000):
            header = f"Bearer {key}".encode().decode("latin-1")
            answer = Client().get("/api/v1/me", headers={"Authorization": header})
            assert answer.status_code == 401, key

    def test_a_key_that_ended_is_refused(self, city: City) -> None:
        text = key_of(city.county_officer, expires=datetime(2020, 1, 1, tzinfo=UTC))
        assert Program(text).get("/me").status_code == 401

    def test_a_revoked_key_is_refused(self, city: City, county: Program) -> None:
        with bulk():
            ApiToken.objects.update(revoked_at=AT)
        assert county.get("/me").status_code == 401

    def test_a_session_may_read_but_not_write(self, city: City, county: Program) -> None:
        line = owed(county)
        browser = Program(client=seat_at(Client(), city.county_officer))
        assert owed(browser) == line
        assert browser.post("/reports", entry(line, value="12")).status_code == 401
        assert owed(county) == line

    def test_a_key_carries_no_more_than_it_names(self, city: City) -> None:
        narrow = program_of(city.county_officer, [Permission.VIEW])
        assert narrow.read("/me")["permissions"] == ["view"]
        line = owed(narrow, organisation=city.county.pk)
        answer = narrow.post("/reports", entry(line, value="12"))
        assert answer.status_code == 403
        assert "填报数据" in answer.json()["detail"]
        assert owed(narrow, organisation=city.county.pk)["state"] == "draft"

    def test_me_names_the_roles_of_the_owner(self, city: City, county: Program) -> None:
        me = county.read("/me")
        assert me["seats"] == [
            {
                "organisation": city.county.pk,
                "organisation_name": me["seats"][0]["organisation_name"],
                "role": "county",
                "role_words": "县（市、区）经办",
                "ends": "2999-01-01",
            }
        ]


class TestHandingIn:
    """From what is owed to a receipt."""

    def test_the_way_of_a_figure(self, city: City, county: Program, bureau: Program) -> None:
        receipt = hand_in(county)
        assert (receipt["verb"], receipt["lines"][0]["value"]) == ("submit", "12")
        (waiting,) = bureau.read("/reviews", on=ON)
        decided = bureau.send(
            "/reports/decisions",
            {"reports": [{"report": waiting["report"], "revision": waiting["revision"]}]},
        )
        assert (decided["passed"], decided["approved"]) == (0, 1)
        seen = county.read(f"/reports/{waiting['report']}", on=ON)
        assert [step["kind"] for step in seen["ledger"]] == ["submit", "approve"]
        assert [figure["value"] for figure in seen["figures"]] == ["12"]

    def test_numbers_are_exact_texts(self, county: Program) -> None:
        line = owed(county, RATIO)
        county.send("/reports", entry(line, numerator="300", denominator="1,200", note="示例"))
        done = owed(county, RATIO)
        assert (done["value"], done["numerator"], done["denominator"]) == ("25", "300", "1200")

    def test_every_problem_is_listed_and_nothing_is_kept(self, county: Program) -> None:
        good, bad = owed(county), owed(county, RATIO)
        body = {
            "entries": [
                {"report": good["report"], "values": {"value": "12"}},
                {"report": bad["report"], "values": {"numerator": "5", "denominator": "0"}},
            ]
        }
        answer = county.post("/reports", body)
        assert answer.status_code == 422
        problems = answer.json()["problems"]
        assert {p["report"] for p in problems} == {bad["report"]}
        assert "denominator" in {p["field"] for p in problems}
        assert [owed(county), owed(county, RATIO)] == [good, bad]

    def test_a_report_named_twice_is_refused(self, county: Program) -> None:
        line = owed(county)
        twice = {
            "entries": [{"report": line["report"], "values": {"value": value}} for value in ("12", "13")]
        }
        answer = county.post("/reports", twice)
        assert answer.status_code == 422
        assert "两次" in answer.json()["detail"]
        assert owed(county) == line

    def test_a_clash_is_409_with_the_value_that_stands(self, county: Program) -> None:
        before = owed(county)
        hand_in(county)
        county.send("/reports/withdrawals", {"reports": [{"report": before["report"]}]})
        answer = county.post("/reports", entry(before, value="14"))
        assert answer.status_code == 409
        assert "现在的值是“12”" in answer.json()["detail"]

    def test_what_is_handed_in_twice_is_refused(self, county: Program) -> None:
        hand_in(county)
        answer = county.post("/reports", entry(owed(county), value="13"))
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["code"] == "locked"

    def test_a_return_shows_in_what_is_owed(self, county: Program, bureau: Program) -> None:
        hand_in(county)
        (waiting,) = bureau.read("/reviews", on=ON)
        bureau.send(
            "/reports/returns",
            {"reports": [{"report": waiting["report"]}], "reason": "scope", "words": "不含签约未开工的"},
        )
        back = owed(county)
        assert (back["returned"], back["reason"], back["reason_words"]) == (
            True,
            "口径不符",
            "不含签约未开工的",
        )
        assert county.read("/obligations", on=ON, state="returned") == [back]

    def test_opened_again_old_and_new_stand_with_the_cause(
        self, city: City, county: Program, bureau: Program
    ) -> None:
        hand_in(county)
        (waiting,) = bureau.read("/reviews", on=ON)
        chosen = {"reports": [{"report": waiting["report"]}]}
        bureau.send("/reports/decisions", chosen)
        bureau.send(
            f"/reports/{waiting['report']}/reopening", {"reason": "late_data", "words": "一个项目撤销"}
        )
        hand_in(county, "11")
        bureau.send("/reports/decisions", chosen)
        old, new = county.read(f"/reports/{waiting['report']}", on=ON)["figures"]
        assert (old["value"], old["replaces"]) == ("12", None)
        assert (new["value"], new["replaces"], new["cause"]) == (
            "11",
            "12",
            "数据后来有更正：一个项目撤销",
        )


class TestOnce:
    """A key of idempotency belongs to one deed of its person."""

    def test_the_same_request_gets_the_same_answer(self, county: Program) -> None:
        body = entry(owed(county), value="12")
        first = county.send("/reports", body, once="k-1")
        assert county.send("/reports", body, once="k-1") == first
        with bulk():
            assert Receipt.objects.count() == 1

    def test_another_request_under_the_same_key_is_409(self, county: Program) -> None:
        line = owed(county)
        county.send("/reports", entry(line, value="12"), once="k-1")
        answer = county.post("/reports", entry(line, value="13"), once="k-1")
        assert answer.status_code == 409
        assert "k-1" in answer.json()["detail"]

    def test_a_request_that_was_refused_leaves_the_key_free(self, county: Program) -> None:
        line = owed(county)
        assert county.post("/reports", entry(line, value="很多"), once="k-1").status_code == 422
        county.send("/reports", entry(line, value="12"), once="k-1")

    def test_two_people_may_use_one_key(self, county: Program, bureau: Program) -> None:
        hand_in(county, once="k-1")
        (waiting,) = bureau.read("/reviews", on=ON)
        chosen = {"reports": [{"report": waiting["report"]}]}
        done = bureau.send("/reports/decisions", chosen, once="k-1")
        assert bureau.send("/reports/decisions", chosen, once="k-1") == done
        with bulk():
            assert Figure.objects.count() == 1

    def test_returning_withdrawing_and_reopening_are_done_once_too(
        self, county: Program, bureau: Program
    ) -> None:
        report = int(hand_in(county)["lines"][0]["report"])
        chosen = {"reports": [{"report": report}]}
        back = county.send("/reports/withdrawals", chosen, once="w")
        assert county.send("/reports/withdrawals", chosen, once="w") == back
        hand_in(county)
        returned = {**chosen, "reason": "unit"}
        back = bureau.send("/reports/returns", returned, once="r")
        assert bureau.send("/reports/returns", returned, once="r") == back
        hand_in(county)
        bureau.send("/reports/decisions", chosen)
        again = {"reason": "late_data", "words": "一个项目撤销"}
        opened = bureau.send(f"/reports/{report}/reopening", again, once="o")
        assert bureau.send(f"/reports/{report}/reopening", again, once="o") == opened

    def test_a_key_that_is_none_is_refused(self, county: Program) -> None:
        body = entry(owed(county), value="12")
        for key in (" ", "键", "a" * 121):
            assert county.post("/reports", body, once=key.encode().decode("latin-1")).status_code == 422, key


class TestOthers:
    """What is somebody else's does not exist."""

    def test_another_countys_report_is_404_whatever_is_asked(self, city: City, county: Program) -> None:
        report = owed(county)["report"]
        other = program_of(city.other_county)
        chosen = {"reports": [{"report": report}]}
        answers = [
            other.get(f"/reports/{report}"),
            other.post("/reports", {"entries": [{"report": report, "values": {"value": "1"}}]}),
            other.post("/reports/decisions", chosen),
            other.post("/reports/returns", {**chosen, "reason": "scope"}),
            other.post("/reports/withdrawals", chosen),
            other.post(f"/reports/{report}/reopening", {"reason": "scope", "words": "x"}),
        ]
        unknown = other.get("/reports/999999999")
        assert [answer.status_code for answer in answers] == [404] * len(answers)
        assert {answer.content for answer in answers} == {unknown.content}

    def test_a_list_narrowed_to_another_county_is_empty(self, city: City, county: Program) -> None:
        hand_in(county)
        other = program_of(city.other_county)
        assert other.read("/obligations", on=ON, organisation=city.county.pk) == []
        assert other.read("/reviews", on=ON) == []

    def test_who_sees_a_report_need_not_be_who_decides_it(self, city: City, county: Program) -> None:
        report = int(hand_in(county)["lines"][0]["report"])
        office = program_of(city.office)
        office.read(f"/reports/{report}", on=ON)
        answer = office.post("/reports/decisions", {"reports": [{"report": report}]})
        assert answer.status_code == 422
        assert "不由您办理" in answer.json()["detail"]


UNREADABLE = {
    "[]": "entries",
    '{"entries": []}': "entries 至少要有 1 项",
    '{"entries": [{"report": 0, "values": {}}]}': "entries[0].report 不能小于 1",
    '{"entries": [{"report": 9223372036854775808, "values": {}}]}': "entries[0].report",
    '{"entries": [{"report": 1, "values": {"price": "1"}}]}': "entries[0].values.price",
    '{"entries": [{"report": 1, "values": {"note": "a\\u0000b"}}]}': "entries[0].values.note",
    '{"entries": [{"report": 1, "values": {"note": "\\ud800"}}]}': "entries[0].values.note",
    "not json": "JSON",
    '{"entries"': "JSON",
}


def test_a_body_that_cannot_be_read_says_where(county: Program) -> None:
    for body, said in UNREADABLE.items():
        answer = county.post("/reports", body)
        assert answer.status_code == 422, body
        assert said in answer.json()["detail"]


def test_the_description_says_what_a_program_needs() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert "ApiKey" in described["components"]["securitySchemes"]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if method == "post":
                assert operation["security"], path
                assert "401" in operation["responses"], path
    hand_in_ = described["paths"]["/api/v1/reports"]["post"]
    assert "Idempotency-Key" in [p["name"] for p in hand_in_["parameters"]]
    assert hand_in_["description"].startswith("填")
    assert described["components"]["schemas"]["HandIn"]["example"]
    assert hand_in_["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/HandIn")
