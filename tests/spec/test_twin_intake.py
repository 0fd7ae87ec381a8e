"""What the twin hands in says the same to both ways of checking, data set by data set: to the compiled loops, and to the one that
looks at every cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.support.handed_in import KEYS
from tests.support.packs import shipped
from zhijiao.exchange.queries.twin import plan_twin, write_twin
from zhijiao.exchange.rules.checking import swift
from zhijiao.exchange.rules.intake import Circumstances, Organisations, begin
from zhijiao.exchange.store.frames import BAD, GOOD

ROWS = 1_500
LARGEST = 3
"""Files of a data set that are looked at."""


def test_the_loops_know_every_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    twin = plan_twin(shipped(), ["wenzhou"], str(ROWS), 11)
    folder = tmp_path / "twin"
    write_twin(twin, folder, dirt=0.02)
    codes = pl.read_parquet(folder / "organisations.parquet")["code"].unique().sort().to_list()
    tree = Organisations({code: number for number, code in enumerate(codes, start=1)})
    taken = {}
    real = swift.Loops.take

    def counted(loops: swift.Loops, block: swift.Block, first: int) -> swift.Swift | None:
        found = real(loops, block, first)
        taken[dataset.id] = taken.get(dataset.id, 0) + (found.good.height if found is not None else 0)
        return found

    monkeypatch.setattr(swift.Loops, "take", counted)
    for dataset in twin.standard.datasets:
        files = sorted(folder.glob(f"csv/*/{dataset.id}.csv"), key=lambda path: -path.stat().st_size)
        for path in files[:LARGEST]:
            given = Circumstances(twin.standard, dataset, tree, KEYS, date(2026, 11, 22))
            whole = []
            for least in (1 << 50, 0):
                monkeypatch.setattr(swift, "FROM", least)
                parts = list(begin(path, path.name, given).chunks())
                good, bad = (
                    pl.concat([getattr(part, name) for part in parts] or [pl.DataFrame(schema=schema)])
                    for name, schema in (("good", GOOD), ("bad", BAD))
                )
                problems = sorted((p for part in parts for p in part.problems), key=lambda p: p.row)
                whole.append((good.drop("sealed").sort("row").rows(), bad.sort("row").rows(), problems))
            assert whole[0] == whole[1], path.name
    assert len(taken) > len(twin.standard.datasets) // 2
    assert {"students", "graduates", "teachers"} <= {name for name, rows in taken.items() if rows}
