"""Forty ratios at four levels over one table, against peers on the same rows in the same run. Prints JSON.

Rows are generated (seeded by their number): 800 schools in 90 counties in 11 cities, 10 years, 12 coded columns. The 40 ratios have 48
different conditions; the levels are province, city, county and school, each by year. The peers get the figures of the same conditions:

- `duckdb_160`: one DuckDB query per ratio and level, from the same Parquet;
- `postgres`: PostgreSQL's single query with GROUPING SETS and FILTER, from an indexed-by-nothing table after VACUUM ANALYZE;
- `pandas_parquet`: read from the same Parquet, grouped once by school and year, then rolled up;
- `pandas_memory`: the same without reading, on columns that were made categories before: the quickest that pandas has;
- `pandas_each`: the latter with a groupby for each ratio and level; two ratios are run, and multiplied;
- `numba`: one fused pass over integer-coded columns, one thread: the limit (in an environment of its own; else "not measured").

`--rows 5000000` how many; `--peers duckdb_160,pandas` which; `--linear 1000000,5000000,20000000` our own time and memory at these sizes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import duckdb

YEARS = range(2014, 2024)
SCHOOLS, COUNTIES, CITIES = 800, 90, 11
CODES = (2, 2, 3, 4, 5, 6, 8, 8, 10, 12, 12, 16)
"""Different values of each coded column."""
LEVELS = ("province", "city", "county", "school")
RATIOS, DENOMINATORS = 40, 8
RATIOS_TRIED = 2
"""Ratios that a peer too slow for all of them computes."""
REPEATS = 3
PEERS = ("duckdb_160", "postgres", "pandas_parquet", "pandas_memory", "pandas_each", "numba")
IN_PROCESS = ("duckdb_160", "pandas_parquet", "pandas_memory")
"""Peers whose processor time (with what surrounds them) is this process's own."""
Condition = tuple[tuple[int, tuple[int, ...]], ...]
"""Columns with the codes that they may have; all must hold."""


def main() -> None:
    """Measure, and print what was found."""
    arguments = asked()
    if arguments.alone:
        print(json.dumps(alone(Path(arguments.alone), arguments.memory)))
        return
    with tempfile.TemporaryDirectory(prefix="zhijiao-bench-") as folder:
        work = Path(folder)
        work.chmod(0o755)  # the database's own account has to pass through
        found: dict[str, Any] = {"load": os.getloadavg()[0], "cpus": os.cpu_count()}
        found |= compared(work, arguments.rows, [p for p in arguments.peers.split(",") if p])
        sizes = [int(size) for size in arguments.linear.split(",") if size]
        found["linear"] = [linear(work, size, arguments.memory) for size in sizes]
    print(json.dumps(found))


def asked() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--linear", default="1000000,5000000,20000000")
    parser.add_argument("--memory", default="2GB", help="what DuckDB may take")
    parser.add_argument("--alone", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def compared(work: Path, rows: int, peers: list[str]) -> dict[str, Any]:
    """Our time and the peers', with what each is to ours; every peer's figures are compared with ours."""
    snapshot = generate(work / "compared", rows)
    ours, built, counts, sql_ms = our_own(snapshot, work / "cache", None)
    began = time.process_time()
    our_own(snapshot, work / "cache", None)
    found: dict[str, Any] = {
        "rows": rows,
        "ours_cpu_s": round((time.process_time() - began) / REPEATS, 2),
        "prepare_s": round(built, 3),
        "ours_s": round(ours, 3),
        "definition_to_sql_ms": round(sql_ms, 1),
    }
    runs: dict[str, Callable[[Path, Path], tuple[float, dict[str, Any] | None]]] = {
        "duckdb_160": duckdb_160,
        "postgres": postgres,
        "pandas_parquet": pandas_parquet,
        "pandas_memory": pandas_memory,
        "pandas_each": pandas_each,
        "numba": numba,
    }
    for name in peers:
        began = time.process_time()
        seconds, theirs = runs[name](snapshot, work)
        spent = time.process_time() - began
        if theirs is None:
            found[name] = "not measured"
            continue
        assert all(theirs[level] == counts[level] for level in theirs), f"{name} counts differently"
        # Measured again beside each peer: on shared cores the load changes while they run.
        beside, _, _, _ = our_own(snapshot, work / "cache", None)
        found[name] = {
            "s": round(seconds, 3),
            "ours_beside_s": round(beside, 3),
            "times_ours": round(seconds / beside, 2),
        }
        if name in IN_PROCESS:
            found[name]["cpu_s"] = round(spent, 2)
        print(name, found[name], file=sys.stderr)
    return found


# — what is measured —


def conditions() -> list[Condition]:
    """48 different conditions: 40 of numerators, then 8 of denominators."""
    random = Random(7)
    found: list[Condition] = []
    while len(found) < RATIOS + DENOMINATORS:
        columns = sorted(
            random.sample(range(len(CODES)), 1 if len(found) >= RATIOS else random.choice((1, 2, 2)))
        )
        made = tuple(
            (c, tuple(sorted(random.sample(range(CODES[c]), random.randint(1, max(1, CODES[c] // 2))))))
            for c in columns
        )
        if made not in found:
            found.append(made)
    return found


def as_text(condition: Condition) -> str:
    """A condition in the expression language, which SQL reads as well (with its own quotes)."""
    parts = []
    for column, codes in condition:
        listed = ", ".join(f'"v{code}"' for code in codes)
        parts.append(f"c{column} in ({listed})")
    return " and ".join(parts)


def as_sql(condition: Condition) -> str:
    """The same in SQL."""
    return as_text(condition).replace('"', "'")


def definitions() -> list[Any]:
    """The ratios as metrics."""
    from zhijiao.engines.metrics.reading import definition_from

    found = conditions()

    def measure(condition: Condition) -> dict[str, str]:
        return {"in": "students", "count": "rows", "where": as_text(condition), "year": "year"}

    return [
        definition_from(
            f"r{n}",
            {
                "measures": {"top": measure(found[n]), "below": measure(found[RATIOS + n % DENOMINATORS])},
                "value": "top / below",
                "scale": 100,
                "decimals": 1,
            },
        )
        for n in range(RATIOS)
    ]


def generate(folder: Path, rows: int) -> Path:
    """A snapshot's folder. DuckDB writes it, so that memory does not grow with the rows."""
    folder.mkdir()
    columns = [f"'v' || (hash(i, {n}) % {codes})::VARCHAR AS c{n}" for n, codes in enumerate(CODES)]
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(
            f"COPY (SELECT 'S' || (1000 + hash(i, 98) % {SCHOOLS})::VARCHAR AS organisation, "
            f"({YEARS.start} + hash(i, 99) % {len(YEARS)})::BIGINT AS year, {', '.join(columns)} "
            f"FROM range({rows}) r(i)) TO '{folder}/students.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )
        connection.execute(
            "COPY (SELECT 'S' || (1000 + s)::VARCHAR AS code, 'school' AS kind, 'P' AS province, "
            f"'T' || (s % {COUNTIES} % {CITIES})::VARCHAR AS city, 'K' || (s % {COUNTIES})::VARCHAR AS county, "
            f"code AS school FROM range({SCHOOLS}) r(s)) TO '{folder}/organisations.parquet' (FORMAT parquet)"
        )
    parts = {"students": {"file": "students.parquet"}}
    manifest = {
        "format": "zhijiao-snapshot/1",
        "id": f"bench{rows}",
        "as_at": "2024-01-01",
        "datasets": parts,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def our_own(snapshot: Path, cache: Path, memory: str | None) -> tuple[float, float, dict[str, Any], float]:
    """Seconds of all values from the prepared table, seconds of preparing, the counts, and milliseconds from definition to SQL."""
    from zhijiao.engines.metrics.compiler import sql
    from zhijiao.engines.metrics.running import compute
    from zhijiao.engines.metrics.snapshots import open_folder, open_prepared, prepare

    prepared = prepare(open_folder(snapshot), cache, memory)
    chosen = definitions()
    times, written = [], []
    for _ in range(REPEATS):
        with open_prepared(prepared, memory) as engine:
            began = time.perf_counter()
            outcome = compute(chosen, engine, levels=LEVELS, periods=YEARS)
            times.append(time.perf_counter() - began)
            tables = engine.tables()
    for each in chosen:
        began = time.perf_counter()
        sql(each, tables, "county", YEARS)
        written.append((time.perf_counter() - began) * 1000)
    counts: dict[str, dict[Any, list[int]]] = {level: {} for level in LEVELS}
    for n, each in enumerate(chosen):
        for block in (b for b in outcome.blocks if b.definition is each):
            top, below = block.measures["top"].units, block.measures["below"].units
            for row, member in enumerate(block.members):
                line = counts[block.level].setdefault(
                    (member, int(block.years[row])), [0] * (RATIOS + DENOMINATORS)
                )
                line[n], line[RATIOS + n % DENOMINATORS] = int(top[row]), int(below[row])
    return statistics.median(times), prepared.seconds, counts, statistics.median(written)


def linear(work: Path, rows: int, memory: str) -> dict[str, Any]:
    """Our own time and memory at a size, in a process of its own."""
    snapshot = generate(work / f"linear{rows}", rows)
    command = [sys.executable, __file__, "--alone", str(snapshot), "--memory", memory]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {"rows": rows, **told}


def alone(snapshot: Path, memory: str) -> dict[str, Any]:
    """What `linear` asks its process."""
    seconds, built, _, _ = our_own(snapshot, snapshot / "cache", memory)
    # Not ru_maxrss, which a process takes over from the one that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return {"prepare_s": round(built, 3), "ours_s": round(seconds, 3), "peak_rss_mb": round(peak)}


# — the peers —


def duckdb_160(snapshot: Path, work: Path) -> tuple[float, dict[str, Any]]:
    """One query per ratio and level, all 160 run."""
    found = conditions()
    counts: dict[str, dict[Any, list[int]]] = {level: {} for level in LEVELS}
    with duckdb.connect() as connection:
        began = time.perf_counter()
        for n in range(RATIOS):
            under = RATIOS + n % DENOMINATORS
            for level in LEVELS:
                rows = connection.execute(
                    f"SELECT o.{level}, s.year, count(*) FILTER ({as_sql(found[n])}), count(*) FILTER ({as_sql(found[under])}) "
                    f"FROM '{snapshot}/students.parquet' s JOIN '{snapshot}/organisations.parquet' o ON s.organisation = o.code "
                    "GROUP BY 1, 2"
                ).fetchall()
                for member, year, top, below in rows:
                    line = counts[level].setdefault((member, year), [0] * (RATIOS + DENOMINATORS))
                    line[n], line[under] = top, below
        seconds = time.perf_counter() - began
    return seconds, counts


def pandas_memory(snapshot: Path, work: Path) -> tuple[float, dict[str, Any]]:
    """Already in memory as categories, which compare as numbers; grouped once by school and year, rolled up. The quickest way."""
    import pandas as pd

    columns = [f"c{n}" for n in range(len(CODES))]
    frame = pd.read_parquet(snapshot / "students.parquet").astype(
        dict.fromkeys(["organisation", *columns], "category")
    )
    tree = pd.read_parquet(snapshot / "organisations.parquet")
    began = time.perf_counter()
    rolled = _rolled(frame, tree)
    return time.perf_counter() - began, _counts(rolled)


def pandas_parquet(snapshot: Path, work: Path) -> tuple[float, dict[str, Any]]:
    """From the snapshot's files, as everybody begins: read, and the same two stages."""
    import pandas as pd

    began = time.perf_counter()
    frame = pd.read_parquet(snapshot / "students.parquet")
    rolled = _rolled(frame, pd.read_parquet(snapshot / "organisations.parquet"))
    return time.perf_counter() - began, _counts(rolled)


def pandas_each(snapshot: Path, work: Path) -> tuple[float, dict[str, Any]]:
    """Already in memory as categories with the places beside them, a groupby for each ratio and level: a few ratios, multiplied."""
    import pandas as pd

    columns = [f"c{n}" for n in range(len(CODES))]
    tree = pd.read_parquet(snapshot / "organisations.parquet").drop(columns="kind")
    frame = pd.read_parquet(snapshot / "students.parquet").merge(
        tree, left_on="organisation", right_on="code"
    )
    frame = frame.astype(dict.fromkeys([*LEVELS, *columns], "category"))
    began = time.perf_counter()
    for n in range(RATIOS_TRIED):
        for level in LEVELS:
            keys = [frame[level], frame["year"]]
            for each in (n, RATIOS + n % DENOMINATORS):
                _met(frame, conditions()[each]).groupby(keys, observed=True).sum()
    return (time.perf_counter() - began) * RATIOS / RATIOS_TRIED, {}


def _rolled(frame: Any, tree: Any) -> dict[str, Any]:
    import pandas as pd

    met = pd.DataFrame({"organisation": frame["organisation"], "year": frame["year"]})
    for n, condition in enumerate(conditions()):
        met[n] = _met(frame, condition)
    finest = met.groupby(["organisation", "year"], observed=True).sum().reset_index()
    finest = finest.astype({"organisation": "object"}).merge(tree, left_on="organisation", right_on="code")
    return {
        level: finest.groupby([level, "year"])[list(range(RATIOS + DENOMINATORS))].sum() for level in LEVELS
    }


def _met(frame: Any, condition: Condition) -> Any:
    holds = None
    for column, codes in condition:
        one = frame[f"c{column}"].isin([f"v{code}" for code in codes])
        holds = one if holds is None else holds & one
    return holds


def _counts(rolled: dict[str, Any]) -> dict[str, Any]:
    return {
        level: {
            (k[0], int(k[1])): [int(x) for x in row] for k, row in zip(t.index, t.to_numpy(), strict=True)
        }
        for level, t in rolled.items()
    }


def postgres(snapshot: Path, work: Path) -> tuple[float, dict[str, Any]]:
    """One statement, every level as a grouping set, every condition as a filter."""
    import psycopg

    from zhijiao.core.postgres import OWNER, EmbeddedPostgres

    settings = {
        "fsync": "off",
        "synchronous_commit": "off",
        "shared_buffers": "2GB",
        "work_mem": "512MB",
        "effective_cache_size": "6GB",
        "max_parallel_workers_per_gather": "2",
        "max_wal_size": "4GB",
    }
    server = EmbeddedPostgres(work, settings)
    logins = server.start()
    try:
        with psycopg.connect(**logins.parameters(OWNER), autocommit=True) as connection:
            load(connection, snapshot)
            filters = ", ".join(f"count(*) FILTER (WHERE {as_sql(each)})" for each in conditions())
            sets = ", ".join(f"({level}, year)" for level in LEVELS)
            began = time.perf_counter()
            rows = connection.execute(
                f"SELECT {', '.join(LEVELS)}, year, grouping({', '.join(LEVELS)}), {filters} "
                f"FROM students JOIN organisations ON organisation = code GROUP BY GROUPING SETS ({sets})"
            ).fetchall()
            seconds = time.perf_counter() - began
    finally:
        server.stop()
    counts: dict[str, Any] = {level: {} for level in LEVELS}
    for row in rows:
        level = next(n for n in range(4) if not row[5] & (8 >> n))
        counts[LEVELS[level]][row[level], row[4]] = list(row[6:])
    return seconds, counts


def load(connection: Any, snapshot: Path) -> None:
    """Both tables into PostgreSQL."""
    coded = ", ".join(f"c{n} text" for n in range(len(CODES)))
    connection.execute(f"CREATE UNLOGGED TABLE students (organisation text, year int, {coded})")
    connection.execute(
        "CREATE UNLOGGED TABLE organisations (code text, kind text, province text, city text, county text, school text)"
    )
    with duckdb.connect() as reader:
        for name in ("students", "organisations"):
            with tempfile.NamedTemporaryFile(suffix=".csv") as csv:
                reader.execute(
                    f"COPY (SELECT * FROM '{snapshot}/{name}.parquet') TO '{csv.name}' (FORMAT csv, HEADER false)"
                )
                with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
                    for piece in pieces(Path(csv.name)):
                        copy.write(piece)
    connection.execute("VACUUM ANALYZE students")
    connection.execute("VACUUM ANALYZE organisations")


def pieces(path: Path) -> Iterator[bytes]:
    """A file in pieces of a few megabytes."""
    with path.open("rb") as stream:
        while piece := stream.read(1 << 22):
            yield piece


NUMBA = """
import json, statistics, sys, time
import numba, numpy as np
data = np.load(sys.argv[1])
school, year, columns = data["school"], data["year"], [data[f"c{n}"] for n in range(COLUMNS)]
@numba.njit
def run(school, year, counts, COLUMN_NAMES):
    for i in range(len(school)):
        line = counts[school[i] * YEAR_COUNT + year[i]]
CONDITIONS
made = lambda: np.zeros((SCHOOL_COUNT * YEAR_COUNT, CONDITION_COUNT), np.int32)
run(school[:10], year[:10], made(), *[c[:10] for c in columns])
times = []
for _ in range(3):
    counts = made()
    began = time.perf_counter()
    run(school, year, counts, *columns)
    times.append(time.perf_counter() - began)
np.save(sys.argv[2], counts)
print(json.dumps(statistics.median(times)))
"""


def numba(snapshot: Path, work: Path) -> tuple[float, dict[str, Any] | None]:
    """One fused pass over integer-coded columns, without reading, coding or rolling up."""
    import numpy as np

    home = work / "numba"
    try:
        venv.create(home, with_pip=True)
        subprocess.run(
            [home / "bin" / "pip", "install", "-q", "numba>=0.60"], check=True, capture_output=True
        )
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"numba: {error}", file=sys.stderr)
        return 0.0, None
    with duckdb.connect() as connection:
        coded = ", ".join(f"substr(c{n}, 2)::TINYINT AS c{n}" for n in range(len(CODES)))
        query = f"SELECT (substr(organisation, 2)::INT - 1000)::SMALLINT AS school, (year - {YEARS.start})::TINYINT AS year, {coded}"
        columns = connection.execute(f"{query} FROM '{snapshot}/students.parquet'").fetchnumpy()
    np.savez(work / "coded.npz", **columns)
    lines = [
        f"        line[{n}] += {' and '.join('(' + ' or '.join(f'c{c}[i] == {code}' for code in codes) + ')' for c, codes in condition)}"
        for n, condition in enumerate(conditions())
    ]
    source = NUMBA.replace("COLUMNS", str(len(CODES))).replace(
        "COLUMN_NAMES", ", ".join(f"c{n}" for n in range(len(CODES)))
    )
    source = source.replace("SCHOOL_COUNT", str(SCHOOLS)).replace("YEAR_COUNT", str(len(YEARS)))
    source = source.replace("CONDITION_COUNT", str(RATIOS + DENOMINATORS)).replace(
        "CONDITIONS", "\n".join(lines)
    )
    (work / "kernel.py").write_text(source, encoding="utf-8")
    command = [home / "bin" / "python", work / "kernel.py", work / "coded.npz", work / "counts.npy"]
    seconds = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    counts = np.load(work / "counts.npy").reshape(SCHOOLS, len(YEARS), -1)
    schools = {
        (f"S{1000 + s}", year): counts[s, y].tolist()
        for s in range(SCHOOLS)
        for y, year in enumerate(YEARS)
        if counts[s, y].any()  # a school without a row in a year is no group
    }
    return seconds, {"school": schools}


if __name__ == "__main__":
    main()
