"""Is all well? One answer for people, load balancers and the supervisor."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

import zhijiao

_log = logging.getLogger(__name__)
_STARTED = time.monotonic()
GRACE = 20.0
"""Seconds from the start of the web during which it is expected not to be well yet."""

# What other domains add to the answer, by name; config/wiring.py registers it, since core knows no domain.
# A check returns what to show, or raises `Unwell`.
Check = Callable[[], object]
_checks: dict[str, Check] = {}
_told: dict[str, str] = {}


class Unwell(Exception):
    """A check failed; its argument says how."""


def register_check(name: str, check: Check) -> None:
    """Add a domain's check to /healthz."""
    _checks[name] = check


def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the product can do its work, 503 when it cannot."""
    parts: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, check in {"database": _database, "migrations": _migrations, **_checks}.items():
        try:
            parts[name] = check()
        except Unwell as problem:
            parts[name], wrong[name] = {"error": str(problem)}, str(problem)
        except DatabaseError as problem:
            # The driver's words name hosts and logins: the log may have them, a stranger may not.
            parts[name], wrong[name] = {"error": type(problem).__name__}, str(problem).strip()
    well = not wrong
    _tell(wrong)
    answer: Mapping[str, Any] = {
        "status": "ok" if well else "unwell",
        "version": zhijiao.__version__,
        "time": timezone.localtime().isoformat(timespec="seconds"),
        **parts,
    }
    response = JsonResponse(answer, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


def _tell(wrong: Mapping[str, str]) -> None:
    """Write what is wrong to the log once, and not while the product is only starting: probes come every few seconds."""
    if wrong and time.monotonic() - _STARTED < GRACE:
        return
    for name, words in wrong.items():
        if _told.get(name) != words:
            _log.warning("/healthz: %s: %s", name, words)
    _told.clear()
    _told.update(wrong)


class NotProbes(logging.Filter):
    """Leaves out Django's own line for each probe that is answered 503: `healthz` says itself what is wrong, once."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is of anything else."""
        return getattr(getattr(record, "request", None), "path", "") != "/healthz"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    missing = sorted(f"{app}.{name}" for app, name in _migrations_on_disk() - applied)
    if missing:
        raise Unwell("not applied: " + ", ".join(missing))
    return "ok"


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    """Return the migrations that this version brings. Code does not change while it runs, so one look is enough."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return frozenset((app, name) for app, name in loader.disk_migrations if (app, name) not in replaced)
