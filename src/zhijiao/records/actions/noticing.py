"""What a case does about a student whom nobody reaches: its notice goes up when it is handed in, and comes down when the case is dropped.
Called inside the transaction of a step."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from zhijiao.core.access.actor import Actor
from zhijiao.core.tree import tree
from zhijiao.lib.masking import masked_name
from zhijiao.records.actions.shared import log
from zhijiao.records.models import RecordCase, RecordNotice
from zhijiao.records.places import index_of, rule_of
from zhijiao.records.rules.noticing import last_day
from zhijiao.records.types import Reached, Refused


def put_up(row: RecordCase, by: Actor, at: datetime, on: date) -> None:
    """See that a notice stands where one has to; one that stands goes on, and one that is not needed any more comes down."""
    if row.wanted.get("reached") != Reached.UNREACHABLE:
        take_down(row, "已联系上", by, at)
        return
    if standing(row) is not None:
        return
    here = tree(by.tenant, on)
    school = here.nodes[row.organisation_id]
    rule = rule_of(index_of(here, row.organisation_id), row.event, school.kind)
    assert rule.notice_days is not None, "asked for only where the rule has one"
    made = RecordNotice.objects.create(
        case=row,
        code=secrets.token_hex(8),
        school=school.name[:120],
        name=masked_name(row.name),
        about=_about(row),
        contact=str(row.wanted.get("contact", ""))[:200],
        starts=on,
        ends=last_day(on, rule.notice_days),
        made_at=at,
        made_by=by.name[:80],
    )
    said = f"公示“{row.name}”（{row.number}），到 {made.ends:%Y-%m-%d} 止"
    log(by, at, "notice", row.organisation_id, "record_case", row.pk, said, {"ends": made.ends})


def take_down(row: RecordCase, why: str, by: Actor, at: datetime) -> None:
    """Withdraw the notice of a case, where one stands."""
    found = standing(row)
    if found is None:
        return
    found.withdrawn_at, found.withdrawn_why = at, why[:200]
    found.save()
    log(by, at, "end_notice", row.organisation_id, "record_case", row.pk, f"撤下“{row.name}”的公示：{why}")


def require_over(row: RecordCase, on: date) -> None:
    """Refuse to record what a notice has to precede, before its last day is over. Raises Refused."""
    if row.wanted.get("reached") != Reached.UNREACHABLE:
        return
    found = standing(row)
    if found is None or on <= found.ends:
        until = f"公示到 {found.ends:%Y-%m-%d} 止" if found is not None else "还没有公示"
        raise Refused(
            f"“{row.name}”联系不上，{until}，期满后才能核准。期间联系上了的，请退回补正或不予办理。"
        )


def standing(row: RecordCase) -> RecordNotice | None:
    """The notice of a case that was not withdrawn."""
    return RecordNotice.objects.filter(case=row, withdrawn_at__isnull=True).first()


def _about(row: RecordCase) -> str:
    record = row.record
    assert record is not None, "nobody calls for somebody who is not here yet"
    place = f"{record.class_no}班" if record.class_no else ""
    return f"{record.grade}级{place}学生"[:200]
