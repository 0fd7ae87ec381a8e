"""Data folders that are made once in a test run and copied where a test starts an instance.

Each is what an instance's first start leaves behind: its database with all tables, with the shipped packs, with the accounts of
the examples; the last one also holds what the journeys need (`tests/support/town.py`). A test about the first start itself begins with an empty folder instead.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from tests.support.database import FAST, open_folder, postgres
from tests.support.instance import QUICK
from zhijiao.core.files import ensure_secret_key
from zhijiao.core.postgres import load_logins
from zhijiao.core.postgres.logins import save_logins

SHELF = "TESTS_PREPARED"
"""The environment variable that tells every process of a run where the folders stand."""


class Stage(StrEnum):
    """How far a folder is prepared; each goes on from the one before."""

    TABLES = "tables"
    PACKS = "packs"
    ACCOUNTS = "accounts"
    TOWN = "town"


_MADE_BY: dict[Stage, tuple[str, ...]] = {
    Stage.TABLES: ("zhijiao", "migrate", "--quiet"),
    Stage.PACKS: ("zhijiao", "install-packs"),
    Stage.ACCOUNTS: ("zhijiao", "demo", "fill", "--quiet", "--accounts-only"),
    Stage.TOWN: ("tests.support.town",),
}


def open_shelf() -> None:
    """Make the place for the folders of this run, once, before its processes start."""
    if SHELF not in os.environ:
        shelf = tempfile.mkdtemp(prefix="zhijiao-prepared-")
        Path(shelf).chmod(0o755)
        os.environ[SHELF] = shelf


def clear_shelf() -> None:
    """Remove the folders of this run."""
    if shelf := os.environ.pop(SHELF, None):
        shutil.rmtree(shelf, ignore_errors=True)


@contextmanager
def prepared_folder(stage: Stage = Stage.ACCOUNTS) -> Iterator[Path]:
    """Give a data folder prepared up to `stage`, for the caller alone."""
    with open_folder() as folder:
        _copy(_made(stage), folder)
        yield folder


def _made(stage: Stage) -> Path:
    """Return the folder of a stage, which whoever asks first makes."""
    place = Path(os.environ[SHELF]) / stage
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            draft = place.with_suffix(".new")
            draft.mkdir(mode=0o755)
            stages = list(Stage)
            if before := stages[: stages.index(stage)]:
                _copy(_made(before[-1]), draft)
            # What is sealed with it while a folder is prepared is read by the instance that starts on a copy.
            ensure_secret_key(draft)
            if stage is Stage.TABLES:
                with postgres(draft):
                    pass
                _forget_the_disk(draft)
            _run(draft, *_MADE_BY[stage])
            draft.rename(place)
    return place


def _copy(source: Path, target: Path) -> None:
    """Copy with owners and rights: the database's files belong to an account of its own."""
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)
    logins = load_logins(target)
    assert logins is not None
    # Two servers from one folder would both reach for its port.
    save_logins(target, replace(logins, port=0))


def _forget_the_disk(folder: Path) -> None:
    """Have every later start wait for no disk: nothing here outlives the run."""
    with (folder / "postgres" / "cluster" / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.writelines(f"{name} = {value}\n" for name, value in FAST.items())


def _run(folder: Path, *words: str) -> None:
    kept = {n: v for n, v in os.environ.items() if not n.startswith("ZHIJIAO_") and n != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", *words],
        env={**kept, **QUICK, "ZHIJIAO_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
