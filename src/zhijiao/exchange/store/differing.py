"""Where two sources say something different of the same record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from zhijiao.exchange.models import Batch, Difference, Shelf
from zhijiao.exchange.store import layouts
from zhijiao.exchange.store.telling import differing
from zhijiao.exchange.types import Dataset

# Keys that a batch touched, and those of its organisations and periods that only one of the two has, with what the two say
# now; and whether each speaks of that organisation and period at all: a source that has none of its rows contradicts nobody.
TOUCHED = """
    WITH moved AS MATERIALIZED (
      SELECT key, organisation_id, period FROM exchange_record
       WHERE shelf_id = %(moved)s AND since = %(sequence)s AND id BETWEEN %(first)s AND %(last)s
      UNION ALL
      SELECT key, organisation_id, period FROM exchange_record WHERE shelf_id = %(moved)s AND until = %(sequence)s
    ), pairs AS MATERIALIZED (SELECT DISTINCT organisation_id, period FROM moved),
    touched AS (
      SELECT organisation_id, key FROM moved
      UNION
      SELECT r.organisation_id, r.key FROM pairs p JOIN exchange_record r ON r.organisation_id = p.organisation_id
         AND r.period = p.period AND r.until IS NULL AND r.shelf_id IN (%(own)s, %(other)s)
       WHERE NOT EXISTS (SELECT FROM exchange_record x WHERE x.organisation_id = r.organisation_id AND x.key = r.key AND x.until IS NULL
                AND x.shelf_id = %(own)s + %(other)s - r.shelf_id)
    )
    SELECT t.key, t.organisation_id, coalesce(a.period, b.period), {own}, {other},
           a.key IS NOT NULL OR EXISTS (
             SELECT FROM exchange_record x WHERE x.shelf_id = %(own)s AND x.until IS NULL
                AND x.organisation_id = t.organisation_id AND x.period = b.period),
           b.key IS NOT NULL OR EXISTS (
             SELECT FROM exchange_record x WHERE x.shelf_id = %(other)s AND x.until IS NULL
                AND x.organisation_id = t.organisation_id AND x.period = a.period)
      FROM touched t
      LEFT JOIN exchange_record a ON a.shelf_id = %(own)s AND a.organisation_id = t.organisation_id AND a.key = t.key AND a.until IS NULL
      LEFT JOIN exchange_record b ON b.shelf_id = %(other)s AND b.organisation_id = t.organisation_id AND b.key = t.key AND b.until IS NULL
"""
AT_ONCE = 2_000


def refresh(batch: Batch, moved: Shelf, dataset: Dataset, sequence: int, at: datetime) -> None:
    """Bring the differences of a data set up to date after a batch."""
    shelves = list(Shelf.objects.filter(tenant=moved.tenant, dataset=moved.dataset))
    own = next((s for s in shelves if not s.source), None)
    if own is None:
        return
    others = [s for s in shelves if s.source] if moved.source == "" else [moved]
    for other in others:
        with connection.cursor() as cursor:
            cursor.execute(
                TOUCHED.format(
                    own=layouts.values_on(own.pk, table="a"), other=layouts.values_on(other.pk, table="b")
                ),
                {
                    "moved": moved.pk,
                    "own": own.pk,
                    "other": other.pk,
                    "sequence": sequence,
                    "first": batch.first_record,
                    "last": batch.last_record,
                },
            )
            while rows := cursor.fetchmany(AT_ONCE):
                _note(other, dataset, rows, at)


Spot = tuple[int, str, str]
"""An organisation, a key, a field."""


def _note(other: Shelf, dataset: Dataset, rows: Iterable[tuple[Any, ...]], at: datetime) -> None:
    wanted: dict[Spot, tuple[str, str, str]] = {}
    keys = set()
    for key, organisation, period, own, theirs, own_speaks, other_speaks in rows:
        keys.add((organisation, key))
        if own is not None and theirs is not None:
            for name, mine, yours in differing(own, theirs, dataset):
                wanted[organisation, key, name] = (period, mine, yours)
        elif (own is not None or theirs is not None) and own_speaks and other_speaks:
            wanted[organisation, key, ""] = (period, "有" if own else "没有", "有" if theirs else "没有")
    known = Difference.objects.filter(shelf=other, key__in={key for _, key in keys}).exclude(state="gone")
    settled = set()
    for line in known:
        spot = (line.organisation_id, line.key, line.field)
        if line.state == "settled":
            settled.add((*spot, line.own, line.other))
        elif spot[:2] in keys:
            now = wanted.pop(spot, None)
            if now is None:
                line.state, line.settled_at = "gone", at
            else:
                line.own, line.other = now[1:]
            line.save(update_fields=["state", "settled_at", "own", "other"])
    Difference.objects.bulk_create(
        [
            Difference(
                shelf=other,
                organisation_id=organisation,
                period=period,
                key=key,
                field=name,
                own=mine,
                other=yours,
                found_at=at,
            )
            for (organisation, key, name), (period, mine, yours) in wanted.items()
            if (organisation, key, name, mine, yours) not in settled
        ]
    )
