"""Cutting the coded columns of a prepared table into slices (see `slices`): once, when the table is built."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import numpy as np
import numpy.typing as npt

from zhijiao.engines.metrics.engines import quoted
from zhijiao.engines.metrics.slices import Cut
from zhijiao.engines.metrics.types import ORGANISATION

LEAST_ROWS, MOST_ROWS = 100_000, 60_000_000
"""Rows of a data set that is cut. A smaller one is counted by SQL in less time than it takes to ask twice; the rows of a larger one
would be put in order in memory, some twenty bytes each."""
WIDEST = 20
"""Slices that a column may have; wider ones are numbers of their own, not codes."""
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = date(1000, 1, 1).toordinal(), date(9000, 1, 1).toordinal()
"""Days with another year on either side that Python knows as well."""
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


def write_slices(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Mapping[str, str]], path: Path
) -> None:
    """The slices of all data sets in one file: the words, then what they are, then the length of that.

    `tables`: the types of the columns, as DuckDB words them.
    """
    # Every column is asked for by itself; their rows must come in the same order.
    connection.execute("SET preserve_insertion_order = true")
    told: dict[str, Any] = {}
    with path.open("wb") as stream:
        for name, kinds in tables.items():
            if kinds.get(ORGANISATION, "").startswith("ENUM"):
                rows = _count(connection, name)
                if rows and LEAST_ROWS <= rows <= MOST_ROWS:
                    told[name] = _write_table(connection, name, kinds, stream)
        described = json.dumps(told, ensure_ascii=False).encode()
        stream.write(described + len(described).to_bytes(8, "little"))


def _write_table(
    connection: duckdb.DuckDBPyConnection, name: str, kinds: Mapping[str, str], stream: BinaryIO
) -> dict[str, Any]:
    offset = stream.tell()
    codes = _numbers(connection, name, f"coalesce(enum_code({quoted(ORGANISATION)}) + 1, 0)", 2**16 - 1)
    order = np.argsort(codes, kind="stable").astype(np.uint32)
    counts = np.bincount(codes)
    present = np.flatnonzero(counts)
    rows = counts[present]
    ends = np.cumsum((rows + 63) // 64)
    starts = ends - (rows + 63) // 64
    # Where a row's bit is: after those of the organisations before, each filled up to a whole word.
    there = np.zeros(int(ends[-1]) * 64, dtype=np.bool_)
    there[np.arange(len(codes)) + np.repeat(starts * 64 - (np.cumsum(rows) - rows), rows)] = True
    stream.write(np.packbits(there, bitorder="little").tobytes())
    columns, at = {}, 1
    for column, (cut, number) in _cuts(connection, name, kinds).items():
        columns[column] = asdict(cut) | {"at": at}
        at += cut.top.bit_length()
        numbers = _numbers(connection, name, number, cut.top)
        padded = np.zeros(len(there), dtype=numbers.dtype)
        padded[there] = numbers[order]
        for k in range(cut.top.bit_length()):
            stream.write(np.packbits(padded & (1 << k) != 0, bitorder="little").tobytes())
    values = _values(connection, name)
    return {
        "offset": offset,
        "slices": at,
        "words": int(ends[-1]),
        "columns": columns,
        "organisations": [values[code - 1] if code else None for code in present.tolist()],
        "starts": starts.tolist(),
    }


def _cuts(
    connection: duckdb.DuckDBPyConnection, name: str, kinds: Mapping[str, str]
) -> dict[str, tuple[Cut, str]]:
    """The columns that can be cut, and the SQL of their numbers."""
    found: dict[str, tuple[Cut, str]] = {}
    spans = {c: _span(connection, name, c, kind) for c, kind in kinds.items() if kind in (*_WHOLE, "DATE")}
    days = [span[0] for c, span in spans.items() if span is not None and kinds[c] == "DATE"]
    for column, kind in kinds.items():
        if kind.startswith("ENUM") and column != ORGANISATION:
            top = len(_values(connection, name, column))
            found[column] = (Cut("text", 0, 1, top, 0), f"enum_code({quoted(column)}) + 1")
        elif kind == "BOOLEAN":
            found[column] = (Cut("truth", 0, 1, 2, 0), f"{quoted(column)}::INTEGER + 1")
        elif (span := spans.get(column)) is not None:
            # Dates count from one day, so that they can be compared with each other.
            low = min(days) if kind == "DATE" else span[0]
            cut = Cut("date" if kind == "DATE" else "whole", low, span[0] - low + 1, span[1] - low + 1, 0)
            found[column] = (cut, f"{_whole(column, kind)} - ({low}) + 1")
    return {
        column: (cut, f"coalesce({number}, 0)")
        for column, (cut, number) in found.items()
        if 0 < cut.top.bit_length() <= WIDEST
    }


def _whole(column: str, kind: str) -> str:
    if kind == "DATE":
        return f"(date_diff('day', DATE '1970-01-01', {quoted(column)}) + {_EPOCH})"
    return f"{quoted(column)}::BIGINT"


def _span(connection: duckdb.DuckDBPyConnection, name: str, column: str, kind: str) -> tuple[int, int] | None:
    """The least and the largest number of a column, if there are any."""
    found = connection.execute(
        f"SELECT min(v), max(v) FROM (SELECT {_whole(column, kind)} AS v FROM {quoted(name)})"
    ).fetchone()
    if found is None or found[0] is None:
        return None
    low, high = int(found[0]), int(found[1])
    is_usual = kind != "DATE" or (low >= _FIRST and high <= _LAST)
    return (low, high) if is_usual else None


def _values(connection: duckdb.DuckDBPyConnection, name: str, column: str = ORGANISATION) -> list[str]:
    """The values of a text that is stored as a number, in the order of the numbers."""
    found = connection.execute(
        f"SELECT enum_range({quoted(column)}) FROM {quoted(name)} WHERE {quoted(column)} IS NOT NULL LIMIT 1"
    ).fetchone()
    return [] if found is None else list(found[0])


def _numbers(connection: duckdb.DuckDBPyConnection, name: str, number: str, top: int) -> npt.NDArray[Any]:
    """A column's numbers, in the order of the rows."""
    small = "UTINYINT" if top < 2**8 else "USMALLINT" if top < 2**16 else "UINTEGER"
    found = connection.execute(f"SELECT ({number})::{small} AS v FROM {quoted(name)}").fetchnumpy()
    return np.asarray(found["v"])


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()
    assert found is not None
    return int(found[0])
