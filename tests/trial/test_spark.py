"""Spark on a standalone cluster, a master and two workers on loopback, gives the values that plain Python gives."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest

from tests.support import metrics as made
from zhijiao.engines.metrics import reference
from zhijiao.engines.metrics.engines import over_parquet
from zhijiao.engines.metrics.running import compute
from zhijiao.engines.metrics.snapshots import open_folder
from zhijiao.engines.metrics.spark import spark

pytestmark = pytest.mark.trial

TREE = {row["code"]: row for row in made.tree()}
SETS = 4
"""Data sets, each with definitions of its own."""
DEFINITIONS = 4
HOST = "127.0.0.1"
PATIENCE = 120
"""Seconds that a cluster may take to stand."""


@pytest.fixture(scope="module")
def home() -> Path:
    """Where pyspark is installed."""
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'zhijiao[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: apt-get install default-jre-headless")
    return Path(pyspark.__file__).parent


@pytest.fixture(scope="module")
def master(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A master and two workers, each a process of its own."""
    work = tmp_path_factory.mktemp("cluster")
    port = _free_port()
    address = f"spark://{HOST}:{port}"
    page = _free_port()
    with _started(
        home,
        work / "master.log",
        "master.Master",
        "--host",
        HOST,
        "--port",
        str(port),
        "--webui-port",
        str(page),
    ):
        _wait_until(lambda: _answers(port), work / "master.log")
        with _worker(home, work, address, 1), _worker(home, work, address, 2):
            said = work / "master.log"
            _wait_until(lambda: said.read_text().count("Registering worker") == 2, said)
            yield address


@pytest.mark.filterwarnings("default")
def test_spark_gives_what_the_meaning_gives(
    master: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [
        made.write_snapshot(tmp_path / str(seed), made.frames(made.data(seed, 60)), str(seed))
        for seed in range(SETS)
    ]
    compared, in_spark, in_duckdb = 0, 0.0, 0.0
    options = {
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.sql.shuffle.partitions": "4",
        "spark.executor.memory": "1g",
    }
    os.environ["SPARK_LOCAL_IP"] = HOST
    started = time.perf_counter()
    with spark(master, {}, options) as idle:
        opened = time.perf_counter() - started
        for seed, folder in enumerate(folders):
            random = Random(1000 + seed)
            definitions = [made.definition(random, f"d{n}") for n in range(DEFINITIONS)]
            by = ("code",) if seed % 2 else ()
            asked = {"levels": ("", "county"), "periods": made.YEARS, "by": by}
            meant = made.by_key(reference.compute(definitions, made.data(seed, 60), TREE, **asked))
            files = open_folder(folder).files
            before = time.perf_counter()
            on_cluster = made.by_key(compute(definitions, type(idle)(idle.session, files), **asked).cells())
            in_spark += time.perf_counter() - before
            before = time.perf_counter()
            with over_parquet(files) as engine:
                here = made.by_key(compute(definitions, engine, **asked).cells())
            in_duckdb += time.perf_counter() - before
            assert on_cluster == meant
            assert here == meant
            compared += len(meant)
        rows = pl.DataFrame({"place": ["甲", None], "on": [date(2026, 9, 1), None], "value": [0.5, 2.0]})
        idle.hold_rows("given", rows)
        assert idle.rows("SELECT * FROM given ORDER BY value").equals(rows)
        workers = idle.session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
    assert workers == 2
    with capsys.disabled():
        print(
            f"\nSpark: {SETS * DEFINITIONS} definitions, {compared} values equal; session {opened:.1f} s, "
            f"Spark {in_spark:.1f} s, DuckDB {in_duckdb:.1f} s"
        )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@contextmanager
def _worker(home: Path, work: Path, master: str, number: int) -> Iterator[None]:
    folder = work / f"worker{number}"
    asked = ["--host", HOST, "--cores", "1", "--memory", "1500m", "--webui-port", str(_free_port())]
    with _started(
        home, work / f"worker{number}.log", "worker.Worker", *asked, "--work-dir", str(folder), master
    ):
        yield


@contextmanager
def _started(home: Path, log: Path, part: str, *arguments: str) -> Iterator[None]:
    environment = os.environ | {"SPARK_NO_DAEMONIZE": "1", "SPARK_LOCAL_IP": HOST, "SPARK_HOME": str(home)}
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{part}", *arguments]
    with (
        log.open("w") as stream,
        subprocess.Popen(command, stdout=stream, stderr=stream, env=environment) as process,
    ):
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until(stands: object, log: Path) -> None:
    assert callable(stands)
    until = time.monotonic() + PATIENCE
    while not stands():
        assert time.monotonic() < until, log.read_text()[-2000:]
        time.sleep(0.5)
