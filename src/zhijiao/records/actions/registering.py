"""Verbs: put a student on record, and the authority's word on a roll of new students."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max

from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.core.workdays import china
from zhijiao.exchange.actions.numbers import Hidden, hide
from zhijiao.exchange.types.batches import Refused as NumberRefused
from zhijiao.policy.types import PackIndex
from zhijiao.records.actions.shared import alone, call, check_major, log, tell
from zhijiao.records.models import RecordIssue, StudentRecord
from zhijiao.records.places import (
    acts_for,
    approves,
    authority_of,
    calendar_of,
    index_of,
    parameters_of,
    require_acting,
    rule_of,
    school,
)
from zhijiao.records.rules.deciding import unmet, years_of
from zhijiao.records.rules.position import closing, term_of
from zhijiao.records.store import Note, append, begin, live_record
from zhijiao.records.types import (
    Detail,
    EventKind,
    IssueKind,
    NotEligible,
    Refused,
    Registered,
    Registration,
    Status,
)


def register(
    *, organisation: int, registration: Registration, by: Actor, at: datetime, on: date
) -> Registered:
    """Put a student on record at a school. With `approved` (the document of a signed admission) the record is in force at once;
    else it waits for the authority. The same key again changes nothing. Somebody who has a live record already is not put on
    record: an issue says so.

    Raises Refused (NotEligible names every condition that is not met), NotAllowed, Invisible.
    """
    with acting(by):
        standing = tree(by.tenant, on)
        node = school(standing, organisation)
        if registration.approved and not approves(by, standing, organisation):
            authority = authority_of(standing, organisation)
            raise NotAllowed(Permission.KEEP_RECORDS, f"凭文件直接注册由{authority.name}办理")
        if not registration.approved:
            require_acting(by, organisation, "新生注册")
        index = index_of(standing, organisation)
        hidden = _hidden(registration.number)
        _check(registration, index)
        with bulk():
            alone(by.tenant.value, hidden.person)
            known = StudentRecord.objects.filter(tenant=by.tenant.value, key=registration.key).first()
            if known is not None:
                if known.organisation_id != organisation:
                    raise Refused(
                        f"编号“{registration.key}”的学生已经在“{_name(standing, known.organisation_id)}”建立学籍。"
                    )
                return Registered(registration.key, known.pk, new=False)
            live = live_record(by.tenant, hidden.person)
            if live is not None:
                issue = _duplicate(node, live, hidden, registration.name, standing, by, at)
                return Registered(registration.key, None, issue)
            _eligible(registration, index, node, on)
            row = _begin(organisation, registration, hidden, by, at, on)
            return Registered(registration.key, row.pk)


def approve_registrations(
    *, organisation: int, records: Collection[int], document: str, by: Actor, at: datetime, on: date
) -> int:
    """The authority puts records that wait in force; returns how many. Those that are in force already stay as they are.

    Raises Refused, NotAllowed, Invisible.
    """
    document = document.strip()
    if not document:
        raise Refused("请写明批准新生名册的文号。", "document")
    with acting(by):
        rows = _waiting(by, organisation, records, on)
        with bulk():
            for row in rows:
                append(row, EventKind.APPROVE, on=max(on, row.starts), note=Note(by, at, document=document))
                tell(row, at)
            if rows:
                log(
                    by,
                    at,
                    "approve_registrations",
                    organisation,
                    "organisation",
                    organisation,
                    f"批准新生注册 {len(rows)} 人（{document}）",
                    {"records": [row.pk for row in rows]},
                )
                call(
                    organisation,
                    f"records:approved:{organisation}:{at:%Y%m%d%H%M%S}",
                    f"{len(rows)} 名新生已注册",
                    f"文号：{document}",
                    "/desk/records",
                    at,
                )
    return len(rows)


def refuse_registration(*, record: int, words: str, by: Actor, at: datetime, on: date) -> None:
    """The authority refuses to put a record in force: it is cancelled, and the school told. Raises Refused, NotAllowed,
    Invisible."""
    words = words.strip()
    if not words:
        raise Refused("请写明不予注册的原因。", "words")
    with acting(by):
        row = StudentRecord.objects.filter(pk=record, tenant=by.tenant.value).first()
        if row is None:
            raise Invisible("no such record")
        (row,) = _waiting(by, row.organisation_id, [record], on) or (None,)
        if row is None:
            raise Refused("这份学籍已经办过，不在待注册的名册里；请刷新页面。")
        with bulk():
            append(
                row,
                EventKind.CANCEL,
                on=max(on, row.starts),
                note=Note(by, at, reason="unqualified", reason_name="不予注册", words=words),
            )
            log(
                by,
                at,
                "refuse_registration",
                row.organisation_id,
                "record",
                row.pk,
                f"不予注册：{words[:200]}",
            )
            tell(row, at)
            call(
                row.organisation_id,
                f"records:refused:{row.pk}",
                f"不予注册：{row.name}",
                words,
                f"/desk/records/{row.pk}",
                at,
            )


# -- shared ----------------------------------------------------------------------------------------


def _hidden(number: str) -> Hidden:
    try:
        return hide(number)
    except NumberRefused as refused:
        raise Refused(str(refused), "number") from refused


def _check(registration: Registration, index: PackIndex) -> None:
    if not registration.name.strip():
        raise Refused("请填姓名。", "name")
    check_major(registration.major)
    tracks, _ = calendar_of(index)
    if years_of(registration.track, tracks) is None:
        raise Refused(
            f"学制“{registration.track}”不在本地政策写的学制里；可以用：{'、'.join(t.code for t in tracks)}。",
            "track",
        )


def _eligible(registration: Registration, index: PackIndex, node: Node, on: date) -> None:
    rule = rule_of(index, "register", node.kind)
    tracks, terms = calendar_of(index)
    if not any(t.code == registration.track and node.kind in t.kinds for t in tracks):
        raise Refused(f"学制“{registration.track}”不是{node.kind.words}办的学制。", "track")
    _, term, starts = term_of(registration.enrolled_on, terms)
    known = {
        "duplicate": False,
        "school_kind": node.kind.value,
        "track": registration.track,
        "working_days_since": 0 if registration.approved else china().between(registration.enrolled_on, on),
        "days_past_closing": 0 if registration.approved else max(0, (on - closing(starts, term)).days),
    }
    faults = unmet(rule, "", known, parameters_of(index, rule, on))
    if faults:
        raise NotEligible(faults)


def _begin(
    organisation: int, registration: Registration, hidden: Hidden, by: Actor, at: datetime, on: date
) -> StudentRecord:
    row = begin(
        tenant=by.tenant,
        organisation=organisation,
        hidden=hidden,
        key=registration.key,
        kind=EventKind.REGISTER,
        on=_first_day(by, hidden.person, registration.enrolled_on),
        enrolled_on=registration.enrolled_on,
        sets=sets_of(registration),
        details=registration.details,
        note=Note(by, at),
    )
    if registration.approved:
        note = Note(by, at, document=registration.approved)
        append(row, EventKind.APPROVE, on=max(row.starts, min(on, registration.enrolled_on)), note=note)
    log(
        by, at, "register", organisation, "record", row.pk, f"建立学籍：{row.name}", {"key": registration.key}
    )
    tell(row, at)
    return row


def sets_of(registration: Registration) -> dict[Detail, str]:
    """What the first event of a record sets."""
    return {
        Detail.NAME: registration.name.strip(),
        Detail.SEX: registration.sex,
        Detail.GRADE: str(registration.grade),
        Detail.MAJOR: registration.major,
        Detail.TRACK: registration.track,
        Detail.CLASS: registration.class_no,
        Detail.SCHOOL_NO: registration.school_no,
    }


def _first_day(by: Actor, person: UUID, enrolled_on: date) -> date:
    """The day from which a record is live: that of enrolment, or the end of the person's record before it."""
    last = StudentRecord.objects.filter(tenant=by.tenant.value, person=person).aggregate(last=Max("ends"))
    return max(enrolled_on, last["last"] or enrolled_on)


def _waiting(by: Actor, organisation: int, records: Collection[int], on: date) -> Sequence[StudentRecord]:
    standing = tree(by.tenant, on)
    if organisation not in standing.nodes or not by.may(Permission.VIEW, organisation):
        raise Invisible("no such organisation")
    authority = authority_of(standing, organisation)
    if not acts_for(by, authority.id):
        by.require(Permission.KEEP_RECORDS, authority.id, authority.name)
        raise Refused(f"新生名册由“{authority.name}”审核，请由该单位的人办理。")
    return list(
        StudentRecord.objects.select_for_update()
        .filter(pk__in=records, organisation_id=organisation, status=Status.PENDING.value)
        .order_by("pk")
    )


def _duplicate(
    node: Node, live: StudentRecord, hidden: Hidden, name: str, standing: Tree, by: Actor, at: datetime
) -> int:
    where = "本校" if live.organisation_id == node.id else f"“{_name(standing, live.organisation_id)}”"
    words = f"查重不通过：{where}已有这名学生在籍的学籍（{live.grade}级，{Status(live.status).words}）"
    issue, made = RecordIssue.objects.get_or_create(
        organisation_id=node.id,
        kind=IssueKind.DUPLICATE.value,
        register="",
        person=hidden.person,
        settled_at=None,
        defaults={
            "tenant": by.tenant.value,
            "masked": hidden.masked,
            "name": name[:50],
            "words": words,
            "remedy": "与对方学校核对；对方办理转学、退学或注销以后再注册",
            "found_at": at,
        },
    )
    if made:
        log(by, at, "duplicate", node.id, "issue", issue.pk, f"{name}：{words}")
        call(node.id, f"records:issue:{issue.pk}", f"查重不通过：{name}", words, "/desk/records/issues", at)
    return issue.pk


def _name(standing: Tree, organisation: int) -> str:
    node = standing.nodes.get(organisation)
    return node.name if node else "已撤并的学校"
