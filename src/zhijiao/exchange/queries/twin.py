"""The twin city for those outside: planned from packs, drawn as frames, written as a folder. Needs no database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from zhijiao.exchange.rules.standard.reading import shipped
from zhijiao.exchange.twin.dirt import Dirt
from zhijiao.exchange.twin.generating import Twin
from zhijiao.exchange.twin.places import City, Organisation
from zhijiao.exchange.twin.planning import planned
from zhijiao.exchange.twin.writing import MARKED, Written, worded, write
from zhijiao.policy.packs.loading import Library


def plan_twin(library: Library, packs: Sequence[str], size: str, seed: int) -> Twin:
    """The twin of some size: `city`, `province`, or so many rows of students. Raises Refusal, PackNotFound, PackRefused."""
    return planned(library, packs, size, seed, shipped())


def write_twin(twin: Twin, folder: Path, *, csv: bool = False, dirt: float = 0.0) -> Written:
    """Write it as a snapshot folder, with truth.json. Raises Refusal when the folder holds a snapshot already."""
    return write(twin, folder, csv=csv, dirt=dirt)


def as_sent(twin: Twin, dataset: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows as people fill them in: every cell as text, under the titles of the standard. `frame`: what `Twin.sent` gives, and
    columns beside it are left out."""
    found = twin.standard.by_id[dataset]
    return worded(found, twin.standard, frame).rename({f.id: f.name for f in found.fields})


def spoiled(twin: Twin, dataset: str, organisation: str, frame: pl.DataFrame, rate: float) -> pl.DataFrame:
    """What `as_sent` gave, with a share of its rows wrong in the ways that people go wrong."""
    found = twin.standard.by_id[dataset]
    back = frame.rename({f.name: f.id for f in found.fields})
    dirty = Dirt(rate, twin.seed).spoil(found, organisation, "", back)
    return dirty.rename({f.id: f.name for f in found.fields})


__all__ = [
    "MARKED",
    "City",
    "Organisation",
    "Twin",
    "Written",
    "as_sent",
    "plan_twin",
    "spoiled",
    "write_twin",
]
