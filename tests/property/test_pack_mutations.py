"""A pack with any one thing broken is either still whole, or refused with file, line and remedy. Never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mutations import broken_copy
from tests.support.packs import whole_or_named

MUTATIONS = 80
"""tests/trial/test_fuzz_packs.py takes thousands, several slips at once."""


@pytest.mark.parametrize("seed", range(MUTATIONS))
def test_a_mutation_is_harmless_or_named(seed: int, tmp_path: Path) -> None:
    pack, what = broken_copy(seed, tmp_path)
    assert whole_or_named(pack, tmp_path), what
