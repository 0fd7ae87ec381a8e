"""A transaction sees what the person's roles cover, and nothing outside a scope."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction

from tests.support.people import AT, hire, plant
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission, Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.audit import record
from zhijiao.core.inbox import holders, notify
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import AuditEvent, Membership, Message, StoredFile, User
from zhijiao.core.tree import tree


@pytest.fixture
def people(db: None) -> dict[str, Actor]:
    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT)
        one, two = plant("one", OrganisationKind.COUNTY, city), plant("two", OrganisationKind.COUNTY, city)
        school = plant("school", OrganisationKind.SECONDARY_VOCATIONAL, one)
        for owner in (city, one, two, school):
            StoredFile.objects.create(
                digest="0" * 64,
                name=str(owner.code),
                size=1,
                media_type="text/plain",
                organisation=owner,
                parties=[city.id],
                uploaded_by="test",
                uploaded_at=AT,
            )
        return {
            "leader": hire("leader", Role.LEADER, city),
            "one": hire("one", Role.COUNTY, one),
            "two": hire("two", Role.COUNTY, two),
            "school": hire("school", Role.SCHOOL, school),
            "auditor": hire("auditor", Role.AUDITOR, one),
            "system": hire("system", Role.SYSTEM_ADMINISTRATOR, city),
        }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("leader", {"city", "one", "two", "school"}),
        ("one", {"one", "school"}),
        ("two", {"two"}),
        ("school", {"school"}),
        ("auditor", {"one", "school"}),
        ("system", set()),
    ],
)
def test_each_sees_their_scope_also_in_raw_sql(people: dict[str, Actor], who: str, sees: set[str]) -> None:
    with acting(people[who]), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM core_storedfile")
        assert {name for (name,) in cursor.fetchall()} == sees


def test_outside_a_scope_nothing_is_seen(people: dict[str, Actor]) -> None:
    assert StoredFile.objects.count() == 0
    assert User.objects.count() == 0
    assert Membership.objects.count() == 0


def test_an_auditor_changes_nothing(people: dict[str, Actor]) -> None:
    with (
        acting(people["auditor"]),
        pytest.raises(Exception, match="row-level security"),
        transaction.atomic(),
    ):
        StoredFile.objects.create(
            digest="1" * 64,
            name="x",
            size=1,
            media_type="text/plain",
            organisation_id=people["auditor"].homes[0],
            uploaded_by="x",
            uploaded_at=AT,
        )


def test_a_scope_ends_with_its_block(people: dict[str, Actor]) -> None:
    with acting(people["leader"]):
        with acting(people["two"]):
            assert StoredFile.objects.count() == 1
        assert StoredFile.objects.count() == 4
    assert StoredFile.objects.count() == 0


def test_permissions_work_where_the_role_reaches(people: dict[str, Actor]) -> None:
    one, school = people["one"], people["school"]
    assert one.may(Permission.REVIEW, school.homes[0])
    assert not one.may(Permission.REVIEW, people["two"].homes[0])
    assert not school.may(Permission.REVIEW)


def test_what_is_recorded_need_not_be_readable(people: dict[str, Actor]) -> None:
    with acting(people["two"]):
        record(by=people["two"], at=AT, action="test.done", organisation=people["two"].homes[0])
    with acting(people["one"]):
        assert AuditEvent.objects.exclude(user=people["one"].user).filter(transaction=0).count() == 0
    with bulk():
        assert AuditEvent.objects.get(action="test.done").name == "two"


def test_a_note_reaches_its_person_once(people: dict[str, Actor]) -> None:
    with acting(people["one"]):
        reached = holders(people["two"].homes[0], [Role.COUNTY])
        for _ in range(2):
            notify(reached, key="k", subject="s", at=AT)
        assert Message.objects.count() == 0
    with acting(people["two"]):
        assert Message.objects.get().subject == "s"


def test_the_tree_is_that_of_its_day(people: dict[str, Actor]) -> None:
    now = tree(Tenant.REAL, date(2026, 1, 1))
    school = now.by_code["school"]
    assert now.path(school.id) == "city / one / school"
    assert now.nearest(school.id, {OrganisationKind.COUNTY}) == now.by_code["one"]
    assert not tree(Tenant.REAL, date(2019, 12, 31)).nodes
