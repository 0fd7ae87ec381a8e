"""Reads, in the caller's scope; `own` is what a student or guardian reads."""

from zhijiao.records.places import acts_for, approves
from zhijiao.records.queries.cases import (
    AskedCases,
    case_view,
    cases,
    cases_after,
    count_cases,
    events_of_cases,
    waiting_for,
)
from zhijiao.records.queries.notices import notice_of, standing_notices
from zhijiao.records.queries.own import own_records
from zhijiao.records.queries.roster import (
    classes,
    count_records,
    grades_of,
    record_view,
    roster,
    roster_after,
    schools_seen,
    views_of,
)
from zhijiao.records.queries.settling import count_issues, issues, register_files
from zhijiao.records.queries.terms import term_now, term_roll

__all__ = [
    "AskedCases",
    "acts_for",
    "approves",
    "case_view",
    "cases",
    "cases_after",
    "classes",
    "count_cases",
    "count_issues",
    "count_records",
    "events_of_cases",
    "grades_of",
    "issues",
    "notice_of",
    "own_records",
    "record_view",
    "register_files",
    "roster",
    "roster_after",
    "schools_seen",
    "standing_notices",
    "term_now",
    "term_roll",
    "views_of",
    "waiting_for",
]
