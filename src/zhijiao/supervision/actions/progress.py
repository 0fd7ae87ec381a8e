"""Verbs: report progress with evidence, confirm what is done, send it back; decide on an item as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.audit import record
from zhijiao.core.inbox import holders, notify
from zhijiao.core.models import StoredFile
from zhijiao.supervision.actions.units import WORKERS
from zhijiao.supervision.models import Assignment, Entry, WorkItem
from zhijiao.supervision.rules.ledger import Line, follow
from zhijiao.supervision.rules.periods import before, period_of
from zhijiao.supervision.store import acts_for, set_standing, standing_of, terms_of
from zhijiao.supervision.types import (
    Duty,
    EntryKind,
    ItemState,
    Outdated,
    Refused,
    Report,
    Rollup,
)

_LONGEST = 4000


def report_progress(
    *,
    assignment: int,
    report: Report,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> int:
    """Add a line of progress, or the claim that the part is done. `seen`: how many entries the person had before them.

    Returns the number of the entry. Raises Refused (also Outdated), NotAllowed, Invisible.
    """
    with acting(by):
        row = _locked(assignment)
        require_own(by, row.organisation_id)
        _check_seen(row, seen)
        _check_item(row.item)
        _check_report(row.item, report)
        _check_evidence(row, report.evidence)
        period = _period(row, report.period, on)
        kind = EntryKind.CLAIM if report.done else EntryKind.PROGRESS
        number = _add(
            row,
            Line(
                kind=kind,
                on=on,
                by=by.user,
                period=period,
                percent=report.percent,
                words=report.words.strip(),
                help_wanted=report.help_wanted.strip(),
            ),
            by=by,
            at=at,
            as_organisation=row.organisation_id,
            problems=report.problems.strip(),
            evidence=report.evidence,
        )
        if report.done or report.help_wanted.strip():
            _tell_confirmers(row, report, number, at)
        return number


def confirm(
    *,
    assignments: Sequence[int],
    words: str = "",
    seen: dict[int, int] | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> None:
    """Confirm that parts are done: all of them, or none. By the lead for the other units, by who asked for the item for all.

    Raises Refused, NotAllowed, Invisible.
    """
    with acting(by):
        for assignment in assignments:
            row = _locked(assignment)
            as_organisation = confirmer(row, by)
            _check_seen(row, (seen or {}).get(assignment))
            number = _add(
                row,
                Line(EntryKind.CONFIRM, on, by.user, row.period, words=words.strip()),
                by=by,
                at=at,
                as_organisation=as_organisation,
            )
            _tell_unit(row, f"已确认完成：{row.item.title}", words, number, at)


def return_part(
    *, assignment: int, words: str, seen: int | None = None, by: Actor, at: datetime, on: date
) -> None:
    """Send a claim, or something confirmed too early, back to its unit with words. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = _locked(assignment)
        as_organisation = confirmer(row, by)
        _check_seen(row, seen)
        number = _add(
            row,
            Line(EntryKind.RETURN, on, by.user, row.period, words=words.strip()),
            by=by,
            at=at,
            as_organisation=as_organisation,
        )
        _tell_unit(row, f"退回：{row.item.title}", words, number, at)


def set_rollup(*, item: int, rollup: Rollup, share: int = 100, by: Actor, at: datetime) -> None:
    """Declare how the light of an item follows from those of its units. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = _item(item)
        by.require(Permission.ASSIGN, row.organisation_id)
        if not 1 <= share <= 100:
            raise Refused(f"比例要在 1% 到 100% 之间，现在是 {share}%。", "share")
        old = f"{row.rollup} {row.share}%"
        row.rollup, row.share, row.revision = rollup, share, row.revision + 1
        row.save(update_fields=["rollup", "share", "revision"])
        _record_item(row, "set_rollup", f"“{row.title}”的汇总规则改为：{rollup.words}", by, at, {"old": old})


def carry_over(
    *, items: Sequence[int], due: date | None, under: str, by: Actor, at: datetime, on: date
) -> None:
    """Go on with items whose plan has ended, until a new due day, under a document that says so. All, or none.

    Raises Refused, NotAllowed, Invisible.
    """
    with acting(by):
        if not under.strip():
            raise Refused("结转要写明依据，如后续方案的名称或文号。", "under")
        if due is not None and due < on:
            raise Refused(f"新的时限 {due} 早于今天 {on}，请改为今天或以后的日期。", "due")
        for item in items:
            row = _item(item)
            _require_decision(row, by)
            row.closed_on, row.due, row.inferred = None, due, False
            row.carried_under, row.state, row.dropped_because = under.strip(), ItemState.OPEN, ""
            row.revision += 1
            row.save()
            _record_item(row, "carry_over", f"“{row.title}”结转：{under}", by, at, {"due": due})


def drop(*, items: Sequence[int], reason: str, by: Actor, at: datetime) -> None:
    """Stop working on items, with a reason. What was done stays. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        if not reason.strip():
            raise Refused("不再办理要写明理由。", "reason")
        for item in items:
            row = _item(item)
            _require_decision(row, by)
            row.state, row.dropped_because = ItemState.DROPPED, reason.strip()
            row.revision += 1
            row.save(update_fields=["state", "dropped_because", "revision"])
            _record_item(row, "drop", f"“{row.title}”不再办理：{reason}", by, at, {})


def require_own(by: Actor, organisation: int) -> None:
    """Raise NotAllowed unless somebody speaks for an organisation."""
    if not acts_for(by, Permission.PROGRESS, organisation):
        raise NotAllowed(Permission.PROGRESS, "由承担单位自己的经办人办理")


def confirmer(row: Assignment, by: Actor) -> int:
    """The organisation for which somebody may confirm or send back a part. Raises NotAllowed."""
    item = row.item
    for permission in (Permission.ASSIGN, Permission.SUPERVISE):
        if by.may(permission, item.organisation_id):
            return item.organisation_id
    if item.lead_id is not None and row.duty != Duty.LEAD and acts_for(by, Permission.PROGRESS, item.lead_id):
        return item.lead_id
    raise NotAllowed(Permission.ASSIGN, "确认和退回由牵头单位或交办单位办理")


# -- shared ----------------------------------------------------------------------------------------


def _locked(assignment: int) -> Assignment:
    row = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("item")
        .filter(pk=assignment)
        .first()
    )
    if row is None:
        raise Invisible("没有这个事项。")
    return row


def _item(item: int) -> WorkItem:
    row = WorkItem.objects.select_for_update().filter(pk=item).first()
    if row is None:
        raise Invisible("没有这个事项。")
    return row


def _check_seen(row: Assignment, seen: int | None) -> None:
    if seen is not None and seen != row.entries_count:
        raise Outdated(f"“{row.item.title}”的进展")


def _check_item(item: WorkItem) -> None:
    if item.state == ItemState.DROPPED:
        raise Refused(f"这一事项不再办理：{item.dropped_because}。")


def _check_report(item: WorkItem, report: Report) -> None:
    if not report.words.strip():
        raise Refused("请写明进展：做了什么、到了哪一步。", "words")
    if len(report.words) > _LONGEST:
        raise Refused(
            f"进展写了 {len(report.words)} 字，最多 {_LONGEST} 字；详细材料请作为佐证上传。", "words"
        )
    if report.percent is not None and not 0 <= report.percent <= 100:
        raise Refused(f"完成比例 {report.percent}% 不在 0% 到 100% 之间，请改正。", "percent")
    if report.done and item.evidence and not report.evidence:
        raise Refused(f"报完成要附佐证：{'、'.join(item.evidence)}。请上传后再报。", "evidence")


def _check_evidence(row: Assignment, evidence: Sequence[int]) -> None:
    readers = set(row.parties)
    found = {f.pk: f for f in StoredFile.objects.filter(pk__in=evidence)}
    for number in evidence:
        file = found.get(number)
        if file is None or file.organisation_id != row.organisation_id or not readers <= set(file.parties):
            raise Refused("有一份佐证不是为这一事项上传的，请重新上传。", "evidence")


def _period(row: Assignment, asked: str, on: date) -> str:
    """The period that a report speaks of: the current one, or the one before while that is not done."""
    every = terms_of(row.item).every
    if every is None:
        return ""
    now = period_of(every, on)
    if asked in ("", now.key):
        return now.key
    earlier = before(every, now)
    if asked != earlier.key:
        raise Refused(f"只能报{now.words}或补报{earlier.words}，请重新选择。", "period")
    return earlier.key


def _add(
    row: Assignment,
    line: Line,
    *,
    by: Actor,
    at: datetime,
    as_organisation: int,
    problems: str = "",
    evidence: Sequence[int] = (),
) -> int:
    after = follow(standing_of(row), line)
    set_standing(row, after)
    Entry.objects.create(
        assignment=row,
        number=after.entries_count,
        kind=line.kind,
        period=line.period,
        percent=line.percent,
        words=line.words,
        problems=problems,
        help_wanted=line.help_wanted,
        evidence=list(evidence),
        by=by.user,
        by_name=by.name,
        by_organisation_id=as_organisation,
        at=at,
        on=line.on,
    )
    record(
        by=by,
        at=at,
        action=f"supervision.{line.kind.value}",
        organisation=row.organisation_id,
        object_kind="assignment",
        object_id=row.pk,
        summary=f"{line.kind.words}：{row.item.title}",
        detail={"number": after.entries_count, "period": line.period, "evidence": list(evidence)},
    )
    return after.entries_count


def _tell_confirmers(row: Assignment, report: Report, number: int, at: datetime) -> None:
    item = row.item
    wanted = item.lead_id if item.lead_id is not None and row.duty != Duty.LEAD else item.organisation_id
    what = "报完成，待确认" if report.done else "请求协调"
    notify(
        holders(wanted, WORKERS),
        key=f"entry:{row.pk}:{number}",
        subject=f"{what}：{item.title}",
        body=report.help_wanted or report.words,
        link=f"/desk/tasks/{item.pk}",
        at=at,
    )


def _tell_unit(row: Assignment, subject: str, words: str, number: int, at: datetime) -> None:
    notify(
        holders(row.organisation_id, WORKERS),
        key=f"entry:{row.pk}:{number}",
        subject=subject,
        body=words,
        link=f"/desk/tasks/{row.item_id}",
        at=at,
    )


def _require_decision(row: WorkItem, by: Actor) -> None:
    if not by.may(Permission.APPROVE_PLANS, row.organisation_id):
        by.require(Permission.ASSIGN, row.organisation_id)


def _record_item(
    row: WorkItem, verb: str, summary: str, by: Actor, at: datetime, detail: dict[str, object]
) -> None:
    record(
        by=by,
        at=at,
        action=f"supervision.{verb}",
        organisation=row.organisation_id,
        object_kind="work_item",
        object_id=row.pk,
        summary=summary,
        detail=detail,
    )
