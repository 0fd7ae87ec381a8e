"""Terms: which one runs, when the next begins, and where a student of a grade stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from zhijiao.policy.types import RecordTerm
from zhijiao.records.types import Position

TERMS_A_YEAR = 2


def starts_from(grade: int, terms: Sequence[RecordTerm]) -> Iterator[tuple[date, RecordTerm]]:
    """The terms of a grade in order, without end: the first begins in the year of entry, with the pack's first term."""
    year, first = grade, terms[0].starts
    while year < grade + 30:
        for term in terms:
            yield _day(year + (term.starts < first), term.starts), term
        year += 1


def position(grade: int, years: int, on: date, terms: Sequence[RecordTerm]) -> Position:
    """Where a student stands who entered in the year `grade` for a course of `years`, without time off."""
    begun = 0
    for starts, _ in starts_from(grade, terms):
        if starts > on:
            break
        begun += 1
    whole = years * len(terms)
    left = whole if begun == 0 else max(0, whole - begun + 1)
    year = -(-begun // len(terms))
    return Position(
        term=begun,
        study_year=year,
        terms_studied=max(0, begun - 1),
        years_left_half=left * TERMS_A_YEAR // len(terms),
        last_year=year >= years,
    )


def term_of(on: date, terms: Sequence[RecordTerm]) -> tuple[str, RecordTerm, date]:
    """The term that runs on a day: its id (2026-autumn), what it is, and its first day."""
    last: tuple[date, RecordTerm] | None = None
    for starts, term in starts_from(on.year - 1, terms):
        if starts > on:
            break
        last = starts, term
    assert last is not None, "terms of the year before have begun"
    starts, term = last
    return f"{starts.year}-{term.id}", term, starts


def next_start(on: date, terms: Sequence[RecordTerm]) -> date:
    """The first day of the next term after a day."""
    return next(starts for starts, _ in starts_from(on.year - 1, terms) if starts > on)


def closing(starts: date, term: RecordTerm) -> date:
    """The day on which the registration of a term closes."""
    return _day(starts.year + (term.closes < term.starts), term.closes)


def _day(year: int, month_day: str) -> date:
    month, day = int(month_day[:2]), int(month_day[3:])
    if (month, day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, month, day)
