"""From the environment to Django's database settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg

from zhijiao.core import environment
from zhijiao.core.errors import Misconfigured, Refusal
from zhijiao.core.instance import AlreadyRunning, InstanceLock
from zhijiao.core.postgres import APP, OWNER, EmbeddedPostgres, load_logins


class ServerSilent(Refusal):
    """The server that DATABASE_URL names cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"DATABASE_URL 所指的数据库没有应答或不接受登录：\n{reason}\n请检查地址、账号、口令和网络。"
        )


# Connections persist and are checked before use: a new one per request costs three times the page (stack trials).
COMMON = {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}


def django_database() -> dict[str, Any]:
    """Return the `default` entry of DATABASES for this process."""
    address = environment.migration_url() if environment.wants_owner() else environment.database_url()
    return {**COMMON, **(from_url(address) if address else _embedded(environment.data_folder()))}


def _embedded(data: Path) -> dict[str, Any]:
    logins = load_logins(data)
    if logins is None:
        # Nothing has been started yet. Checks that need no database work; a connection says "connection refused".
        return {"NAME": "zhijiao", "USER": APP, "HOST": "127.0.0.1", "PORT": "1"}
    known = logins.parameters(OWNER if environment.wants_owner() else APP)
    return {
        "NAME": known["dbname"],
        "USER": known["user"],
        "PASSWORD": known["password"],
        "HOST": known["host"],
        "PORT": str(known["port"]),
    }


def from_url(address: str) -> dict[str, Any]:
    """Read `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2:
        raise Misconfigured(
            "DATABASE_URL 应形如 postgresql://用户:口令@主机:端口/库名；口令中的特殊字符要写成 %xx。"
        )
    return {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _ask_the_server() -> None:
    """Fail with a sentence before Django fails with a page of traceback."""
    known = django_database()
    words = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    parameters = {word: known[key] for word, key in words.items() if known[key]}
    try:
        psycopg.connect(**parameters, **known["OPTIONS"], connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise ServerSilent(str(error)) from None


@contextmanager
def database_running() -> Iterator[None]:
    """Have a database for the length of a command: the server's, a running instance's, or one started for it."""
    if environment.database_url() is not None:
        _ask_the_server()
        yield
        return
    lock = InstanceLock(environment.data_folder())
    try:
        lock.acquire()
    except AlreadyRunning:
        yield
        return
    with lock:
        server = EmbeddedPostgres(lock.data)
        server.start()
        try:
            yield
        finally:
            server.stop()
