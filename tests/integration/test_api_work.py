"""Work by program: items and their parts, office work, plans, notes, organisations, approved figures, the board."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.support.duties import City, city_of
from tests.support.programs import Program, key_of, program_of
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import StoredFile
from zhijiao.indicators.actions import open_reports
from zhijiao.planning.actions import begin_plan
from zhijiao.planning.types import PlanKind
from zhijiao.supervision.actions import open_proceedings, start_from_instruction
from zhijiao.supervision.models import Assignment
from zhijiao.supervision.types import Addressee, Duty, Instruction, Opening, ProceedingKind, Source

AT = datetime(2024, 1, 10, 2, tzinfo=UTC)
ON = date(2024, 1, 10)
COUNTED = "tzw.ind.13"


@pytest.fixture
def city(shipped_packs: None) -> City:
    return city_of("taizhou")


@pytest.fixture
def county(city: City) -> Program:
    return program_of(city.county_officer)


def a_part(city: City, program: Program) -> dict[str, Any]:
    """The county's part in an item that the office ordered and the education bureau leads."""
    made = start_from_instruction(
        instruction=Instruction(
            title="排查实训基地",
            deliverable="排查情况表",
            source=Source.MINUTES,
            number="〔2024〕3号",
            dated=ON,
            addressees=(
                Addressee(Duty.LEAD, organisation=city.bureau.pk),
                Addressee(Duty.MEMBER, kinds=(OrganisationKind.COUNTY,)),
            ),
            due=timezone.localdate() + timedelta(days=60),
        ),
        organisation=city.place.pk,
        by=city.office,
        at=timezone.now(),
        on=timezone.localdate(),
    )
    item = program.read(f"/work-items/{made}")
    (part,) = item["parts"]
    assert [line["id"] for line in program.read("/work-items", mine=True)] == [made]
    return {**part, "item": made}


class TestItems:
    """Progress, claims, confirmations."""

    def test_from_progress_to_confirmation(self, city: City, county: Program) -> None:
        part = a_part(city, county)
        path = f"/work-items/parts/{part['id']}/progress"
        progress = {"words": "示例：已选址", "percent": 40, "seen": part["seen"]}
        assert county.send(path, progress) == {"number": part["seen"] + 1}
        again = county.post(path, progress)
        assert again.status_code == 409
        assert "已被别人办理过" in again.json()["detail"]
        county.send(path, {"words": "示例：已完成", "percent": 100, "done": True})
        own = county.post("/work-items/parts/confirmations", {"parts": [{"part": part["id"]}]})
        assert own.status_code == 403
        bureau = program_of(city.bureau_officer)
        assert bureau.send("/work-items/parts/confirmations", {"parts": [{"part": part["id"]}]}) == {
            "done": 1
        }
        item = county.read(f"/work-items/{part['item']}")
        assert [e["kind"] for e in item["entries"] if e["part"] == part["id"]] == [
            "confirm",
            "claim",
            "progress",
        ]

    def test_what_is_wrong_names_its_field(self, city: City, county: Program) -> None:
        part = a_part(city, county)
        answer = county.post(f"/work-items/parts/{part['id']}/progress", {"words": "  "})
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["field"] == "words"

    def test_another_countys_part_is_404(self, city: City, county: Program) -> None:
        part = a_part(city, county)
        other = program_of(city.other_county)
        for path, body in (
            (f"/work-items/parts/{part['id']}/progress", {"words": "示例"}),
            (f"/work-items/parts/{part['id']}/return", {"words": "示例"}),
            ("/work-items/parts/confirmations", {"parts": [{"part": part["id"]}]}),
        ):
            assert other.post(path, body).status_code == 404, path

    def test_a_key_without_the_permission_to_look_sees_nothing(self, city: City) -> None:
        blind = program_of(city.county_officer, [Permission.PROGRESS])
        for path in ("/work-items", "/proceedings", "/plans", "/obligations", "/reviews"):
            assert blind.get(path).status_code == 403, path

    def test_nor_does_it_on_the_pages(self, city: City) -> None:
        for permissions, status in (([Permission.PROGRESS], 403), ([Permission.VIEW], 200)):
            key = {"Authorization": f"Bearer {key_of(city.county_officer, permissions)}"}
            for path in ("/desk/tasks", "/desk/notices", "/desk/plans"):
                assert Client().get(path, headers=key).status_code == status, path

    def test_a_line_names_its_files(self, city: City, county: Program) -> None:
        part = a_part(city, county)
        with bulk():
            row = Assignment.objects.get(pk=part["id"])
            file = StoredFile.objects.create(
                digest="0" * 64,
                name="示例.pdf",
                size=1,
                media_type="application/pdf",
                organisation=city.county,
                parties=row.parties,
                uploaded_by="test",
                uploaded_at=AT,
            )
        county.send(f"/work-items/parts/{part['id']}/progress", {"words": "示例", "evidence": [file.pk]})
        (entry,) = county.read(f"/work-items/{part['item']}")["entries"]
        assert entry["files"] == [{"id": file.pk, "name": "示例.pdf"}]


class TestProceedings:
    """Notices by program."""

    @pytest.fixture
    def notice(self, city: City) -> int:
        return open_proceedings(
            kind=ProceedingKind.NOTICE,
            opening=Opening("排查工作滞后", "至今没有报进展。", (city.county.pk,), "月底前报完成"),
            organisation=city.place.pk,
            pack="taizhou",
            by=city.office,
            at=timezone.now(),
            on=timezone.localdate(),
        )[0]

    def test_a_notice_is_issued_and_answered(self, city: City, county: Program, notice: int) -> None:
        office = program_of(city.office)
        assert county.get(f"/proceedings/{notice}").status_code == 404
        drafted = office.read(f"/proceedings/{notice}")
        issue = {"step": "issue", "seen": drafted["line"]["revision"]}
        assert office.send(f"/proceedings/{notice}/steps", issue) == {"drafted": None}
        assert office.post(f"/proceedings/{notice}/steps", issue).status_code == 409
        (line,) = county.read("/proceedings", mine=True, open=True)
        assert (line["id"], line["turn"]) == (notice, "subject")
        answer = county.post(f"/proceedings/{notice}/steps", {"step": "answer"})
        assert answer.status_code == 422
        due = (timezone.localdate() + timedelta(days=30)).isoformat()
        county.send(
            f"/proceedings/{notice}/steps", {"step": "answer", "words": "示例：月底前完成", "due": due}
        )
        assert [s["words"] for s in county.read(f"/proceedings/{notice}")["steps"]] == [
            "",
            "示例：月底前完成",
        ]
        assert program_of(city.other_county).read("/proceedings") == []

    def test_a_note_arrives_and_is_read_once(self, city: City, county: Program, notice: int) -> None:
        program_of(city.office).send(f"/proceedings/{notice}/steps", {"step": "issue"})
        (note,) = county.read("/inbox", unread=True)
        assert note["link"] == f"/desk/notices/{notice}"
        assert program_of(city.other_county).post(f"/inbox/{note['id']}/read", None).status_code == 404
        assert county.send(f"/inbox/{note['id']}/read", None) == {"read": 1}
        assert county.send(f"/inbox/{note['id']}/read", None) == {"read": 0}
        assert county.read("/inbox", unread=True) == []


def test_a_plan_is_read_by_its_own_people(city: City, county: Program) -> None:
    with acting(city.county_officer):
        made = begin_plan(
            kind=PlanKind.LOCAL,
            organisation=city.county.pk,
            pack="taizhou",
            title="一县一策 2024—2026",
            starts=date(2024, 1, 1),
            ends=date(2026, 12, 31),
            by=city.county_officer,
            at=AT,
        )
    (line,) = county.read("/plans", open=True)
    assert (line["id"], line["title"]) == (made.pk, "一县一策 2024—2026")
    assert county.read(f"/plans/{made.pk}")["plan"] == line
    other = program_of(city.other_county)
    assert other.read("/plans") == []
    assert other.get(f"/plans/{made.pk}").status_code == 404


def test_an_organisation_shows_how_it_stood(city: City, county: Program) -> None:
    tree = county.read("/organisations", on=ON)
    assert {node["id"] for node in tree} >= {city.county.pk, city.school.pk}
    school = county.read(f"/organisations/{city.school.pk}")
    assert [stood["parent"] for stood in school["standings"]] == [city.county.pk]
    assert county.get("/organisations/999999999").status_code == 404


class TestFigures:
    """Approved figures: in scope with a key, public without."""

    @pytest.fixture
    def approved(self, city: City, county: Program) -> Program:
        open_reports(pack="taizhou", tenant=Tenant.REAL, on=ON, at=AT, since=date(2022, 12, 31))
        (owed,) = county.read("/obligations", on=ON, indicator=COUNTED, period="2023")
        county.send("/reports", {"entries": [{"report": owed["report"], "values": {"value": "12"}}]})
        chosen = {"reports": [{"report": owed["report"]}]}
        program_of(city.bureau_officer).send("/reports/decisions", chosen)
        return county

    def test_history_in_scope(self, city: City, approved: Program) -> None:
        path = f"/packs/taizhou/indicators/{COUNTED}/figures"
        (figure,) = approved.read(path)
        assert (figure["value"], figure["organisation"]) == ("12", city.county.pk)
        assert approved.read(path, known_at="2020-01-01T00:00:00+08:00") == []
        assert program_of(city.other_county).read(path) == []
        assert figure["reported_by"] == city.county_officer.name
        assert Program().read(path) == []  # a county's figure is not the place's own
        assert Program().get("/packs/taizhou/indicators/none/figures").status_code == 404

    def test_the_board_shows_them_to_everybody_added_up(self, approved: Program) -> None:
        row = next(r for r in Program().read("/packs/taizhou/board", live=True) if r["indicator"] == COUNTED)
        assert row["live"] is not None
        plain = Program().read("/packs/taizhou/board", on=ON)
        assert plain == Program().read("/packs/taizhou/indicators", on=ON)

    @pytest.mark.parametrize("path", ["board", f"indicators/{COUNTED}/figures"])
    def test_any_offset_is_a_moment(self, approved: Program, path: str) -> None:
        # ISO 8601 has offsets up to a day; a database takes fewer.
        for offset in ("+18:02", "-23:59", "+08:00", "Z"):
            answer = Program().get(
                f"/packs/taizhou/{path}", known_at=f"2999-12-31T23:59:59{offset}", live="true"
            )
            assert answer.status_code == 200, (path, offset)

    def test_moments_and_days_out_of_range_are_refused(self, approved: Program) -> None:
        for query in (
            {"known_at": "yesterday"},
            {"known_at": "2024-01-01T00:00:00"},
            {"known_at": "9999-12-31T23:59:59Z", "live": "true"},
            {"on": "9999-12-31", "live": "true"},
            {"on": "0001-01-01"},
        ):
            assert Program().get("/packs/taizhou/board", **query).status_code == 422, query
