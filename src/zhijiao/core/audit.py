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

    Written without reading back: the writer need not be allowed to read the trail.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_auditevent (at, "user", name, tenant, organisation_id, action, object_kind, object_id,
                                         summary, detail, address)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s)
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
