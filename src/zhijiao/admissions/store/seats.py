"""Who holds a seat, for what is done to a whole season at once: a statement for all, and none for each.

Call under the bulk role, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from zhijiao.admissions.types.states import EnrolmentState

HOLDERS = """
SELECT o.candidate_id, o.line_id, o.organisation_id
  FROM admissions_outcome o JOIN admissions_run r ON r.id = o.run_id
 WHERE r.season_id = %(season)s AND r.kind = 'real' AND r.state = 'published' AND o.line_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM admissions_decline d WHERE d.outcome_id = o.id AND d.state = 'approved')
UNION ALL
SELECT t.candidate_id, t.line_id, t.organisation_id FROM admissions_topup t
 WHERE t.season_id = %(season)s AND t.state = 'approved'
"""
"""By a run that was published, unless the seat was given up; or by name, once that is approved."""

WITHOUT_LETTER = f"""
SELECT c.id, c.number, c.name, h.line_id FROM ({HOLDERS}) h JOIN admissions_candidate c ON c.id = h.candidate_id
 WHERE NOT EXISTS (SELECT FROM admissions_letter l WHERE l.candidate_id = h.candidate_id AND l.revoked_at IS NULL)
 ORDER BY h.line_id, c.number COLLATE "C"
"""
COUNT_WITHOUT = f"SELECT count(*) FROM ({WITHOUT_LETTER}) w"
ANYBODY = f"SELECT EXISTS ({HOLDERS})"
EXPECT = f"""
INSERT INTO admissions_enrolment (season_id, candidate_id, line_id, organisation_id, elsewhere_id, state, words, noted_by, record)
SELECT DISTINCT ON (h.candidate_id) %(season)s, h.candidate_id, h.line_id, h.organisation_id, h.elsewhere_id, %(state)s, '', '', ''
  FROM (SELECT candidate_id, line_id, organisation_id, NULL::bigint AS elsewhere_id FROM ({HOLDERS}) here
        UNION ALL
        SELECT e.candidate_id, NULL, e.organisation_id, e.id FROM admissions_elsewhere e
         WHERE e.season_id = %(season)s AND e.withdrawn_at IS NULL) h
 WHERE NOT EXISTS (SELECT FROM admissions_enrolment e WHERE e.season_id = %(season)s AND e.candidate_id = h.candidate_id)
 ORDER BY h.candidate_id
"""
OF_LINE = f"""
SELECT c.id, c.number, c.name FROM ({HOLDERS}) h JOIN admissions_candidate c ON c.id = h.candidate_id
 WHERE h.line_id = %(line)s AND NOT EXISTS (SELECT FROM admissions_enrolment e
   WHERE e.season_id = %(season)s AND e.candidate_id = h.candidate_id AND e.state = %(absent)s)
 ORDER BY c.number COLLATE "C"
"""
HERE = """
SELECT o.candidate_id, l.school_name FROM admissions_outcome o JOIN admissions_run r ON r.id = o.run_id
  JOIN admissions_planline l ON l.id = o.line_id
 WHERE r.season_id = %(season)s AND r.kind = 'real' AND r.state = ANY(%(states)s) AND o.candidate_id = ANY(%(candidates)s)
   AND NOT EXISTS (SELECT FROM admissions_decline d WHERE d.outcome_id = o.id AND d.state = 'approved')
UNION ALL
SELECT t.candidate_id, l.school_name FROM admissions_topup t JOIN admissions_planline l ON l.id = t.line_id
 WHERE t.season_id = %(season)s AND t.state IN ('proposed', 'approved') AND t.candidate_id = ANY(%(candidates)s)
"""
ADD_LETTERS = """
COPY admissions_letter (season_id, candidate_id, line_id, number, code, digest, issued_at, issued_by, revoked_because) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody to whom a letter is due, with the row of the line."""

    candidate: int
    number: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Written:
    """A letter to be kept."""

    candidate: int
    line: int
    number: str
    code: str
    digest: str


def anybody(season: int) -> bool:
    """Whether anybody holds a seat yet."""
    with connection.cursor() as cursor:
        cursor.execute(ANYBODY, {"season": season})
        return bool(cursor.fetchone()[0])


def without_letter(season: int) -> list[Due]:
    """Everybody who holds a seat and has no valid letter."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_LETTER, {"season": season})
        return [Due(*row) for row in cursor.fetchall()]


def count_without_letter(season: int) -> int:
    """How many hold a seat and have no valid letter."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_WITHOUT, {"season": season})
        return int(cursor.fetchone()[0])


def seats_here(season: int, candidates: Sequence[int], states: Sequence[str]) -> dict[int, str]:
    """Who of these has a seat by a run of one of these states, or is named for one: candidate → school."""
    with connection.cursor() as cursor:
        cursor.execute(HERE, {"season": season, "states": list(states), "candidates": list(candidates)})
        return {int(pk): str(school) for pk, school in cursor.fetchall()}


def keep_letters(season: int, rows: Iterable[Written], *, at: datetime, by: str) -> None:
    """Write letters."""
    with connection.cursor() as cursor, cursor.copy(ADD_LETTERS) as copy:
        for row in rows:
            copy.write_row((season, row.candidate, row.line, row.number, row.code, row.digest, at, by, ""))


def expect(season: int) -> None:
    """A line of enrolment for everybody who holds a seat, here or by another body, and has none."""
    with connection.cursor() as cursor:
        cursor.execute(EXPECT, {"season": season, "state": EnrolmentState.EXPECTED.value})


def of_line(season: int, line: int) -> list[tuple[int, str, str]]:
    """Who holds a seat of a line and was not absent: row, number, name; by number."""
    with connection.cursor() as cursor:
        cursor.execute(OF_LINE, {"season": season, "line": line, "absent": EnrolmentState.ABSENT.value})
        return [(int(pk), str(number), str(name)) for pk, number, name in cursor.fetchall()]
