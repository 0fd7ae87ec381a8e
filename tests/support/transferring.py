"""A program that moves the example students between the two kinds of schools until it is killed: `python -m
tests.support.transferring`; with `--count` it says instead how the records stand, as JSON."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

TRACKS = {"school-1": "secondary_3", "technician": "technician_3"}
TRANSITIONS = ("pass", "record")


def _move() -> None:
    from django.utils import timezone

    from zhijiao.cli.demo.people import make_places
    from zhijiao.core.access.scope import bulk
    from zhijiao.records import actions, queries
    from zhijiao.records.models import RecordCase, StudentRecord
    from zhijiao.records.types import Application

    at = timezone.now()
    place = next(p for p in make_places(at=at, on=timezone.localdate(at)) if p.pack == "taizhou")
    keys = ("school-1", "technician", "county-1", "bureau-2")
    actors = {place.nodes[key].id: place.actors[key] for key in keys}
    schools = {key: place.nodes[key].id for key in TRACKS}
    while True:
        with bulk():
            waiting = list(RecordCase.objects.filter(closed=False, event="cross_transfer", holder__in=actors))
        for case in waiting:
            by = actors[case.holder_id or 0]
            offered = [
                step for step, _, _ in queries.case_view(by, case.pk).steps_open if step in TRANSITIONS
            ]
            actions.take_step(
                case=case.pk, transition=offered[0] if offered else "submit", by=by, at=at, on=place.on
            )
        with bulk():
            rows = list(StudentRecord.objects.filter(status="enrolled", organisation__in=schools.values()))
            busy = set(RecordCase.objects.filter(closed=False).values_list("record", flat=True))
        for row in rows:
            if row.pk in busy:
                continue
            into = next(key for key, school in schools.items() if school != row.organisation_id)
            actions.apply_for(
                event="cross_transfer",
                organisation=row.organisation_id,
                record=row.pk,
                application=Application(
                    target=schools[into], major="660301", track=TRACKS[into], credits="示例", guardian=True
                ),
                by=actors[row.organisation_id],
                at=at,
                on=place.on,
            )


def _count() -> dict[str, Any]:
    from django.db.models import Count, Q

    from zhijiao.core.access.scope import bulk
    from zhijiao.records.models import RecordCase, StudentRecord
    from zhijiao.records.rules import ledger
    from zhijiao.records.store import ledger_of
    from zhijiao.records.types import LIVE

    live = Q(status__in=[status.value for status in LIVE])
    with bulk():
        people = list(
            StudentRecord.objects.values("person").order_by().annotate(live=Count("pk", filter=live))
        )
        wrong = [str(each["person"]) for each in people if each["live"] != 1]
        for row in StudentRecord.objects.all():
            state = ledger.fold(ledger_of(row))
            if state is None or (state.status.value, state.ended) != (row.status, row.ends):
                wrong.append(f"record {row.pk}")
        done = RecordCase.objects.filter(event="cross_transfer", stage="recorded")
        for case in done:
            kinds = sorted(case.events.values_list("kind", flat=True))
            if kinds != ["transfer_in", "transfer_out"]:
                wrong.append(f"case {case.pk}: {kinds}")
        half = RecordCase.objects.exclude(stage="recorded").filter(events__isnull=False).count()
        return {"people": len(people), "done": done.count(), "half": half, "wrong": wrong}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    if "--count" in sys.argv:
        print(json.dumps(_count(), ensure_ascii=False))
    else:
        _move()
