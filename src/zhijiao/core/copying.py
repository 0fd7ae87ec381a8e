"""What a query finds, by COPY: several times as fast as rows one by one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection


def csv_of(
    query: str, given: Sequence[Any], *, options: str = "", block: int | None = None
) -> Iterator[io.BytesIO]:
    """The rows as CSV, in pieces of at least `block` bytes that end with a row; in one piece without it, and none without rows.
    `options`: more of COPY's, `DELIMITER '|', …`."""
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv{', ' + options if options else ''})"
    held = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(statement, given) as copy:
        for rows in copy:  # each ends with the end of a row
            held.write(rows)
            if block is not None and held.tell() >= block:
                held.seek(0)
                yield held
                held = io.BytesIO()
    if held.tell():
        held.seek(0)
        yield held
