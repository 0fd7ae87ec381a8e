"""Reads: how good the data of organisations are, data set by data set, out of counts that a job keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import tree
from zhijiao.exchange.models import Batch, Difference, Held, Profile, Shelf
from zhijiao.exchange.queries.owed import of_kind, sees
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.rules import quality as rules
from zhijiao.exchange.rules.dues import Term, last_ended
from zhijiao.exchange.types import State
from zhijiao.exchange.types.quality import Asked, Counted, Facts, Inside, Judged

Place = tuple[int, str]
"""An organisation and a data set."""

FAULTS = """
    SELECT h.organisation_id, s.dataset, p ->> 'rule', count(DISTINCT h.id)
      FROM exchange_held h JOIN exchange_shelf s ON s.id = h.shelf_id, jsonb_array_elements(h.problems) p
     WHERE h.state = 'waiting' AND s.tenant = %s AND h.organisation_id = ANY(%s)
     GROUP BY 1, 2, 3
"""
UNCOUNTED = """
    SELECT count(*) FROM exchange_shelf s
     WHERE s.tenant = %s AND s.source = ''
       AND s.applied > coalesce((SELECT max(p.sequence) FROM exchange_profile p WHERE p.shelf_id = s.id), 0)
       AND EXISTS (SELECT 1 FROM exchange_record r WHERE r.shelf_id = s.id AND r.until IS NULL)
"""
# When each was first handed in after its period ended.
RECEIVED = """
    SELECT b.organisation_id, s.dataset, min(b.applied_at)
      FROM exchange_batch b JOIN exchange_shelf s ON s.id = b.shelf_id
      JOIN unnest(%s::text[], %s::date[]) AS t(dataset, ends) ON t.dataset = s.dataset
     WHERE s.tenant = %s AND s.source = '' AND b.organisation_id = ANY(%s) AND b.state = 'applied'
       AND (b.applied_at AT TIME ZONE %s)::date > t.ends
     GROUP BY 1, 2
"""


def quality(
    by: Actor,
    *,
    organisations: Collection[int],
    on: date,
    datasets: Collection[str] = (),
    period: str = "",
) -> list[Judged]:
    """Every data set that these organisations hand in or have rows of, judged as of a day, the most urgent first. `period`: of
    the records only those of one period. Only organisations that the actor sees are answered for."""
    nodes = tree(by.tenant, on).nodes
    seen = [o for o in organisations if o in nodes and sees(by, o)]
    described = {d.id: d for d in standard().datasets if not datasets or d.id in datasets}
    terms = {name: last_ended(dataset.due, on) for name, dataset in described.items()}
    with acting(by):
        profiles = _profiles(by, seen)
        faults = _faults(by, seen)
        waiting = _count(Held.objects.filter(state="waiting"), by, seen)
        differing, sources = _differing(by, seen)
        received, pending = _received(by, seen, terms), _pending(by, seen)
    brought = _moments({one.brought for found in profiles.values() for one in found})
    others = _others(by)
    judged = []
    for place in sorted(_places(seen, {o: nodes[o].kind for o in seen}, profiles.keys() | waiting.keys())):
        organisation, name = place
        if name not in described:
            continue
        term = terms[name]
        rows = [one for one in profiles.get(place, ()) if not period or one.period == period]
        facts = Facts(
            dataset=described[name],
            organisation=organisation,
            counted=[_counted(one) for one in rows],
            waiting=waiting.get(place, 0),
            faults=faults.get(place, {}),
            differing=differing.get(place, 0) if name in others else None,
            sources=sources.get(place, ()),
            owes=nodes[organisation].kind in described[name].owes,
            term=term.name if term else "",
            due=term.due if term else None,
            received=_came(
                received.get(place), [brought.get(one.brought) for one in profiles.get(place, ())], term
            ),
            pending=place in pending,
        )
        judged.append(rules.judged(facts, on))
    return sorted(judged, key=lambda one: -one.weight)


def uncounted(by: Actor) -> int:
    """How many data sets have changes that the job has not counted yet."""
    with bulk(), connection.cursor() as cursor:
        cursor.execute(UNCOUNTED, [by.tenant.value])
        return int(cursor.fetchone()[0])


def _places(
    seen: Collection[int], kinds: Mapping[int, OrganisationKind], more: Collection[Place]
) -> set[Place]:
    owed = {kind: [dataset.id for dataset in of_kind(kind)] for kind in set(kinds.values())}
    return {(o, name) for o in seen for name in owed[kinds[o]]} | set(more)


def _profiles(by: Actor, organisations: Collection[int]) -> dict[Place, list[Profile]]:
    rows = Profile.objects.filter(
        organisation_id__in=organisations, shelf__tenant=by.tenant.value, shelf__source="", rows__gt=0
    )
    names = dict(Shelf.objects.filter(tenant=by.tenant.value, source="").values_list("id", "dataset"))
    found: defaultdict[Place, list[Profile]] = defaultdict(list)
    for row in rows.order_by("organisation_id", "shelf_id", "-period"):
        found[row.organisation_id, names[row.shelf_id]].append(row)
    return dict(found)


def _counted(row: Profile) -> Counted:
    asked: Mapping[str, Any] = row.asked
    return Counted(
        row.period,
        row.rows,
        row.filled,
        row.shared,
        Asked(**asked["history"]) if "history" in asked else None,
        Asked(**asked["peers"]) if "peers" in asked else None,
        Inside(**asked["inside"]) if "inside" in asked else None,
    )


def _count(rows: Any, by: Actor, organisations: Collection[int]) -> dict[Place, int]:
    counted = (
        rows.filter(organisation_id__in=organisations, shelf__tenant=by.tenant.value)
        .values_list("organisation_id", "shelf__dataset")
        .annotate(Count("id"))
    )
    return {(organisation, dataset): count for organisation, dataset, count in counted}


def _faults(by: Actor, organisations: Collection[int]) -> dict[Place, dict[str, int]]:
    found: defaultdict[Place, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(FAULTS, [by.tenant.value, list(organisations)])
        for organisation, dataset, rule, rows in cursor.fetchall():
            found[organisation, dataset][rule or ""] = rows
    return dict(found)


def _differing(by: Actor, organisations: Collection[int]) -> tuple[dict[Place, int], dict[Place, list[str]]]:
    rows = (
        Difference.objects.filter(
            organisation_id__in=organisations, shelf__tenant=by.tenant.value, state="open"
        )
        .values_list("organisation_id", "shelf__dataset", "shelf__source")
        .annotate(Count("key", distinct=True))
    )
    keys: defaultdict[Place, int] = defaultdict(int)
    sources: defaultdict[Place, list[str]] = defaultdict(list)
    for organisation, dataset, source, count in rows:
        keys[organisation, dataset] += count
        sources[organisation, dataset].append(f"“{source}”")
    return dict(keys), dict(sources)


def _received(
    by: Actor, organisations: Collection[int], terms: Mapping[str, Term | None]
) -> dict[Place, datetime]:
    ended = {name: term.ends for name, term in terms.items() if term is not None}
    zone = timezone.get_current_timezone_name()
    with connection.cursor() as cursor:
        cursor.execute(
            RECEIVED, [list(ended), list(ended.values()), by.tenant.value, list(organisations), zone]
        )
        return {(organisation, dataset): at for organisation, dataset, at in cursor.fetchall()}


def _pending(by: Actor, organisations: Collection[int]) -> set[Place]:
    rows = Batch.objects.filter(
        organisation_id__in=organisations,
        shelf__tenant=by.tenant.value,
        state__in=(State.RECEIVED.value, State.CHECKED.value),
    )
    return set(rows.values_list("organisation_id", "shelf__dataset"))


def _came(first: datetime | None, brought: Collection[datetime | None], term: Term | None) -> date | None:
    """The day on which what was due came: its own first file after the period, else what somebody else brought after it."""
    if term is None:
        return None
    days = [timezone.localdate(at) for at in (first, *brought) if at is not None]
    return min((day for day in days if day > term.ends), default=None)


def _moments(sequences: Collection[int]) -> dict[int, datetime]:
    """When batches were applied: no secret of theirs, so read past the scope."""
    with bulk():
        rows = Batch.objects.filter(sequence__in=sequences, applied_at__isnull=False)
        return {int(s or 0): at for s, at in rows.values_list("sequence", "applied_at") if at is not None}


def _others(by: Actor) -> set[str]:
    """Data sets that a second source has."""
    return set(
        Shelf.objects.filter(tenant=by.tenant.value).exclude(source="").values_list("dataset", flat=True)
    )
