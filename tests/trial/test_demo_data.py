"""The demo cities get their records through intake, once, and a load that was cut short goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from zhijiao.cli.demo import data
from zhijiao.cli.demo.people import make_places
from zhijiao.core.access.scope import bulk
from zhijiao.core.demo import progress
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.models import Batch, Difference, Held, Record
from zhijiao.exchange.queries.snapshots import snapshots
from zhijiao.exchange.types import State

AT, ON = datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1)
pytestmark = [pytest.mark.trial, pytest.mark.usefixtures("shipped_packs")]


def test_records_of_every_kind_of_trouble_are_there_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    places = make_places(at=AT, on=ON)
    with monkeypatch.context() as cut:
        cut.setattr(data, "_freeze", _refuse)
        with pytest.raises(RuntimeError):
            data.load_data(places, at=AT, size="500")
    assert not data.is_loaded()
    done = data.load_data(places, at=AT, size="500")
    assert done is not None
    assert (done.waiting > 0, progress()) == (True, "")
    with bulk():
        before = Record.objects.count(), Batch.objects.count()
        states = set(Batch.objects.values_list("state", flat=True))
        assert Held.objects.exists()
        assert Difference.objects.exists()
        assert {State.APPLIED.value, State.UNDONE.value, State.CHECKED.value, State.REFUSED.value} <= states
        assert set(Record.objects.values_list("organisation__tenant", flat=True)) == {Tenant.DEMO.value}
        assert not Batch.objects.exclude(shelf__tenant=Tenant.DEMO).exists()
    frozen = snapshots(Tenant.DEMO)
    assert len(frozen) >= 3
    assert {each.marked for each in frozen} == {"演示"}
    assert data.load_data(places, at=AT, size="500") is None
    with bulk():
        assert (Record.objects.count(), Batch.objects.count()) == before


def _refuse(*_: object, **__: object) -> str:
    raise RuntimeError("cut short")
