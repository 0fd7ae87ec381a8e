"""Accounts and roles: who may give what to whom, and how a post is handed over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password

from tests.support.people import hire, plant
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.access.sessions import actor_of
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import AuditEvent, Membership, Message, User
from zhijiao.core.people import actions, queries
from zhijiao.core.people.types import NewAccount, PeopleRefused

TODAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
TOMORROW = TODAY + timedelta(days=1)
OPERATOR = Actor.system("tests")


@pytest.fixture
def people(db: None) -> dict[str, Actor]:
    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT)
        bureau = plant("bureau", OrganisationKind.DEPARTMENT, city)
        county = plant("county", OrganisationKind.COUNTY, city)
        school = plant("school", OrganisationKind.SECONDARY_VOCATIONAL, county)
        other = plant("other", OrganisationKind.SECONDARY_VOCATIONAL, county)
        return {
            "leader": hire("leader", Role.LEADER, city),
            "system": hire("system", Role.SYSTEM_ADMINISTRATOR, city),
            "security": hire("security", Role.SECURITY_ADMINISTRATOR, city),
            "auditor": hire("auditor", Role.AUDITOR, city),
            "bureau": hire("bureau", Role.DEPARTMENT, bureau),
            "county": hire("county", Role.COUNTY, county),
            "manager": hire("manager", Role.MANAGER, school),
            "teacher": hire("teacher", Role.SCHOOL, school),
            "elsewhere": hire("elsewhere", Role.SCHOOL, other),
        }


def new(by: Actor, organisation: int, username: str = "new.person") -> NewAccount:
    return actions.create_account(username=username, name="示例人员", organisation=organisation, by=by, at=AT)


def grant(by: Actor, user: int, role: Role, organisation: int, **more: object) -> int:
    return actions.grant_role(
        user=user,
        role=role,
        organisation=organisation,
        starts=TODAY,
        by=by,
        at=AT,
        **more,  # type: ignore[arg-type]
    )


def test_an_account_opens_with_its_one_time_password(people: dict[str, Actor]) -> None:
    made = new(people["system"], people["bureau"].homes[0])
    with bulk():
        user = User.objects.get(pk=made.id)
    assert user.must_change_password
    assert check_password(made.code, user.password)
    assert made.code not in user.password


def test_a_taken_name_is_refused_also_where_its_account_is_not_seen(people: dict[str, Actor]) -> None:
    with pytest.raises(PeopleRefused, match="已被使用"):
        new(people["manager"], people["manager"].homes[0], "bureau")


@pytest.mark.parametrize("who", ["leader", "security", "auditor", "bureau", "county", "teacher"])
def test_others_make_no_accounts(people: dict[str, Actor], who: str) -> None:
    with pytest.raises(NotAllowed):
        new(people[who], people[who].homes[0])


def test_the_security_administrator_gives_roles_in_scope(people: dict[str, Actor]) -> None:
    made = new(people["system"], people["bureau"].homes[0])
    grant(people["security"], made.id, Role.DEPARTMENT, people["bureau"].homes[0], basis="台教〔2026〕1号")
    with bulk():
        given = Membership.objects.get(user_id=made.id)
        assert (given.role, given.sphere, given.reach) == ("department", "work", "below")
        assert Message.objects.get(user_id=made.id).subject == "您被授予“部门经办”"
        assert AuditEvent.objects.get(action="role.granted").name == "security"


@pytest.mark.parametrize("who", ["system", "leader", "auditor", "bureau", "county", "teacher"])
def test_others_give_no_roles(people: dict[str, Actor], who: str) -> None:
    made = new(people["system"], people["bureau"].homes[0])
    with pytest.raises((NotAllowed, Invisible)):
        grant(people[who], made.id, Role.DEPARTMENT, people["bureau"].homes[0])


def test_nobody_gives_roles_to_themselves(people: dict[str, Actor]) -> None:
    for who, role in (("security", Role.LEADER), ("manager", Role.SCHOOL)):
        assert people[who].user is not None
        with pytest.raises(PeopleRefused, match="不能给自己授权"):
            grant(people[who], people[who].user, role, people[who].homes[0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "role"),
    [
        ("system", Role.SECURITY_ADMINISTRATOR),
        ("system", Role.AUDITOR),
        ("auditor", Role.SYSTEM_ADMINISTRATOR),
        ("auditor", Role.SECURITY_ADMINISTRATOR),
    ],
)
def test_the_three_administrators_are_never_one(people: dict[str, Actor], held: str, role: Role) -> None:
    bureau = people["bureau"].homes[0]
    with pytest.raises(PeopleRefused, match="不能由一人兼任"):
        grant(people["security"], people[held].user or 0, role, bureau, ends=TOMORROW, basis="审〔2026〕1号")


@pytest.mark.parametrize(
    ("ends", "basis", "says"),
    [(None, "审〔2026〕1号", "期限"), (TOMORROW, " ", "文号"), (TODAY, "审〔2026〕1号", "晚于")],
)
def test_an_auditor_has_a_term_and_a_document(
    people: dict[str, Actor], ends: date | None, basis: str, says: str
) -> None:
    made = new(people["system"], people["bureau"].homes[0])
    with pytest.raises(PeopleRefused, match=says):
        grant(people["security"], made.id, Role.AUDITOR, people["leader"].homes[0], ends=ends, basis=basis)


def test_a_role_fits_the_kind_of_its_organisation(people: dict[str, Actor]) -> None:
    made = new(people["system"], people["teacher"].homes[0])
    with pytest.raises(PeopleRefused, match="不能在"):
        grant(people["security"], made.id, Role.COUNTY, people["teacher"].homes[0])


def test_a_manager_names_staff_of_the_own_organisation_only(people: dict[str, Actor]) -> None:
    manager, school, other = people["manager"], people["manager"].homes[0], people["elsewhere"].homes[0]
    made = new(manager, school)
    grant(manager, made.id, Role.SCHOOL, school)
    grant(manager, made.id, Role.MANAGER, school)
    with pytest.raises(PeopleRefused, match="不能授予"):
        grant(manager, made.id, Role.AUDITOR, school, ends=TOMORROW, basis="x")
    with pytest.raises(NotAllowed):
        grant(manager, made.id, Role.SCHOOL, other)
    with pytest.raises(Invisible):
        grant(manager, people["elsewhere"].user or 0, Role.SCHOOL, school)


def test_a_manager_resets_no_password_that_opens_more(people: dict[str, Actor]) -> None:
    manager, school = people["manager"], people["manager"].homes[0]
    made = new(manager, school)
    assert actions.reset_password(user=made.id, by=manager, at=AT).code != made.code
    # What the manager does not see counts as well.
    grant(people["security"], made.id, Role.SECURITY_ADMINISTRATOR, people["leader"].homes[0])
    with pytest.raises(PeopleRefused, match="系统管理员办理"):
        actions.reset_password(user=made.id, by=manager, at=AT)


def test_a_role_ends_and_stays_on_record(people: dict[str, Actor]) -> None:
    with bulk():
        held = Membership.objects.get(user_id=people["teacher"].user)
    actions.end_role(membership=held.pk, on=TOMORROW, reason="调离", by=people["manager"], at=AT)
    with bulk():
        held.refresh_from_db()
    assert held.ends == TOMORROW
    with pytest.raises(PeopleRefused, match="已于"):
        actions.end_role(membership=held.pk, on=TOMORROW, reason="x", by=people["manager"], at=AT)


def test_another_schools_role_is_not_found(people: dict[str, Actor]) -> None:
    with bulk():
        held = Membership.objects.get(user_id=people["elsewhere"].user)
    with pytest.raises(Invisible):
        actions.end_role(membership=held.pk, on=TOMORROW, reason="x", by=people["manager"], at=AT)


def test_the_last_security_administrator_stays(people: dict[str, Actor]) -> None:
    with pytest.raises(PeopleRefused, match="最后一位"):
        actions.deactivate(user=people["security"].user or 0, reason="x", by=people["system"], at=AT)
    second = new(people["system"], people["leader"].homes[0])
    grant(people["security"], second.id, Role.SECURITY_ADMINISTRATOR, people["leader"].homes[0])
    actions.deactivate(user=people["security"].user or 0, reason="退休", by=people["system"], at=AT)
    with bulk():
        assert not User.objects.get(pk=people["security"].user).is_active


def test_a_closed_account_has_no_roles_until_it_is_opened(people: dict[str, Actor]) -> None:
    user = people["teacher"].user or 0
    actions.deactivate(user=user, reason="借调", by=people["system"], at=AT)
    with bulk():
        assert actor_of(User.objects.get(pk=user)).seats == ()
    actions.activate(user=user, by=people["system"], at=AT)
    with bulk():
        assert actor_of(User.objects.get(pk=user)).seats


def test_a_post_passes_from_one_to_the_next(people: dict[str, Actor]) -> None:
    school, teacher = people["manager"].homes[0], people["teacher"].user or 0
    made = new(people["manager"], school)
    done = actions.hand_over(
        giver=teacher,
        taker=made.id,
        organisation=school,
        on=TOMORROW,
        basis="校〔2026〕3号",
        by=people["manager"],
        at=AT,
    )
    assert done.passed == (Role.SCHOOL,)
    with bulk():
        before, after = (Membership.objects.get(user_id=user) for user in (teacher, made.id))
    assert (before.ends, after.starts, after.role) == (TOMORROW, TOMORROW, Role.SCHOOL)
    assert after.basis == "校〔2026〕3号"


@pytest.mark.parametrize("basis", ["", " "])
def test_a_hand_over_needs_its_document(people: dict[str, Actor], basis: str) -> None:
    made = new(people["manager"], people["manager"].homes[0])
    with pytest.raises(PeopleRefused, match="依据"):
        actions.hand_over(
            giver=people["teacher"].user or 0,
            taker=made.id,
            organisation=people["manager"].homes[0],
            on=TOMORROW,
            basis=basis,
            by=people["manager"],
            at=AT,
        )


def test_each_sees_the_accounts_that_are_theirs_to_look_after(people: dict[str, Actor]) -> None:
    def seen(who: str) -> set[str]:
        with acting(people[who]):
            return {account.username for account in queries.accounts(people[who], on=TODAY)}

    assert seen("system") == set(people)
    assert seen("manager") == {"manager", "teacher"}
    assert seen("county") == set()


def test_a_person_sees_who_looked_at_the_account(people: dict[str, Actor]) -> None:
    teacher = people["teacher"]
    with acting(people["system"]):
        actions.looked_at(user=teacher.user or 0, by=people["system"], at=AT)
    with acting(teacher):
        assert [trace.name for trace in queries.trail(teacher.user or 0)] == ["system"]
    with acting(people["elsewhere"]):
        assert queries.trail(teacher.user or 0) == []


def test_the_first_administrators_are_three_people(db: None) -> None:
    with bulk():
        root = plant("root", OrganisationKind.GOVERNMENT)
    made = actions.create_first_administrators(organisation=root.pk, basis="实例初始化", by=OPERATOR, at=AT)
    assert [first.role for first in made] == [
        Role.SYSTEM_ADMINISTRATOR,
        Role.SECURITY_ADMINISTRATOR,
        Role.AUDITOR,
    ]
    assert len({first.account.id for first in made}) == 3
    with pytest.raises(PeopleRefused, match="已有管理员"):
        actions.create_first_administrators(organisation=root.pk, basis="x", by=OPERATOR, at=AT)


def test_the_examples_and_the_real_do_not_mix(people: dict[str, Actor]) -> None:
    with bulk():
        stage = plant("stage", OrganisationKind.GOVERNMENT, tenant=Tenant.DEMO)
        actor = hire("demo-security", Role.SECURITY_ADMINISTRATOR, stage)
    with pytest.raises((Invisible, NotAllowed)):
        grant(actor, people["teacher"].user or 0, Role.LEADER, people["leader"].homes[0])
    with pytest.raises((Invisible, PeopleRefused)):
        grant(actor, people["teacher"].user or 0, Role.LEADER, stage.pk)
