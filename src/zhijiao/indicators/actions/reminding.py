"""Verbs: remind those who hold reports, one by one or all whose term comes near."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.audit import record
from zhijiao.core.inbox import holders, notify
from zhijiao.core.kinds import Tenant
from zhijiao.core.workdays import china
from zhijiao.indicators.actions.shared import Deed
from zhijiao.indicators.models import Report
from zhijiao.indicators.queries.standpoint import REPORTERS, REVIEWERS
from zhijiao.indicators.types import APPROVED, DRAFT

BEFORE = 3
"""Working days before a deadline on which a first note goes out."""
REPEAT = 5
"""Working days between notes once it is late."""


def remind(*, by: Actor, at: datetime, reports: Collection[int]) -> int:
    """Remind the people of whoever holds these reports; one note an organisation and day. Returns how many people are
    reached. For who supervises or reviews. Raises NotAllowed, Invisible."""
    with acting(by):
        deed = Deed(by, at)
        rows = deed.load(dict.fromkeys(reports))
        if not any(by.may(p) for p in (Permission.REVIEW, Permission.SUPERVISE)):
            raise NotAllowed(Permission.SUPERVISE)
        reached = 0
        for (holder, draft), held in _by_holder(rows).items():
            late = sum(row.deadline is not None and row.deadline < deed.today for row in held)
            people = holders(holder, REPORTERS if draft else REVIEWERS)
            notify(
                people,
                key=f"reminded.{holder}.{deed.today}.{by.user}",
                subject=f"催办：{len(held)} 项数据待{'填报' if draft else '审核'}"
                + (f"，其中 {late} 项已逾期" if late else ""),
                body=f"{by.name} 提醒尽快办理。",
                link="/desk/reports" if draft else "/desk/review",
                at=at,
            )
            reached += len(people)
        record(
            by=by,
            at=at,
            action="indicators.remind",
            organisation=by.homes[0] if by.homes else None,
            object_kind="report",
            summary=f"催办数据 {len(rows)} 项",
            detail={"reports": [row.pk for row in rows]},
        )
        return reached


def remind_all(*, tenant: Tenant, on: date, at: datetime) -> int:
    """The notes of a day: three working days before a deadline, on the day, on the day after, then every fifth working day
    while it is late. One note an organisation and kind; safe to run twice. Returns how many notes were addressed."""
    calendar = china()
    if not calendar.is_working(on):
        return 0
    sent = 0
    with bulk():
        open_ = Report.objects.filter(tenant=tenant, deadline__isnull=False).exclude(state=APPROVED)
        rows = open_.filter(deadline__lte=calendar.add(on, BEFORE)).only(
            "id", "holder_id", "state", "deadline"
        )
        for (holder, draft), held in _by_holder(rows.iterator()).items():
            soon = sum(row.deadline is not None and row.deadline >= on for row in held)
            days = [calendar.between(row.deadline, on) for row in held if row.deadline is not None]
            if not any(day in (-BEFORE, 0, 1) or (day > 1 and day % REPEAT == 0) for day in days):
                continue
            late = len(held) - soon
            word = "填报" if draft else "审核"
            said = "，".join(
                [
                    *([f"{soon} 项 {BEFORE} 个工作日内到期"] if soon else []),
                    *([f"{late} 项已逾期"] if late else []),
                ]
            )
            people = holders(holder, REPORTERS if draft else REVIEWERS)
            notify(
                people,
                key=f"due.{holder}.{'draft' if draft else 'review'}.{on}",
                subject=f"数据{word}提醒：{said}",
                link="/desk/reports" if draft else "/desk/review",
                at=at,
            )
            sent += len(people)
    return sent


def _by_holder(rows: Iterable[Report]) -> dict[tuple[int, bool], list[Report]]:
    found: dict[tuple[int, bool], list[Report]] = defaultdict(list)
    for row in rows:
        if row.state != APPROVED:
            found[row.holder_id, row.state == DRAFT].append(row)
    return found
