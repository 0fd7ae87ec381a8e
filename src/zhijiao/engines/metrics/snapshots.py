"""Snapshots as folders of Parquet, and the table that is built once of each, so that its metrics are computed quickly.

Text with few different values becomes an ENUM, numbers take as few bytes as they need, and every row learns what kind of organisation
it belongs to. A prepared file is named after the snapshot's own hash: it is built once, and never goes stale.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from zhijiao.engines.metrics.compiler import TREE
from zhijiao.engines.metrics.engines import DuckEngine, limits, literal, quoted
from zhijiao.engines.metrics.slices import read_slices
from zhijiao.engines.metrics.slicing import write_slices
from zhijiao.engines.metrics.types import KIND, ORGANISATION, MetricError

FORMAT = "zhijiao-snapshot/1"
LAYOUT = 2
"""Raised when prepared files are built differently, so that old ones are not read."""
FEW = 20_000
"""Different values up to which a text becomes an ENUM."""
_INTEGERS = (("TINYINT", 7), ("SMALLINT", 15), ("INTEGER", 31))


@dataclass(frozen=True)
class Snapshot:
    """A folder of Parquet files: one file, or folder of parts, for each data set, and the tree."""

    id: str
    files: Mapping[str, Path]
    as_at: str = ""
    marked: str = ""
    """Synthetic data says so here; it stands on everything computed from it."""


@dataclass(frozen=True)
class Prepared:
    """A prepared file, and how long it took to build; 0 when it was there."""

    path: Path
    seconds: float


def open_folder(folder: Path) -> Snapshot:
    """What a folder holds. Without a manifest, every Parquet file in it is a data set. Raises `MetricError`."""
    path = folder / "manifest.json"
    if not path.is_file():
        files = {each.stem: each for each in sorted(folder.glob("*.parquet"))}
        if TREE not in files:
            raise MetricError(
                f"文件夹“{folder}”不是快照：里面没有 manifest.json，也没有 {TREE}.parquet；请核对文件夹"
            )
        return Snapshot("", files)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise MetricError(f"“{path}”的格式是“{told['format']}”，这里读的是“{FORMAT}”；请用写它的版本读")
        parts = {**told["datasets"], TREE: told.get("organisations", {"file": f"{TREE}.parquet"})}
        files = {name: folder / part["file"] for name, part in parts.items()}
        made = Snapshot(told["id"], files, str(told.get("as_at", "")), str(told.get("marked", "")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MetricError(f"“{path}”读不了（{error}）；请取回原来的文件夹") from None
    gone = [each.name for each in made.files.values() if not each.exists()]
    if gone:
        raise MetricError(f"快照“{folder}”缺少文件 {'、'.join(gone)}；请取回完整的文件夹")
    return made


def prepare(snapshot: Snapshot, cache: Path, memory: str | None = None) -> Prepared:
    """The prepared file of a snapshot, built if it is not there. Several may build it at once: the last one stays, all are alike."""
    if not snapshot.id:
        raise MetricError("没有 manifest.json 的文件夹没有编号，不能预先建表；请直接计算")
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{snapshot.id}.{LAYOUT}.duckdb"
    if path.exists():
        path.touch()  # what is used is kept (tidying.py)
        return Prepared(path, 0.0)
    started = time.perf_counter()
    unfinished = cache / f"{path.name}.{os.getpid()}"
    cut = _slices(unfinished)
    unfinished.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(unfinished), config=limits(memory)) as connection:
            connection.execute("SET preserve_insertion_order = false")
            _build(connection, snapshot.files)
            write_slices(connection, DuckEngine(connection).columns(), cut)
        cut.replace(_slices(path))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
        cut.unlink(missing_ok=True)
    return Prepared(path, time.perf_counter() - started)


def open_prepared(prepared: Prepared, memory: str | None = None) -> DuckEngine:
    """An engine on a prepared file; nobody can write to it."""
    connection = duckdb.connect(str(prepared.path), read_only=True, config=limits(memory))
    return DuckEngine(connection, read_slices(_slices(prepared.path)))


def _slices(path: Path) -> Path:
    """The file of slices that belongs to a prepared file."""
    return path.with_name(f"{path.name}.slices")


def _build(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path]) -> None:
    connection.execute(f"CREATE TABLE {TREE} AS SELECT * FROM {_parquet(files[TREE])}")
    connection.execute(
        f"CREATE TYPE kind_ AS ENUM (SELECT DISTINCT kind FROM {TREE} WHERE kind IS NOT NULL ORDER BY kind)"
    )
    for name, path in files.items():
        if name != TREE:
            _build_dataset(connection, name, _parquet(path))


def _build_dataset(connection: duckdb.DuckDBPyConnection, name: str, rows: str) -> None:
    kinds = {
        column: kind for column, kind, *_ in connection.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()
    }
    smaller = _smaller(connection, name, rows, kinds)
    columns = [f"t.{quoted(column)}{smaller.get(column, '')} AS {quoted(column)}" for column in kinds]
    source = f"{rows} AS t"
    if ORGANISATION in kinds and KIND not in kinds:
        columns.append(f"o.kind::kind_ AS {KIND}")
        source += f" LEFT JOIN {TREE} AS o ON t.{ORGANISATION} = o.code"
    connection.execute(f"CREATE TABLE {quoted(name)} AS SELECT {', '.join(columns)} FROM {source}")


def _smaller(
    connection: duckdb.DuckDBPyConnection, name: str, rows: str, kinds: Mapping[str, str]
) -> dict[str, str]:
    """Casts to smaller types that hold every value, by column."""
    asked = []
    for column, kind in kinds.items():
        if kind == "VARCHAR":
            asked.append(f"approx_count_distinct({quoted(column)})")
        elif kind in ("INTEGER", "BIGINT") or kind.startswith("DECIMAL"):
            asked.append(
                f"greatest(abs(min({quoted(column)})::HUGEINT), abs(max({quoted(column)})::HUGEINT))"
            )
        else:
            asked.append("NULL")
    answers = connection.execute(f"SELECT {', '.join(asked)} FROM {rows}").fetchone()
    assert answers is not None
    casts = {}
    for (column, kind), answer in zip(kinds.items(), answers, strict=True):
        if answer is None:
            continue
        if kind == "VARCHAR":
            if 0 < answer <= FEW:
                enum = quoted(f"{name}.{column}")
                values = f"SELECT DISTINCT {quoted(column)} AS v FROM {rows} WHERE v IS NOT NULL ORDER BY v"
                connection.execute(f"CREATE TYPE {enum} AS ENUM ({values})")
                casts[column] = f"::{enum}"
        elif kind.startswith("DECIMAL"):
            scale = int(kind.rstrip(")").split(",")[1])
            if answer < 10 ** (17 - scale):
                casts[column] = f"::DECIMAL(18, {scale})"
        else:
            casts[column] = next((f"::{small}" for small, bits in _INTEGERS if answer < 2**bits), "")
    return casts


def _parquet(path: Path) -> str:
    return f"read_parquet({literal(path / '*.parquet' if path.is_dir() else path)})"
