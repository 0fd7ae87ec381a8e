"""A few generated requests for each address of the API. tests/trial/test_api_fuzz.py sends many more, to a running product."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import schemathesis
from django.test import Client

from tests.support.duties import City, city_of
from tests.support.fuzzing import Known, Tally, fuzz
from tests.support.programs import key_of, program_of
from zhijiao.core.kinds import Tenant
from zhijiao.indicators.actions import open_reports
from zhijiao.supervision.actions import open_proceedings, start_from_pack
from zhijiao.supervision.types import Opening, ProceedingKind

ON = date(2024, 1, 10)
AT = datetime(2024, 1, 10, 2, tzinfo=UTC)
EXAMPLES = 4


@pytest.fixture
def city(shipped_packs: None) -> City:
    made = city_of("taizhou")
    open_reports(pack="taizhou", tenant=Tenant.REAL, on=ON, at=AT, since=date(2022, 12, 31))
    start_from_pack(pack="taizhou", by=made.system, at=AT, on=ON)
    open_proceedings(
        kind=ProceedingKind.NOTICE,
        opening=Opening("示例：排查工作滞后", "示例", (made.county.pk,)),
        organisation=made.place.pk,
        pack="taizhou",
        by=made.office,
        at=AT,
        on=ON,
    )
    return made


def known(city: City) -> Known:
    office, county = program_of(city.office), program_of(city.county_officer)
    items = office.read("/work-items")
    parts = [p["id"] for item in items[:3] for p in office.read(f"/work-items/{item['id']}")["parts"]]
    reports = [line["report"] for line in county.read("/obligations")]
    values: dict[str, Any] = {
        "pack": ["taizhou"],
        "indicator": ["tzw.ind.13", "tzw.ind.12"],
        "room": ["tasks", "obligations"],
        "organisation": [city.county.pk, city.school.pk],
        "report": reports,
        "item": [item["id"] for item in items],
        "part": parts,
        "proceeding": [line["id"] for line in office.read("/proceedings")],
        "step": ["issue", "answer", "withdraw"],
    }
    return Known({name: tuple(found) for name, found in values.items() if found})


def test_no_request_is_a_server_error(city: City) -> None:
    schema = schemathesis.openapi.from_dict(Client().get("/api/v1/openapi.json").json())
    tally, exists = Tally(), known(city)
    for number, key in enumerate(("", key_of(city.county_officer), key_of(city.office))):
        fuzz(schema, key=key, examples=EXAMPLES, known=exists, tally=tally, seed=20261122 + number)
    assert len(tally.operations) >= 35, tally.words()
    assert tally.statuses.get(200, 0) > 60, tally.words()
