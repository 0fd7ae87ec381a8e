"""Reads: where two sources differ."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting
from zhijiao.exchange.models import Difference
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.store import telling
from zhijiao.exchange.types import DifferenceState, Side
from zhijiao.exchange.types.views import DifferenceView


def differences(
    by: Actor,
    *,
    organisations: Collection[int] | None = None,
    dataset: str = "",
    states: Collection[DifferenceState] = (DifferenceState.OPEN,),
    limit: int = 200,
    offset: int = 0,
) -> list[DifferenceView]:
    """Differences that the actor sees, by organisation and key."""
    with acting(by):
        rows = _asked(by, organisations, dataset, states).order_by("organisation_id", "key", "field")
        return [view_of(row) for row in rows[offset : offset + limit]]


def count_differences(
    by: Actor,
    *,
    organisations: Collection[int] | None = None,
    dataset: str = "",
    states: Collection[DifferenceState] = (DifferenceState.OPEN,),
) -> int:
    """How many there are."""
    with acting(by):
        return _asked(by, organisations, dataset, states).count()


def view_of(row: Difference) -> DifferenceView:
    """A difference for eyes."""
    dataset = standard().by_id.get(row.shelf.dataset)
    field = dataset.by_id.get(row.field) if dataset else None
    return DifferenceView(
        id=row.pk,
        dataset=row.shelf.dataset,
        source=row.shelf.source,
        organisation=row.organisation_id,
        period=row.period,
        key=telling.key_words(row.key, dataset) if dataset else "",
        field=row.field,
        field_name=field.name if field else (row.field or "整条记录"),
        own=row.own,
        other=row.other,
        state=DifferenceState(row.state),
        stands=Side(row.stands) if row.stands else None,
        note=row.note,
        found_at=row.found_at,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


def _asked(
    by: Actor, organisations: Collection[int] | None, dataset: str, states: Collection[DifferenceState]
) -> QuerySet[Difference]:
    rows = Difference.objects.select_related("shelf").filter(shelf__tenant=by.tenant.value)
    if organisations is not None:
        rows = rows.filter(organisation_id__in=organisations)
    if dataset:
        rows = rows.filter(shelf__dataset=dataset)
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    return rows
