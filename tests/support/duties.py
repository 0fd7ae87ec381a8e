"""A city with its counties, departments and a school as a pack names them, and synthetic people in its offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.support.people import AT, DAY, hire, plant
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Alias, Organisation
from zhijiao.core.tree import Tree, tree
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Division, Institution, Unit


@dataclass(frozen=True)
class City:
    """What `city_of` planted. `system` is the actor of commands."""

    tree: Tree
    place: Organisation
    bureau: Organisation
    county: Organisation
    counties: tuple[Organisation, ...]
    school: Organisation
    office: Actor
    second_office: Actor
    leader: Actor
    bureau_officer: Actor
    second_bureau: Actor
    county_officer: Actor
    second_county: Actor
    other_county: Actor
    school_officer: Actor
    system: Actor

    @staticmethod
    def plant(code: str, kind: OrganisationKind, parent: Organisation, *, starts: date = DAY) -> Organisation:
        """One more organisation. Call inside `bulk()`."""
        return plant(code, kind, parent, starts=starts)

    def hire_above(self) -> Actor:
        """Somebody in an office of the government above the city."""
        above = self.tree.nodes[self.place.id].parent
        with bulk():
            return hire("above", Role.OFFICE, Organisation.objects.get(pk=above))

    def hire_at(self, county: int) -> Actor:
        """One more officer of a county."""
        with bulk():
            return hire(f"officer-{county}", Role.COUNTY, Organisation.objects.get(pk=county))


def city_of(pack: str, tenant: Tenant = Tenant.REAL) -> City:
    """Plant the tree of an installed pack, with one secondary school, and hire people."""
    index = policy.index(pack)
    assert index is not None
    with bulk():
        made: dict[str, Organisation] = {}
        region = index.pack.manifest.region
        for above in reversed(index.ancestors):
            made[above.manifest.region] = plant(
                above.manifest.region, OrganisationKind.GOVERNMENT, name=above.manifest.place, tenant=tenant
            )
        for division in index.pack.places.divisions:
            _plant_division(division, region, pack, made, tenant)
        place = made[region]
        for unit in index.pack.places.units:
            _plant_unit(unit, place, made, tenant)
        for institution in index.pack.places.institutions:
            _plant_institution(institution, place, made, tenant)
        counties = tuple(
            made[d.code] for d in index.pack.places.divisions if d.kind == "statutory" and d.level == "county"
        )
        bureau = next(made[u.id] for u in index.pack.places.units if u.id.endswith(".education"))
        county = counties[0]
        school = plant(
            "test-school", OrganisationKind.SECONDARY_VOCATIONAL, county, name="示例中职学校", tenant=tenant
        )
        people = {
            "office": hire("office", Role.OFFICE, place),
            "second_office": hire("office-2", Role.OFFICE, place),
            "leader": hire("leader", Role.LEADER, place),
            "bureau_officer": hire("bureau", Role.DEPARTMENT, bureau),
            "second_bureau": hire("bureau-2", Role.DEPARTMENT, bureau),
            "county_officer": hire("county", Role.COUNTY, county),
            "second_county": hire("county-2", Role.COUNTY, county),
            "other_county": hire("other-county", Role.COUNTY, counties[1]),
            "school_officer": hire("school", Role.SCHOOL, school),
        }
    return City(
        tree=tree(tenant, date(2021, 1, 1)),
        place=place,
        bureau=bureau,
        county=county,
        counties=counties,
        school=school,
        system=Actor.system("测试", tenant),
        **people,
    )


def _plant_division(
    division: Division, region: str, pack: str, made: dict[str, Organisation], tenant: Tenant
) -> None:
    kinds = {"province": OrganisationKind.GOVERNMENT, "city": OrganisationKind.GOVERNMENT}
    kind = kinds.get(
        division.level, OrganisationKind.ZONE if division.kind == "zone" else OrganisationKind.COUNTY
    )
    made[division.code] = plant(
        division.code,
        kind,
        made.get(division.parent or ""),
        name=division.name,
        pack=pack if division.code == region else "",
        tenant=tenant,
    )


def _plant_unit(unit: Unit, place: Organisation, made: dict[str, Organisation], tenant: Tenant) -> None:
    kinds = {"department": OrganisationKind.DEPARTMENT, "office": OrganisationKind.OFFICE}
    if unit.kind in kinds:
        made[unit.id] = plant(unit.id, kinds[unit.kind], place, name=unit.name, tenant=tenant)
        for name in unit.aliases:
            Alias.objects.create(organisation=made[unit.id], tenant=tenant, name=name)


def _plant_institution(
    institution: Institution, place: Organisation, made: dict[str, Organisation], tenant: Tenant
) -> None:
    made[institution.id] = plant(
        institution.id,
        OrganisationKind(institution.kind),
        made.get(institution.division or "", place),
        name=institution.name,
        tenant=tenant,
    )


__all__ = ["AT", "City", "city_of"]
