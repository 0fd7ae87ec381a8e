"""The meaning itself run on a snapshot's rows: for small folders, and to compare with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from zhijiao.engines.metrics.across import asked_of, needed_for
from zhijiao.engines.metrics.compiler import TREE
from zhijiao.engines.metrics.engines import over_parquet
from zhijiao.engines.metrics.reference import compute
from zhijiao.engines.metrics.running import fitting, place_of
from zhijiao.engines.metrics.snapshots import Snapshot
from zhijiao.engines.metrics.types import Cell, Definition, Undated


def compute_in_memory(
    definitions: Sequence[Definition],
    snapshot: Snapshot,
    *,
    levels: Collection[str],
    periods: Collection[int],
    by: Sequence[str] = (),
) -> tuple[list[Cell], list[Undated], dict[str, str]]:
    """As `running.compute_what_fits`, row by row. Rows without a period are not counted here."""
    with over_parquet(snapshot.files) as engine:
        fit, skipped = fitting(definitions, engine.tables(), by)
    measures = [measure for one in fit for measure in one.measures.values()]
    wanted = {measure.dataset for measure in measures}
    wanted |= {having.dataset for measure in measures for having in measure.having}
    data = {name: _rows(snapshot, name) for name in wanted}
    tree: dict[str, dict[str, Any]] = {row["code"]: row for row in _rows(snapshot, TREE)}
    cells: list[Cell] = []
    for definition in fit:
        asked = asked_of(definition, levels)
        made = compute([definition], data, tree, levels=needed_for(definition, asked), periods=periods, by=by)
        cells += [cell for cell in made if cell.level in asked]
    order = {definition.id: place for place, definition in enumerate(fit)}
    return sorted(cells, key=lambda cell: place_of(cell, order)), [], skipped


def _rows(snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    path = snapshot.files[name]
    return pl.read_parquet(path / "*.parquet" if path.is_dir() else path).to_dicts()
