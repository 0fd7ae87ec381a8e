"""A county's plan: written, handed in, returned, filed; never by the same person, never over somebody's later text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.support.people import hire, plant
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import AuditEvent
from zhijiao.planning import actions, queries
from zhijiao.planning.models import Plan
from zhijiao.planning.types import Content, PlanFault, PlanKind, PlanTarget

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)


@dataclass(frozen=True)
class Place:
    officer: Actor
    other_county: Actor
    bureau: Actor
    county: int


@pytest.fixture
def place(shipped_packs: None) -> Place:
    with bulk():
        city = plant("331000", OrganisationKind.GOVERNMENT, pack="taizhou")
        bureau = plant("tz.unit.education", OrganisationKind.DEPARTMENT, city)
        county = plant("331082", OrganisationKind.COUNTY, city)
        other = plant("331081", OrganisationKind.COUNTY, city)
        return Place(
            officer=hire("officer", Role.COUNTY, county),
            other_county=hire("other", Role.COUNTY, other),
            bureau=hire("bureau", Role.DEPARTMENT, bureau),
            county=county.id,
        )


def begun(place: Place) -> Plan:
    with acting(place.officer):
        return actions.begin_plan(
            kind=PlanKind.LOCAL,
            organisation=place.county,
            pack="taizhou",
            title="一县一策 2026—2028",
            starts=date(2026, 1, 1),
            ends=date(2028, 12, 31),
            by=place.officer,
            at=AT,
        )


def written(place: Place) -> Plan:
    row = begun(place)
    content = Content(
        body="到2028年，全县公用经费达到目标。",
        targets=(PlanTarget("tzw.ind.2a", ">=", Decimal(1600), "元/生·年", "2028"),),
    )
    with acting(place.officer):
        index = queries.index_for(row)
        unit = index.indicators["tzw.ind.2a"].unit or ""
        content = Content(content.body, (PlanTarget("tzw.ind.2a", ">=", Decimal(1600), unit, "2028"),))
        actions.save_edition(plan_id=row.pk, content=content, revision=0, by=place.officer, at=AT)
        row.refresh_from_db()
    return row


def stepped(place: Place, row: Plan, transition: str, by: Actor, reason: str = "") -> Plan:
    with acting(by):
        row.refresh_from_db()
        return actions.take_step(
            plan_id=row.pk, transition_id=transition, revision=row.revision, by=by, at=AT, reason=reason
        )


def test_a_plan_is_handed_in_returned_and_filed(place: Place) -> None:
    row = written(place)
    assert stepped(place, row, "submit", place.officer).stage == "review"
    assert stepped(place, row, "return", place.bureau, "目标低于上年").stage == "draft"
    assert stepped(place, row, "submit", place.officer).stage == "review"
    filed = stepped(place, row, "file", place.bureau)
    assert (filed.stage, filed.filed_number) == ("filed", f"taizhou-2026-{row.pk:04d}")
    with bulk():
        # Six steps, and the target that they set.
        assert AuditEvent.objects.filter(object_kind="plan", object_id=str(row.pk)).count() == 7


def test_without_targets_it_cannot_be_handed_in(place: Place) -> None:
    row = begun(place)
    with pytest.raises(PlanFault, match="目标"):
        stepped(place, row, "submit", place.officer)
    with acting(place.officer):
        row.refresh_from_db()
        assert row.stage == "draft"


def test_its_author_cannot_file_it(place: Place) -> None:
    row = written(place)
    stepped(place, row, "submit", place.officer)
    with pytest.raises(PlanFault, match="不由您办理"):
        stepped(place, row, "file", place.officer)


def test_another_county_does_not_find_it(place: Place) -> None:
    row = written(place)
    with acting(place.other_county):
        with pytest.raises(Invisible):
            queries.plan(row.pk, on=ON)
        with pytest.raises(Invisible):
            actions.save_edition(
                plan_id=row.pk, content=Content("x"), revision=1, by=place.other_county, at=AT
            )


def test_the_reviewer_does_not_write_it(place: Place) -> None:
    row = written(place)
    with acting(place.bureau), pytest.raises(NotAllowed):
        actions.save_edition(plan_id=row.pk, content=Content("x"), revision=1, by=place.bureau, at=AT)


def test_a_later_text_is_not_overwritten(place: Place) -> None:
    row = written(place)
    with acting(place.officer), pytest.raises(PlanFault, match="已被修改"):
        actions.save_edition(plan_id=row.pk, content=Content("旧的"), revision=0, by=place.officer, at=AT)


def test_a_target_in_another_unit_is_refused_with_both_units(place: Place) -> None:
    row = begun(place)
    wrong = Content("正文", (PlanTarget("tzw.ind.2a", ">=", Decimal(1600), "万人", ""),))
    with acting(place.officer), pytest.raises(PlanFault, match="填的是万人"):
        actions.save_edition(plan_id=row.pk, content=wrong, revision=0, by=place.officer, at=AT)
