"""Prepared tables of metrics are let go by age and by size; what is in use is left."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from zhijiao.engines.metrics.tidying import purge

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def _made(cache: Path, name: str, ago: timedelta, size: int = 10) -> None:
    path = cache / name
    path.write_bytes(bytes(size))
    moment = (NOW - ago).timestamp()
    os.utime(path, (moment, moment))


def _left(cache: Path) -> set[str]:
    return {path.name for path in cache.iterdir()}


def test_what_nobody_opened_goes_with_its_slices(tmp_path: Path) -> None:
    for ago, name in ((31, "old"), (29, "young")):
        _made(tmp_path, f"{name}.2.duckdb", timedelta(days=ago))
        _made(tmp_path, f"{name}.2.duckdb.slices", timedelta(days=90))
    _made(tmp_path, "note.txt", timedelta(days=99))
    assert purge(tmp_path, at=NOW) == ("old.2.duckdb",)
    assert _left(tmp_path) == {"young.2.duckdb", "young.2.duckdb.slices", "note.txt"}


def test_the_longest_unused_go_until_the_rest_fits(tmp_path: Path) -> None:
    for day in (1, 2, 3, 4):
        _made(tmp_path, f"{day}.2.duckdb", timedelta(days=day), 60)
        _made(tmp_path, f"{day}.2.duckdb.slices", timedelta(days=day), 40)
    assert purge(tmp_path, at=NOW, most_bytes=250) == ("4.2.duckdb", "3.2.duckdb")
    assert purge(tmp_path, at=NOW, most_bytes=250) == ()


def test_what_is_in_use_is_left_whatever_it_takes(tmp_path: Path) -> None:
    _made(tmp_path, "now.2.duckdb", timedelta(minutes=5), 1000)
    assert purge(tmp_path, at=NOW, most_bytes=10) == ()


def test_what_a_killed_process_left_goes_after_a_day(tmp_path: Path) -> None:
    _made(tmp_path, "a.2.duckdb.4711", timedelta(days=2))
    _made(tmp_path, "a.2.duckdb.4711.slices", timedelta(days=2))
    _made(tmp_path, "b.2.duckdb.4712", timedelta(hours=2))
    assert purge(tmp_path, at=NOW) == ("a.2.duckdb.4711",)
    assert _left(tmp_path) == {"b.2.duckdb.4712"}


def test_no_folder_is_nothing(tmp_path: Path) -> None:
    assert purge(tmp_path / "none", at=NOW) == ()
