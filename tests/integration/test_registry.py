"""The verbs of the organisation tree on the database."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.people import AT, hire, plant
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Alias, AuditEvent, Event, Organisation, Standing
from zhijiao.core.tree import tree
from zhijiao.registry import actions
from zhijiao.registry.models import Succession
from zhijiao.registry.types import Part, RegistryRefused

SYSTEM = Actor.system("tests", Tenant.REAL)
DAY = date(2026, 9, 1)
BASIS = "某编办〔2026〕3号"


@pytest.mark.usefixtures("shipped_packs")
def test_packs_are_planted_once_and_in_each_tenant() -> None:
    first = actions.plant_packs(by=SYSTEM, at=AT)
    assert all(planted.changed for planted in first)
    standing = tree(Tenant.REAL, DAY)
    for planted in first:
        place = standing.place(planted.pack)
        assert place is not None
        assert place.id == planted.place
    roots = standing.children[None]
    assert len(roots) == 1
    assert all(node.parent is not None for node in standing.nodes.values() if node.id != roots[0].id)
    kinds = {node.kind for node in standing.nodes.values()}
    assert {OrganisationKind.COUNTY, OrganisationKind.ZONE, OrganisationKind.DEPARTMENT} <= kinds
    events = event_count()
    again = actions.plant_packs(by=SYSTEM, at=AT)
    assert not any(planted.changed for planted in again)
    assert event_count() == events
    actions.plant_packs(by=Actor.system("tests", Tenant.DEMO), at=AT)
    assert set(tree(Tenant.DEMO, DAY).by_code) == set(standing.by_code)


@pytest.mark.usefixtures("shipped_packs")
def test_planting_leaves_alone_what_the_registry_changed() -> None:
    planted = actions.plant_packs(by=SYSTEM, at=AT)[-1]
    school = next(
        n
        for n in tree(Tenant.REAL, DAY).below(planted.place or 0)
        if n.kind is OrganisationKind.HIGHER_VOCATIONAL
    )
    actions.rename(organisation=school.id, name="新名学院", short="", on=DAY, basis=BASIS, by=SYSTEM, at=AT)
    actions.plant_packs(by=SYSTEM, at=AT)
    assert tree(Tenant.REAL, DAY).nodes[school.id].name == "新名学院"
    assert tree(Tenant.REAL, date(2026, 8, 31)).nodes[school.id].name == school.name


@pytest.fixture
def city(db: None) -> dict[str, int]:
    """A city with two counties, two schools below the first."""
    with bulk():
        top = plant("city", OrganisationKind.GOVERNMENT, name="示例市", pack="sample")
        one = plant("one", OrganisationKind.COUNTY, top, name="示例一县")
        two = plant("two", OrganisationKind.COUNTY, top, name="示例二县")
        a = plant("a", OrganisationKind.SECONDARY_VOCATIONAL, one, name="示例甲校")
        b = plant("b", OrganisationKind.SECONDARY_VOCATIONAL, one, name="示例乙校")
    return {"city": top.id, "one": one.id, "two": two.id, "a": a.id, "b": b.id}


def test_a_merger_ends_one_and_keeps_last_years_tree(city: dict[str, int]) -> None:
    before = names(date(2026, 8, 31))
    actions.merge(into=city["a"], sources=[city["b"]], on=DAY, basis=BASIS, by=SYSTEM, at=AT)
    assert names(date(2026, 8, 31)) == before
    assert city["b"] not in tree(Tenant.REAL, DAY).nodes
    with bulk():
        row = Succession.objects.get()
        line = AuditEvent.objects.get(action="registry.merge")
    assert (row.source_id, row.target_id, row.on, row.basis) == (city["b"], city["a"], DAY, BASIS)
    assert "示例乙校" in line.summary


def test_a_split_and_a_move(city: dict[str, int]) -> None:
    made = actions.split(
        organisation=city["one"],
        parts=[
            Part("one-east", "示例东区", OrganisationKind.COUNTY, takes=("a",)),
            Part("one-west", "示例西区", OrganisationKind.COUNTY, takes=("b",)),
        ],
        on=DAY,
        basis=BASIS,
        goes_on=False,
        by=SYSTEM,
        at=AT,
    )
    after = tree(Tenant.REAL, DAY)
    assert after.nodes[city["a"]].parent == made[0]
    assert city["one"] not in after.nodes
    actions.move(organisation=city["a"], parent=city["two"], on=DAY, basis=BASIS, by=SYSTEM, at=AT)
    assert tree(Tenant.REAL, DAY).nodes[city["a"]].parent == city["two"]
    assert names(date(2026, 8, 31))["a"] == ("示例甲校", "one")


@pytest.mark.parametrize(
    ("verb", "says"),
    [
        (lambda c: actions.move(organisation=c["one"], parent=c["a"], on=DAY, basis=BASIS, by=SYSTEM, at=AT), "互为上级"),
        (lambda c: actions.close(organisation=c["one"], on=DAY, basis=BASIS, by=SYSTEM, at=AT), "示例甲校"),
        (lambda c: actions.close(organisation=c["a"], on=DAY, basis=" ", by=SYSTEM, at=AT), "依据"),
        (lambda c: actions.close(organisation=c["a"], on=date(2019, 1, 1), basis=BASIS, by=SYSTEM, at=AT), "2020-01-01"),
        (lambda c: actions.merge(into=c["a"], sources=[c["a"]], on=DAY, basis=BASIS, by=SYSTEM, at=AT), "自己"),
    ],
)  # fmt: skip
def test_what_would_break_the_tree_is_refused(city: dict[str, int], verb: object, says: str) -> None:
    with bulk():
        before = list(Standing.objects.values().order_by("id"))
    with pytest.raises(RegistryRefused, match=says):
        verb(city)  # type: ignore[operator]
    with bulk():
        assert list(Standing.objects.values().order_by("id")) == before


def test_a_taken_code_is_named(city: dict[str, int]) -> None:
    with pytest.raises(RegistryRefused, match="示例甲校"):
        actions.add_organisation(
            code="a", name="丙", kind=OrganisationKind.OTHER, parent=city["one"], by=SYSTEM, at=AT
        )


def test_who_may_not_is_refused_and_others_are_not_there(city: dict[str, int]) -> None:
    with bulk():
        one = Organisation.objects.get(pk=city["one"])
        county = hire("county", Role.COUNTY, one)
        keeper = hire("keeper", Role.SYSTEM_ADMINISTRATOR, one)
        other = plant("elsewhere", OrganisationKind.COUNTY, tenant=Tenant.DEMO)
    with acting(county), pytest.raises(NotAllowed):
        actions.close(organisation=city["a"], on=DAY, basis=BASIS, by=county, at=AT)
    with acting(keeper):
        actions.rename(organisation=city["a"], name="新校", short="", on=DAY, basis=BASIS, by=keeper, at=AT)
        with pytest.raises(NotAllowed):
            actions.move(organisation=city["a"], parent=city["two"], on=DAY, basis=BASIS, by=keeper, at=AT)
    with pytest.raises(Invisible):
        actions.close(organisation=other.id, on=DAY, basis=BASIS, by=SYSTEM, at=AT)
    assert Alias.objects.filter(organisation=city["a"], name="示例甲校").exists()


def event_count() -> int:
    with bulk():
        return Event.objects.filter(name="registry.changed").count()


def names(on: date) -> dict[str, tuple[str, str | None]]:
    """Code → name and parent's code on a day."""
    found = tree(Tenant.REAL, on)
    return {
        n.code: (n.name, found.nodes[n.parent].code if n.parent in found.nodes else None)
        for n in found.nodes.values()
    }


def test_who_answered_for_a_closed_organisation_may_let_it_stand_again(city: dict[str, int]) -> None:
    with bulk():
        keeper = hire("keeper", Role.SYSTEM_ADMINISTRATOR, Organisation.objects.get(pk=city["one"]))
        stranger = hire("stranger", Role.SYSTEM_ADMINISTRATOR, Organisation.objects.get(pk=city["two"]))
    actions.close(organisation=city["a"], on=date(2025, 9, 1), basis=BASIS, by=SYSTEM, at=AT)
    again = {"organisation": city["a"], "parent": city["one"], "on": DAY, "basis": BASIS, "at": AT}
    with acting(stranger), pytest.raises(NotAllowed):
        actions.reopen(**again, by=stranger)
    with acting(keeper):
        actions.reopen(**again, by=keeper)
    assert tree(Tenant.REAL, DAY).nodes[city["a"]].parent == city["one"]
    assert city["a"] not in tree(Tenant.REAL, date(2026, 8, 31)).nodes


def test_a_county_merged_into_its_own_school_leaves_the_school_above_nothing(city: dict[str, int]) -> None:
    actions.merge(into=city["a"], sources=[city["one"]], on=DAY, basis=BASIS, by=SYSTEM, at=AT)
    after = tree(Tenant.REAL, DAY)
    assert after.nodes[city["a"]].parent == city["city"]
    assert after.nodes[city["b"]].parent == city["a"]
