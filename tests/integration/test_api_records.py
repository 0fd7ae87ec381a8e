"""Reading rosters and cases by program: page by page, in the owner's scope, without identity numbers."""

from __future__ import annotations

import json

import pytest

from tests.support.programs import Program, program_of
from tests.support.records import City, ask, city, enrol, student
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import AuditEvent
from zhijiao.records import queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped_packs")]


@pytest.fixture
def place() -> City:
    return city()


def test_a_roster_is_read_to_its_end(place: City) -> None:
    mine = [enrol(place, serial=n) for n in range(1, 6)]
    other = enrol(place, "school2", serial=9)
    school = program_of(place.by("school"))
    found, after, pages = [], 0, 0
    while True:
        page = school.read("/student-records", after=after, limit=2)
        found += [line["record"] for line in page["students"]]
        pages += 1
        if page["next"] is None:
            break
        after = page["next"]
    assert (found, pages) == (mine, 3)
    assert student(1).number not in json.dumps(page)
    assert [s["record"] for s in program_of(place.by("county2")).read("/student-records")["students"]] == [
        other
    ]
    for elsewhere in (place["school2"], 1301):
        assert school.get("/student-records", organisation=elsewhere).status_code == 404
        assert school.get("/record-cases", organisation=elsewhere).status_code == 404
    with bulk():
        assert AuditEvent.objects.filter(action="records.export", name="keeper-school").count() == 3


def test_cases_are_read_by_whom_they_concern(place: City) -> None:
    cases = [ask(place, "repeat", enrol(place, serial=n), grade=2026, guardian=True) for n in range(1, 4)]
    school, county = program_of(place.by("school")), program_of(place.by("county"))
    first = school.read("/record-cases", limit=2)
    rest = school.read("/record-cases", limit=2, after=first["next"])
    assert [c["id"] for c in first["cases"] + rest["cases"]] == cases
    assert rest["next"] is None
    assert [c["id"] for c in county.read("/record-cases", state="mine")["cases"]] == cases
    assert school.read("/record-cases", state="mine")["cases"] == []
    whole = county.read(f"/record-cases/{cases[0]}")
    assert (whole["event"], whole["steps"][0]["name"]) == ("repeat", "提交")
    assert program_of(place.by("county2")).get(f"/record-cases/{cases[0]}").status_code == 404
    assert Program().get("/student-records").status_code == 401


def test_a_list_has_no_end_that_it_does_not_say(place: City) -> None:
    for n in range(1, 4):
        ask(place, "repeat", enrol(place, serial=n), grade=2026, guardian=True)
    by = place.by("county")
    asked = queries.AskedCases(mine=True, words="留级 学生2")
    assert queries.count_cases(by, asked) == 1
    assert queries.count_cases(by, queries.AskedCases(mine=True)) == 3
    pages = [queries.cases(by, sort="-name", limit=2, offset=offset) for offset in (0, 2)]
    assert [line.name[-1] for page in pages for line in page] == ["3", "2", "1"]
    assert queries.events_of_cases(by) == [("repeat", "留级")]
