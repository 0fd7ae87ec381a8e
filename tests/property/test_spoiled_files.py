"""Damaged files: refused by name with a remedy, or every problem with its place. Thousands of them run in tests/trial."""

from __future__ import annotations

import pytest

from tests.support.spoiling import refused_or_told


@pytest.mark.parametrize("batch", range(5))
def test_a_damaged_file_never_crashes_intake(batch: int) -> None:
    for seed in range(batch * 30, batch * 30 + 30):
        try:
            refused_or_told(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
