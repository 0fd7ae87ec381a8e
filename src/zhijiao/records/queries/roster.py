"""Reads: rosters, classes, one record with its ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Node, Tree
from zhijiao.exchange.actions.numbers import masked
from zhijiao.records.models import (
    RecordCase,
    RecordEvent,
    RosterView,
    SchoolClass,
    StudentRecord,
    TermRegistration,
)
from zhijiao.records.queries.cases import line_of as case_line
from zhijiao.records.types import (
    LIVE,
    ClassLine,
    Detail,
    EventKind,
    EventLine,
    RecordLine,
    RecordView,
    Status,
)

KEEPING = (OrganisationKind.SECONDARY_VOCATIONAL, OrganisationKind.TECHNICIAN)
"""Kinds of schools whose records are kept here."""
MOST = 20_000
SORTS: Mapping[str, Sequence[str]] = {
    "name": ("name", "pk"),
    "grade": ("grade", "class_no", "pk"),
    "class_no": ("class_no", "pk"),
    "major": ("major", "grade", "pk"),
    "track": ("track", "grade", "pk"),
    "status": ("status", "grade", "pk"),
    "enrolled_on": ("enrolled_on", "pk"),
    "school_no": ("school_no", "pk"),
}


@dataclass(frozen=True)
class Asked:
    """What a roster is narrowed to. `statuses` empty: those that are live."""

    organisations: Collection[int] | None = None
    grade: int | None = None
    major: str = ""
    class_no: str = ""
    track: str = ""
    statuses: Collection[Status] = ()
    everybody: bool = False
    words: str = ""


def schools_seen(by: Actor, standing: Tree) -> list[Node]:
    """Schools that keep records here and whose work the actor sees, as a list would be read."""
    seen = by.organisations(Permission.VIEW)
    nodes = [n for n in standing.nodes.values() if n.kind in KEEPING and (by.everything or n.id in seen)]
    return sorted(nodes, key=lambda node: standing.path(node.id))


def roster(
    by: Actor, asked: Asked, *, sort: str = "grade", limit: int = 100, offset: int = 0
) -> list[RecordLine]:
    """Records that the actor sees."""
    descending, key = sort.startswith("-"), sort.removeprefix("-")
    order = SORTS.get(key, SORTS["grade"])
    with acting(by):
        rows = _rows(by, asked).order_by(*(f"-{name}" if descending else name for name in order))
        return lines_of(rows[offset : offset + min(limit, MOST)])


def roster_after(by: Actor, asked: Asked, *, after: int, limit: int) -> list[RecordLine]:
    """Records beyond one of them, in the order of their ids: a roster is read to its end without one twice."""
    with acting(by):
        return lines_of(_rows(by, asked).filter(pk__gt=after).order_by("pk")[:limit])


def count_records(by: Actor, asked: Asked) -> int:
    """How many there are."""
    with acting(by):
        return _rows(by, asked).count()


def _rows(by: Actor, asked: Asked) -> QuerySet[StudentRecord]:
    rows = StudentRecord.objects.filter(tenant=by.tenant.value)
    if asked.organisations is not None:
        rows = rows.filter(organisation_id__in=asked.organisations)
    for name in ("grade", "major", "class_no", "track"):
        if value := getattr(asked, name):
            rows = rows.filter(**{name: value})
    if asked.statuses:
        rows = rows.filter(status__in=[status.value for status in asked.statuses])
    elif not asked.everybody:
        rows = rows.filter(status__in=[status.value for status in LIVE])
    if words := asked.words.strip():
        rows = rows.filter(
            Q(name__icontains=words) | Q(school_no__icontains=words) | Q(class_no__icontains=words)
        )
    return rows


def lines_of(rows: Iterable[StudentRecord]) -> list[RecordLine]:
    """Records as lines of a roster, with what is being applied for."""
    listed = list(rows)
    open_ones = dict(
        RecordCase.objects.filter(record__in=[row.pk for row in listed], closed=False).values_list(
            "record_id", "name_of_event"
        )
    )
    return [
        RecordLine(
            id=row.pk,
            organisation=row.organisation_id,
            name=row.name,
            sex=row.sex,
            grade=row.grade,
            major=row.major,
            track=row.track,
            class_no=row.class_no,
            school_no=row.school_no,
            status=Status(row.status),
            enrolled_on=row.enrolled_on,
            ended_on=row.ends,
            suspended_until=row.suspended_until,
            open_case=open_ones.get(row.pk, ""),
            details=row.details,
        )
        for row in listed
    ]


def grades_of(by: Actor, organisations: Collection[int]) -> list[tuple[int, str, str, str]]:
    """Which grades, majors, classes and tracks there are among live records: what filters offer."""
    with acting(by):
        rows = StudentRecord.objects.filter(
            organisation_id__in=organisations, status__in=[s.value for s in LIVE], tenant=by.tenant.value
        )
        return list(rows.values_list("grade", "major", "class_no", "track").distinct().order_by("-grade"))


def record_view(by: Actor, record: int) -> tuple[RecordView, int]:
    """One record in full, and its revision. Raises Invisible."""
    with acting(by):
        row = StudentRecord.objects.filter(pk=record, tenant=by.tenant.value).first()
        if row is None:
            raise Invisible("no such record")
        return view_of(row, by), row.revision


def view_of(row: StudentRecord, by: Actor | None) -> RecordView:
    """A record in full; cases and further records of the person as far as the caller's role sees them."""
    others = StudentRecord.objects.filter(tenant=row.tenant, person=row.person).exclude(pk=row.pk)
    cases = RecordCase.objects.filter(record=row).order_by("-pk")
    terms = TermRegistration.objects.filter(record=row).order_by("term").values_list("term", flat=True)
    return RecordView(
        line=lines_of([row])[0],
        person=row.person,
        masked=masked(row.sealed, row.person),
        events=tuple(_event(event) for event in row.events.order_by("-number")),
        cases=tuple(case_line(case) for case in cases),
        others=tuple((o.pk, o.organisation_id, Status(o.status)) for o in others.order_by("starts")),
        terms=tuple(terms),
    )


def _event(row: RecordEvent) -> EventLine:
    changes = tuple(
        (name, Detail(name).words, row.before.get(name, ""), str(value))
        for name, value in row.sets.items()
        if row.number > 1 and str(value) != row.before.get(name, "")
    )
    return EventLine(
        number=row.number,
        kind=EventKind(row.kind),
        on=row.on,
        reason=row.reason_name,
        words=row.words,
        document=row.document,
        until=row.until,
        by=row.by_name,
        at=row.at,
        case=row.case_id,
        changes=changes,
    )


def classes(by: Actor, organisations: Collection[int], *, ended: bool = False) -> list[ClassLine]:
    """Classes of schools, with how many live records stand in each."""
    with acting(by):
        rows = SchoolClass.objects.filter(organisation_id__in=organisations)
        if not ended:
            rows = rows.filter(ended_on__isnull=True)
        counted = {
            (o, c): n
            for o, c, n in StudentRecord.objects.filter(
                organisation_id__in=organisations, status__in=[s.value for s in LIVE]
            )
            .values_list("organisation_id", "class_no")
            .annotate(n=Count("pk"))
            .order_by()
        }
        return [
            ClassLine(
                id=row.pk,
                organisation=row.organisation_id,
                class_no=row.class_no,
                name=row.name,
                grade=row.grade,
                major=row.major,
                kind=row.kind,
                students=counted.get((row.organisation_id, row.class_no), 0),
                started_on=row.started_on,
                ended_on=row.ended_on,
            )
            for row in rows.order_by("organisation_id", "-grade", "class_no")
        ]


def views_of(by: Actor, organisation: int) -> list[tuple[str, list[str]]]:
    """Saved columns of a school's roster: (name, columns)."""
    with acting(by):
        rows = RosterView.objects.filter(organisation=organisation).order_by("name")
        return [(row.name, list(row.columns)) for row in rows]


def names_of_classes(organisation: int) -> dict[str, str]:
    """Names of a school's classes by number."""
    with bulk():
        rows = SchoolClass.objects.filter(organisation=organisation)
        return dict(rows.values_list("class_no", "name"))
