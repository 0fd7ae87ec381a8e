"""Computed figures on a real database: runs, what lies below, who may read them, what changed, and the board."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.duties import City, city_of
from tests.support.frozen import AT, ON, PERIOD, RATE, freeze
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Organisation
from zhijiao.exchange.models import Snapshot
from zhijiao.indicators import actions
from zhijiao.indicators.models import Recomputed, Result, Run
from zhijiao.indicators.queries import computed
from zhijiao.indicators.queries.live import live_board
from zhijiao.policy import queries as policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(shipped_packs: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> City:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    made = city_of("taizhou")
    with bulk():
        City.plant("school-2", OrganisationKind.SECONDARY_VOCATIONAL, made.county)
        City.plant("school-3", OrganisationKind.SECONDARY_VOCATIONAL, made.counties[1])
    return made


def run_on(city: City, snapshot: str) -> int:
    number = actions.compute(snapshot_id=snapshot, pack="taizhou", by=city.system, at=AT)
    assert number is not None
    return number


def organisation(code: str) -> int:
    with bulk():
        return Organisation.objects.get(code=code, tenant=Tenant.REAL).pk


SCHOOLS = {"test-school": (90, 120), "school-2": (80, 100), "school-3": (50, 80)}


def test_one_run_gives_the_city_its_counties_schools_and_majors(city: City, tmp_path: Path) -> None:
    run = run_on(city, freeze(tmp_path, SCHOOLS))
    with acting(city.office):
        whole = computed.series(run, RATE, city.place.pk)
        assert [(one.period, one.value, one.numerator, one.denominator) for one in whole] == [
            (PERIOD, Decimal("73.3"), Decimal(220), Decimal(300))
        ]
        counties = computed.children(run, RATE, city.place.pk, PERIOD)
        assert {one.organisation: one.value for one in counties} == {
            city.counties[0].pk: Decimal("77.3"),
            city.counties[1].pk: Decimal("62.5"),
        }
        schools = computed.children(run, RATE, city.counties[0].pk, PERIOD)
        assert sorted(one.value for one in schools if one.value) == [Decimal(75), Decimal(80)]
        by_major = computed.majors(run, RATE, city.place.pk, PERIOD)
        assert [(one.major, one.value) for one in by_major] == [("710205", Decimal("73.3"))]
    assert run_on(city, Snapshot.objects.get().hash) == run, "the same run is not made twice"


def test_small_groups_are_not_for_everybody_and_what_would_give_them_away_is_not_either(
    city: City, tmp_path: Path
) -> None:
    run = run_on(city, freeze(tmp_path, {**SCHOOLS, "school-2": (97, 100)}))
    small, other = organisation("school-2"), city.school.pk
    with bulk():
        markers = dict(
            Result.objects.filter(run=run, indicator=RATE, major="", period=PERIOD).values_list(
                "organisation", "marker"
            )
        )
    assert markers[small], "three did not graduate"
    assert markers[other], "else the county's total less this one gives it"
    with acting(city.other_county):
        seen = {one.organisation for one in computed.at_level(run, RATE, "school", PERIOD)}
        assert small not in seen
    with acting(city.county_officer):
        seen = {one.organisation for one in computed.at_level(run, RATE, "school", PERIOD)}
        assert {small, other} <= seen


def test_a_later_snapshot_tells_what_changed_and_the_older_one_stays(city: City, tmp_path: Path) -> None:
    first = run_on(city, freeze(tmp_path, SCHOOLS))
    second = run_on(city, freeze(tmp_path, {**SCHOOLS, "school-3": (60, 80)}, at=AT + timedelta(days=30)))
    with bulk():
        changed = {
            (c.organisation_id, c.major): c for c in Recomputed.objects.filter(run=second, indicator=RATE)
        }
    of_city = changed[city.place.pk, ""]
    assert (of_city.old_value, of_city.new_value) == (Decimal("73.3"), Decimal("76.7"))
    assert of_city.cause == "记录补报或更正"
    assert (city.school.pk, "") not in changed
    with acting(city.office):
        assert computed.series(first, RATE, city.place.pk)[0].value == Decimal("73.3")
    assert computed.newest("taizhou", Tenant.REAL, AT + timedelta(days=1)) == first


def test_the_board_takes_the_computed_figure_and_says_so(city: City, tmp_path: Path) -> None:
    index = policy.index("taizhou")
    assert index is not None
    before = live_board(index, ON)
    run_on(city, freeze(tmp_path, SCHOOLS))
    row = live_board(index, ON).row(RATE)
    assert row.way == "computed"
    assert row.actual is not None
    assert row.actual.value == Decimal("73.3")
    assert "由业务记录按同一口径计算" in row.reason
    assert before.row(RATE).way == ""


def test_a_closed_plan_keeps_the_verdict_of_what_was_computed_by_then(city: City, tmp_path: Path) -> None:
    index = policy.index("taizhou")
    assert index is not None
    run_on(city, freeze(tmp_path, SCHOOLS))
    later = AT + timedelta(days=400)
    run_on(city, freeze(tmp_path, {**SCHOOLS, "school-3": (80, 80)}, at=later))
    row = live_board(index, later.date()).row(RATE)
    assert row.closing.closed
    assert row.actual is not None
    assert row.actual.value == Decimal("73.3"), "as it was when the plan closed"
    assert row.computed[0].value != Decimal("73.3"), "what is known now is shown beside it"


def test_examples_never_reach_the_real_board(
    shipped_packs: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    examples = city_of("taizhou", Tenant.DEMO)
    run = run_on(examples, freeze(tmp_path, {"test-school": (90, 120)}, tenant=Tenant.DEMO))
    assert Run.objects.get(pk=run).marked == "演示"
    index = policy.index("taizhou")
    assert index is not None
    assert live_board(index, ON).row(RATE).computed == ()
    assert live_board(index, ON, tenant=Tenant.DEMO).row(RATE).computed != ()
