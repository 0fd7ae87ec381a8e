"""Trial: ten thousand generated requests of generated people in a generated world. Nothing leaks, and another's object is
answered as one that does not exist."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest
from django.utils import timezone

from tests.support.asking import Asker
from tests.support.world import Row, Values, World
from zhijiao.engines.workflow import Flow
from zhijiao.engines.workflow.reading import as_mapping
from zhijiao.policy.queries import index
from zhijiao.policy.types import PackIndex, flow_of

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


def plausible() -> Mapping[str, Values]:
    """Values by the names of columns that pages look up in a pack, so that one's own rows can be shown."""
    packs = {pack: found for pack in ("taizhou", "wenzhou") if (found := index(pack)) is not None}

    def of_pack(row: Row) -> PackIndex:
        return packs.get(row.get("pack", ""), packs["taizhou"])

    def flow(row: Row) -> Flow:
        procedures = of_pack(row).procedures
        return flow_of(procedures.get(row.get("procedure", "")) or next(iter(procedures.values())))

    return {
        "pack": list(packs),
        "version": lambda row: [of_pack(row).version],
        "pack_version": lambda row: [of_pack(row).version],
        "indicator": lambda row: sorted(of_pack(row).indicators)[:20],
        "obligation": lambda row: sorted(of_pack(row).obligations)[:20],
        "procedure": lambda row: sorted(of_pack(row).procedures),
        "flow": lambda row: [as_mapping(flow(row))],
        "stage": lambda row: [stage.id for stage in flow(row).stages],
        "edition": [1],
        "object_kind": ["user", "file"],
        "period": ["2026"],
    }
