"""Targets that were handed down, by program."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.support.duties import City, city_of
from tests.support.programs import Program, program_of
from zhijiao.core.access.scope import acting
from zhijiao.indicators.models import TargetShare

AT = datetime(2024, 1, 10, 2, tzinfo=UTC)
ON = date(2024, 1, 10)
COUNTED = "tzw.ind.13"


@pytest.fixture
def city(shipped_packs: None) -> City:
    return city_of("taizhou")


def test_what_was_handed_down_is_read_by_whom_it_binds(city: City) -> None:
    county = program_of(city.county_officer)
    with acting(city.bureau_officer):
        for made in (
            TargetShare(organisation_id=city.county.pk),
            TargetShare(organisation_id=city.counties[1].pk),
        ):
            made.tenant, made.pack, made.indicator, made.period = "real", "taizhou", COUNTED, "2026"
            made.ends, made.op, made.value, made.unit = date(2026, 12, 31), ">=", Decimal(7), "个"
            made.parties, made.basis, made.state = [city.bureau.pk], "示例", "confirmed"
            made.made_by, made.made_at, made.confirmed_at = "示例", AT, AT
            made.save()
    (own,) = county.read("/packs/taizhou/targets")
    assert (own["organisation"], own["value"], own["state"]) == (city.county.pk, "7", "confirmed")
    (line,) = county.read(f"/packs/taizhou/organisations/{city.county.pk}/board", on=ON)
    assert (line["share"], line["figure"]) == (own, None)
    assert len(program_of(city.office).read("/packs/taizhou/targets", indicator=COUNTED)) == 2
    assert county.get(f"/packs/taizhou/organisations/{city.counties[1].pk}/board").status_code == 404
    assert Program().get("/packs/taizhou/targets").status_code == 401
