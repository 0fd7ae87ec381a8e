"""A bare WSGI handler: parses JSON, runs the same statement, answers. No session, no checks of its own."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg

STATEMENT = "SELECT * FROM zhijiao_submit_choices(%s, %s, %s, %s, '{}', %s, %s, NULL, '', '')"
_kept = threading.local()


def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """Answer one request."""
    said = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    if not hasattr(_kept, "connection"):
        _kept.connection = psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True)
    with _kept.connection.cursor() as cursor:
        cursor.execute(
            STATEMENT,
            [said["person"], said["candidate"], said["round"], said["lines"], said["key"], datetime.now(UTC)],
        )
        row = cursor.fetchone()
    assert row[0] == "made", row
    body = json.dumps({"receipt": row[1], "version": row[3]}).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
