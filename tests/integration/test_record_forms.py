"""The forms of student records: every event's form opens, and the authority registers late under a document."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.support.handed_in import number
from tests.support.people import seat_at
from tests.support.records import AT, TODAY, City, city, enrol, policy_of, student
from zhijiao.records import actions, queries
from zhijiao.records.queries.roster import Asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr("zhijiao.policy.queries.index", lambda pack, version=None: policy_of(pack))
    return city()


def test_every_event_has_a_form_that_names_what_is_missing(place: City, client: Client) -> None:
    record = enrol(place)
    client = seat_at(client, place.by("school"))
    for rule in policy_of("taizhou").record_rules:
        if rule.event == "register":
            continue
        outside = rule.event == "general_in"
        address = f"/desk/records/{'cases/new' if outside else f'{record}/apply'}/{rule.event}"
        assert client.get(address).status_code == 200, address
        answer = client.post(address, {"csrfmiddlewaretoken": "x"})
        assert answer.status_code in (302, 422), address
        if answer.status_code == 422:
            assert "什么都没有提交" in answer.content.decode()
    assert client.get("/desk/records/999999").status_code == 404
    assert client.get(f"/desk/records/{record}/apply/nonsense").status_code == 404
    assert seat_at(client, place.by("school2")).get(f"/desk/records/{record}").status_code == 404


def test_the_authority_registers_late(place: City, client: Client) -> None:
    client = seat_at(client, place.by("county"))
    address = f"/desk/records/new?org={place['school']}"
    assert "凭文件补办注册" in client.get(address).content.decode()
    said = {
        "name": "示例补办",
        "number": number(8),
        "grade": "2025",
        "major": "660301",
        "track": "secondary_3",
        "enrolled_on": "2025-09-01",
        "basis": "示例〔2026〕8号",
    }
    assert client.post(address, said).status_code == 302
    (line,) = queries.roster(place.by("school"), Asked())
    assert (line.name, line.status.value) == ("示例补办", "enrolled")
    other = f"/desk/records/new?org={place['technician']}"
    assert client.get(other).status_code == 404


def test_the_roll_of_new_students_is_approved_by_the_authority(place: City, client: Client) -> None:
    given = student(3, grade=2026, enrolled_on=date(2026, 11, 2), approved="")
    made = actions.register(
        organisation=place["school"], registration=given, by=place.by("school"), at=AT, on=TODAY
    )
    client = seat_at(client, place.by("county"))
    assert "示例学生3" in client.get("/desk/records/pending").content.decode()
    said = {"org": str(place["school"]), "records": [str(made.record)], "document": ""}
    assert client.post("/desk/records/pending", said).status_code == 422
    assert client.post("/desk/records/pending", said | {"document": "示例"}).status_code == 302
    (line,) = queries.roster(place.by("school"), Asked())
    assert line.status.value == "enrolled"
