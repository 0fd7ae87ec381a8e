"""Ten thousand damaged workbooks, csv and JSON files: none crashes intake, each is refused or told with place and remedy."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from tests.support.spoiling import refused_or_told
from zhijiao.exchange.rules.checking import swift

pytestmark = pytest.mark.trial

BATCHES = 40
PER_BATCH = 250
SLOWEST = 30.0
"""Seconds that one file may take, on a busy machine."""


@pytest.mark.parametrize("batch", range(BATCHES))
def test_damaged_files_are_refused_or_told(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if batch % 2:
        monkeypatch.setattr(swift, "FROM", 0)  # csv by the compiled loops, which are for longer files
    outcomes: Counter[str] = Counter()
    for place in range(PER_BATCH):
        seed = 1_000_000 + batch * PER_BATCH + place
        began = time.perf_counter()
        try:
            outcomes[refused_or_told(seed)] += 1
        except BaseException as error:
            raise AssertionError(f"seed {seed}") from error
        assert time.perf_counter() - began < SLOWEST, f"seed {seed}"
    print(dict(outcomes))
    assert len(outcomes) == 3
