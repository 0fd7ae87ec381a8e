"""The engines that run metrics: DuckDB on a prepared file or on Parquet, Spark on Parquet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb
import ibis
import polars as pl

from zhijiao.engines.metrics.compiler import Enums, Tables
from zhijiao.engines.metrics.slices import CutTable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


class DuckEngine:
    """DuckDB on the tables and views of a connection."""

    dialect = "duckdb"

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, slices: Mapping[str, CutTable] | None = None
    ) -> None:
        self.connection = connection
        self.slices = slices or {}
        self._told: dict[str, dict[str, str]] | None = None

    def columns(self) -> dict[str, dict[str, str]]:
        """The types of all columns, as DuckDB words them."""
        if self._told is None:
            names = [row[0] for row in self.connection.execute("SHOW TABLES").fetchall()]
            told = {name: self.connection.execute(f"DESCRIBE {quoted(name)}").fetchall() for name in names}
            self._told = {name: {column: kind for column, kind, *_ in rows} for name, rows in told.items()}
        return self._told

    def tables(self) -> Tables:
        return {
            name: ibis.schema({column: _kind(kind) for column, kind in columns.items()})
            for name, columns in self.columns().items()
        }

    def enums(self) -> Enums:
        return {
            name: {
                column: [value.replace("''", "'") for value in _ENUM_VALUE.findall(kind)]
                for column, kind in columns.items()
                if kind.startswith("ENUM")
            }
            for name, columns in self.columns().items()
        }

    def hold(self, name: str, sql: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {sql}")

    def hold_rows(self, name: str, rows: pl.DataFrame) -> None:
        self.connection.register("given_", rows.to_arrow())
        self.hold(name, "SELECT * FROM given_")
        self.connection.unregister("given_")

    def drop(self, name: str) -> None:
        self.connection.execute(f"DROP TABLE IF EXISTS temp.{quoted(name)}")

    def rows(self, sql: str) -> pl.DataFrame:
        return self.connection.execute(sql).pl()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()


_ENUM_VALUE = re.compile(r"'((?:[^']|'')*)'")
_KINDS = {
    "VARCHAR": "string",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "UTINYINT": "uint8",
    "USMALLINT": "uint16",
    "UINTEGER": "uint32",
}


def _kind(kind: str) -> str:
    """The type of a column as Ibis calls it; a type that metrics do not use is called a float."""
    if kind.startswith("ENUM"):
        return "string"
    if kind.startswith("DECIMAL"):
        return kind.lower()
    return _KINDS.get(kind, "float64")


def limits(memory: str | None) -> dict[str, Any]:
    """How DuckDB is told what memory it may take (2GB); beyond it, it goes on from disk."""
    return {"memory_limit": memory} if memory else {}


def over_parquet(files: Mapping[str, Path], memory: str | None = None) -> DuckEngine:
    """DuckDB on Parquet files as they are: nothing is built, every query reads them. A folder stands for its files."""
    connection = duckdb.connect(config=limits(memory))
    for name, path in files.items():
        where = path / "*.parquet" if path.is_dir() else path
        connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet({literal(where)})")
    return DuckEngine(connection)


class SparkEngine:
    """A Spark session on Parquet files that its workers can read."""

    dialect = "pyspark"

    def __init__(self, session: SparkSession, files: Mapping[str, Path]) -> None:
        self.session = session
        self.slices: Mapping[str, CutTable] = {}
        self._tables: dict[str, ibis.Schema] = {}
        for name, path in files.items():
            frame = session.read.parquet(str(path))
            frame.createOrReplaceTempView(name)
            self._tables[name] = ibis.schema(
                {field.name: _spark_kind(field.dataType.simpleString()) for field in frame.schema}
            )

    def tables(self) -> Tables:
        return self._tables

    def enums(self) -> Enums:
        return {}

    def hold(self, name: str, sql: str) -> None:
        frame: Any = self.session.sql(sql).persist()
        frame.createOrReplaceTempView(name)

    def hold_rows(self, name: str, rows: pl.DataFrame) -> None:
        frame: Any = self.session.createDataFrame(
            rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        ).persist()
        frame.createOrReplaceTempView(name)

    def drop(self, name: str) -> None:
        if self.session.catalog.tableExists(name):
            self.session.catalog.uncacheTable(name)
            self.session.catalog.dropTempView(name)

    def rows(self, sql: str) -> pl.DataFrame:
        found = pl.from_arrow(self.session.sql(sql).toArrow())
        assert isinstance(found, pl.DataFrame)
        return found


def _spark_kind(kind: str) -> str:
    known = {"string": "string", "date": "date", "boolean": "boolean", "int": "int32", "bigint": "int64"}
    known |= {"smallint": "int16", "tinyint": "int8"}
    return kind if kind.startswith("decimal") else known.get(kind, "float64")
