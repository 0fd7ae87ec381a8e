"""Handing records in by program: checked at once, applied when confirmed, once, and only by whom it concerns."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.support.duties import City, city_of
from tests.support.programs import Program, program_of
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.actions.snapshots import take_snapshot
from zhijiao.exchange.models import Batch, Record

AT = datetime(2024, 1, 10, 2, tzinfo=UTC)
SET = "career_activities"


@pytest.fixture
def city(shipped_packs: None) -> City:
    return city_of("taizhou")


@pytest.fixture
def school(city: City) -> Program:
    return program_of(city.school_officer)


def row(city: City, number: str = "A1", **more: Any) -> dict[str, Any]:
    asked = Client().get(f"/api/v1/data/datasets/{SET}").json()["fields"]
    given = {f["id"]: f["example"] for f in asked if f["mandatory"]}
    return {**given, "organisation": city.school.code, "activity": number, **more}


def body(city: City, *rows: dict[str, Any], confirm: bool = False) -> dict[str, Any]:
    return {"organisation": city.school.pk, "rows": list(rows), "confirm": confirm}


def records() -> int:
    with bulk():
        return Record.objects.filter(until=None).count()


class TestStandard:
    """What anybody may know."""

    @pytest.mark.django_db
    def test_the_standard_is_there_without_a_key(self) -> None:
        listed = Client().get("/api/v1/data/datasets").json()
        assert len(listed) >= 30
        one = Client().get(f"/api/v1/data/datasets/{SET}").json()
        assert one["key"] == ["organisation", "activity"]
        assert one["row_schema"]["properties"].keys() == {f["id"] for f in one["fields"]}
        assert Client().get("/api/v1/data/datasets/nothing").status_code == 404

    def test_nothing_else_is(self, city: City) -> None:
        for path in ("batches", "batches/SJ1", "batches/SJ1/file", "differences", "snapshots"):
            assert Program().get(f"/data/{path}").status_code == 401, path
        assert Program().post(f"/data/datasets/{SET}/records", body(city, row(city))).status_code == 401


class TestHandingIn:
    """From rows to records."""

    def test_rows_are_shown_then_confirmed(self, city: City, school: Program) -> None:
        seen = school.send(f"/data/datasets/{SET}/records", body(city, row(city), row(city, "A2")))
        assert (seen["batch"]["state"], seen["batch"]["counts"]["new"], records()) == ("checked", 2, 0)
        number = seen["batch"]["number"]
        done = school.send(f"/data/batches/{number}/confirmation", {"seen": seen["seen"]})
        assert (done["batch"]["state"], records()) == ("applied", 2)
        again = school.send(f"/data/batches/{number}/confirmation", {"seen": seen["seen"]})
        assert again["batch"]["counts"] == done["batch"]["counts"]
        assert [b["number"] for b in school.read("/data/batches", dataset=SET)] == [number]

    def test_good_rows_go_on_and_bad_ones_wait(self, city: City, school: Program) -> None:
        rows = (row(city), row(city, "A2", held_on="2023-02-30"))
        done = school.send(f"/data/datasets/{SET}/records", body(city, *rows, confirm=True))
        counts = done["batch"]["counts"]
        assert (counts["read"], counts["valid"], counts["quarantined"], records()) == (2, 1, 1, 1)
        (problem,) = done["problems"]
        assert (problem["row"], problem["field"], problem["value"]) == (2, "held_on", "2023-02-30")
        assert problem["words"]

    def test_the_same_request_is_done_once(self, city: City, school: Program) -> None:
        asked = body(city, row(city), confirm=True)
        first = school.send(f"/data/datasets/{SET}/records", asked, once="k-1")
        again = school.send(f"/data/datasets/{SET}/records", asked, once="k-1")
        assert first["batch"]["number"] == again["batch"]["number"]
        with bulk():
            assert Batch.objects.count() == 1
        other = school.post(f"/data/datasets/{SET}/records", body(city, row(city, "A9")), once="k-1")
        assert other.status_code == 409
        assert "幂等键" in other.json()["detail"]

    def test_what_cannot_be_read_is_refused(self, city: City, school: Program) -> None:
        asked = {"organisation": city.school.pk, "rows": [{"天气": "晴"}]}
        answer = school.post(f"/data/datasets/{SET}/records", asked)
        assert answer.status_code == 422
        assert answer.json()["detail"]
        for wrong in ({"organisation": city.school.pk, "rows": []}, {"rows": [row(city)]}):
            assert school.post(f"/data/datasets/{SET}/records", wrong).status_code == 422
        assert school.post("/data/datasets/nothing/records", body(city, row(city))).status_code == 422
        assert records() == 0

    def test_a_file_comes_back_with_its_mistakes(self, city: City, school: Program) -> None:
        text = io.StringIO()
        rows = [row(city), row(city, "A2", held_on="2023-02-30")]
        writer = csv.DictWriter(text, rows[0])
        writer.writeheader()
        writer.writerows(rows)
        answer = school.client.post(
            f"/api/v1/data/datasets/{SET}/files",
            {
                "organisation": city.school.pk,
                "file": SimpleUploadedFile("示例.csv", text.getvalue().encode()),
            },
            headers={"Authorization": f"Bearer {school.key}"},
        )
        assert answer.status_code == 200, answer.content.decode()
        number = answer.json()["batch"]["number"]
        back = school.get(f"/data/batches/{number}/file")
        assert back.status_code == 200
        assert "attachment" in back.headers["Content-Disposition"]
        assert "2023-02-30" in back.content.decode("utf-8-sig")
        gone = school.send(f"/data/batches/{number}/withdrawal", {})
        assert gone["batch"]["state"] == "withdrawn"

    def test_a_batch_is_undone_with_a_reason(self, city: City, school: Program) -> None:
        done = school.send(f"/data/datasets/{SET}/records", body(city, row(city), confirm=True))
        number = done["batch"]["number"]
        assert school.post(f"/data/batches/{number}/undoing", {"words": ""}).status_code == 422
        undone = school.send(f"/data/batches/{number}/undoing", {"words": "示例：误交"})
        assert undone["batch"]["number"] != number
        assert records() == 0


class TestRights:
    """Whose it is."""

    def test_others_do_not_see_it(self, city: City, school: Program) -> None:
        number = school.send(f"/data/datasets/{SET}/records", body(city, row(city)))["batch"]["number"]
        stranger = program_of(city.other_county)
        assert stranger.read("/data/batches") == []
        assert stranger.get(f"/data/batches/{number}").status_code == 404
        assert stranger.post(f"/data/batches/{number}/confirmation", {}).status_code == 404
        assert stranger.post(f"/data/datasets/{SET}/records", body(city, row(city))).status_code == 404

    def test_a_key_that_may_only_look_hands_nothing_in(self, city: City, school: Program) -> None:
        looking = program_of(city.school_officer, [Permission.VIEW])
        assert looking.post(f"/data/datasets/{SET}/records", body(city, row(city))).status_code == 403
        assert looking.read("/data/batches") == []

    def test_snapshots_and_figures_are_listed(self, city: City, school: Program) -> None:
        assert school.read("/data/snapshots") == []
        school.send(f"/data/datasets/{SET}/records", body(city, row(city), confirm=True))
        made = take_snapshot(by=city.system, at=AT, tenant=Tenant.REAL)
        (listed,) = school.read("/data/snapshots")
        assert (listed["id"], listed["datasets"][SET]) == (made.id, 1)
        assert school.read("/packs/taizhou/computed/runs") == []
        where = {"indicator": "tzw.ind.1", "organisation": city.school.pk}
        assert school.get("/packs/taizhou/computed", **where).status_code == 404
        assert school.read("/data/differences") == []
