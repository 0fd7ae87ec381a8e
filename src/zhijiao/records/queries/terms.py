"""Reads: the term that runs, and who is registered for it."""

from __future__ import annotations

from datetime import date

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting
from zhijiao.core.tree import Tree
from zhijiao.records.models import StudentRecord, TermRegistration
from zhijiao.records.places import calendar_of, index_of
from zhijiao.records.rules.position import closing, term_of
from zhijiao.records.types import Status, TermLine


def term_now(standing: Tree, organisation: int) -> tuple[str, str, date, date]:
    """The term that runs on the tree's day at a school: id, name, first day, day on which its registration closes. Raises
    Refused."""
    _, terms = calendar_of(index_of(standing, organisation))
    known, term, starts = term_of(standing.on, terms)
    return known, f"{starts.year}年{term.name}", starts, closing(starts, term)


def term_roll(by: Actor, organisation: int, term: str) -> list[TermLine]:
    """Enrolled students of a school, those first who are not registered for a term."""
    with acting(by):
        done = set(
            TermRegistration.objects.filter(record__organisation=organisation, term=term).values_list(
                "record_id", flat=True
            )
        )
        rows = StudentRecord.objects.filter(
            organisation=organisation, status=Status.ENROLLED.value, tenant=by.tenant.value
        ).order_by("grade", "class_no", "name", "pk")
        lines = [TermLine(row.pk, row.name, row.grade, row.class_no, row.pk in done) for row in rows]
    return sorted(lines, key=lambda line: line.registered)
