"""Letting prepared files go. Each can be built again from its snapshot, so nothing is lost but the time of building."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

UNUSED = timedelta(days=30)
"""How long a prepared file may lie without being opened."""
MOST_BYTES = 20_000_000_000
"""What all of them may take together; those that were not opened for the longest time go first."""
IN_USE = timedelta(hours=1)
"""A file that was opened or written so lately may be in somebody's hands, and is left alone."""
_SIGN = ".duckdb"


def purge(
    cache: Path, *, at: datetime, unused: timedelta = UNUSED, most_bytes: int = MOST_BYTES
) -> tuple[str, ...]:
    """Delete prepared files, and what a killed process left half built. Returns the names of those that went."""
    if not cache.is_dir():
        return ()
    groups: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(cache.iterdir(), key=lambda each: each.name.endswith(".slices")):
        if _SIGN in path.name and path.is_file():
            groups[path.name.removesuffix(".slices")].append(path)
    known = {name: _told(paths) for name, paths in groups.items()}
    total = sum(size for _, size in known.values())
    gone = []
    for name, (used, size) in sorted(known.items(), key=lambda each: each[1][0]):
        age = at - used
        limit = (
            timedelta(days=1) if not name.endswith(_SIGN) else unused
        )  # half built: a process number follows
        if age <= IN_USE or (age <= limit and total <= most_bytes):
            continue
        for path in groups[name]:  # the table before its slices: without it nobody looks for them
            path.unlink(missing_ok=True)
        total -= size
        gone.append(name)
    return tuple(gone)


def _told(paths: list[Path]) -> tuple[datetime, int]:
    """When the latest of some files was used, and how many bytes they take."""
    found = [path.stat() for path in paths if path.exists()]
    latest = max((each.st_mtime for each in found), default=0.0)
    return datetime.fromtimestamp(latest, tz=UTC), sum(each.st_size for each in found)
