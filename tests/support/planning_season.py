"""A city of a shipped pack with bureaus, schools and the people of a season's plan. Nobody in it exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.support.people import hire, plant
from zhijiao.admissions.types.plan import CellDraft, LineDraft
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Organisation
from zhijiao.policy import queries as policy

PACK = "taizhou"
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
ON = date(2026, 3, 2)
YEAR = 2026


@dataclass(frozen=True)
class Planners:
    """Organisations and people by the part that they play."""

    city: Organisation
    bureaus: dict[str, Organisation]
    officers: dict[str, Actor]
    leaders: dict[str, Actor]
    county: Organisation
    county_officer: Actor
    vocational: Organisation
    vocational_officer: Actor
    technician: Organisation
    technician_officer: Actor


def plant_planners(tenant: Tenant = Tenant.REAL) -> Planners:
    """Plant the city as the pack names its bureaus. The vocational school is a county's, the technician school the city's."""
    index = policy.index(PACK)
    assert index is not None
    assert index.admission is not None
    units = {b.id: index.unit(b.unit) for b in index.admission.bureaus}
    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT, name="示例市", pack=PACK, tenant=tenant)
        bureaus = {
            bureau: plant(unit.id, OrganisationKind.DEPARTMENT, city, name=f"示例{bureau}局", tenant=tenant)  # type: ignore[union-attr]
            for bureau, unit in units.items()
        }
        county = plant("county", OrganisationKind.COUNTY, city, name="示例县", tenant=tenant)
        vocational = plant(
            "school-a", OrganisationKind.SECONDARY_VOCATIONAL, county, name="示例中职", tenant=tenant
        )
        technician = plant(
            "school-b", OrganisationKind.TECHNICIAN, bureaus["labour"], name="示例技工", tenant=tenant
        )
        return Planners(
            city,
            bureaus,
            {key: hire(f"officer-{key}", Role.DEPARTMENT, at) for key, at in bureaus.items()},
            {key: hire(f"leader-{key}", Role.LEADER, at) for key, at in bureaus.items()},
            county,
            hire("officer-county", Role.COUNTY, county),
            vocational,
            hire("officer-vocational", Role.SCHOOL, vocational),
            technician,
            hire("officer-technician", Role.SCHOOL, technician),
        )


def line(name: str = "示例数控", code: str = "660103", *, seats: int = 40, kept: int = 0) -> LineDraft:
    """A line of three years with seats for everybody, and some kept for the own county."""
    cells = (CellDraft("", seats), *((CellDraft("本县户籍", kept),) if kept else ()))
    return LineDraft(
        batch="three-year",
        major_code=code,
        major_name=name,
        years=3,
        cells=cells,
        diploma="示例毕业证",
        tuition=Decimal(0),
        exempt=True,
        boarding=True,
        boarding_fee=Decimal(600),
        ways_up="示例升学去向",
    )
