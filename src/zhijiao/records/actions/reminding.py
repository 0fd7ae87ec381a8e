"""Verb: tell people of cases whose term runs out."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.records.actions.shared import call
from zhijiao.records.models import RecordCase
from zhijiao.records.types import Refused

AHEAD = timedelta(days=2)


def remind(*, by: Actor, at: datetime, on: date) -> int:
    """Tell the organisation whose turn it is: two days ahead, on the day, and once when it is late; returns how many cases. For
    system actors; the same note reaches a person once."""
    if not by.everything:
        raise Refused("期限提醒由系统进行。")
    with bulk():
        rows = RecordCase.objects.filter(
            tenant=by.tenant.value, closed=False, due__lte=on + AHEAD, holder__isnull=False
        )
        for row in rows:
            assert row.due is not None
            when = "late" if row.due < on else "today" if row.due == on else "soon"
            said = {"late": "已过期限", "today": "今天到期", "soon": f"{row.due:%m月%d日}到期"}[when]
            call(
                row.holder_id or 0,
                f"record-case:{row.pk}:{row.stage}:{row.entered}:{when}",
                f"{said}：{row.name_of_event} {row.name}",
                f"请在期限内办理（{row.number}）。",
                f"/desk/records/cases/{row.pk}",
                at,
            )
        return len(rows)
