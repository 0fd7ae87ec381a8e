"""Reads: cases within the caller's scope, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting, bulk
from zhijiao.engines.workflow import StageKind, available, from_mapping
from zhijiao.policy.types import asked_words
from zhijiao.records.actions.applying import wanted_of
from zhijiao.records.actions.deciding import parties_of
from zhijiao.records.models import RecordCase, RecordNotice, StudentRecord
from zhijiao.records.places import acts_for
from zhijiao.records.queries.notices import line_of as notice_line
from zhijiao.records.types import CaseLine, CaseView, Detail, Reached, StepLine

_OWN = {"sex": "性别", "reached": "是否告知", "contact": "公示联系人"}
"""What applications ask besides what rules name."""
_FLAGS = ("guardian", "proof", "passed", "practice", "conduct")


def cases(
    by: Actor, *, organisations: Collection[int] | None = None, closed: bool | None = False, limit: int = 2000
) -> list[CaseLine]:
    """Cases that the actor sees, the most urgent first. `closed` None: all of them."""
    with acting(by):
        rows = RecordCase.objects.filter(tenant=by.tenant.value)
        if organisations is not None:
            rows = rows.filter(organisation_id__in=organisations)
        if closed is not None:
            rows = rows.filter(closed=closed)
        ordered = rows.order_by("closed", "due", "-pk")
        return [line_of(row) for row in ordered[:limit]]


def waiting_for(by: Actor) -> list[CaseLine]:
    """Open cases whose turn it is at an organisation for which the actor keeps records, the most urgent first."""
    return [line for line in cases(by) if line.holder is not None and acts_for(by, line.holder)]


def case_view(by: Actor, case: int) -> CaseView:
    """One case in full. Raises Invisible."""
    with acting(by):
        row = RecordCase.objects.filter(pk=case, tenant=by.tenant.value).first()
        if row is None:
            raise Invisible("no such case")
        flow = from_mapping(row.flow)
        steps = tuple(
            StepLine(
                name=step.name,
                target=step.target,
                organisation=step.by_organisation_id,
                by=step.by_name,
                at=step.at,
                words=step.words,
                files=tuple(step.files),
            )
            for step in row.steps.order_by("number")
        )
        notices = tuple(
            notice_line(notice) for notice in RecordNotice.objects.filter(case=row).order_by("-pk")
        )
    mine = parties_of(row, by)
    same = by.user is not None and by.user == row.submitted_by
    open_ones = [] if row.closed else available(flow, row.stage, parties=mine, same_person=same)
    return CaseView(
        line=line_of(row),
        standing=_standing(row),
        reason=row.reason_name,
        words=row.words,
        wanted=_told(row),
        files=tuple(row.files),
        steps=steps,
        steps_open=tuple((t.id, t.name, t.reason) for t in open_ones),
        way=_way(row),
        revision=row.revision,
        notices=notices,
    )


def wanted(by: Actor, case: int) -> dict[str, object]:
    """What a case asks for, as its form has it. Raises Invisible."""
    with acting(by):
        row = RecordCase.objects.filter(pk=case, tenant=by.tenant.value).first()
        if row is None:
            raise Invisible("no such case")
        return vars(wanted_of(row))


def line_of(row: RecordCase) -> CaseLine:
    """A case in a list."""
    stages = {stage["id"]: stage["name"] for stage in row.flow["stages"]}
    return CaseLine(
        id=row.pk,
        number=row.number,
        event=row.event,
        event_name=row.name_of_event,
        name=row.name,
        record=row.record_id,
        organisation=row.organisation_id,
        target=row.target_id,
        stage=row.stage,
        stage_name=stages.get(row.stage, row.stage),
        holder=row.holder_id,
        due=row.due,
        closed=row.closed,
        opened_at=row.opened_at,
        on=row.entered,
    )


def late(line: CaseLine, on: date) -> bool:
    """Whether a case's term has run out."""
    return not line.closed and line.due is not None and line.due < on


def _standing(row: RecordCase) -> tuple[tuple[str, str, str], ...]:
    """What whoever signs has to know of the student; past the scope, since the other school's record is not theirs to open."""
    if row.record_id is None:
        return ()
    with bulk():
        record = StudentRecord.objects.get(pk=row.record_id)
    names = (Detail.GRADE, Detail.MAJOR, Detail.TRACK, Detail.SEX)
    found = [(name.value, name.words, str(getattr(record, name.value))) for name in names]
    return (*found, ("enrolled_on", "入学日期", record.enrolled_on.isoformat()))


def _told(row: RecordCase) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, _OWN.get(name) or asked_words(name), _said(name, value)) for name, value in row.wanted.items()
    )


def _said(name: str, value: object) -> str:
    if name == "reached":
        return Reached(str(value)).words
    return "是" if name in _FLAGS else str(value)


def _way(row: RecordCase) -> tuple[tuple[str, str, int | None, bool], ...]:
    stages = from_mapping(row.flow).stages
    line = [
        s
        for s in stages
        if s.kind is not StageKind.ENDED or s.id == (row.stage if row.closed else "recorded")
    ]
    place = next((n for n, s in enumerate(line) if s.id == row.stage), 0)
    found = []
    for n, stage in enumerate(line):
        state = "now" if n == place and not row.closed else "done" if n <= place else "later"
        if row.closed and row.stage != "recorded" and n > 0 and stage.id != row.stage:
            state = "later"
        organisation = row.organisation_id if n == 0 else row.deciders.get(stage.id)
        found.append((stage.name, state, organisation, n == len(line) - 1))
    return tuple(found)
