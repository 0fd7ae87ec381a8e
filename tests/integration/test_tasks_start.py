"""Task rows of a pack become work items whose units are organisations of the day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.support.duties import City, city_of
from zhijiao.core.access.actor import NotAllowed
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import Standing
from zhijiao.policy import queries as policy
from zhijiao.registry.models import Succession
from zhijiao.supervision.actions import (
    name_units,
    refresh,
    settle_unit,
    start_from_instruction,
    start_from_pack,
)
from zhijiao.supervision.models import Assignment, Entry, WorkItem
from zhijiao.supervision.types import Addressee, Duty, Instruction, Refused, Source

AT = datetime(2021, 3, 1, 2, tzinfo=UTC)
ON = date(2021, 3, 1)


@pytest.fixture
def city(shipped_packs: None) -> City:
    return city_of("taizhou")


def start(city: City, on: date = ON) -> None:
    start_from_pack(pack="taizhou", by=city.system, at=AT, on=on)


def test_every_item_of_the_pack_starts_once(city: City) -> None:
    start(city)
    first = start_from_pack(pack="taizhou", by=city.system, at=AT, on=ON)
    assert first.does_nothing
    index = policy.index("taizhou")
    assert index is not None
    with bulk():
        assert set(WorkItem.objects.values_list("key", flat=True)) == set(index.items)


def test_a_group_becomes_its_members_and_the_first_unit_leads(city: City) -> None:
    start(city)
    with bulk():
        item = next(
            row
            for row in WorkItem.objects.all()
            if [a["unit"] for a in row.addressees][:1] == ["市教育局"]
            and "县(市、区)" in [a["unit"] for a in row.addressees]
        )
        duties = dict(Assignment.objects.filter(item=item).values_list("organisation_id", "duty"))
        assert item.lead_id == city.tree.by_code["tz.unit.education"].id
        assert duties[item.lead_id] == Duty.LEAD
        for county in city.counties:
            assert duties[county.id] == Duty.MEMBER


def test_nobody_is_dropped_who_cannot_be_found(city: City) -> None:
    start(city)
    index = policy.index("taizhou")
    assert index is not None
    with bulk():
        for row in WorkItem.objects.all():
            assert row.key in index.items
            assert row.nobody or row.parties
            if not row.addressees:
                assert [n["why"] for n in row.nobody] == ["文件没有写明责任单位"]


def test_a_school_that_is_founded_joins_and_one_that_closes_leaves(city: City) -> None:
    start(city)
    with bulk():
        before = Assignment.objects.filter(organisation=city.school).count()
        new = city.plant(
            "new-school", OrganisationKind.SECONDARY_VOCATIONAL, city.county, starts=date(2021, 4, 1)
        )
        Standing.objects.filter(organisation=city.school).update(ends=date(2021, 4, 1))
    assert before
    refresh(by=city.system, at=AT, on=date(2021, 4, 1))
    with bulk():
        assert Assignment.objects.filter(organisation=new).count() == before
        assert set(Assignment.objects.filter(organisation=city.school).values_list("state", flat=True)) == {
            "released"
        }
        assert Entry.objects.filter(assignment__organisation=city.school, kind="release").count() == before


def test_the_office_says_who_is_meant(city: City) -> None:
    start(city)
    with bulk():
        unit = next(n["unit"] for row in WorkItem.objects.all() for n in row.nobody if n["unit"])
    with pytest.raises(Refused, match="理由"):
        settle_unit(pack="taizhou", unit=unit, organisations=[], by=city.office, at=AT, on=ON)
    with pytest.raises(NotAllowed):
        settle_unit(
            pack="taizhou", unit=unit, organisations=[], words="x", by=city.county_officer, at=AT, on=ON
        )
    settle_unit(pack="taizhou", unit=unit, organisations=[city.school.id], by=city.office, at=AT, on=ON)
    with bulk():
        assert not any(n["unit"] == unit for row in WorkItem.objects.all() for n in row.nobody)
        assert any(
            a["unit"] == unit and city.school.id in row.parties
            for row in WorkItem.objects.all()
            for a in row.addressees
        )


def test_the_office_names_a_lead_where_the_document_is_silent(city: City) -> None:
    start(city)
    with bulk():
        item = next(row for row in WorkItem.objects.all() if not row.addressees)
    name_units(
        item=item.pk,
        addressees=[Addressee(Duty.LEAD, organisation=city.bureau.id)],
        by=city.office,
        at=AT,
        on=ON,
    )
    with bulk():
        item.refresh_from_db()
    assert item.lead_id == city.bureau.id
    assert item.nobody == []


def test_an_instruction_from_minutes_reaches_all_counties(city: City) -> None:
    made = start_from_instruction(
        instruction=Instruction(
            title="报送实训基地排查情况",
            deliverable="排查情况表",
            source=Source.MINUTES,
            number="〔2021〕3号",
            dated=ON,
            addressees=(
                Addressee(Duty.LEAD, organisation=city.bureau.id),
                Addressee(Duty.MEMBER, kinds=(OrganisationKind.COUNTY,)),
            ),
            due=date(2021, 4, 30),
        ),
        organisation=city.place.id,
        by=city.office,
        at=AT,
        on=ON,
    )
    with acting(city.county_officer):
        item = WorkItem.objects.get(pk=made)
        assert set(item.parties) == {city.bureau.id, *(c.id for c in city.counties)}
        assert [a.organisation_id for a in item.assignments.all()] == [city.county.id]


def test_what_is_inconsistent_is_refused(city: City) -> None:
    good = Instruction(
        title="事项",
        deliverable="表",
        source=Source.INSTRUCTION,
        number="1号",
        dated=ON,
        addressees=(Addressee(Duty.LEAD, organisation=city.bureau.id),),
        due=date(2021, 2, 1),
    )
    with pytest.raises(Refused, match="早于今天"):
        start_from_instruction(instruction=good, organisation=city.place.id, by=city.office, at=AT, on=ON)
    with pytest.raises(NotAllowed):
        start_from_instruction(
            instruction=good, organisation=city.place.id, by=city.county_officer, at=AT, on=ON
        )


def test_the_part_of_a_bureau_that_was_merged_goes_to_its_heir(city: City) -> None:
    start(city)
    day = date(2021, 5, 1)
    with bulk():
        led = set(WorkItem.objects.filter(lead=city.bureau).values_list("id", flat=True))
        heir = city.plant("new-bureau", OrganisationKind.DEPARTMENT, city.place, starts=day)
        Standing.objects.filter(organisation=city.bureau).update(ends=day)
        Succession.objects.create(source=city.bureau, target=heir, kind="merged", on=day, recorded_at=AT)
    refresh(by=city.system, at=AT, on=day)
    assert led
    with bulk():
        assert set(WorkItem.objects.filter(lead=heir).values_list("id", flat=True)) >= led
        assert not Assignment.objects.filter(organisation=city.bureau).exclude(state="released").exists()
