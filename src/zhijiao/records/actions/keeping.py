"""Verbs on a record that need nobody's signature: correct, place in a class, register for a term, link an account, read the number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.tree import tree
from zhijiao.exchange.actions import linking, numbers
from zhijiao.exchange.types.batches import Refused as NumberRefused
from zhijiao.records.actions.shared import log, one, tell
from zhijiao.records.models import RecordIssue, SchoolClass, StudentRecord, TermRegistration
from zhijiao.records.places import calendar_of, index_of, require_acting
from zhijiao.records.rules.position import term_of
from zhijiao.records.store import Note, append
from zhijiao.records.types import Detail, EventKind, Refused, Status

DATASET = "students"
CORRECTABLE = (Detail.NAME, Detail.SEX, Detail.SCHOOL_NO)
"""What a school may correct by itself; grade, major and track change by cases."""


def correct(
    *,
    record: int,
    sets: Mapping[Detail, str],
    words: str,
    document: str = "",
    seen: int | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> None:
    """Correct what was entered wrongly: the school, with a reason; the ledger keeps what stood there. Raises Refused, Outdated,
    NotAllowed, Invisible."""
    row = one(by, record, seen)
    require_acting(by, row.organisation_id, "更正学籍")
    strange = [name for name in sets if name not in CORRECTABLE]
    if strange:
        raise Refused(
            f"{'、'.join(n.words for n in strange)}不能直接更正，请办相应的异动。", strange[0].value
        )
    changed = {
        name: value.strip() for name, value in sets.items() if value.strip() != getattr(row, name.value)
    }
    if not changed:
        raise Refused("没有改动任何一项；请填要更正的内容。", next(iter(sets), Detail.NAME).value)
    if changed.get(Detail.NAME) == "":
        raise Refused("姓名不能为空。", "name")
    if len(words.strip()) < 2:
        raise Refused("请写明为什么更正。", "words")
    with acting(by), bulk():
        note = Note(by, at, words=words.strip(), document=document.strip())
        append(row, EventKind.CORRECT, on=_day(row, on), note=note, sets=changed)
        log(
            by,
            at,
            "correct",
            row.organisation_id,
            "record",
            row.pk,
            f"更正学籍：{'、'.join(n.words for n in changed)}",
            {"words": words},
        )
        tell(row, at)


def place(*, records: Collection[int], class_no: str, by: Actor, at: datetime, on: date) -> int:
    """Put students into a class of their school; returns how many changed. Raises Refused, NotAllowed, Invisible."""
    changed = 0
    with acting(by):
        rows = list(StudentRecord.objects.filter(pk__in=records, tenant=by.tenant.value).order_by("pk"))
        if len(rows) != len(set(records)):
            raise Invisible("no such record")
        for organisation in {row.organisation_id for row in rows}:
            require_acting(by, organisation, "编班")
            into = SchoolClass.objects.filter(organisation=organisation, class_no=class_no).first()
            if into is None or into.ended_on is not None:
                raise Refused(f"本校没有编号为“{class_no}”的在办班级；请先建班。", "class_no")
            wrong = [row for row in rows if row.organisation_id == organisation and row.grade != into.grade]
            if wrong:
                raise Refused(
                    f"“{wrong[0].name}”是{wrong[0].grade}级，“{into.name}”是{into.grade}级；请选同一年级的班。",
                    "class_no",
                )
        with bulk():
            for row in rows:
                if row.class_no != class_no:
                    sets = {Detail.CLASS: class_no}
                    append(row, EventKind.PLACE, on=_day(row, on), note=Note(by, at), sets=sets)
                    tell(row, at)
                    changed += 1
            if changed:
                organisation = rows[0].organisation_id
                log(by, at, "place", organisation, "class", class_no, f"编班：{changed} 人编入{class_no}")
    return changed


def register_term(*, organisation: int, records: Collection[int], by: Actor, at: datetime, on: date) -> int:
    """Register students for the term that runs (注册); those who are already stay. Returns how many were new. Raises Refused,
    NotAllowed, Invisible."""
    with acting(by):
        require_acting(by, organisation, "学期注册")
        _, terms = calendar_of(index_of(tree(by.tenant, on), organisation))
        term, described, _ = term_of(on, terms)
        rows = StudentRecord.objects.filter(
            pk__in=records, organisation=organisation, status=Status.ENROLLED.value
        )
        known = set(
            TermRegistration.objects.filter(record__in=rows, term=term).values_list("record_id", flat=True)
        )
        new = [row.pk for row in rows if row.pk not in known]
        with bulk():
            TermRegistration.objects.bulk_create(
                [TermRegistration(record_id=pk, term=term, by_name=by.name[:80], at=at) for pk in new],
                ignore_conflicts=True,
            )
            if new:
                log(
                    by,
                    at,
                    "register_term",
                    organisation,
                    "term",
                    term,
                    f"{described.name}注册 {len(new)} 人",
                )
    return len(new)


def read_number(*, record: int, purpose: str, by: Actor, at: datetime) -> str:
    """The full identity number, for a purpose that the student can read. Raises Refused, NotAllowed, Invisible."""
    row = one(by, record)
    require_acting(by, row.organisation_id, "查看完整身份证件号")
    try:
        return numbers.reveal(
            by=by,
            at=at,
            organisation=row.organisation_id,
            dataset=DATASET,
            person=row.person,
            sealed=row.sealed,
            purpose=purpose,
        )
    except NumberRefused as refused:
        raise Refused(str(refused), "purpose") from refused


def note_look(*, record: int, by: Actor, at: datetime) -> None:
    """Note that somebody opened a student's record; the student reads it. Raises Invisible."""
    row = one(by, record)
    numbers.note_look(
        by=by,
        at=at,
        organisation=row.organisation_id,
        dataset=DATASET,
        person=row.person,
        what="查看学籍",
    )


def link_account(*, record: int, username: str, by: Actor, at: datetime) -> None:
    """Say which account is the student or the guardian, so that they read this record. Raises Refused, NotAllowed, Invisible."""
    row = one(by, record)
    require_acting(by, row.organisation_id, "关联账号")
    try:
        with acting(by), bulk():
            if linking.link_account(
                by=by, at=at, person=row.person, organisation=row.organisation_id, username=username
            ):
                log(
                    by,
                    at,
                    "link",
                    row.organisation_id,
                    "record",
                    row.pk,
                    f"关联账号“{username.strip()}”与学籍",
                )
    except NumberRefused as refused:
        raise Refused(str(refused), "username") from refused


def unlink_account(*, record: int, username: str, by: Actor, at: datetime) -> None:
    """End such a link. Doing it twice changes nothing. Raises NotAllowed, Invisible."""
    row = one(by, record)
    require_acting(by, row.organisation_id, "关联账号")
    with acting(by), bulk():
        if linking.unlink_account(
            by=by, at=at, person=row.person, organisation=row.organisation_id, username=username
        ):
            log(by, at, "unlink", row.organisation_id, "record", row.pk, f"解除账号“{username}”与学籍的关联")


def settle_issue(*, issue: int, words: str, by: Actor, at: datetime) -> None:
    """Say what became of an issue. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = RecordIssue.objects.select_for_update().filter(pk=issue, tenant=by.tenant.value).first()
        if row is None:
            raise Invisible("no such issue")
        require_acting(by, row.organisation_id, "处理查重和退回")
        if row.settled_at is not None:
            return
        if len(words.strip()) < 2:
            raise Refused("请写明怎么处理的。", "words")
        row.settled_at, row.settled_by, row.note = at, by.name[:80], words.strip()[:500]
        row.save()
        log(
            by, at, "settle_issue", row.organisation_id, "issue", row.pk, f"已处理：{row.name}，{words[:200]}"
        )


def _day(row: StudentRecord, on: date) -> date:
    """The day on which a change counts: today, or, of what begins later, its first day."""
    return max(on, row.starts)
