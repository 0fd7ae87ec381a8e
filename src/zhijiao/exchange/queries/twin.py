"""The twin city for those outside: planned from packs, drawn as frames, written as a folder. Needs no database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zhijiao.exchange.rules.standard.reading import shipped
from zhijiao.exchange.twin.generating import Twin
from zhijiao.exchange.twin.places import Organisation
from zhijiao.exchange.twin.planning import planned
from zhijiao.exchange.twin.writing import MARKED, Written, write
from zhijiao.policy.packs.loading import Library


def plan_twin(library: Library, packs: Sequence[str], size: str, seed: int) -> Twin:
    """The twin of some size: `city`, `province`, or so many rows of students. Raises Refusal, PackNotFound, PackRefused."""
    return planned(library, packs, size, seed, shipped())


def write_twin(twin: Twin, folder: Path, *, csv: bool = False, dirt: float = 0.0) -> Written:
    """Write it as a snapshot folder, with truth.json. Raises Refusal when the folder holds a snapshot already."""
    return write(twin, folder, csv=csv, dirt=dirt)


__all__ = ["MARKED", "Organisation", "Twin", "Written", "plan_twin", "write_twin"]
