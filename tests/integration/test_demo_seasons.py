"""The example seasons: one to fill in, one with its result; marked as practice, laid once, kept open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zhijiao.admissions.models import (
    Candidate,
    Extension,
    Letter,
    Outcome,
    Publicity,
    Run,
    Season,
    Submission,
)
from zhijiao.admissions.queries import filling
from zhijiao.cli.demo.people import make_places
from zhijiao.cli.demo.seasons import PEOPLE, fill_seasons
from zhijiao.core.access.scope import acting, bulk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped_packs")]

NOW, TODAY = datetime(2026, 11, 20, 2, tzinfo=UTC), date(2026, 11, 20)


def test_a_demo_city_has_a_season_to_fill_in_and_one_with_its_result() -> None:
    place = next(each for each in make_places(at=NOW, on=TODAY) if each.pack == "taizhou")
    with bulk():
        fill_seasons(place, NOW)
        last, this = Season.objects.order_by("year")
        assert (last.phase, this.phase) == ("published", "filling")
        assert last.rehearsal
        assert this.rehearsal
        assert Candidate.objects.filter(season=this).count() == PEOPLE
        assert Run.objects.get(season=last).violations == []
        seated = Outcome.objects.filter(run__season=last, line__isnull=False)
        assert 0.5 * PEOPLE < seated.count() <= PEOPLE
        assert Letter.objects.filter(season=last).count() == seated.count()
        handed = Submission.objects.filter(round__season=this).values("candidate").distinct().count()
        assert 0.7 * PEOPLE < handed < PEOPLE
        notice = Publicity.objects.get(season=this)
        assert notice.starts <= TODAY < notice.ends
        assert len(notice.rows) == 4
        assert all("示例考生" not in cell for row in notice.rows for cell in row)
        fill_seasons(place, NOW + timedelta(minutes=1))
        assert Season.objects.count() == 2
        fill_seasons(place, NOW + timedelta(days=29))
        assert Publicity.objects.filter(season=this).count() == 1
        assert Extension.objects.get().until > NOW + timedelta(days=50)
    for key in ("pupil", "parent"):
        with acting(place.actors[key]):
            assert len(filling.mine(place.actors[key])) == 2
