"""Reads: cases within the caller's scope, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting, bulk
from zhijiao.engines.workflow import StageKind, available, from_mapping
from zhijiao.lib.folding import words_of
from zhijiao.policy.types import asked_words
from zhijiao.records.actions.applying import wanted_of
from zhijiao.records.actions.deciding import parties_of
from zhijiao.records.models import RecordCase, RecordNotice, StudentRecord
from zhijiao.records.places import acted_for
from zhijiao.records.queries.notices import line_of as notice_line
from zhijiao.records.types import CaseLine, CaseView, Detail, Reached, StepLine

_OWN = {"sex": "性别", "reached": "是否告知", "contact": "公示联系人"}
"""What applications ask besides what rules name."""
_FLAGS = ("guardian", "proof", "passed", "practice", "conduct")


MOST = 20_000
SORTS: Mapping[str, Sequence[str]] = {
    "due": ("closed", "due", "-pk"),
    "number": ("organisation_id", "pk"),
    "event": ("name_of_event", "pk"),
    "name": ("name", "pk"),
    "stage": ("stage", "pk"),
    "opened": ("opened_at", "pk"),
}


@dataclass(frozen=True)
class AskedCases:
    """What a list of cases is narrowed to. `closed` None: all of them; `mine`: whose turn it is where the actor keeps records."""

    organisations: Collection[int] | None = None
    closed: bool | None = False
    mine: bool = False
    event: str = ""
    words: str = ""
    late: date | None = None
    """Only those whose term had run out on this day."""


OPEN = AskedCases()


def cases(
    by: Actor, asked: AskedCases = OPEN, *, sort: str = "due", limit: int = 100, offset: int = 0
) -> list[CaseLine]:
    """Cases that the actor sees; the most urgent first, unless another order is asked."""
    descending, key = sort.startswith("-"), sort.removeprefix("-")
    with acting(by):
        rows = _rows(by, asked).order_by(*_order(SORTS.get(key, SORTS["due"]), descending))
        return [line_of(row) for row in rows[offset : offset + min(limit, MOST)]]


def count_cases(by: Actor, asked: AskedCases = OPEN) -> int:
    """How many there are."""
    with acting(by):
        return _rows(by, asked).count()


def cases_after(by: Actor, asked: AskedCases, *, after: int, limit: int) -> list[CaseLine]:
    """Cases that were opened after one of them, in the order of their ids: a list is read to its end without one twice."""
    with acting(by):
        rows = _rows(by, asked).filter(pk__gt=after).order_by("pk")
        return [line_of(row) for row in rows[:limit]]


def events_of_cases(by: Actor) -> list[tuple[str, str]]:
    """Which events there are cases of: what a filter offers."""
    with acting(by):
        rows = RecordCase.objects.filter(tenant=by.tenant.value).order_by()
        return sorted(rows.values_list("event", "name_of_event").distinct(), key=lambda pair: pair[1])


def waiting_for(by: Actor, limit: int = 100) -> list[CaseLine]:
    """Open cases whose turn it is at an organisation for which the actor keeps records, the most urgent first; so many of them."""
    return cases(by, AskedCases(mine=True), limit=limit)


def _rows(by: Actor, asked: AskedCases) -> QuerySet[RecordCase]:
    rows = RecordCase.objects.filter(tenant=by.tenant.value)
    if asked.organisations is not None:
        rows = rows.filter(organisation_id__in=asked.organisations)
    if asked.closed is not None:
        rows = rows.filter(closed=asked.closed)
    if asked.mine:
        rows = rows.filter(closed=False, holder_id__in=acted_for(by))
    if asked.late is not None:
        rows = rows.filter(closed=False, due__lt=asked.late)
    if asked.event:
        rows = rows.filter(event=asked.event)
    for word in words_of(asked.words):
        rows = rows.filter(
            Q(name__icontains=word) | Q(number__icontains=word) | Q(name_of_event__icontains=word)
        )
    return rows


def _order(names: Sequence[str], descending: bool) -> list[str | OrderBy]:
    """Names as the database orders by them; what has no term comes last in either direction."""
    found: list[str | OrderBy] = []
    for name in names:
        column, down = F(name.removeprefix("-")), name.startswith("-") != descending
        found.append(column.desc(nulls_last=True) if down else column.asc(nulls_last=True))
    return found


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
