"""Writing the audit trail: one line in the transaction of what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from zhijiao.core.access.actor import Actor


def record(
    *,
    by: Actor,
    at: datetime,
    action: str,
    organisation: int | None = None,
    object_kind: str = "",
    object_id: object = "",
    summary: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add an event. `action` is `domain.verb`; `summary` is Chinese, for the screen; `detail` is plain JSON.

    Written without reading back: the writer need not be allowed to read the trail. The transaction gets its number before
    the event gets its own, so that a check can tell an event that was slipped in later (auditing/rules.py).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH number AS MATERIALIZED (SELECT zhijiao_transaction() AS transaction)
            INSERT INTO core_auditevent (transaction, at, "user", name, tenant, organisation_id, action, object_kind,
                                         object_id, summary, detail, address)
            SELECT transaction, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s FROM number
            """,
            [
                *(
                    at,
                    by.user,
                    by.name[:80],
                    by.tenant.value,
                    organisation,
                    action,
                    object_kind,
                    str(object_id),
                ),
                *(summary[:300], json.dumps(detail or {}, ensure_ascii=False, default=str), by.address[:45]),
            ],
        )
