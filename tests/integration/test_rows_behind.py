"""The rows behind a figure are those that were counted: of every measure of the shipped packs, and on the pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from tests.support.duties import City, city_of
from tests.support.frozen import AT, PERIOD, RATE, freeze
from tests.support.packs import shipped
from tests.support.people import seat_at
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Organisation
from zhijiao.engines.metrics.periods import year_of
from zhijiao.engines.metrics.reference import compute
from zhijiao.engines.metrics.types import ORGANISATION, WHOLE, Definition, Example, How, Measure
from zhijiao.exchange.models import Record, Shelf
from zhijiao.exchange.queries import records as reading
from zhijiao.exchange.queries.fields import schemas
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.types.measured import Measured
from zhijiao.exchange.types.views import RecordView
from zhijiao.indicators import actions
from zhijiao.indicators.models import Result
from zhijiao.policy.types.computing import definitions, examples

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("测试", Tenant.REAL)
SEPARATOR = "\x1f"


def store(dataset: str, rows: list[tuple[int, Mapping[str, Any]]]) -> None:
    """Rows as intake would have left them, each with its organisation."""
    shelf, _ = Shelf.objects.get_or_create(tenant=Tenant.REAL, dataset=dataset, source="")
    names = [field.id for field in standard().by_id[dataset].fields]
    Record.objects.bulk_create(
        Record(
            shelf=shelf,
            organisation_id=organisation,
            key=str(uuid4()),
            data=SEPARATOR.join("" if row.get(name) is None else str(row[name]) for name in names),
            since=1,
        )
        for organisation, row in rows
    )


def came_to(measure: Measure, rows: list[RecordView], raw: Mapping[int, dict[str, str]]) -> Any:
    from fractions import Fraction

    if measure.how is How.ROWS:
        return len(rows)
    texts = [raw[row.id][measure.field or ""] for row in rows]
    if measure.how is How.DISTINCT:
        return len({text for text in texts if text})
    return sum(Fraction(text) for text in texts if text)


def _checked(definition: Definition, example: Example) -> int:
    codes = sorted(
        {str(row[ORGANISATION]) for rows in example.rows.values() for row in rows if ORGANISATION in row}
    )
    ids = {code: number for number, code in enumerate(codes, 900_000)}
    tree = {code: {"kind": example.kinds.get(code)} for code in codes}
    kinds = {
        kind: frozenset(ids[c] for c in codes if example.kinds.get(c) == kind)
        for kind in example.kinds.values()
    }
    last = year_of(example.period)
    cells = compute([definition], example.rows, tree, levels=[WHOLE], periods=[last])
    if not cells:
        return 0
    for dataset, rows in example.rows.items():
        store(dataset, [(ids[str(row[ORGANISATION])] if ORGANISATION in row else 0, row) for row in rows])
    window = definition.window
    first = window.since if window.since is not None else last - (window.last or 1) + 1
    for name, measure in definition.measures.items():
        asked = Measured(measure, definition.calendar, first, last, kinds)
        listed_rows = reading.records(SYSTEM, measure.dataset, measured=asked)
        fields = [field.id for field in standard().by_id[measure.dataset].fields]
        raw = {
            one.pk: dict(zip(fields, one.data.split(SEPARATOR), strict=True))
            for one in Record.objects.filter(pk__in=[row.id for row in listed_rows])
        }
        assert came_to(measure, listed_rows, raw) == cells[0].measures[name], (
            definition.id,
            name,
            example.name,
        )
    return len(definition.measures)


@pytest.mark.parametrize("pack", ["taizhou", "wenzhou", "zhejiang"])
def test_of_every_measure_the_rows_listed_are_those_that_it_counts(pack: str, db: None) -> None:
    index = shipped().index(pack)
    measures = 0
    with bulk():
        for indicator in index.indicators.values():
            if indicator.metric is None:
                continue
            definition = definitions(indicator)[0]
            for example in examples(indicator.metric, schemas())[:2]:
                saved = transaction.savepoint()
                measures += _checked(definition, example)
                transaction.savepoint_rollback(saved)
    assert measures > 20


SCHOOLS = {"test-school": (90, 120), "school-2": (80, 100), "school-3": (50, 80)}


@pytest.fixture
def city(shipped_packs: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> City:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    made = city_of("taizhou")
    with bulk():
        City.plant("school-2", OrganisationKind.SECONDARY_VOCATIONAL, made.county)
        City.plant("school-3", OrganisationKind.SECONDARY_VOCATIONAL, made.counties[1])
        ids = dict(Organisation.objects.values_list("code", "id"))
        graduates = [
            {
                ORGANISATION: school,
                "major": "710205",
                "due_on": "2023-06-30",
                "graduated_on": "2023-06-30" if n < on_time else None,
            }
            for school, (on_time, due) in SCHOOLS.items()
            for n in range(due)
        ]
        earlier = [{**graduates[0], "due_on": "2021-06-30"}] * 3
        names = [field.id for field in standard().by_id["students"].fields]
        store("students", [(ids[school], dict.fromkeys(names, "不是日期")) for school in SCHOOLS])
        store("graduates", [(ids[str(row[ORGANISATION])], row) for row in graduates + earlier])
    return made


def test_a_figure_opens_the_rows_behind_it_and_no_others(city: City, tmp_path: Path) -> None:
    actions.compute(snapshot_id=freeze(tmp_path, SCHOOLS), pack="taizhou", by=city.system, at=AT)
    with bulk():
        results = Result.objects.filter(indicator=RATE, period=PERIOD, part="")
        found = {(one.level, one.organisation_id): (one.pk, one.measures) for one in results.filter(major="")}
        by_major = results.get(organisation=city.county, major="710205")
    county = seat_at(Client(), city.county_officer)
    school = seat_at(Client(), city.school_officer)
    office = seat_at(Client(), city.office)
    for reader, key, whole in (
        (county, ("county", city.county.pk), {"on_time": 170, "due": 220}),
        (school, ("school", city.school.pk), {"on_time": 90, "due": 120}),
        (office, ("city", city.place.pk), {"on_time": 220, "due": 300}),
        (office, ("county", city.counties[1].pk), {"on_time": 50, "due": 80}),
    ):
        number, measures = found[key]
        assert {name: int(told) for name, told in measures.items()} == whole
        assert listed(reader, number) == sorted(whole.values())
    assert listed(county, by_major.pk) == [170, 220]
    other = found["county", city.counties[1].pk][0]
    address = f"/desk/data/graduates?figure={other}&measure=due"
    assert "没有您能看的行" in county.get(address).content.decode(), (
        "of another county there is the figure, and no row"
    )
    assert county.get(f"/desk/data/graduates?figure={by_major.pk}&measure=none").status_code == 404
    assert county.get(f"/desk/data/students?figure={by_major.pk}&measure=due").status_code == 404


def listed(reader: Client, figure: int) -> list[int]:
    """How many rows each measure of a figure leads to."""
    why = unescape(reader.get(f"/c/taizhou/computed/{figure}").content.decode())
    links = re.findall(rf'href="(/desk/data/[a-z_]+\?figure={figure}&measure=[a-z_]+)"', why)
    assert links
    counts = []
    for link in links:
        page = reader.get(link).content.decode()
        assert f'href="/c/taizhou/computed/{figure}"' in page
        told = re.search(r"共 (\d+) 行", page)
        assert told
        counts.append(int(told[1]))
    return sorted(counts)
