"""Telling people: a note in their inbox, once per key."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.events import tell
from zhijiao.core.models import Message

NOTIFIED = "core.notified"
"""Told with each note where a service for work notices is switched on."""


def notify(
    people: Iterable[int], *, key: str, subject: str, body: str = "", link: str = "", at: datetime
) -> None:
    """Put a note into the inboxes of these accounts. The same key reaches a person only once."""
    reached = sorted(set(people))
    if settings.WORK_NOTICES and reached:
        tell(NOTIFIED, {"people": reached, "key": key}, at=at)
    with connection.cursor() as cursor:
        for person in reached:
            cursor.execute(
                "SELECT zhijiao_notify(%s, %s, %s, %s, %s, %s)", [person, key, subject[:160], body, link, at]
            )


def holders(organisation: int, roles: Collection[Role]) -> list[int]:
    """The accounts that hold one of these roles at an organisation today: whom a notice to it reaches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person FROM zhijiao_holders(%s, %s)", [organisation, [r.value for r in roles]])
        return sorted(person for (person,) in cursor.fetchall())


def unread(actor: Actor) -> int:
    """How many notes wait for a person; for the top bar. Within the person's scope."""
    return Message.objects.filter(user_id=actor.user, read_at=None).count() if actor.user else 0


def mark_read(actor: Actor, *, at: datetime, message: int | None = None) -> int:
    """Mark a note, or all of them, as read; return how many were not before. Somebody else's note is not found."""
    waiting = Message.objects.filter(user_id=actor.person, read_at=None)
    if message is not None:
        waiting = waiting.filter(pk=message)
    return waiting.update(read_at=at)
