"""Telling people: a note in their inbox, once per key."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection

from zhijiao.core.access.roles import Role


def notify(
    people: Iterable[int], *, key: str, subject: str, body: str = "", link: str = "", at: datetime
) -> None:
    """Put a note into the inboxes of these accounts. The same key reaches a person only once."""
    with connection.cursor() as cursor:
        for person in sorted(set(people)):
            cursor.execute(
                "SELECT zhijiao_notify(%s, %s, %s, %s, %s, %s)", [person, key, subject[:160], body, link, at]
            )


def holders(organisation: int, roles: Collection[Role]) -> list[int]:
    """The accounts that hold one of these roles at an organisation today: whom a notice to it reaches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person FROM zhijiao_holders(%s, %s)", [organisation, [r.value for r in roles]])
        return sorted(person for (person,) in cursor.fetchall())
