"""Reads: what an organisation hands in, by when, and how it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db import connection
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import tree
from zhijiao.exchange.models import Batch, Difference, Held, Profile, Shelf
from zhijiao.exchange.queries.batches import WAITING_ROWS, view_of
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.rules.dues import last_ended
from zhijiao.exchange.types import Dataset, State
from zhijiao.exchange.types.views import BatchView, Owed, OwedState

# Records of organisations by shelf, and the batch by which they were last brought, whoever handed it in.
BROUGHT = """
    SELECT r.organisation_id, r.shelf_id, count(*), max(r.since)
      FROM exchange_record r JOIN unnest(%s::bigint[], %s::bigint[]) AS w(shelf_id, organisation_id)
        ON r.shelf_id = w.shelf_id AND r.organisation_id = w.organisation_id
     WHERE r.until IS NULL
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
    """How many records stand with whom, and on which day they were last brought."""
    shelves = {s.pk: s for s in Shelf.objects.filter(tenant=by.tenant.value, source="")}
    rows = _counted_records(shelves, organisations)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_id, shelf_id, max(applied_at) FROM exchange_batch"
            " WHERE shelf_id = ANY(%s) AND organisation_id = ANY(%s) AND state = 'applied' GROUP BY 1, 2",
            [list(shelves), list(organisations)],
        )
        applied = {(organisation, shelf): at for organisation, shelf, at in cursor.fetchall()}
    times = dict(
        Batch.objects.filter(sequence__in={since for _, since in rows.values()}).values_list(
            "sequence", "applied_at"
        )
    )
    found: dict[tuple[int, str], tuple[int, date | None]] = {}
    for place in rows.keys() | applied.keys():
        count, since = rows.get(place, (0, 0))
        both = [at for at in (times.get(since), applied.get(place)) if at is not None]
        found[place[0], shelves[place[1]].dataset] = (
            count,
            timezone.localdate(max(both)) if both else None,
        )
    return found


def _counted_records(
    shelves: Mapping[int, Shelf], organisations: Collection[int]
) -> dict[tuple[int, int], tuple[int, int]]:
    """By organisation and shelf: how many records stand, and the last batch that brought any. Most were counted by the job;
    only where something changed since then they are counted now, since a city has millions."""
    from zhijiao.exchange.store.profiling import changed_since

    wanted = set(organisations)
    known = dict(Profile.objects.filter(shelf__in=shelves).values_list("shelf_id").annotate(Max("sequence")))
    with bulk():  # a superior may have brought them; whose they are was asked before
        stale = {
            (shelf.pk, organisation)
            for shelf in shelves.values()
            if shelf.applied > known.get(shelf.pk, 0)
            for organisation in changed_since(shelf.pk, known.get(shelf.pk, 0))
            if organisation in wanted
        }
    rows = (
        Profile.objects.filter(shelf__in=shelves, organisation__in=organisations, rows__gt=0)
        .values_list("organisation_id", "shelf_id")
        .annotate(Sum("rows"), Max("brought"))
    )
    found = {(o, s): (count, since) for o, s, count, since in rows if (s, o) not in stale}
    if stale:
        with connection.cursor() as cursor:
            cursor.execute(BROUGHT, [[s for s, _ in stale], [o for _, o in stale]])
            found |= {(o, s): (count, since) for o, s, count, since in cursor.fetchall()}
    return found


def _last(by: Actor, organisations: Collection[int]) -> dict[tuple[int, str], BatchView]:
    """The newest file of each; one that could not be read does not hide one that waits to be confirmed."""
    sent = Batch.objects.filter(
        organisation_id__in=organisations, shelf__tenant=by.tenant.value, shelf__source=""
    ).exclude(state=State.WITHDRAWN.value)
    newest = sent.values("organisation_id", "shelf_id").annotate(
        newest=Max("id"), readable=Max("id", filter=~Q(state=State.REFUSED.value))
    )
    rows = (
        Batch.objects.select_related("shelf", "undone_by")
        .filter(pk__in={pk for one in newest for pk in (one["newest"], one["readable"]) if pk})
        .annotate(waiting=WAITING_ROWS)
    )
    found: dict[tuple[int, str], BatchView] = {}
    for row in rows.order_by("id"):
        place = (row.organisation_id, row.shelf.dataset)
        hides = row.state == State.REFUSED.value and place in found
        if not (hides and found[place].state in (State.RECEIVED, State.CHECKED)):
            found[place] = view_of(row)
    return found


def _counted(
    model: type[Held] | type[Difference], organisations: Collection[int], state: str
) -> dict[tuple[int, str], int]:
    rows = (
        model.objects.filter(organisation_id__in=organisations, state=state)
        .values_list("organisation_id", "shelf__dataset")
        .annotate(Count("id"))
    )
    return {(organisation, dataset): count for organisation, dataset, count in rows}
