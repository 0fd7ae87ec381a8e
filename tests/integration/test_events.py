"""Events are heard once, after the commit, by each subscriber; a failing one is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from zhijiao.core import events
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import Delivery, Event

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Ear:
    """A subscriber that remembers what it heard, and may fail first."""

    def __init__(self, name: str, *, deaf: int = 0) -> None:
        self.__module__, self.__qualname__ = "tests", name
        self.heard: list[Mapping[str, Any]] = []
        self.deaf = deaf

    def __call__(self, payload: Mapping[str, Any], at: datetime) -> None:
        if self.deaf:
            self.deaf -= 1
            raise RuntimeError("not now")
        self.heard.append(payload)


@pytest.fixture(autouse=True)
def own_subscribers(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(events, "_subscribers", {})
    monkeypatch.setattr(events, "_latest", set())


def test_each_hears_it_once() -> None:
    one, two = Ear("one"), Ear("two")
    events.subscribe("done", one)
    events.subscribe("done", two)
    events.tell("done", {"n": 1}, at=AT)
    assert [events.deliver(at=AT), events.deliver(at=AT)] == [1, 0]
    assert one.heard == two.heard == [{"n": 1}]


def test_who_failed_hears_it_again_and_the_others_do_not() -> None:
    well, ill = Ear("well"), Ear("ill", deaf=1)
    events.subscribe("done", well)
    events.subscribe("done", ill)
    events.tell("done", {"n": 1}, at=AT)
    assert [events.deliver(at=AT), events.deliver(at=AT)] == [0, 1]
    assert well.heard == ill.heard == [{"n": 1}]


def test_who_wants_the_newest_hears_it_once_a_tenant() -> None:
    ear = Ear("ear")
    events.subscribe("changed", ear, latest=True)
    for n, tenant in enumerate(("real", "real", "demo", "real")):
        events.tell("changed", {"n": n, "tenant": tenant}, at=AT)
    assert events.deliver(at=AT) == 4
    assert [payload["n"] for payload in ear.heard] == [2, 3]
    with bulk():
        assert (Delivery.objects.count(), Event.objects.filter(settled=False).count()) == (4, 0)


def test_the_newest_is_heard_though_it_failed_first() -> None:
    ear = Ear("ear", deaf=1)
    events.subscribe("changed", ear, latest=True)
    for n in range(3):
        events.tell("changed", {"n": n}, at=AT)
    assert events.deliver(at=AT) == 2
    assert events.deliver(at=AT) == 1
    assert [payload["n"] for payload in ear.heard] == [2]
