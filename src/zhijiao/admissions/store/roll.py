"""A roll into the database, a city's in seconds: what is there read as plain values, new rows by COPY, changed ones in one statement.

Call under the bulk role, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from zhijiao.admissions.models import Candidate, Season
from zhijiao.admissions.types.states import CandidateState

ADD = """
COPY admissions_candidate (season_id, number, name, sort_key, sex, category, class_name, school_id, county_id, origins,
  identity_sealed, identity_index, phone_sealed, phone_end, columns, bonus, state, added_at, revision) FROM STDIN
"""
CHANGE = """
UPDATE admissions_candidate c
   SET name = v.name, sort_key = v.sort_key, sex = v.sex, class_name = v.class_name, school_id = v.school, county_id = v.county,
       origins = CASE v.origins WHEN '' THEN '{}' ELSE string_to_array(v.origins, E'\\n') END, identity_index = v.index,
       identity_sealed = coalesce(v.sealed, c.identity_sealed), revision = c.revision + 1
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
              %s::text[]) AS v(id, name, sort_key, sex, class_name, school, county, origins, index, sealed)
 WHERE c.id = v.id
"""
ADD_GUARDIANS = """
COPY admissions_guardian (candidate_id, name, relation, phone_sealed, phone_end, bound_at, bound_by, document, ended_by)
FROM STDIN
"""
WITHOUT_GUARDIAN = """
SELECT c.number, c.id FROM admissions_candidate c
 WHERE c.season_id = %s AND NOT EXISTS (SELECT FROM admissions_guardian g WHERE g.candidate_id = c.id)
"""


@dataclass(frozen=True, slots=True)
class Person:
    """What a roll says of somebody, as the table keeps it. `index` finds the identity again."""

    name: str
    sort_key: str
    sex: str
    school: int | None
    county: int | None
    class_name: str
    origins: tuple[str, ...]
    index: str


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody new; `identity` and `phone` are sealed."""

    number: str
    person: Person
    identity: str
    phone: str
    phone_end: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody who is there. `identity`: sealed, where it is another one; None keeps the one that is there."""

    id: int
    person: Person
    identity: str | None


@dataclass(frozen=True, slots=True)
class Bound:
    """A guardian of a candidate; `phone` is sealed."""

    candidate: int
    name: str
    relation: str
    phone: str
    phone_end: str


def there(season: Season) -> dict[str, tuple[int, Person]]:
    """Everybody on the roll of a season by number."""
    rows = Candidate.objects.filter(season=season).values_list(
        *("number", "pk", "name", "sort_key", "sex", "school", "county", "class_name"),
        *("origins", "identity_index"),
    )
    return {
        number: (pk, Person(name, key, sex, school, county, class_name, tuple(origins), index))
        for number, pk, name, key, sex, school, county, class_name, origins, index in rows
    }


def add(season: Season, rows: Iterable[Added], at: datetime) -> None:
    """New candidates."""
    active, plain = CandidateState.ACTIVE.value, "{}"
    with connection.cursor() as cursor, cursor.copy(ADD) as copy:
        for row in rows:
            p = row.person
            copy.write_row(
                (
                    *(season.pk, row.number, p.name, p.sort_key, p.sex, "", p.class_name, p.school, p.county),
                    *(list(p.origins), row.identity, p.index, row.phone, row.phone_end, plain, 0),
                    *(active, at, 1),
                )
            )


def change(rows: Sequence[Changed]) -> None:
    """What is different of those who are there."""
    if not rows:
        return
    people = [row.person for row in rows]
    columns: list[list[object]] = [
        [row.id for row in rows],
        [p.name for p in people],
        [p.sort_key for p in people],
        [p.sex for p in people],
        [p.class_name for p in people],
        [p.school for p in people],
        [p.county for p in people],
        ["\n".join(p.origins) for p in people],
        [p.index for p in people],
        [row.identity for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(CHANGE, columns)


def without_guardian(season: Season) -> dict[str, int]:
    """Candidates of a season for whom nobody was ever bound: number → row."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_GUARDIAN, [season.pk])
        return {str(number): int(pk) for number, pk in cursor.fetchall()}


def bind(rows: Iterable[Bound], *, at: datetime, by: str, document: str) -> None:
    """Guardians of candidates who have none."""
    with connection.cursor() as cursor, cursor.copy(ADD_GUARDIANS) as copy:
        for row in rows:
            copy.write_row(
                (row.candidate, row.name, row.relation, row.phone, row.phone_end, at, by, document, "")
            )
