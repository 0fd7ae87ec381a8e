"""Reads that a form asks for: the reports that it names, what its texts would mean."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from zhijiao.core.access.actor import Actor
from zhijiao.indicators.models import Report
from zhijiao.indicators.queries.standpoint import Standpoint
from zhijiao.indicators.queries.views import last_figures, views
from zhijiao.indicators.rules.asking import read
from zhijiao.indicators.types import Entered, Owed, Problem, problems_of


def several(actor: Actor, reports: Collection[int], on: date) -> list[Owed]:
    """The named reports that the person sees, by due date. The others are left out, whether they exist or not."""
    rows = Report.objects.filter(pk__in=list(reports)).order_by("due", "organisation_id", "obligation", "id")
    return views(Standpoint(actor), list(rows), on)


def check(actor: Actor, entries: Sequence[Entered], on: date) -> list[Problem]:
    """What the forms would say of these texts, without keeping them."""
    by_id = {entry.report: entry for entry in entries}
    rows = list(Report.objects.filter(pk__in=list(by_id)))
    last = last_figures(rows)
    standpoint = Standpoint(actor)
    found: list[Problem] = []
    for row in rows:
        subject, figure = standpoint.subject(row), last.get(row.pk)
        typed = {**row.typed, **by_id[row.pk].values}
        answer, _ = read(subject.obligation, subject.indicator, typed, figure.value if figure else None)
        found += problems_of(row.pk, subject.indicator.name, answer.faults)
    return found
