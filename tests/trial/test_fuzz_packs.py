"""Thousands of packs with several things broken at once: whole, or refused by name. Never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mutations import broken_copy
from tests.support.packs import whole_or_named

pytestmark = pytest.mark.trial

BATCHES = 40
PER_BATCH = 100


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_badly_broken_pack_is_refused_by_name(batch: int, tmp_path: Path) -> None:
    for place in range(PER_BATCH):
        seed = 1_000_000 + batch * PER_BATCH + place
        folder = tmp_path / str(place)
        folder.mkdir()
        pack, what = broken_copy(seed, folder, slips=1 + seed % 7)
        assert whole_or_named(pack, folder), f"seed {seed}: {what}"
