"""Records in force are found by organisation and key, whatever their hashes are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhijiao.exchange.store import standing
from zhijiao.exchange.store.frames import CURRENT
from zhijiao.exchange.store.standing import Standing

_keys = st.tuples(st.integers(1, 3), st.sampled_from(["a", "b", "c", "a\x1fb", ""]))


@pytest.mark.parametrize("apart", [1 << 64, 2, 1])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.lists(_keys, max_size=6), max_size=3),
    rows=st.lists(st.lists(_keys, max_size=8), max_size=3),
)
def test_it_finds_what_a_dict_finds(
    monkeypatch: pytest.MonkeyPatch,
    apart: int,
    parts: list[list[tuple[int, str]]],
    rows: list[list[tuple[int, str]]],
) -> None:
    """`apart`: so many hashes there are."""
    real = standing._hashes
    if apart < 1 << 64:
        monkeypatch.setattr(standing, "_hashes", lambda frame: real(frame) % np.uint64(apart))
    held, known = Standing(pl.DataFrame(schema=CURRENT)), dict[tuple[int, str], int]()
    for part in parts:
        new = [key for key in dict.fromkeys(part) if key not in known]
        known.update({key: len(known) + place for place, key in enumerate(new)})
        held.add([_records(new)])
    for some in rows:
        assert held.places(_records(some)).tolist() == [known.get(key, -1) for key in some]
    asked = {key for some in rows for key in some}
    left = [(organisation, key) for organisation, key in held.left().select("organisation", "key").rows()]
    assert left == [key for key in known if key not in asked]
    monkeypatch.undo()


def _records(keys: list[tuple[int, str]]) -> pl.DataFrame:
    frame = pl.DataFrame(keys, schema={"organisation": pl.Int64, "key": pl.String}, orient="row")
    return frame.select(
        pl.lit("").alias(name) if name not in ("organisation", "key") else pl.col(name) for name in CURRENT
    )
