"""Writing a twin to a folder: Parquet with its manifest, the counts, and, on request, the files that schools would send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from zhijiao.exchange.rules.folder import FolderWriter, Head, columns
from zhijiao.exchange.twin.dirt import Dirt
from zhijiao.exchange.twin.generating import Twin
from zhijiao.exchange.types.snapshots import Manifest
from zhijiao.exchange.types.standard import Dataset, Role, Standard

MARKED = "演示"
TRUTH, DIRT, FILES = "truth.json", "dirt.json", "csv"


@dataclass(frozen=True)
class Written:
    """What was written."""

    manifest: Manifest
    rows: int
    organisations: int
    files: int
    spots: int


def write(twin: Twin, folder: Path, *, csv: bool = False, dirt: float = 0.0) -> Written:
    """Write the twin. Parquet and counts are always clean; dirt is in the csv files only, because a wrong check sign or an
    impossible day cannot stand in typed columns. Raises Refusal when the folder holds a snapshot already."""
    writer = FolderWriter(folder, {d.id: columns(d) for d in twin.standard.datasets})
    spoiler = Dirt(dirt, twin.seed) if dirt else None
    sender = _Sender(folder / FILES, twin.standard, spoiler) if csv or dirt else None
    for name, organisation, frame in twin.pieces():
        writer.add(name, twin.finished(name, frame))
        if sender is not None:
            sender.send(name, organisation, twin.sent(name, frame))
    tree = twin.tree()
    head = Head(
        as_at=twin.as_at,
        tree_on=twin.as_at,
        known_at=datetime.combine(twin.as_at, time(23, 59, 59), UTC),
        tenant="demo",
        standard=twin.standard.hash,
        reason=f"演示城市，种子 {twin.seed}",
        marked=MARKED,
    )
    _json(folder / TRUTH, twin.truth.as_json())
    if spoiler is not None:
        _json(folder / DIRT, spoiler.as_json())
    manifest = writer.close(head, tree)
    rows = sum(part.rows for name, part in manifest.parts.items() if name in twin.standard.by_id)
    return Written(
        manifest, rows, tree.height, sender.files if sender else 0, len(spoiler.spots) if spoiler else 0
    )


class _Sender:
    """Writes csv files as senders would: one a data set and sender, Chinese titles, words instead of codes."""

    def __init__(self, folder: Path, standard: Standard, dirt: Dirt | None) -> None:
        self.folder = folder
        self.standard = standard
        self.dirt = dirt
        self.files = 0

    def send(self, name: str, organisation: str, frame: pl.DataFrame) -> None:
        dataset = self.standard.by_id[name]
        path = self.folder / organisation / f"{name}.csv"
        text = worded(dataset, self.standard, frame)
        if self.dirt is not None:
            text = self.dirt.spoil(dataset, organisation, f"{FILES}/{organisation}/{name}.csv", text)
        path.parent.mkdir(parents=True, exist_ok=True)
        titled = text.rename({f.id: f.name for f in dataset.fields})
        with path.open("wb") as stream:
            titled.write_csv(stream, include_bom=True)
        self.files += 1


def worded(dataset: Dataset, standard: Standard, frame: pl.DataFrame) -> pl.DataFrame:
    """Every cell as text; codes of closed lists as their names, which is how people fill in."""
    named: dict[str, Mapping[str, str]] = {
        f.id: {code: entry.name for code, entry in standard.codes[f.values].by_code.items()}
        for f in dataset.fields
        if f.values is not None and f.role is Role.PLAIN and not standard.codes[f.values].open
    }
    return frame.select(
        (
            pl.col(f.id).replace_strict(named[f.id], default=pl.col(f.id))
            if f.id in named
            else pl.col(f.id).cast(pl.String)
        ).alias(f.id)
        for f in dataset.fields
    )


def _json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
