"""A PostgreSQL of its own for each test process: the same launcher as the product's, with durability off."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from zhijiao.core.postgres import APP, SUPERUSER, EmbeddedPostgres, Logins

# Nothing here outlives the run, so nothing has to reach the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


# The server that the tests of this process use, for tests that act as somebody with the keys of the database.
_known: list[Logins] = []


@contextmanager
def as_login(login: str = SUPERUSER) -> Iterator[psycopg.Connection]:
    """A connection of its own to the tests' database, past everything that the product's login may."""
    with psycopg.connect(**_known[-1].parameters(login), autocommit=True) as connection:  # type: ignore[arg-type]
        yield connection


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a temporary data folder that the database's own account may pass through, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="zhijiao-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres(folder: Path) -> Iterator[Logins]:
    """Run a server for the length of a block."""
    server = EmbeddedPostgres(folder, FAST)
    logins = server.start()
    try:
        yield logins
    finally:
        server.stop()


def use_login(login: str, logins: Logins) -> None:
    """Point Django's default connection at `login`, in every thread."""
    from django.db import connections

    known = logins.parameters(login)
    connections["default"].close()
    connections.settings["default"].update(
        NAME=known["dbname"],
        USER=known["user"],
        PASSWORD=known["password"],
        HOST=known["host"],
        PORT=str(known["port"]),
        CONN_MAX_AGE=0,
    )


def adopt(logins: Logins) -> None:
    """Let the tests of this process use a server, as the app's login, which owns nothing, as the product does."""
    use_login(APP, logins)
    _known.append(logins)
    _let_tests_flush(logins)


def _let_tests_flush(logins: Logins) -> None:
    """Allow TRUNCATE, with which Django cleans up after a test that committed. The product's login has no such right."""
    with psycopg.connect(**logins.parameters(SUPERUSER), autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(
            sql.SQL("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {}").format(sql.Identifier(APP))
        )
