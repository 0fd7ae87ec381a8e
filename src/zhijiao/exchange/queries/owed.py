"""Reads: what an organisation hands in, by when, and how it stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import Count, Max
from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import tree
from zhijiao.exchange.models import Batch, Difference, Held
from zhijiao.exchange.queries.batches import WAITING_ROWS, view_of
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.rules.dues import last_ended
from zhijiao.exchange.types import Dataset, State
from zhijiao.exchange.types.views import BatchView, Owed, OwedState

# The batch by which records of an organisation were last brought, whoever handed it in.
BROUGHT = """
    SELECT r.organisation_id, s.dataset, count(*), max(r.since)
      FROM exchange_record r JOIN exchange_shelf s ON s.id = r.shelf_id
     WHERE s.tenant = %s AND s.source = '' AND r.organisation_id = ANY(%s) AND r.until IS NULL
     GROUP BY 1, 2
"""


def owed(by: Actor, *, organisations: Collection[int], on: date) -> list[Owed]:
    """Every data set that these organisations hand in by their kind, in the order of the standard, as it stands on a day.
    Only organisations that the actor sees are answered for."""
    nodes = tree(by.tenant, on).nodes
    wanted = [o for o in organisations if o in nodes and sees(by, o)]
    with acting(by):
        brought = _brought(by, wanted)
        last = _last(by, wanted)
        waiting = _counted(Held, wanted, "waiting")
        differences = _counted(Difference, wanted, "open")
    by_kind = {kind: of_kind(kind) for kind in {nodes[organisation].kind for organisation in wanted}}
    found = []
    for organisation in wanted:
        for dataset in by_kind[nodes[organisation].kind]:
            place = (organisation, dataset.id)
            records, since = brought.get(place, (0, None))
            found.append(
                _owed(
                    dataset,
                    organisation,
                    on,
                    last.get(place),
                    records,
                    since,
                    waiting.get(place, 0),
                    differences.get(place, 0),
                )
            )
    return found


def sees(by: Actor, organisation: int) -> bool:
    """Whether the actor sees the work of an organisation."""
    return by.may(Permission.VIEW, organisation) or by.may(Permission.REPORT, organisation)


def of_kind(kind: OrganisationKind) -> list[Dataset]:
    """The data sets that organisations of a kind hand in."""
    return [dataset for dataset in standard().datasets if kind in dataset.owes]


def _owed(
    dataset: Dataset,
    organisation: int,
    on: date,
    last: BatchView | None,
    records: int,
    brought: date | None,
    waiting: int,
    differences: int,
) -> Owed:
    term = last_ended(dataset.due, on)
    handed_in = brought is not None and (term is None or brought > term.ends)
    if last is not None and last.state is State.RECEIVED:
        state = OwedState.CHECKING
    elif last is not None and last.state is State.CHECKED:
        state = OwedState.TO_CONFIRM
    elif waiting:
        state = OwedState.WAITING_ROWS
    else:
        state = OwedState.DONE if handed_in else OwedState.MISSING
    return Owed(
        dataset=dataset,
        organisation=organisation,
        period=term.name if term else "",
        starts=term.starts if term else None,
        ends=term.ends if term else None,
        due=term.due if term else None,
        late=term is not None and not handed_in and on > term.due,
        state=state,
        records=records,
        waiting=waiting,
        differences=differences,
        last=last,
    )


def _brought(by: Actor, organisations: Collection[int]) -> dict[tuple[int, str], tuple[int, date | None]]:
    with connection.cursor() as cursor:
        cursor.execute(BROUGHT, [by.tenant.value, list(organisations)])
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT b.organisation_id, s.dataset, max(b.applied_at) FROM exchange_batch b"
            " JOIN exchange_shelf s ON s.id = b.shelf_id"
            " WHERE s.tenant = %s AND s.source = '' AND b.organisation_id = ANY(%s) AND b.state = 'applied'"
            " GROUP BY 1, 2",
            [by.tenant.value, list(organisations)],
        )
        applied = {(organisation, dataset): at for organisation, dataset, at in cursor.fetchall()}
    times = dict(
        Batch.objects.filter(sequence__in={since for *_, since in rows}).values_list("sequence", "applied_at")
    )
    found: dict[tuple[int, str], tuple[int, date | None]] = {
        place: (0, timezone.localdate(at)) for place, at in applied.items()
    }
    for organisation, dataset, count, since in rows:
        both = [at for at in (times.get(since), applied.get((organisation, dataset))) if at is not None]
        found[organisation, dataset] = (count, timezone.localdate(max(both)) if both else None)
    return found


def _last(by: Actor, organisations: Collection[int]) -> dict[tuple[int, str], BatchView]:
    newest = (
        Batch.objects.filter(
            organisation_id__in=organisations, shelf__tenant=by.tenant.value, shelf__source=""
        )
        .exclude(state=State.WITHDRAWN.value)
        .values("organisation_id", "shelf_id")
        .annotate(newest=Max("id"))
    )
    rows = (
        Batch.objects.select_related("shelf", "undone_by")
        .filter(pk__in=[one["newest"] for one in newest])
        .annotate(waiting=WAITING_ROWS)
    )
    return {(row.organisation_id, row.shelf.dataset): view_of(row) for row in rows}


def _counted(
    model: type[Held] | type[Difference], organisations: Collection[int], state: str
) -> dict[tuple[int, str], int]:
    rows = (
        model.objects.filter(organisation_id__in=organisations, state=state)
        .values_list("organisation_id", "shelf__dataset")
        .annotate(Count("id"))
    )
    return {(organisation, dataset): count for organisation, dataset, count in rows}
