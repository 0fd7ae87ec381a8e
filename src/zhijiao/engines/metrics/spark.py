"""A Spark session for metrics: on a cluster, or on the cores of this machine. Needs the extra `spark` and Java."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from zhijiao.engines.metrics.engines import SparkEngine
from zhijiao.engines.metrics.types import MetricError


@contextmanager
def spark(
    master: str, files: Mapping[str, Path], options: Mapping[str, str] | None = None
) -> Iterator[SparkEngine]:
    """An engine on a Spark master (spark://host:port, local[2]). The workers must reach the files by the same paths.

    Arithmetic that overflows is an error (ANSI mode), never a wrong number.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise MetricError(
            "没有安装 Spark；用 pip install 'zhijiao[spark]' 安装，并装好 Java 17，或改用 --engine duckdb"
        ) from None
    builder = SparkSession.builder.master(master).appName("zhijiao")
    for key, value in {
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "Asia/Shanghai",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **(options or {}),
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    try:
        yield SparkEngine(session, files)
    finally:
        session.stop()
