"""Taking in a csv of 50,000 students by 20 columns with all its checks, beside what other ways take for the same rows.

Starts a server of its own. Ours is the whole verb: the file is kept encrypted, read, checked (identity number with its check
sign, dates, code lists, lengths, years, keys once, four conditions across fields, organisation within the sender's reach),
planned, applied in one transaction, logged. `copy` is PostgreSQL's COPY of the same file, byte for byte, into a table of 20
typed columns with a primary key and the same unique key, through psycopg (the embedded server has no psql). The peers
(django-import-export, pandas) run in an environment that the benchmark makes, with their newest releases; those that would take
minutes get the first rows only, and seconds for all rows follow per row (`rows` says of how many).

    .venv/bin/python benchmarks/intake.py                    # JSON on stdout
    .venv/bin/python benchmarks/intake.py --peers            # the peers beside it
    .venv/bin/python benchmarks/intake.py --memory 1000000   # an import into an empty data set and one where all rows changed: time, peak memory
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ROWS = 50_000
BAD = 0.002
"""Share of rows with a fault in the run with row-level errors."""
SEED = 20261122
SCHOOLS = 30
AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
TITLES = (
    *(
        "学校代码",
        "身份证件号",
        "姓名",
        "性别",
        "民族",
        "学籍号",
        "入学年级",
        "班级编号",
        "专业代码",
        "学制类型",
    ),
    *("培养层次", "全日制", "中高职一体化培养", "国（境）外学生", "户籍所在县（市、区）", "家庭经济困难"),
    *("入学日期", "离校日期", "学籍状态", "联系电话"),
)
PEERS = {"import_export": 1_000, "import_export_bulk_validated": 1_000, "pandas_to_sql": ROWS}
"""Peers, and of how many rows they are measured at most."""
NEEDS = ("django-import-export", "psycopg[binary]", "pandas", "sqlalchemy")


def number(n: int) -> str:
    """An identity number of an area that does not exist, with its check sign."""
    body = f"99{n // 500_000 % 10_000:04}{date(2000, 1, 1) + timedelta(days=n // 999 % 3650):%Y%m%d}{n % 999 + 1:03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def write_rows(path: Path, count: int, *, bad: float = 0.0, changed: bool = False) -> None:
    """A file as a city would send it. The same count gives the same keys."""
    chance = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(TITLES)
        for n in range(count):
            fault = chance.random() < bad
            identity = number(n)
            writer.writerow(
                (
                    f"99{n % SCHOOLS:08}",
                    identity[:17] + "?" if fault and n % 2 else identity,
                    f"示例{n:07}",
                    "1" if n % 2 else "2",
                    "01",
                    f"G{identity}",
                    "2023",
                    f"2023{n % 40:03}",
                    f"71{n % 97:04}",
                    "三年制中职",
                    "中职",
                    "是",
                    "否",
                    "否",
                    "",
                    "是" if n % 9 == 0 else "否",
                    "2023-13-01" if fault and not n % 2 else "2023-09-01",
                    "",
                    "enrolled",
                    f"1{3 + n % 7}{(n * 7919 + changed) % 1_000_000_000:09}",
                )
            )


def prepare() -> int:
    """A city with its schools, in an empty database. Returns the id of the city."""
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.kinds import OrganisationKind, Tenant
    from zhijiao.core.models import Organisation, Standing

    with bulk():
        city = Organisation.objects.create(tenant=Tenant.REAL, code="bench", created_at=AT)
        kinds = [(city, OrganisationKind.GOVERNMENT, None, "示例市")]
        for n in range(SCHOOLS):
            school = Organisation.objects.create(tenant=Tenant.REAL, code=f"99{n:08}", created_at=AT)
            kinds.append((school, OrganisationKind.SECONDARY_VOCATIONAL, city, f"示例学校{n}"))
        for organisation, kind, parent, name in kinds:
            Standing.objects.create(
                organisation=organisation, name=name, kind=kind, parent=parent, starts=date(2020, 1, 1)
            )
    return int(city.pk)


def import_majors(folder: Path) -> None:
    """The majors of the file as a complete list, so that a wrong one would be a fault."""
    from zhijiao.core.access.actor import Actor
    from zhijiao.exchange.actions.standard import import_codes

    lines = "专业代码,专业名称\n" + "".join(f"71{n:04},示例专业{n}\n" for n in range(97))
    import_codes(
        subject="majors",
        files=[("majors.csv", lines.encode())],
        edition="bench",
        on=date(2020, 1, 1),
        complete=True,
        by=Actor.system("benchmark"),
        at=AT,
    )


def take(path: Path, city: int) -> Any:
    """Our way."""
    from zhijiao.core.access.actor import Actor
    from zhijiao.exchange.actions.running import intake

    return intake(by=Actor.system("benchmark"), at=AT, dataset="students", organisation=city, path=path)


def forget(server: psycopg.Connection[Any]) -> None:
    """Empty the store between runs."""
    server.execute("SET session_replication_role = replica")
    server.execute(
        "TRUNCATE exchange_record, exchange_held, exchange_difference, exchange_batch, exchange_shelf CASCADE"
    )
    server.execute("CHECKPOINT")


SHORT = {0: "varchar(18)", 1: "varchar(18)", 6: "smallint", 16: "date", 17: "date", 19: "varchar(20)"}
COLUMNS = ", ".join(f"c{n} {SHORT.get(n, 'varchar(50)')}" for n in range(len(TITLES)))


def plain_table(server: psycopg.Connection[Any]) -> None:
    """The table of the limit: the same columns and key."""
    server.execute("DROP TABLE IF EXISTS bench_plain")
    server.execute(
        f"CREATE TABLE bench_plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {COLUMNS})"
    )
    server.execute("CREATE UNIQUE INDEX ON bench_plain (c0, c1)")
    server.execute("CHECKPOINT")


def copy(server: psycopg.Connection[Any], path: Path) -> None:
    """COPY of the file as it is."""
    names = ", ".join(f"c{n}" for n in range(len(TITLES)))
    with (
        server.cursor() as cursor,
        path.open("rb") as stream,
        cursor.copy(f"COPY bench_plain ({names}) FROM STDIN (FORMAT csv, HEADER)") as copying,
    ):
        while piece := stream.read(1 << 20):
            copying.write(piece)


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak_mb() -> float:
    """The most memory that this process had so far."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def measure(rows: int, rounds: int, folder: Path, server: psycopg.Connection[Any]) -> dict[str, Any]:
    """Each way `rounds` times in turn, so that a busy moment meets all of them."""
    first, second, faulty = folder / "first.csv", folder / "second.csv", folder / "faulty.csv"
    write_rows(first, rows)
    write_rows(second, rows, changed=True)
    write_rows(faulty, rows, bad=BAD)
    city = prepare()
    import_majors(folder)
    seen = take(first, city)
    print([p.words for p in seen.problems[:3]], file=sys.stderr)
    # The first one pays for loading the libraries
    times: dict[str, list[float]] = {name: [] for name in ("copy", "empty", "faulty", "unchanged", "changed")}
    said: dict[str, Any] = {}
    for _ in range(rounds):
        plain_table(server)
        times["copy"].append(timed(lambda: copy(server, first)))
        forget(server)
        times["faulty"].append(timed(lambda: said.__setitem__("faulty", take(faulty, city))))
        forget(server)
        times["empty"].append(timed(lambda: said.__setitem__("empty", take(first, city))))
        times["unchanged"].append(timed(lambda: said.__setitem__("unchanged", take(first, city))))
        times["changed"].append(timed(lambda: said.__setitem__("changed", take(second, city))))
    medians = {name: statistics.median(found) for name, found in times.items()}
    return {
        "rows": rows,
        "bytes": first.stat().st_size,
        **{f"{name}_s": round(value, 3) for name, value in medians.items()},
        **{f"{name}_all_s": [round(t, 3) for t in found] for name, found in times.items()},
        **{f"{n}_to_copy": round(medians[n] / medians["copy"], 2) for n in medians if n != "copy"},
        "faults": {name: dict(outcome.by_rule) for name, outcome in said.items()},
        "counts": {name: vars(outcome.counts) for name, outcome in said.items()},
        "peak_mb": peak_mb(),
    }


def peers(
    folder: Path, rows: int, address: dict[str, Any], server: psycopg.Connection[Any]
) -> dict[str, Any]:
    """Seconds of the peers for these rows, in an environment of their own."""
    home = folder / "peers"
    venv.create(home, with_pip=True)
    subprocess.run([home / "bin" / "pip", "install", "-q", *NEEDS], check=True, capture_output=True)
    script = Path(__file__).with_name("intake_peers.py")
    found: dict[str, Any] = {}
    for way, most in PEERS.items():
        server.execute("DROP TABLE IF EXISTS bench_peer")
        count = min(most, rows)
        command = [home / "bin" / "python", script, way, folder / "first.csv", str(count)]
        ran = subprocess.run(
            command, input=json.dumps(address), check=True, capture_output=True, text=True, cwd=home
        )
        seconds = json.loads(ran.stdout)["s"]
        found[way] = {"rows": count, "s": round(seconds, 3), "s_for_all": round(seconds / count * rows, 2)}
        print(way, found[way], file=sys.stderr)
    return found


def memory(rows: int, folder: Path, server: psycopg.Connection[Any]) -> dict[str, Any]:
    """One import of many rows into an empty data set, one of the same rows changed, and what memory they took at most. The rows
    are written by another process, so that they do not count."""
    first, second = folder / "first.csv", folder / "second.csv"
    for path, changed in ((first, False), (second, True)):
        words = f"from intake import *; write_rows(Path({str(path)!r}), {rows}, changed={changed})"
        subprocess.run([sys.executable, "-c", words], check=True, cwd=Path(__file__).parent)
    city = prepare()
    import_majors(folder)
    found: dict[str, Any] = {"rows": rows, "bytes": first.stat().st_size, "before_mb": peak_mb()}
    for name, path in (("empty", first), ("changed", second)):
        found[f"{name}_s"] = round(timed(lambda path=path: take(path, city)), 1)  # type: ignore[misc]
        found[f"{name}_peak_mb"] = peak_mb()
        print(found, file=sys.stderr)
        path.unlink()
    return found


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--peers", action="store_true")
    asked.add_argument("--memory", type=int, default=0, metavar="ROWS")
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zhijiao-bench-"))
    folder.chmod(0o755)
    os.environ.update(ZHIJIAO_DATA=str(folder / "data"), DJANGO_SETTINGS_MODULE="zhijiao.config.settings")
    (folder / "data").mkdir(mode=0o755)
    try:
        print(json.dumps(_run(given, folder), ensure_ascii=False, indent=2))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from zhijiao.core.postgres import SUPERUSER, EmbeddedPostgres

    started = EmbeddedPostgres(folder / "data")
    logins = started.start()
    try:
        import django

        django.setup()
        from django.core.management import call_command

        from tests.support.database import adopt, use_login
        from zhijiao.core.postgres import OWNER

        use_login(OWNER, logins)
        call_command("migrate", verbosity=0, interactive=False)
        adopt(logins)
        with psycopg.connect(**logins.parameters(SUPERUSER), autocommit=True) as server:  # type: ignore[arg-type]
            if given.memory:
                found = memory(given.memory, folder, server)
            else:
                found = measure(given.rows, given.rounds, folder, server)
            if given.peers:
                found["peers"] = peers(folder, given.rows, logins.parameters(SUPERUSER), server)
                for each in found["peers"].values():
                    each["times_ours"] = round(each["s_for_all"] / found["empty_s"], 1)
        load = Path("/proc/loadavg").read_text(encoding="ascii").split()[:3]
        return {**found, "load": load, "machine": platform.processor() or platform.machine()}
    finally:
        from django.db import connections

        connections.close_all()
        started.stop()


if __name__ == "__main__":
    main()
