"""After the storm: is everything that was accepted there, once, and does the ledger give the rows?

`python -m tests.support.replaying FILE`: FILE holds the accepted receipts as JSON. Prints numbers and what is wrong as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any


def faults(accepted: dict[str, dict[str, Any]]) -> tuple[dict[str, int], list[str]]:
    """Numbers, and what is wrong. Runs over every scope."""
    from zhijiao.core.access.scope import bulk

    wrong: list[str] = []
    with bulk():
        numbers = {
            **_receipts(accepted, wrong),
            **_ledgers(wrong),
            **_figures(wrong),
            **_deliveries(wrong),
            **_notes(wrong),
        }
    return numbers, wrong


def _receipts(accepted: dict[str, dict[str, Any]], wrong: list[str]) -> dict[str, int]:
    """Every answer that a client got is one row; every row under a key was told, or its client never asked again."""
    from zhijiao.indicators.models import Receipt, ReportStep

    rows = {row.key: row for row in Receipt.objects.exclude(key=None)}
    for key, receipt in accepted.items():
        row = rows.get(key)
        if row is None or (row.number, row.digest) != (receipt["number"], receipt["digest"]):
            wrong.append(f"{key}: accepted as {receipt['number']}, but not there")
    wrong += [f"{key}: done, and nobody was told" for key in rows if key not in accepted]
    steps = ReportStep.objects.count()
    lines = sum(len(row.lines) for row in rows.values())
    if steps != lines:
        wrong.append(f"{lines} lines of receipts, {steps} lines of ledgers")
    return {"receipts": len(rows), "lines": lines}


def _ledgers(wrong: list[str]) -> dict[str, int]:
    from zhijiao.indicators.models import Report, ReportStep

    by_report: dict[int, list[Any]] = {}
    for step in ReportStep.objects.order_by("report_id", "number"):
        by_report.setdefault(step.report_id, []).append(step)
    reports = Report.objects.in_bulk(list(by_report))
    for key, steps in by_report.items():
        report, state = reports[key], "draft"
        for number, step in enumerate(steps, 1):
            if (step.number, step.source) != (number, state):
                wrong.append(f"report {key}: line {number} does not follow")
            state = step.target
        last = steps[-1]
        if (report.state, report.step) != (state, len(steps)):
            wrong.append(f"report {key}: the row says {report.state}, the ledger {state}")
        told = ("value", "numerator", "denominator", "text", "note")
        if report.state != "draft" and any(getattr(report, f) != getattr(last, f) for f in told):
            wrong.append(f"report {key}: the row holds another figure than its last line")
    untouched = Report.objects.filter(step=0).exclude(state="draft").count()
    if untouched:
        wrong.append(f"{untouched} reports moved without a line")
    return {"reports that moved": len(by_report)}


def _figures(wrong: list[str]) -> dict[str, int]:
    from zhijiao.indicators.models import Figure, ReportStep

    approvals = set(ReportStep.objects.filter(kind="approve").values_list("id", flat=True))
    figures = list(Figure.objects.order_by("id"))
    if Counter(f.step_id for f in figures) != Counter(approvals):
        wrong.append(f"{len(figures)} figures for {len(approvals)} approvals")
    by_report: dict[int, list[Any]] = {}
    for figure in figures:
        by_report.setdefault(figure.report_id, []).append(figure)
    for report, chain in by_report.items():
        expected = [None, *(figure.pk for figure in chain[:-1])]
        if [figure.replaces_id for figure in chain] != expected:
            wrong.append(f"report {report}: its figures do not replace one another in order")
        if any(figure.replaces_id and not figure.cause for figure in chain):
            wrong.append(f"report {report}: restated without a cause")
    return {"figures": len(figures), "restatements": sum(f.replaces_id is not None for f in figures)}


def _deliveries(wrong: list[str]) -> dict[str, int]:
    from django.db import connection

    from zhijiao.core.events import _subscribers
    from zhijiao.core.models import Delivery, Event

    events = dict(Event.objects.values_list("id", "name"))
    unsettled = Event.objects.filter(settled=False).count()
    if unsettled:
        wrong.append(f"{unsettled} events are not settled")
    heard = Counter(Delivery.objects.values_list("event_id", "subscriber"))
    wrong += [f"event {key} heard {n} times" for key, n in heard.items() if n > 1]
    for event, name in events.items():
        for subscriber, _ in _subscribers.get(name, ()):
            if (event, subscriber) not in heard:
                wrong.append(f"event {event} ({name}) was not heard by {subscriber}")
    notified = [event for event, name in events.items() if name == "core.notified"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%send_work_notices%'")
        queued = cursor.fetchone()[0]
    # A job is queued beside the transaction of the delivery, so a worker that is killed in between queues it again; the
    # notice carries a key by which its receiver knows it.
    if queued < len(notified):
        wrong.append(f"{len(notified)} notes were told, {queued} notices queued")
    again = queued - len(notified)
    return {"events": len(events), "deliveries": len(heard), "notices queued": queued, "of them again": again}


def _notes(wrong: list[str]) -> dict[str, int]:
    from zhijiao.core.models import Message

    notes = Counter(Message.objects.values_list("user_id", "key"))
    wrong += [f"note {key} came {n} times" for key, n in notes.items() if n > 1]
    return {"notes": len(notes)}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    found, problems = faults(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print(json.dumps({"numbers": found, "wrong": problems}, ensure_ascii=False))
