"""On the twin, what the engine computes is what the generator counted while it drew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.support.packs import shipped
from tests.support.twin_counts import COUNTS, Counted, Counts, missing
from zhijiao.engines.metrics.engines import over_parquet
from zhijiao.engines.metrics.running import compute_what_fits
from zhijiao.engines.metrics.snapshots import open_folder
from zhijiao.exchange.queries.twin import plan_twin, write_twin
from zhijiao.policy.types.computing import definitions

ROWS = "4000"


@pytest.mark.parametrize("pack", ["taizhou", "wenzhou"])
def test_every_computed_measure_is_what_was_counted(pack: str, tmp_path: Path) -> None:
    shelf = shipped()
    index = shelf.index(pack)
    twin = plan_twin(shelf, [pack], ROWS, 7)
    write_twin(twin, tmp_path / "twin")
    counts = _counts(tmp_path / "twin")
    computed = {i.id: i for i in index.pack.indicators if i.metric is not None}
    assert not missing(computed)
    defined = [d for i in computed.values() if i.id in COUNTS for d in definitions(i) if d.id == i.id]
    last = twin.cities[0].shape.last
    found = open_folder(tmp_path / "twin")
    wrong: list[str] = []
    compared = 0
    with over_parquet(found.files) as runner:
        cells, _, skipped = compute_what_fits(
            defined, runner, levels=["city", "county", "school"], periods=[last - 1, last]
        )
    assert not skipped
    for cell in cells:
        metric = computed[cell.metric].metric
        assert metric is not None
        first = int(metric.window.from_[:4]) if metric.window else None
        for name, amount in cell.measures.items():
            counted = COUNTS[cell.metric].get(name)
            if counted is None or cell.member is None:
                continue
            for years in _years(counted, cell.period, metric.calendar, first, last):
                compared += 1
                expected = counts.of(counted, years, cell.level, cell.member)
                if amount != expected and (cell.level == "city" or not counted.city):
                    wrong.append(
                        f"{cell.metric} {name} {cell.level} {cell.member} {cell.period}: {amount} ≠ {expected}"
                    )
    assert not wrong, "\n".join([f"{len(wrong)} of {compared}", *wrong[:40]])
    assert compared > 2000


def _years(counted: Counted, period: str, calendar: str, first: int | None, last: int) -> Iterator[list[int]]:
    """The years of the counts that a period takes together; none where they cannot say."""
    year = int(period[:4]) + (1 if counted.ends and calendar == "school" else 0)
    if year > last:
        return
    if first is None or not counted.window:
        if counted.window or year == last:
            yield [year]
    elif counted.once:
        if year == first:
            yield [year]
    elif not counted.since:
        yield list(range(first, year + 1))


def _counts(folder: Path) -> Counts:
    said: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    tree = pl.read_parquet(folder / "organisations.parquet").drop_nulls("school")
    schools = {
        code: (kind, county) for code, kind, county in tree.select("code", "kind", "county").iter_rows()
    }
    return Counts(said["counts"], schools)
