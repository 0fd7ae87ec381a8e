"""Sealing: the job that adds links to the chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection

from zhijiao.core.access.scope import bulk
from zhijiao.core.auditing.rules import START, Head, Moment, link_after
from zhijiao.core.models import AuditEvent, AuditSeal

LOCK = 7_310_001  # a number that no other lock of the product uses
CHUNK = 2_000
COLUMNS = tuple(field.attname for field in AuditEvent._meta.concrete_fields)

# One statement, so that the events and what was running are of the same moment. A transaction number from `unborn` on is of
# another server, from which a backup came. `{since}` spares reading all that is sealed.
WAITING = """
    WITH now AS MATERIALIZED (
      SELECT c.system_identifier AS server, pg_snapshot_xmin(s)::text::bigint AS ended,
             pg_snapshot_xmax(s)::text::bigint AS unborn
        FROM pg_current_snapshot() AS s, pg_control_system() AS c
    )
    SELECT now.server, now.ended, now.unborn, {columns}
      FROM now JOIN core_auditevent e ON (e.transaction < now.ended OR e.transaction >= now.unborn) {since}
     WHERE NOT EXISTS (SELECT 1 FROM core_auditseal s WHERE s.event_id = e.id)
     ORDER BY e.id
"""


def seal(*, at: datetime) -> int:
    """Seal every event whose transaction has ended; return how many. Safe to run twice at once."""
    with bulk():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        return _seal(at)


def head() -> Head:
    """The last link; position 0 where nothing is sealed."""
    with bulk():
        return _head()


def _seal(at: datetime) -> int:
    last = _head()
    count = 0
    waiting = _waiting()
    while rows := list(islice(waiting, CHUNK)):
        links = []
        for moment, event in rows:
            link = link_after(last, event, sealed_at=at, moment=moment)
            last = Head(link.position, link.hash)
            links.append(
                AuditSeal(
                    position=link.position,
                    event_id=link.event,
                    sealed_at=at,
                    server=link.server,
                    ended=link.ended,
                    unborn=link.unborn,
                    hash=link.hash,
                )
            )
        AuditSeal.objects.bulk_create(links)
        count += len(links)
    return count


def _head() -> Head:
    row = AuditSeal.objects.order_by("-position").values_list("position", "hash").first()
    return Head(*row) if row else Head(0, START)


def server() -> int:
    """The number of the cluster; another one after a restore into another server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return int(cursor.fetchone()[0])


def _waiting() -> Iterator[tuple[Moment, dict[str, Any]]]:
    """What can be sealed now, in the order of the events, each with the moment of this look."""
    columns = ", ".join(f'e."{name}"' for name in COLUMNS)
    # An event of a transaction that had ended at the last sealing, and was not sealed then, was slipped in: the check
    # names it, and no seal makes it look right.
    since = _ended_before()
    query = WAITING.format(columns=columns, since="" if since is None else "AND e.transaction >= %s")
    with connection.cursor() as cursor:
        cursor.execute(query, [] if since is None else [since])
        for row in cursor.fetchall():
            yield Moment(*row[:3]), event_of(row[3:])


def _ended_before() -> int | None:
    last = AuditSeal.objects.order_by("-position").values_list("server", "ended").first()
    return last[1] if last is not None and last[0] == server() else None


def event_of(row: tuple[Any, ...]) -> dict[str, Any]:
    """A row of the trail as the chain hashes it."""
    event = dict(zip(COLUMNS, row, strict=True))
    if isinstance(event["detail"], str):
        event["detail"] = json.loads(event["detail"])
    return event
