"""Events: told in the transaction of what happened, heard after it, once by each subscriber.

`config/wiring.py` lists who hears what. A subscriber is `handler(payload, at)`, run in its own transaction under the bulk
role; if it fails, the event stays unsettled and is tried again by the sweep.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from zhijiao.core.access.scope import bulk
from zhijiao.core.models import Delivery, Event

Handler = Callable[[Mapping[str, Any], datetime], None]

_subscribers: dict[str, list[tuple[str, Handler]]] = {}
_latest: set[tuple[str, str]] = set()
_log = logging.getLogger(__name__)


def subscribe(event: str, handler: Handler, *, latest: bool = False) -> None:
    """Let a handler hear an event. Called from the wiring only.

    `latest`: of several that wait, of one tenant, it hears only the newest; for handlers that look at everything anyway,
    so that a start which changes three trees is not followed by looking three times.
    """
    name = f"{handler.__module__}.{handler.__qualname__}"
    heard = _subscribers.setdefault(event, [])
    if name not in [known for known, _ in heard]:
        heard.append((name, handler))
    if latest:
        _latest.add((event, name))


def tell(name: str, payload: Mapping[str, Any], *, at: datetime) -> None:
    """Store an event in this transaction and have it delivered after the commit. `payload` is plain JSON: ids and values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_event (name, payload, at, settled) VALUES (%s, %s::jsonb, %s, false)",
            [name, json.dumps(payload, ensure_ascii=False, default=str), at],
        )
    transaction.on_commit(_wake)


def _wake() -> None:
    """Ask the worker to deliver. Should this fail, the sweep of the next minute finds the event."""
    from zhijiao.core.jobs import deliver_told

    try:
        deliver_told.defer()
    except Exception as error:  # the event is stored; a missing wake-up call costs a minute, not the request
        if "AlreadyEnqueued" not in type(error).__name__:
            _log.warning("could not wake the worker: %s", error)


def deliver(*, at: datetime, limit: int = 500) -> int:
    """Deliver what is unsettled, in order; return how many events were settled. Safe to run twice at once."""
    with bulk():
        waiting = list(
            Event.objects.filter(settled=False).order_by("id").values_list("id", flat=True)[:limit]
        )
    return sum(_deliver_one(event_id, at) for event_id in waiting)


def _deliver_one(event_id: int, at: datetime) -> bool:
    settled = True
    for name, handler in _heard(event_id):
        try:
            with bulk():
                event = Event.objects.select_for_update().get(pk=event_id)
                if event.settled or Delivery.objects.filter(event=event, subscriber=name).exists():
                    continue
                if (event.name, name) not in _latest or not _newer_waits(event):
                    handler(event.payload, at)
                Delivery.objects.create(event=event, subscriber=name, at=at)
        except Exception:
            _log.exception("event %s could not be delivered to %s; it will be tried again", event_id, name)
            settled = False
    if settled:
        with bulk():
            Event.objects.filter(pk=event_id).update(settled=True)
    return settled


def _newer_waits(event: Event) -> bool:
    """Whether a newer event of the same name and tenant is still to be delivered."""
    newer = Event.objects.filter(settled=False, name=event.name, pk__gt=event.pk)
    if "tenant" in event.payload:
        newer = newer.filter(payload__contains={"tenant": event.payload["tenant"]})
    return newer.exists()


def _heard(event_id: int) -> Iterable[tuple[str, Handler]]:
    with bulk():
        name = Event.objects.values_list("name", flat=True).get(pk=event_id)
    return tuple(_subscribers.get(name, ()))
