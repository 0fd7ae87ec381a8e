"""Reads: the people of a data set of one organisation, with what is needed to take them over into a domain's own tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models.expressions import RawSQL

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.exchange.models import Record
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.store import layouts, telling


@dataclass(frozen=True)
class OnRoll:
    """A row of a person: codes by field, the blind index and the sealed number."""

    record: int
    person: UUID
    sealed: str
    values: Mapping[str, str]


def roll(by: Actor, dataset: str, organisation: int, *, source: str = "") -> list[OnRoll]:
    """The rows of an organisation that stand now and are of persons, in the order of their keys. Raises Invisible."""
    if not by.may(Permission.REPORT, organisation):
        raise Invisible("no such organisation")
    described = standard().by_id[dataset]
    with acting(by):
        now = RawSQL(layouts.values_of(by.tenant, dataset, source), ())  # numbers only, nothing that was sent
        rows = (
            Record.objects.annotate(now=now)
            .filter(
                shelf__tenant=by.tenant.value,
                shelf__dataset=dataset,
                shelf__source=source,
                organisation_id=organisation,
                until__isnull=True,
                person__isnull=False,
            )
            .order_by("key")
        )
        return [
            OnRoll(row.pk, row.person, row.sealed, telling.fields_of(row.now, described))
            for row in rows
            if row.person is not None
        ]
