"""Snapshots: immutable Parquet files of every data set, with the organisation tree of the day. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

FORMAT = "zhijiao-snapshot/1"


@dataclass(frozen=True)
class Part:
    """One data set of a snapshot: its file (or folder of parts) and the SHA-256 of the content."""

    dataset: str
    file: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a snapshot holds. `id` is the SHA-256 over everything else in canonical JSON, so that a snapshot says itself
    whether it was altered. `known_at`: what had been applied by then; `tree_on`: the organisation tree of that day."""

    id: str
    known_at: datetime
    tree_on: date
    tenant: str
    standard: str
    parts: Mapping[str, Part]
    reason: str = ""
    marked: str = ""  # 演示: synthetic people and organisations; stands on everything computed from it
