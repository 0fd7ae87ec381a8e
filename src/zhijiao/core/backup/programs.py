"""pg_dump and pg_restore: those of the embedded server, which also speak to every older one. No Django."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from zhijiao.core.backup.manifest import BackupRefused
from zhijiao.core.postgres.binaries import binaries_for

Parameters = Mapping[str, str | int]
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
}


def dump(parameters: Parameters, snapshot: str, target: Path) -> None:
    """Write the database as it was at a snapshot. Raises `BackupRefused`."""
    words = ("--format=custom", "--compress=gzip:5", "--no-owner", "--no-privileges", "--no-comments")
    _run("pg_dump", [*words, f"--snapshot={snapshot}", f"--file={target}"], parameters)


def load(parameters: Parameters, source: Path) -> None:
    """Fill an empty database, in one transaction. Raises `BackupRefused`."""
    words = ("--no-owner", "--no-privileges", "--no-comments", "--single-transaction", "--exit-on-error")
    _run("pg_restore", [*words, f"--dbname={parameters['dbname']}", str(source)], parameters)


def _run(program: str, words: Sequence[str], parameters: Parameters) -> None:
    known = {_VARIABLES[name]: str(value) for name, value in parameters.items() if name in _VARIABLES}
    # The password goes by the environment: a command line can be read by everybody on the machine.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | known
    path = binaries_for(None, Path()).path(program)
    done = subprocess.run([path, *words], env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise BackupRefused(f"{program} 没有成功：\n{done.stderr.strip()}")
