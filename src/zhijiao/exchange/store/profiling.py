"""Counts records by organisation and period, again where they changed, so that no page has to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max

from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.core.tree import tree
from zhijiao.exchange.models import Profile, Shelf
from zhijiao.exchange.queries.people import STANDING
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.rules import quality
from zhijiao.exchange.store import layouts
from zhijiao.exchange.store.telling import SEPARATOR
from zhijiao.exchange.types import Dataset

# Organisations of a shelf whose records came or ended after a batch. Those that came lie between the ids that batches name.
CHANGED = """
    SELECT r.organisation_id FROM exchange_batch b
      JOIN exchange_record r ON r.id BETWEEN b.first_record AND b.last_record
       AND r.since = b.sequence AND r.shelf_id = b.shelf_id
     WHERE b.shelf_id = %(shelf)s AND b.sequence > %(known)s
    UNION
    SELECT organisation_id FROM exchange_record WHERE until > %(known)s AND shelf_id = %(shelf)s
"""
COUNTED = """
    SELECT organisation_id, period, count(*), max(since), ARRAY[{fields}]
      FROM (SELECT organisation_id, period, since, string_to_array({values}, %(by)s) AS v FROM exchange_record
             WHERE shelf_id = %(shelf)s AND until IS NULL AND organisation_id = ANY(%(organisations)s) OFFSET 0) r
     GROUP BY 1, 2
"""
# Rows of persons who stand with more than one organisation.
SHARED = """
    WITH standing AS (
      SELECT shelf_id, organisation_id, period, person FROM exchange_record
       WHERE shelf_id = ANY(%(shelves)s) AND until IS NULL AND person IS NOT NULL),
    several AS (SELECT person FROM standing GROUP BY person HAVING min(organisation_id) < max(organisation_id)),
    counted AS (SELECT shelf_id, organisation_id, period, count(*) AS n FROM standing JOIN several USING (person) GROUP BY 1, 2, 3),
    wanted AS (SELECT p.id, coalesce(c.n, 0) AS n FROM exchange_profile p LEFT JOIN counted c
                USING (shelf_id, organisation_id, period) WHERE p.shelf_id = ANY(%(shelves)s))
    UPDATE exchange_profile p SET shared = w.n FROM wanted w WHERE w.id = p.id AND p.shared IS DISTINCT FROM w.n
"""
# Classes that go on, with the students who stand in them.
CLASSES = """
    SELECT c.organisation_id, c.period, c.no, c.stated, coalesce(s.n, 0)
      FROM (SELECT organisation_id, period, split_part({classes}, %(by)s, %(c_no)s) AS no, split_part({classes}, %(by)s, %(c_size)s) AS stated
              FROM exchange_record WHERE shelf_id = %(classes)s AND until IS NULL AND organisation_id = ANY(%(organisations)s)
               AND split_part({classes}, %(by)s, %(c_ended)s) = '') c
      LEFT JOIN (SELECT organisation_id, split_part({students}, %(by)s, %(s_class)s) AS no, count(*) AS n
                   FROM exchange_record WHERE shelf_id = %(students)s AND until IS NULL AND organisation_id = ANY(%(organisations)s)
                    AND split_part({students}, %(by)s, %(s_left)s) = '' GROUP BY 1, 2) s USING (organisation_id, no)
     WHERE c.stated ~ '^[0-9]+$' ORDER BY 1, 2, 3
"""
BASE, CLASS_SIZES = "students", "classes"
"""The data set whose rows are what other counts are set beside, and the one whose stated sizes are added up from it."""


def refresh(tenant: Tenant, *, on: date) -> int:
    """Count what changed since the last time, and compare the counts anew; return how many data sets had changed.

    Each data set is a transaction of its own; whoever comes later goes on where a crash left off.
    """
    with bulk():
        shelves = {s.dataset: s for s in Shelf.objects.filter(tenant=tenant.value, source="")}
        known = dict(
            Profile.objects.filter(shelf__tenant=tenant.value)
            .values_list("shelf_id")
            .annotate(Max("sequence"))
        )
    described = standard().by_id
    changed: dict[str, list[int]] = {}
    for dataset, shelf in shelves.items():
        if dataset in described and shelf.applied > known.get(shelf.pk, 0):
            with bulk():
                found = changed_since(shelf.pk, known.get(shelf.pk, 0))
                if found:
                    _count(shelf, described[dataset], found)
                    changed[dataset] = found
                else:
                    Profile.objects.filter(shelf=shelf, sequence=known.get(shelf.pk, 0)).update(
                        sequence=shelf.applied
                    )
    if not changed:
        return 0
    with bulk():
        standing = [shelves[name].pk for name in STANDING if name in shelves]
        if changed.keys() & set(STANDING):
            _run(SHARED, {"shelves": standing})
    with bulk():
        _compare(tenant, shelves, changed, on)
    return len(changed)


def changed_since(shelf: int, known: int) -> list[int]:
    """Organisations of a shelf whose records came or ended after a batch."""
    return sorted(row[0] for row in _run(CHANGED, {"shelf": shelf, "known": known}))


def _count(shelf: Shelf, dataset: Dataset, organisations: Sequence[int]) -> None:
    """Write the counts of these organisations, and of none that has no rows any more but one line of nought, so that the
    next time knows how far this one came."""
    fields = ", ".join(f"count(nullif(v[{place}], ''))" for place in range(1, len(dataset.fields) + 1))
    asked = {"shelf": shelf.pk, "organisations": list(organisations), "by": SEPARATOR}
    rows = _run(COUNTED.format(fields=fields, values=layouts.values_on(shelf.pk)), asked)
    Profile.objects.filter(shelf=shelf, organisation__in=organisations).delete()
    empty = set(organisations) - {row[0] for row in rows}
    rows += [(organisation, "", 0, shelf.applied, []) for organisation in sorted(empty)]
    Profile.objects.bulk_create(
        Profile(
            shelf=shelf,
            organisation_id=organisation,
            period=period,
            rows=count,
            brought=since,
            filled=filled,
            sequence=shelf.applied,
        )
        for organisation, period, count, since, filled in rows
    )


def _compare(tenant: Tenant, shelves: dict[str, Shelf], changed: dict[str, list[int]], on: date) -> None:
    """What the changed counts look like beside those of before and of others of the same kind."""
    nodes = tree(tenant, on).nodes
    base = _sizes(shelves[BASE].pk) if BASE in shelves else {}
    wanted = shelves if BASE in changed else {name: shelves[name] for name in changed}
    inside = _inside(shelves, changed)
    for name, shelf in wanted.items():
        dataset = standard().by_id.get(name)
        if dataset is None:
            continue
        profiles = list(Profile.objects.filter(shelf=shelf))
        by_kind: defaultdict[str, list[Profile]] = defaultdict(list)
        for profile in profiles:
            if profile.organisation_id in nodes:
                by_kind[nodes[profile.organisation_id].kind.value].append(profile)
        for alike in by_kind.values():
            found = quality.compared(
                dataset,
                [(one.organisation_id, one.period, one.rows) for one in alike],
                {} if name == BASE else base,
                on,
            )
            for one in alike:
                said = {
                    key: asdict(asked)
                    for key, asked in found.get((one.organisation_id, one.period), {}).items()
                }
                kept = inside.get((one.organisation_id, one.period)) if name == CLASS_SIZES else None
                if kept is not None:
                    said["inside"] = asdict(kept)
                one.asked = said
        Profile.objects.bulk_update(profiles, ["asked"], batch_size=1000)


def _sizes(shelf: int) -> dict[int, int]:
    sizes: defaultdict[int, int] = defaultdict(int)
    for organisation, rows in Profile.objects.filter(shelf=shelf).values_list("organisation_id", "rows"):
        sizes[organisation] += rows
    return dict(sizes)


def _inside(
    shelves: dict[str, Shelf], changed: dict[str, list[int]]
) -> dict[tuple[int, str], quality.Inside]:
    """Stated sizes of classes beside the students who stand in them, of every organisation that has both."""
    if not {BASE, CLASS_SIZES} & changed.keys() or not {BASE, CLASS_SIZES} <= shelves.keys():
        return {}
    described = standard().by_id
    classes, students = described[CLASS_SIZES], described[BASE]
    have = [set(_sizes(shelves[name].pk)) for name in (BASE, CLASS_SIZES)]
    statement = CLASSES.format(
        classes=layouts.values_on(shelves[CLASS_SIZES].pk), students=layouts.values_on(shelves[BASE].pk)
    )
    rows = _run(
        statement,
        {
            "by": SEPARATOR,
            "classes": shelves[CLASS_SIZES].pk,
            "students": shelves[BASE].pk,
            "organisations": sorted(have[0] & have[1]),
            "c_no": _place(classes, "class_no"),
            "c_size": _place(classes, "students"),
            "c_ended": _place(classes, "ended_on"),
            "s_class": _place(students, "class_no"),
            "s_left": _place(students, "left_on"),
        },
    )
    sizes: defaultdict[tuple[int, str], list[tuple[str, int, int]]] = defaultdict(list)
    for organisation, period, number, stated, counted in rows:
        sizes[organisation, period].append((number, int(stated), counted))
    return {place: quality.class_sizes(found) for place, found in sizes.items()}


def _place(dataset: Dataset, field: str) -> int:
    return next(place for place, one in enumerate(dataset.fields, 1) if one.id == field)


def _run(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
