"""Verb: take a step of a case. The last one writes the ledger, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import StoredFile
from zhijiao.core.workdays import china
from zhijiao.engines.workflow import Flow, Stage, StageKind, due, from_mapping
from zhijiao.engines.workflow import Refused as StepRefused
from zhijiao.engines.workflow import step as next_stage
from zhijiao.exchange.actions.numbers import Hidden
from zhijiao.records.actions.applying import FROM_OUTSIDE, wanted_of
from zhijiao.records.actions.noticing import put_up, require_over, standing, take_down
from zhijiao.records.actions.shared import alone, call, log, tell
from zhijiao.records.models import RecordCase, RecordCaseStep, RecordNotice, StudentRecord
from zhijiao.records.places import acts_for
from zhijiao.records.rules.flowing import APPLICANT, DRAFT, RECORDED, SUBMIT
from zhijiao.records.store import Note, append, begin, live_record
from zhijiao.records.types import Application, Detail, EventKind, Outdated, Refused

TRANSFERS = ("transfer", "cross_transfer")
_PLAIN = {
    "change_major": (EventKind.CHANGE_MAJOR, (Detail.MAJOR, Detail.CLASS)),
    "suspend": (EventKind.SUSPEND, ()),
    "resume": (EventKind.RESUME, (Detail.GRADE, Detail.MAJOR, Detail.CLASS)),
    "withdraw": (EventKind.WITHDRAW, ()),
    "cancel": (EventKind.CANCEL, ()),
    "repeat": (EventKind.REPEAT, (Detail.GRADE, Detail.CLASS)),
    "graduate": (EventKind.GRADUATE, ()),
    "complete": (EventKind.COMPLETE, ()),
    "leave": (EventKind.LEAVE, ()),
    "decease": (EventKind.DECEASE, ()),
    "general_out": (EventKind.TRANSFER_OUT, ()),
}
"""By event: what is written, and which details of the application it sets."""


def take_step(
    *,
    case: int,
    transition: str,
    words: str = "",
    files: Collection[int] = (),
    seen: int | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> str:
    """Take a step of a case for the organisation whose turn it is; returns the stage that it leads to.

    Raises Refused (also Outdated), NotAllowed, Invisible. A step that is refused changes nothing, also where the record itself
    cannot follow.
    """
    with acting(by):
        row = RecordCase.objects.select_for_update().filter(pk=case, tenant=by.tenant.value).first()
        if row is None:
            raise Invisible("no such case")
        if seen is not None and seen != row.revision:
            raise Outdated(f"“{row.number}”")
        flow = from_mapping(row.flow)
        organisation = _acting_for(row, flow, transition, by)
        target = _target(row, flow, transition, words, by)
        _check_files(files)
        with bulk():
            if target == RECORDED:
                require_over(row, on)
                _record(row, by, at, on)
            _move(row, flow, transition, target, organisation, words, files, by, at, on)
        return target


def parties_of(row: RecordCase, by: Actor) -> dict[str, int]:
    """The parties of a case for which somebody acts, with the organisation behind each."""
    sides = {APPLICANT: row.organisation_id, **{k: int(v) for k, v in row.deciders.items()}}
    return {party: o for party, o in sides.items() if acts_for(by, o)}


# -- shared ----------------------------------------------------------------------------------------


def _acting_for(row: RecordCase, flow: Flow, transition: str, by: Actor) -> int | None:
    step = flow.transition(row.stage, transition)
    mine = parties_of(row, by)
    if step is None:
        return next(iter(mine.values()), None)
    if step.by not in mine:
        if not mine and not by.may(Permission.KEEP_RECORDS):
            raise NotAllowed(Permission.KEEP_RECORDS)
        return None
    return mine[step.by]


def _target(row: RecordCase, flow: Flow, transition: str, words: str, by: Actor) -> str:
    try:
        return next_stage(
            flow,
            row.stage,
            transition,
            parties=parties_of(row, by),
            reason=words,
            same_person=by.user is not None and by.user == row.submitted_by,
        ).id
    except StepRefused as refused:
        field = "words" if refused.code == "reason_missing" else ""
        raise Refused(refused.words, field) from refused


def _check_files(files: Collection[int]) -> None:
    if StoredFile.objects.filter(pk__in=files).count() != len(set(files)):
        raise Refused("有一份材料不是为这件申请上传的，请重新上传。", "files")


def _move(
    row: RecordCase,
    flow: Flow,
    transition: str,
    target: str,
    organisation: int | None,
    words: str,
    files: Collection[int],
    by: Actor,
    at: datetime,
    on: date,
) -> None:
    taken = flow.transition(row.stage, transition)
    assert taken is not None
    stage = flow.stage(target)
    RecordCaseStep.objects.create(
        case=row,
        number=row.steps.count() + 1,
        transition=transition,
        name=taken.name,
        source=row.stage,
        target=target,
        words=words.strip(),
        files=sorted(set(files)),
        by=by.user,
        by_name=by.name[:80],
        by_organisation_id=organisation,
        at=at,
    )
    notice = _notice(row, stage, transition, taken.name, by, at, on)
    if transition == SUBMIT:
        row.submitted_by = by.user
    row.stage, row.entered = target, on
    row.closed = stage.kind is StageKind.ENDED
    # Nobody can sign before a notice is over: the days of the step begin then.
    row.due = None if row.closed else due(stage, max(on, notice.ends) if notice else on, china())
    holder = row.organisation_id if target == DRAFT else row.deciders.get(target)
    row.holder_id = None if row.closed else holder
    if row.holder_id is not None and row.holder_id != row.organisation_id:
        row.parties = sorted({*row.parties, row.holder_id})
    row.revision += 1
    row.save()
    summary = f"{row.name_of_event}：{row.name}，{taken.name}（{row.number}）"
    detail = {"step": transition, "stage": target, "due": row.due}
    log(by, at, "step", row.organisation_id, "record_case", row.pk, summary, detail)
    for told in [row.holder_id] if row.holder_id else {row.organisation_id, *row.parties}:
        call(
            told,
            f"record-case:{row.pk}:{row.revision}",
            f"{taken.name}：{row.name_of_event} {row.name}",
            f"请在 {row.due:%Y-%m-%d} 前办理。" if row.due else words,
            f"/desk/records/cases/{row.pk}",
            at,
        )


def _notice(
    row: RecordCase, stage: Stage, transition: str, name: str, by: Actor, at: datetime, on: date
) -> RecordNotice | None:
    """What a step does about a notice; the one that stands."""
    if transition == SUBMIT:
        put_up(row, by, at, on)
    elif stage.kind is StageKind.ENDED and stage.id != RECORDED:
        take_down(row, name, by, at)
    return standing(row)


def _record(row: RecordCase, by: Actor, at: datetime, on: date) -> None:
    """Write what the case is about into the ledger: everything or nothing."""
    alone(row.tenant, row.person)
    wanted = wanted_of(row)
    note = Note(
        by,
        at,
        reason=row.reason,
        reason_name=row.reason_name,
        words=row.words,
        document=wanted.document or wanted.paper or row.number,
        until=wanted.until,
        other=row.target_id,
        outside=wanted.outside,
        case=row,
    )
    if row.event == FROM_OUTSIDE:
        _come(row, wanted, note, on)
        return
    record = row.record
    assert record is not None
    if row.event in TRANSFERS:
        _switch(row, record, wanted, note, at, on)
        return
    kind, names = _PLAIN[row.event]
    append(record, kind, on=on, note=note, sets=_sets(wanted, names))
    tell(record, at)


def _sets(wanted: Application, names: Collection[Detail]) -> dict[Detail, str]:
    found = {name: getattr(wanted, name.value) for name in names}
    return {name: str(value) for name, value in found.items() if value}


def _switch(
    row: RecordCase, record: StudentRecord, wanted: Application, note: Note, at: datetime, on: date
) -> None:
    """The one live record of a transfer goes over: what ends and what begins stand in the same transaction."""
    assert row.target_id is not None
    append(record, EventKind.TRANSFER_OUT, on=on, note=note)
    sets = {
        Detail.NAME: record.name,
        Detail.SEX: record.sex,
        Detail.GRADE: str(wanted.grade or record.grade),
        Detail.MAJOR: wanted.major or record.major,
        Detail.TRACK: wanted.track or record.track,
        Detail.CLASS: wanted.class_no,
    }
    made = begin(
        tenant=note.by.tenant,
        organisation=row.target_id,
        hidden=Hidden(record.person, record.sealed, ""),
        key=f"case:{row.pk}",
        kind=EventKind.TRANSFER_IN,
        on=on,
        enrolled_on=on,
        sets=sets,
        details=record.details,
        note=Note(**{**vars(note), "other": row.organisation_id}),
        previous=record,
    )
    tell(record, at)
    tell(made, at)


def _come(row: RecordCase, wanted: Application, note: Note, on: date) -> None:
    if live_record(note.by.tenant, row.person) is not None:
        raise Refused("这名学生在平台上已有在籍的学籍，不能再建立一份；请先与对方学校核对。")
    made = begin(
        tenant=note.by.tenant,
        organisation=row.organisation_id,
        hidden=Hidden(row.person, row.sealed, ""),
        key=f"case:{row.pk}",
        kind=EventKind.TRANSFER_IN,
        on=on,
        enrolled_on=on,
        sets={
            Detail.NAME: row.name,
            Detail.SEX: wanted.sex,
            Detail.GRADE: str(wanted.grade),
            Detail.MAJOR: wanted.major,
            Detail.TRACK: wanted.track,
            Detail.CLASS: wanted.class_no,
        },
        details={},
        note=note,
    )
    tell(made, note.at)
