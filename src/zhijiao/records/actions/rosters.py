"""Verbs between the ledger and the data hub: hand a school's roster over as its own batch, take an existing one over once."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from django.db.models import Max

from zhijiao.core import environment
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Organisation
from zhijiao.exchange.actions import intake
from zhijiao.exchange.actions.numbers import Hidden, reveal_for_file
from zhijiao.exchange.queries.rolls import OnRoll, roll
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.types import Outcome
from zhijiao.records.actions.shared import alone, log
from zhijiao.records.models import RecordEvent, SchoolClass, StudentRecord
from zhijiao.records.places import require_acting
from zhijiao.records.store import Note, append, begin, live_record
from zhijiao.records.types import LIVE, Detail, EventKind, Refused, Status

STUDENTS, CHANGES, CLASSES = "students", "student_changes", "classes"
EDUCATION = {
    "technician_3": "technician_intermediate",
    "technician_5": "technician_advanced",
    "technician_6": "technician",
}
"""The level of a course where the record does not say it; else secondary."""
TOLD = {
    EventKind.TRANSFER_OUT: "transfer_out",
    EventKind.TRANSFER_IN: "transfer_in",
    EventKind.CHANGE_MAJOR: "change_major",
    EventKind.SUSPEND: "suspend",
    EventKind.RESUME: "resume",
    EventKind.WITHDRAW: "withdraw",
    EventKind.REPEAT: "repeat",
    EventKind.CANCEL: "cancel",
}
"""Events that the data set of changes has a code for."""
ENDS = {
    Status.GRADUATED: EventKind.GRADUATE,
    Status.COMPLETED: EventKind.COMPLETE,
    Status.PARTIAL: EventKind.LEAVE,
    Status.TRANSFERRED: EventKind.TRANSFER_OUT,
    Status.WITHDRAWN: EventKind.WITHDRAW,
    Status.CANCELLED: EventKind.CANCEL,
    Status.DECEASED: EventKind.DECEASE,
}
Row = dict[str, str]


def hand_to_hub(*, organisation: int, by: Actor, at: datetime) -> list[Outcome]:
    """Hand a school's classes, roster and changes to the data hub, each as the school's own batch; rows that did not change stay.
    Nothing is handed over that was handed over already. A roster in the hub with people who are on no record here is not
    replaced: it is to be taken over first. Raises Refused, NotAllowed, Invisible, and what intake raises."""
    require_acting(by, organisation, "报送学籍")
    with acting(by):
        rows = list(
            StudentRecord.objects.filter(organisation=organisation, tenant=by.tenant.value).order_by("pk")
        )
    if not rows:
        return []
    strangers = _strangers(organisation, by)
    if strangers:
        raise Refused(
            f"数据归集里本校的名册有 {strangers} 名学生不在这里的学籍里，报送会把他们从名册上去掉。请先“接收已有名册”，再报送。"
        )
    purpose = "学籍名册报送到数据归集"
    numbers = dict(
        zip(
            (row.pk for row in rows),
            reveal_for_file(
                by=Actor.system("学籍名册", by.tenant),
                at=at,
                organisation=organisation,
                dataset=STUDENTS,
                people=[(row.person, row.sealed) for row in rows],
                purpose=purpose,
            ),
            strict=True,
        )
    )
    code = Organisation.objects.get(pk=organisation).code
    with acting(by):
        last = RecordEvent.objects.filter(record__organisation=organisation).aggregate(last=Max("pk"))["last"]
        sheets = {
            CLASSES: _classes(organisation, code),
            STUDENTS: [roster_row(row, code, numbers[row.pk]) for row in _newest(rows)],
            CHANGES: _changes(rows, code, numbers),
        }
    return [
        _hand(organisation, dataset, lines, f"{last or 0}", by, at)
        for dataset, lines in sheets.items()
        if lines
    ]


def roster_row(row: StudentRecord, code: str, number: str) -> Row:
    """A record as a row of the data set of students: codes by field."""
    status = Status(row.status)
    found: Row = {name: str(value) for name, value in row.details.items()}
    found |= {
        "organisation": code,
        "person": number,
        "name": row.name,
        "sex": row.sex,
        "student_no": row.school_no,
        "grade": str(row.grade),
        "class_no": row.class_no,
        "major": row.major,
        "track": row.track,
        "enrolled_on": row.enrolled_on.isoformat(),
        "status": status.value,
        "left_on": row.ends.isoformat() if row.ends else "",
    }
    found.setdefault("education", EDUCATION.get(row.track, "secondary"))
    found.setdefault("full_time", "yes")
    return found


def take_over(*, organisation: int, by: Actor, at: datetime, on: date) -> tuple[int, int]:
    """Begin a ledger for each row of the school's students that the data hub has: when a school starts here. Returns how many
    were taken over, and how many were not because the person is on record here already; doing it twice takes nothing.

    Raises Refused where the hub has no roster; NotAllowed, Invisible.
    """
    require_acting(by, organisation, "接收已有名册")
    lines = roll(by, STUDENTS, organisation)
    if not lines:
        raise Refused("数据归集里没有本校的学生学籍；请先在“数据归集”交学生名册，或逐个登记新生。")
    classes = roll_of_classes(by, organisation)
    taken = left = 0
    with acting(by), bulk():
        alone(by.tenant.value, organisation, "take over")
        for values in classes:
            _take_class(organisation, values)
        for line in lines:
            done = _take(organisation, line, by, at, on)
            taken, left = taken + done, left + (not done)
        if taken:
            words = f"接收已有名册：{taken} 人，{left} 人因已有学籍未接收"
            log(by, at, "take_over", organisation, "organisation", organisation, words)
    return taken, left


def roll_of_classes(by: Actor, organisation: int) -> list[Mapping[str, str]]:
    """The classes of a school as the data hub has them."""
    from zhijiao.exchange.queries.records import MOST, records

    return [view.values for view in records(by, CLASSES, organisations=[organisation], limit=MOST)]


# -- shared ----------------------------------------------------------------------------------------


def _strangers(organisation: int, by: Actor) -> int:
    """How many people the hub's roster of a school has who are on no record here."""
    people = {line.person for line in roll(by, STUDENTS, organisation)}
    with bulk():
        known = StudentRecord.objects.filter(tenant=by.tenant.value, person__in=people)
        return len(people) - known.values("person").distinct().count()


def _newest(rows: list[StudentRecord]) -> list[StudentRecord]:
    """Of a person's records at the school the newest one that was in force; those that wait are not on the roster yet."""
    found: dict[object, StudentRecord] = {}
    for row in rows:
        if row.status == Status.PENDING.value:
            continue
        kept = found.get(row.person)
        if kept is None or (row.starts, row.pk) > (kept.starts, kept.pk):
            found[row.person] = row
    return list(found.values())


def _classes(organisation: int, code: str) -> list[Row]:
    counted: dict[str, int] = {}
    live = [status.value for status in LIVE]
    for class_no in StudentRecord.objects.filter(organisation=organisation, status__in=live).values_list(
        "class_no", flat=True
    ):
        counted[class_no] = counted.get(class_no, 0) + 1
    return [
        {
            "organisation": code,
            "class_no": row.class_no,
            "name": row.name,
            "grade": str(row.grade),
            "major": row.major,
            "kind": row.kind,
            "enterprise": row.enterprise,
            "agreement": "yes" if row.agreement else "no",
            "students": str(counted.get(row.class_no, 0)),
            "started_on": row.started_on.isoformat(),
            "ended_on": row.ended_on.isoformat() if row.ended_on else "",
        }
        for row in SchoolClass.objects.filter(organisation=organisation).order_by("class_no")
    ]


def _changes(rows: list[StudentRecord], code: str, numbers: Mapping[int, str]) -> list[Row]:
    by_id = {row.pk: row for row in rows}
    events = RecordEvent.objects.filter(record__in=rows, kind__in=[kind.value for kind in TOLD])
    others = dict(
        Organisation.objects.filter(pk__in=events.exclude(other=None).values("other")).values_list(
            "pk", "code"
        )
    )
    found = {}
    for event in events.order_by("pk"):
        change = TOLD[EventKind(event.kind)]
        number = numbers[event.record_id]
        found[number, change, event.on] = {
            "organisation": code,
            "person": number,
            "name": by_id[event.record_id].name,
            "change": change,
            "changed_on": event.on.isoformat(),
            "reason": event.reason_name,
            "before": event.before.get(Detail.MAJOR.value, ""),
            "after": event.sets.get(Detail.MAJOR.value, "") if event.before else "",
            "other_school": others.get(event.other_id or 0, ""),
            "document": event.document,
        }
    return list(found.values())


def _hand(organisation: int, dataset: str, lines: list[Row], mark: str, by: Actor, at: datetime) -> Outcome:
    fields = standard().by_id[dataset].fields
    with tempfile.TemporaryDirectory(prefix=".roster-", dir=environment.data_folder()) as folder:
        path = Path(folder) / f"{dataset}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([field.name for field in fields])
            writer.writerows([line.get(field.id, "") for field in fields] for line in lines)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        return intake(
            by=by,
            at=at,
            dataset=dataset,
            organisation=organisation,
            path=path,
            name=f"学籍-{dataset}.csv",
            key=f"records:{dataset}:{mark}:{digest}",
        )


def _take_class(organisation: int, values: Mapping[str, str]) -> None:
    SchoolClass.objects.get_or_create(
        organisation_id=organisation,
        class_no=values["class_no"],
        defaults={
            "name": values["name"],
            "grade": int(values["grade"]),
            "major": values["major"],
            "kind": values["kind"],
            "enterprise": values.get("enterprise", ""),
            "agreement": values.get("agreement") == "yes",
            "started_on": date.fromisoformat(values["started_on"]),
            "ended_on": date.fromisoformat(values["ended_on"]) if values.get("ended_on") else None,
        },
    )


_OWN = frozenset(
    {
        *("organisation", "person", "name", "sex", "student_no", "grade", "class_no", "major", "track"),
        *("enrolled_on", "status", "left_on"),
    }
)


def _take(organisation: int, line: OnRoll, by: Actor, at: datetime, on: date) -> bool:
    values = line.values
    status = Status(values["status"])
    if status in LIVE and live_record(by.tenant, line.person) is not None:
        return False
    entered = date.fromisoformat(values["enrolled_on"])
    left = date.fromisoformat(values["left_on"]) if values.get("left_on") else None
    overlaps = StudentRecord.objects.filter(tenant=by.tenant.value, person=line.person).exclude(
        ends__lte=entered
    )
    if left is not None:
        overlaps = overlaps.exclude(starts__gte=left)
    if overlaps.exists():
        return False
    number = values.get("student_no", "")
    row = begin(
        tenant=Tenant(by.tenant),
        organisation=organisation,
        hidden=Hidden(line.person, line.sealed, ""),
        key=f"hub:{organisation}:{line.person.hex}",
        kind=EventKind.REGISTER,
        on=entered,
        enrolled_on=entered,
        sets={
            Detail.NAME: values["name"],
            Detail.SEX: values.get("sex", ""),
            Detail.GRADE: values["grade"],
            Detail.MAJOR: values["major"],
            Detail.TRACK: values["track"],
            Detail.CLASS: values.get("class_no", ""),
            # The national number holds the identity number in the clear; it follows from it, so it is not kept.
            Detail.SCHOOL_NO: "" if number.upper().startswith("G") and len(number) == 19 else number,
        },
        details={name: value for name, value in values.items() if value and name not in _OWN},
        note=Note(by, at, words="接收已有名册"),
    )
    append(row, EventKind.APPROVE, on=entered, note=Note(by, at, words="接收已有名册"))
    if status is Status.SUSPENDED:
        append(row, EventKind.SUSPEND, on=max(entered, on), note=Note(by, at, words="接收已有名册"))
    elif status not in LIVE:
        append(row, ENDS[status], on=max(entered, left or on), note=Note(by, at, words="接收已有名册"))
    return True
