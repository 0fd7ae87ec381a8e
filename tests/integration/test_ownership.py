"""Whose a row is stays: not by raw SQL of a party, not by a verb that is told another place, file or pack."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from tests.support.duties import City, city_of
from tests.support.people import hire
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import StoredFile
from zhijiao.planning import actions as planning
from zhijiao.planning.types import PlanFault, PlanKind
from zhijiao.supervision.actions import report_progress, start_from_instruction, start_from_pack
from zhijiao.supervision.models import Assignment, Entry, WorkItem
from zhijiao.supervision.types import Addressee, Duty, Instruction, Refused, Report, Source

ON = date(2026, 2, 9)
AT = datetime(2026, 2, 9, 2, tzinfo=UTC)


@pytest.fixture
def city(shipped_packs: None) -> City:
    found = city_of("taizhou")
    start_from_pack(pack="taizhou", by=found.system, at=AT, on=ON)
    return found


def refused(by: Actor, statement: str, *values: object) -> str:
    with (
        acting(by),
        pytest.raises(DatabaseError) as told,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, list(values))
    return str(told.value)


def plan_of(city: City, kind: PlanKind, organisation: int, by: Actor, **more: str) -> int:
    with acting(by):
        return planning.begin_plan(
            kind=kind,
            organisation=organisation,
            pack=more.pop("pack", "taizhou"),
            title="示例方案",
            starts=date(2026, 1, 1),
            ends=date(2028, 12, 31),
            by=by,
            at=AT,
            **more,  # type: ignore[arg-type]
        ).pk


def test_a_party_does_not_move_an_item_to_itself(city: City) -> None:
    with acting(city.county_officer):
        item = WorkItem.objects.filter(parties__contains=[city.county.pk]).values_list("pk", flat=True)[0]
    moved = "UPDATE supervision_workitem SET organisation_id = %s WHERE id = %s"
    assert "stay as they are" in refused(city.county_officer, moved, city.county.pk, item)


def test_a_reviewer_does_not_take_a_plan_nor_open_it_to_others(city: City) -> None:
    plan = plan_of(city, PlanKind.LOCAL, city.county.pk, city.county_officer)
    moved = "UPDATE planning_plan SET organisation_id = %s WHERE id = %s"
    assert "stay as they are" in refused(city.bureau_officer, moved, city.bureau.pk, plan)
    widened = "UPDATE planning_plan SET parties = parties || %s::bigint WHERE id = %s"
    assert "stay as they are" in refused(city.bureau_officer, widened, city.school.pk, plan)


def test_who_only_reads_adds_no_line(city: City) -> None:
    with bulk():
        auditor = hire("auditor", Role.AUDITOR, city.place)
    with acting(city.county_officer):
        part = Assignment.objects.filter(organisation=city.county.pk).values_list("pk", flat=True)[0]
    report_progress(assignment=part, report=Report(words="示例进展"), by=city.county_officer, at=AT, on=ON)
    with acting(auditor):
        assert Entry.objects.filter(assignment=part).count() == 1
    copied = (
        "INSERT INTO supervision_entry (assignment_id, number, kind, period, words, problems, help_wanted, evidence,"
        ' by_name, by_organisation_id, at, "on") SELECT assignment_id, 99, kind, period, words, problems, help_wanted,'
        ' evidence, by_name, by_organisation_id, at, "on" FROM supervision_entry WHERE assignment_id = %s'
    )
    assert "row-level security" in refused(auditor, copied, part)


def test_an_instruction_opens_nobody_elses_file(city: City) -> None:
    with bulk():
        file = StoredFile.objects.create(
            digest="0" * 64,
            name="示例.pdf",
            size=1,
            media_type="application/pdf",
            organisation=city.school,
            uploaded_by="test",
            uploaded_at=AT,
        )
    order = Instruction(
        title="示例事项",
        deliverable="示例成果",
        source=Source.INSTRUCTION,
        number="〔2026〕1号",
        dated=ON,
        addressees=(Addressee(Duty.LEAD, organisation=city.county.pk),),
        due=date(2026, 6, 30),
        scan=file.pk,
    )
    with pytest.raises(Refused, match="扫描件不是本单位上传的"):
        start_from_instruction(
            instruction=order, organisation=city.bureau.pk, by=city.bureau_officer, at=AT, on=ON
        )


def test_only_the_place_has_the_plan_of_the_place(city: City) -> None:
    with pytest.raises(PlanFault, match="自己编制"):
        plan_of(city, PlanKind.PLACE, city.county.pk, city.county_officer)
    with pytest.raises(PlanFault, match="“浙江省”"):
        plan_of(city, PlanKind.PLACE, city.place.pk, city.office, pack="zhejiang")
    assert plan_of(city, PlanKind.PLACE, city.place.pk, city.office)


def test_a_county_office_does_not_decide_the_version_of_the_place(city: City) -> None:
    with bulk():
        office = hire("county-office", Role.OFFICE, city.county)
    with acting(office), pytest.raises(Invisible):
        planning.accept_version(
            pack="taizhou", version="x", at_place=city.county.pk, decisions={}, by=office, at=AT
        )
    with acting(office), pytest.raises(Invisible, match="不管理"):
        planning.decline_version(
            pack="taizhou", version="x", at_place=city.county.pk, reason="示例", by=office, at=AT
        )
