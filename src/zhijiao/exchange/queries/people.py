"""Reads: persons who stand with several organisations, and who read whose full identity number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import connection

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.exchange.models import PersonalRead, PersonLink, Record
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.store import telling
from zhijiao.exchange.types.views import ReadView, Twice

# Persons of the reader's scope who stand with more than one organisation in the same data sets.
SEVERAL = """
    SELECT r.person, count(DISTINCT r.organisation_id)
      FROM exchange_record r JOIN exchange_shelf s ON s.id = r.shelf_id
     WHERE s.tenant = %(tenant)s AND s.source = '' AND s.dataset = ANY(%(datasets)s) AND r.until IS NULL
       AND r.person IS NOT NULL
     GROUP BY r.person HAVING count(DISTINCT r.organisation_id) > 1
     ORDER BY 2 DESC, 1 LIMIT %(limit)s
"""
STANDING = ("students", "teachers")
"""Data sets in which a person stands with one organisation at a time."""


def twice(by: Actor, *, datasets: Collection[str] = STANDING, limit: int = 500) -> list[Twice]:
    """Persons found with several organisations, of whom the actor sees at least one row. Of the others only the number is
    told. Past the scope, since the other side is what one looks for."""
    given = {"tenant": by.tenant.value, "datasets": list(datasets), "limit": limit * 4}
    with bulk(), connection.cursor() as cursor:
        cursor.execute(SEVERAL, given)
        several = dict(cursor.fetchall())
    with acting(by):
        rows = list(
            Record.objects.select_related("shelf").filter(
                person__in=list(several), until__isnull=True, shelf__dataset__in=datasets, shelf__source=""
            )
        )
    described = standard().by_id
    places: dict[UUID, list[tuple[int, str, str]]] = defaultdict(list)
    seen: dict[UUID, set[int]] = defaultdict(set)
    for row in rows:
        if row.person is not None and row.shelf.dataset in described:
            words = telling.key_words(row.key, described[row.shelf.dataset])
            places[row.person].append((row.organisation_id, row.shelf.dataset, words))
            seen[row.person].add(row.organisation_id)
    return [
        Twice(person, str(person)[:8], places[person], max(0, count - len(seen[person])))
        for person, count in several.items()
        if places[person]
    ][:limit]


def reads_of(person: UUID) -> list[ReadView]:
    """Who read the full number of a person, newest first. Whoever calls has made sure that it is the person who asks."""
    with bulk():
        return [_view(row) for row in PersonalRead.objects.filter(person=person).order_by("-id")]


def reads(by: Actor, *, organisations: Collection[int] | None = None, limit: int = 200) -> list[ReadView]:
    """Who read full numbers of persons within the actor's scope, newest first."""
    with acting(by):
        rows = PersonalRead.objects.order_by("-id")
        if organisations is not None:
            rows = rows.filter(organisation_id__in=organisations)
        return [_view(row) for row in rows[:limit]]


def _view(row: PersonalRead) -> ReadView:
    return ReadView(row.at, row.name, row.acting_for, row.organisation_id, row.dataset, row.purpose)


def linked(by: Actor, person: UUID) -> list[str]:
    """Names of the accounts that are linked with a person, as far as the actor's scope goes."""
    with acting(by):
        rows = PersonLink.objects.filter(person=person, ended_at__isnull=True).order_by("username")
        return list(rows.values_list("username", flat=True))


def reads_of_mine(by: Actor) -> list[ReadView] | None:
    """Who read the full number of the person who acts, newest first; None while nobody has said which person that is."""
    person = person_of(by)
    return None if person is None else reads_of(person)


def person_of(by: Actor) -> UUID | None:
    """The person that the acting account stands for, as their school or employer said; None while nobody has."""
    with bulk():
        link = PersonLink.objects.filter(user=by.person, ended_at__isnull=True).first()
    return None if link is None else link.person
