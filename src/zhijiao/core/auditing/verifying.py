"""Checking the chain against the trail, from the first link to what waits to be sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from zhijiao.core.access.scope import bulk
from zhijiao.core.auditing.rules import Check, Fault, Head, Link
from zhijiao.core.auditing.sealing import COLUMNS, event_of, seal, server

SHOWN = 200
CHUNK = 2_000
LINK = ("position", "event_id", "sealed_at", "server", "ended", "unborn", "hash")


@dataclass(frozen=True)
class Verdict:
    """What a check found. `faults` holds the first `SHOWN`; `count` counts all."""

    head: Head
    waiting: int
    faults: tuple[Fault, ...]
    count: int
    at: datetime

    @property
    def holds(self) -> bool:
        """Whether the chain is whole."""
        return self.count == 0


def verify(*, known: Mapping[int, str], at: datetime) -> Verdict:
    """Seal what waits, then check everything. `known` are heads that were noted elsewhere: hash by position."""
    seal(at=at)
    check = Check(known)
    with bulk():
        faults = [*check.walk(_sealed()), *check.remembered()]
        unsealed = list(_unsealed())
        faults.extend(check.rest(unsealed, server()))
    slipped = sum(fault.kind == "slipped_in" and fault.position is None for fault in faults)
    return Verdict(check.head, len(unsealed) - slipped, tuple(faults[:SHOWN]), len(faults), at)


def _sealed() -> Iterator[tuple[Link, dict[str, Any] | None]]:
    columns = ", ".join([*(f"s.{name}" for name in LINK), *(f'e."{name}"' for name in COLUMNS)])
    query = (
        f"SELECT {columns} FROM core_auditseal s LEFT JOIN core_auditevent e ON e.id = s.event_id"
        " WHERE s.position > %s ORDER BY s.position LIMIT %s"
    )
    last = -(2**62)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(query, [last, CHUNK])
            rows = cursor.fetchall()
            for row in rows:
                link = Link(*row[: len(LINK)])
                event = row[len(LINK) :]
                yield link, None if event[0] is None else event_of(event)
            if len(rows) < CHUNK:
                return
            last = rows[-1][0]


def _unsealed() -> Iterator[dict[str, Any]]:
    columns = ", ".join(f'e."{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM core_auditevent e"
            " WHERE NOT EXISTS (SELECT 1 FROM core_auditseal s WHERE s.event_id = e.id) ORDER BY e.id"
        )
        for row in cursor.fetchall():
            yield event_of(row)
