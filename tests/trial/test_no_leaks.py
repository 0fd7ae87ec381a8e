"""Trial: ten thousand generated requests of generated people in a generated world. Nothing leaks, and another's object is
answered as one that does not exist."""

from __future__ import annotations

import os

import pytest
from django.utils import timezone

from tests.support.asking import Asker
from tests.support.world import World
from zhijiao.policy.queries import index

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True)]

REQUESTS = int(os.environ.get("TRIAL_REQUESTS", "10000"))
SEED = int(os.environ.get("TRIAL_SEED", "20261122"))


def test_nothing_leaks(shipped_packs: None, capsys: pytest.CaptureFixture[str]) -> None:
    world = World(SEED, values=plausible())
    asker = Asker(world, SEED)
    began = timezone.now()
    outcome = asker.run(REQUESTS)
    rows = sum(len(rows) for rows in world.rows.values())
    with capsys.disabled():
        print(
            f"\n{outcome.requests} requests of {len(world.humans)} people at {len(world.nodes)} organisations,"
            f" {rows} rows in {len(world.rows)} tables, {len(asker.addresses)} addresses of which"
            f" {len(outcome.answered)} answered 200, {(timezone.now() - began).total_seconds():.0f} s"
        )
        print(dict(outcome.statuses.most_common()))
        for route, n in outcome.errors.most_common():
            print(f"  server error {n}× {route}")
    assert not outcome.faults, "\n".join(dict.fromkeys(outcome.faults))


def plausible() -> dict[str, list[str]]:
    """Values by the names of columns that pages look up in a pack."""
    found = index("taizhou")
    assert found is not None
    return {
        "pack": ["taizhou", "wenzhou"],
        "version": [found.version],
        "pack_version": [found.version],
        "indicator": sorted(found.indicators)[:20],
        "obligation": sorted(getattr(found, "obligations", {}) or {"x": None})[:20],
        "procedure": sorted(getattr(found, "procedures", {}) or {"x": None})[:20],
        "object_kind": ["user", "file"],
        "period": ["2026"],
    }
