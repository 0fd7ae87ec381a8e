"""Many readers at once, as on the morning of a meeting: every page answers, and the processes do not grow."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.crawl import fetch, walk
from tests.support.instance import Instance, running

pytestmark = pytest.mark.trial

READERS = 16
PAGES_EACH = 250
GROWTH_MB = 150
"""Caches of boards and addresses fill in the first round; after it the processes stay about as large as they are."""


def memory_mb(instance: Instance) -> float:
    """Resident memory of everything that the instance started."""
    total = 0
    for pid in instance.descendants():
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        except OSError:
            continue  # ended between the listing and the look
        total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return total / 1024


def read_pages(addresses: list[str], seed: int) -> Counter[int]:
    """One reader opens pages at random; returns the answers by status."""
    rng = random.Random(seed)
    return Counter(fetch(rng.choice(addresses)).status for _ in range(PAGES_EACH))


def test_many_readers_are_all_answered(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with running(tmp_path) as instance:
        addresses = list(walk(f"{instance.address}/", most=1500).answers)
        before = memory_mb(instance)
        with ThreadPoolExecutor(READERS) as readers:
            seen = sum(readers.map(lambda seed: read_pages(addresses, seed), range(READERS)), Counter())
        after = memory_mb(instance)
    assert seen == {200: READERS * PAGES_EACH}
    assert after - before < GROWTH_MB, f"{before:.0f} MB became {after:.0f} MB"
