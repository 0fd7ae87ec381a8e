"""From the environment to Django's database settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from zhijiao.core import environment
from zhijiao.core.instance import AlreadyRunning, InstanceLock
from zhijiao.core.postgres import APP, OWNER, EmbeddedPostgres, load_logins

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
    return {**COMMON, **(_from_url(address) if address else _embedded(environment.data_folder()))}


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


def _from_url(address: str) -> dict[str, Any]:
    """Read `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2:
        raise ImproperlyConfigured(
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


@contextmanager
def database_running() -> Iterator[None]:
    """Have a database for the length of a command: the server's, a running instance's, or one started for it."""
    if environment.database_url() is not None:
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
