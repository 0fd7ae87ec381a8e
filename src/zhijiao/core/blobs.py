"""Bytes below the data folder, each under its SHA-256. No Django.

A file appears under its name whole or not at all, and on the disk before its row is committed. Nothing is ever changed;
what no row names any more is removed by a job. Rows name bytes in `core_storedfile.digest` and in any column called `blob`,
and let go what is named elsewhere in any column called `forgotten_blob`: so the backup and the job find them without knowing
the tables of the floors above.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FORGOTTEN = "forgotten_blob"
NAMING = f"""
SELECT 'core_storedfile', 'digest' UNION ALL
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE a.attname IN ('blob', '{FORGOTTEN}') AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
 ORDER BY 1
"""
"""The tables and columns in which rows name bytes, or let them go."""
FOLDER = "files"
INCOMING = ".incoming"


class TooLarge(ValueError):
    """More bytes came than are taken."""


@dataclass(frozen=True)
class Draft:
    """Bytes that have arrived and are not kept yet."""

    stream: IO[bytes]
    path: Path
    digest: str
    size: int


def place_of(data: Path, digest: str) -> Path:
    """Where the bytes with a digest lie."""
    return data / FOLDER / digest[:2] / digest[2:4] / digest


@contextmanager
def arriving(data: Path, chunks: Iterable[bytes], limit: int) -> Iterator[Draft]:
    """Write what arrives beside the store, counting and hashing. Raises `TooLarge`. Gone after the block, unless kept."""
    incoming = data / FOLDER / INCOMING
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=incoming)
    path = Path(name)
    sha, size = hashlib.sha256(), 0
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge
                sha.update(chunk)
                stream.write(chunk)
            stream.flush()
            yield Draft(stream, path, sha.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)


def named(columns: Iterable[tuple[str, str]]) -> str:
    """The query for every digest that rows name and none lets go, given what `NAMING` found."""
    found = list(columns)
    naming = " UNION ".join(f'SELECT "{c}" FROM "{t}"' for t, c in found if c != FORGOTTEN)
    forgetting = " UNION ".join(f'SELECT "{c}" FROM "{t}"' for t, c in found if c == FORGOTTEN)
    return f"({naming}) EXCEPT ({forgetting})" if forgetting else naming


def keep(data: Path, draft: Draft) -> None:
    """Put a draft into the store. What is there already is only marked as wanted just now."""
    place = place_of(data, draft.digest)
    if place.exists():
        os.utime(place)
        return
    os.fsync(draft.stream.fileno())
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft.path.replace(place)
    for folder in (place.parent, place.parent.parent, place.parent.parent.parent):
        _sync_folder(folder)


def kept(data: Path) -> Iterator[Path]:
    """Every file of the store."""
    yield from sorted((data / FOLDER).glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"))


def old_drafts(data: Path, hours: float) -> list[Path]:
    """Drafts that a killed process left behind."""
    return [path for path in (data / FOLDER / INCOMING).glob("*") if older(path, hours)]


def older(path: Path, hours: float) -> bool:
    """Whether a file was last wanted more than so many hours ago."""
    try:
        return time.time() - path.stat().st_mtime > hours * 3600
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
