"""Checked rows between check and apply, on the disk of the instance: so that a long file is checked once and never held whole.

A spool appears whole or not at all. One that is missing or of other circumstances (standard, tree) is made again from the
sender's file.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from zhijiao.exchange.store import FOLDER
from zhijiao.exchange.store.frames import BAD, GOOD, Checked, empty


def place(data: Path, batch: int) -> Path:
    """Where the spool of a batch lies."""
    return data / FOLDER / str(batch)


class Spool:
    """The rows of one batch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def about(self) -> Mapping[str, Any] | None:
        """What it was made of; None where there is no spool."""
        try:
            found: Mapping[str, Any] = json.loads((self.folder / "about.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def good(self) -> Iterator[pl.DataFrame]:
        """Rows that passed, part by part, in the order of the file."""
        for path in sorted(self.folder.glob("good-*.arrow")):
            yield pl.read_ipc(path)

    def bad(self) -> Iterator[pl.DataFrame]:
        """Rows that wait."""
        for path in sorted(self.folder.glob("bad-*.arrow")):
            yield pl.read_ipc(path)

    def remove(self) -> None:
        """Take it off the disk."""
        shutil.rmtree(self.folder, ignore_errors=True)


def write(folder: Path, parts: Iterable[Checked], about: Mapping[str, Any]) -> Spool:
    """Write a spool; an older one of the same batch gives way."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    for number, part in enumerate(parts):
        if part.good.height:
            part.good.select(*GOOD).write_ipc(draft / f"good-{number:06}.arrow")
        if part.bad.height:
            part.bad.select(*BAD).write_ipc(draft / f"bad-{number:06}.arrow")
    (draft / "about.json").write_text(json.dumps(dict(about), ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.replace(folder)
    return Spool(folder)


def spread(frames: Iterable[pl.DataFrame], folder: Path, name: str, buckets: int) -> None:
    """Sort rows by their key's hash into files, so that one key is in one bucket, whichever side it comes from."""
    for number, frame in enumerate(frames):
        numbered = frame.with_columns((pl.col("key").hash(7) % buckets).alias("bucket"))
        for (bucket,), rows in numbered.partition_by("bucket", as_dict=True, include_key=False).items():
            rows.write_ipc(folder / f"{name}-{bucket:05}-{number:06}.arrow")


def gather(folder: Path, name: str, bucket: int, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """The rows of a bucket."""
    parts = [pl.read_ipc(path) for path in sorted(folder.glob(f"{name}-{bucket:05}-*.arrow"))]
    return pl.concat(parts) if parts else empty(schema)
