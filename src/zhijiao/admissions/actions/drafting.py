"""Verb: keep a draft. It is worth nothing, and says so; every change on the page is one."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from zhijiao.admissions.models import Draft
from zhijiao.admissions.queries import filling
from zhijiao.admissions.rules.windows import takes
from zhijiao.admissions.types.filling import Chosen, Closed
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting
from zhijiao.core.errors import Refusal


class DraftMoved(Refusal):
    """The draft was changed elsewhere since the page was loaded."""

    def __init__(self, row: Draft | None) -> None:
        when = (
            f"草稿在 {timezone.localtime(row.saved_at):%H:%M} 由{row.saved_name}在别处改过"
            if row
            else "页面已过期"
        )
        super().__init__(f"{when}。页面已换成最新的草稿，请核对后再改。")


def save_draft(
    *,
    by: Actor,
    at: datetime,
    candidate: int,
    round_code: str,
    chosen: Chosen,
    revision: int,
    opened: datetime,
) -> int:
    """Keep what is on the page in place of the draft of this revision (0: there is none); return the new revision.

    A draft leaves no line in the trail. Raises Closed, DraftMoved, Invisible.
    """
    with acting(by):
        place = filling.place(by, candidate, round_code)
        if not takes(place.window, at, opened=opened):
            raise Closed("现在不在填报时间内，草稿没有改动。")
        row = Draft.objects.select_for_update().filter(candidate=candidate, round=place.round).first()
        if (row.revision if row else 0) != revision:
            raise DraftMoved(row)
        values = {
            "lines": list(chosen.lines),
            "adjust": sorted(chosen.adjust),
            "saved_at": at,
            "saved_by": by.user,
            "saved_name": by.name[:80],
            "revision": revision + 1,
        }
        if row is None:
            Draft.objects.create(candidate_id=candidate, round=place.round, **values)
        else:
            Draft.objects.filter(pk=row.pk).update(**values)
        return revision + 1
