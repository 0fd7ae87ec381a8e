"""Verb: remind people of what is due soon, today, or late: each thing once before, once on the day, weekly after it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.inbox import holders, notify
from zhijiao.core.workdays import china
from zhijiao.supervision.actions.proceedings import flow_in, roles_of
from zhijiao.supervision.actions.units import WORKERS
from zhijiao.supervision.models import Assignment, Problem, Proceeding
from zhijiao.supervision.rules import proceedings as rules
from zhijiao.supervision.rules.lights import due_of, is_done
from zhijiao.supervision.store import part_of, terms_of
from zhijiao.supervision.types import AssignmentState, ItemState, ProblemState, Refused, Side

WORKING_DAYS_BEFORE = 3


def remind(*, by: Actor, at: datetime, on: date) -> int:
    """Put notes into the inboxes of those whose move it is; return how many organisations were told. For system actors.
    Safe to run twice a day."""
    if not by.everything:
        raise Refused("提醒由系统发送。")
    with bulk():
        return _cases(by, at, on) + _parts(by, at, on) + _problems(by, at, on)


def occasion(due: date, on: date) -> str | None:
    """Which reminder falls on a day: some working days before, on the due day, or each seventh day after it."""
    if on == due:
        return "today"
    if on > due:
        days = (on - due).days
        return f"late-{days // 7}" if days % 7 == 0 or days == 1 else None
    return "soon" if china().between(on, due) == WORKING_DAYS_BEFORE and china().is_working(on) else None


def _words(due: date, on: date) -> str:
    if on > due:
        return f"已逾期 {(on - due).days} 天"
    return "今天到期" if on == due else f"{due.isoformat()} 到期"


def _cases(by: Actor, at: datetime, on: date) -> int:
    told = 0
    for row in Proceeding.objects.filter(tenant=by.tenant, closed=False, due__isnull=False):
        when = occasion(row.due, on) if row.due is not None else None
        side = rules.whose_turn(flow_in(row), row.stage)
        if when is None or side is None or row.due is None or side is Side.SIGNER:
            continue
        for organisation in roles_of(row).behind(side):
            if organisation not in row.acknowledged:
                told += _tell(
                    organisation,
                    f"case:{row.pk}:{row.entered}:{when}",
                    f"{_words(row.due, on)}：{row.number} {row.title}",
                    f"/desk/notices/{row.pk}",
                    at,
                )
    return told


def _parts(by: Actor, at: datetime, on: date) -> int:
    """One note for each organisation and occasion, however many items are due."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    rows = Assignment.objects.filter(
        item__tenant=by.tenant,
        item__state=ItemState.OPEN,
        item__closed_on__isnull=True,
        state__in=(AssignmentState.OPEN, AssignmentState.DONE),
    ).select_related("item")
    for row in rows:
        terms = terms_of(row.item)
        due = due_of(terms, on)
        when = occasion(due, on) if due is not None else None
        if when is not None and due is not None and not is_done(part_of(row), terms, on):
            found[row.organisation_id, when].append(f"{row.item.title}（{_words(due, on)}）")
    for (organisation, when), titles in found.items():
        _tell(
            organisation,
            f"tasks:{on.isoformat()}:{when}",
            f"有 {len(titles)} 项任务{'逾期' if when.startswith('late') else '快到期'}",
            "/desk/tasks?role=mine",
            at,
            "；".join(titles[:20]),
        )
    return len(found)


def _problems(by: Actor, at: datetime, on: date) -> int:
    told = 0
    rows = Problem.objects.filter(organisation__tenant=by.tenant, state=ProblemState.OPEN)
    for row in rows.filter(check_of__isnull=False):
        when = occasion(row.due, on)
        if when is not None:
            told += _tell(
                row.organisation_id,
                f"problem:{row.pk}:{row.due}:{when}",
                f"整改{_words(row.due, on)}：{row.text[:80]}",
                f"/desk/problems/{row.pk}",
                at,
            )
    return told


def _tell(organisation: int, key: str, subject: str, link: str, at: datetime, body: str = "") -> int:
    notify(holders(organisation, WORKERS), key=key, subject=subject, body=body, link=link, at=at)
    return 1
