"""Notes of the inbox as work notices of another service.

A note is told as an event in its own transaction; who hears it only queues a job, in the same transaction as the delivery;
the job sends and is tried again. So a service that is down delays its notices, and neither the inbox nor other events.
The notice carries a key, by which the service drops what it has got already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from zhijiao.core.access.scope import bulk
from zhijiao.core.accounts.adapters.configured import work_notices
from zhijiao.core.accounts.adapters.types import Notice
from zhijiao.core.models import ExternalIdentity, Message


def hear(payload: Mapping[str, Any], at: datetime) -> None:
    """A note was put into inboxes: queue its notices."""
    from zhijiao.core.jobs import send_work_notices

    send_work_notices.defer(people=payload["people"], key=payload["key"])


def send(*, people: Sequence[int], key: str, at: datetime) -> int:
    """Send the notice of a note to those of these people who are bound; return to how many. Raises ServiceTrouble."""
    service = work_notices()
    if service is None:
        return 0
    with bulk():
        bound = dict(
            ExternalIdentity.objects.filter(
                provider=service.key, user__in=people, user__is_active=True
            ).values_list("user_id", "subject")
        )
        notes = list(
            Message.objects.filter(user__in=bound, key=key, read_at=None)
            .order_by("user_id")
            .values_list("user_id", "subject", "body", "link")
        )
    groups: dict[tuple[str, str, str], list[str]] = {}
    for person, subject, body, link in notes:
        groups.setdefault((subject, body, link), []).append(bound[person])
    for (subject, body, link), receivers in groups.items():
        digest = hashlib.sha256(f"{key}\n{subject}\n{body}".encode()).hexdigest()[:32]
        notice = Notice(digest, subject, body or subject, f"{settings.SITE_ADDRESS}{link}" if link else "")
        service.send(sorted(receivers), notice, at=at)
    return len(notes)
