"""Whether an event may be applied for: the conditions of the pack's rule on the facts of a case. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from zhijiao.engines.expressions import Expr, Field, Kind, Schema, checked, evaluate, parse
from zhijiao.policy.types import RECORD_FACTS, RecordRule, RecordTerm, RecordTrack
from zhijiao.records.rules.position import next_start, position
from zhijiao.records.types import Application, Detail, Fault, State, Status

CATEGORY = 2
"""Leading digits of a code of majors that name its 专业大类."""
Facts = dict[str, Any]
_FIELDS = {
    "guardian": "guardian",
    "until_days": "until",
    "target_kind": "target",
    "same_school": "target",
    "target_years": "track",
    "target_years_left": "grade",
    "same_major": "major",
    "same_category": "major",
    "same_grade": "grade",
    "truant_hours": "truant_hours",
    "absent_days": "absent_days",
    "passed": "passed",
    "practice": "practice",
    "conduct": "conduct",
    "proof": "proof",
}
"""Which field of the form a fact comes from, so that a refusal can stand beside it."""


def years_of(track: str, tracks: Sequence[RecordTrack]) -> int | None:
    """How long a course takes; None where the pack does not say."""
    return next((each.years for each in tracks if each.code == track), None)


def facts(
    state: State | None,
    wanted: Application,
    on: date,
    *,
    school_kind: str,
    target_kind: str | None,
    same_school: bool,
    same_city: bool | None,
    duplicate: bool,
    tracks: Sequence[RecordTrack],
    terms: Sequence[RecordTerm],
) -> Facts:
    """What checks may ask. What is not known is left out."""
    found: Facts = {
        "school_kind": school_kind,
        "target_kind": target_kind,
        "same_school": same_school,
        "same_city": same_city,
        "duplicate": duplicate,
        "reason": wanted.reason or None,
        "proof": wanted.proof,
        "guardian": wanted.guardian,
        "truant_hours": wanted.truant_hours,
        "absent_days": wanted.absent_days,
        "passed": wanted.passed,
        "practice": wanted.practice,
        "conduct": wanted.conduct,
        "until_days": (wanted.until - on).days if wanted.until else None,
        "days_to_term": (next_start(on, terms) - on).days if terms else None,
    }
    if state is not None:
        found |= _standing(state, on, tracks, terms)
        found |= _changes(state, wanted)
    found |= _target(state, wanted, on, tracks, terms)
    return {name: value for name, value in found.items() if value is not None}


def _standing(state: State, on: date, tracks: Sequence[RecordTrack], terms: Sequence[RecordTerm]) -> Facts:
    found: Facts = {"status": state.status.value, "track": state.details.get(Detail.TRACK)}
    years = years_of(state.details.get(Detail.TRACK, ""), tracks)
    grade = state.details.get(Detail.GRADE, "")
    if years is not None and grade.isdigit() and terms:
        here = position(int(grade), years, on, terms)
        found |= {
            "track_years": years,
            "study_year": here.study_year,
            "term": here.term,
            "terms_studied": here.terms_studied,
            "years_left": Fraction(here.years_left_half, 2),
            "last_year": here.last_year,
        }
    if state.status is Status.SUSPENDED:
        found["suspended_for"] = state.suspended_for
        if state.suspended_until is not None:
            found["suspension_days_over"] = (on - state.suspended_until).days
        if state.suspended_on is not None:
            found["suspended_years"] = (on - state.suspended_on).days // 365
    return found


def _changes(state: State, wanted: Application) -> Facts:
    major = state.details.get(Detail.MAJOR, "")
    grade = state.details.get(Detail.GRADE, "")
    return {
        "same_major": wanted.major == major if wanted.major else None,
        "same_category": wanted.major[:CATEGORY] == major[:CATEGORY] if wanted.major else None,
        "same_grade": str(wanted.grade or grade) == grade,
    }


def _target(
    state: State | None,
    wanted: Application,
    on: date,
    tracks: Sequence[RecordTrack],
    terms: Sequence[RecordTerm],
) -> Facts:
    track = wanted.track or (state.details.get(Detail.TRACK, "") if state else "")
    years = years_of(track, tracks)
    grade = wanted.grade or (
        int(state.details[Detail.GRADE]) if state and Detail.GRADE in state.details else None
    )
    found: Facts = {"target_track": track or None, "target_years": years}
    if years is not None and grade is not None and terms:
        found["target_years_left"] = Fraction(position(grade, years, on, terms).years_left_half, 2)
    return found


def unmet(
    rule: RecordRule, reason: str, known: Facts, parameters: Mapping[str, Decimal]
) -> tuple[Fault, ...]:
    """Conditions of the rule, and of the reason given, that do not hold; in the order of the pack."""
    row = {**known, **parameters}
    names = tuple(sorted(rule.parameters))
    found = []
    if rule.statuses and known.get("status") not in (None, *rule.statuses):
        said = "、".join(f"“{Status(s).words}”" for s in rule.statuses)
        found.append(
            Fault("status", f"学籍现在是“{Status(known['status']).words}”，办理“{rule.name}”要先是{said}")
        )
    chosen = next((each for each in rule.reasons if each.id == reason), None)
    if rule.reasons and chosen is None:
        found.append(Fault("reason", f"请选择“{rule.name}”的原因", "reason"))
    if chosen is not None:
        if chosen.proof is not None and not known.get("proof"):
            found.append(Fault("proof", f"原因“{chosen.name}”要上传{chosen.proof}", "proof"))
        if chosen.when is not None and evaluate(_read(chosen.when, names), row) is not True:
            found.append(Fault(f"reason.{chosen.id}", chosen.words or "", _field(chosen.when, names)))
    for each in rule.checks:
        if evaluate(_read(each.when, names), row) is not True:
            found.append(Fault(each.id, each.words, _field(each.when, names)))
    return tuple(found)


def _field(text: str, parameters: tuple[str, ...]) -> str:
    from zhijiao.engines.expressions import names

    return next((_FIELDS[name] for name in sorted(names(_read(text, parameters))) if name in _FIELDS), "")


@lru_cache(maxsize=512)
def _read(text: str, parameters: tuple[str, ...]) -> Expr:
    schema = Schema({**RECORD_FACTS, **{name: Field(Kind.NUMBER, name, scale=6) for name in parameters}})
    return checked(parse(text), schema, Kind.BOOL)
