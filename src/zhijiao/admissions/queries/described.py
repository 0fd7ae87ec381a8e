"""A season as programs read it: for the API and the command line. What is told of a season before its plan is locked is for
whoever works on it; who calls has asked for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhijiao.admissions.models import Season
from zhijiao.admissions.queries import brochure
from zhijiao.admissions.queries.counting import Counted
from zhijiao.admissions.queries.plan import signatures
from zhijiao.admissions.queries.seasons import calendar, rounds
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.types.plan import LineView

Json = dict[str, Any]


def summary(season: Season) -> Json:
    """A season in a list."""
    return {
        "id": season.pk,
        "pack": season.pack,
        "code": season.code,
        "title": season.title,
        "year": season.year,
        "phase": season.phase,
        "phase_words": season.phase_words,
        "entered": season.entered.isoformat(),
        "rehearsal": season.rehearsal,
        "plan_digest": season.plan_digest,
        "locked_at": season.locked_at and season.locked_at.isoformat(),
    }


def one(season: Season) -> Json:
    """A season with its rules as they stand in it, its rounds, its days, and who signed the plan."""
    rules = rules_of(season.rules)
    return {
        **summary(season),
        "document": season.document,
        "pack_version": season.pack_version,
        "rules_digest": season.rules_digest,
        "bureaus": [{"id": b.id, "unit": b.unit, "leads": b.leads} for b in rules.bureaus],
        "kinds": [
            {
                "kind": k.kind.value,
                "on": k.on,
                "propose": k.propose,
                "review": k.review,
                "approve": k.approve,
            }
            for k in rules.kinds
        ],
        "batches": [
            {
                "id": b.id,
                "name": b.name,
                "kinds": [k.value for k in b.kinds],
                "mechanism": b.mechanism,
                "stages": b.stages,
                "max_choices": b.max_choices,
                "can_decline": b.can_decline,
                "supplementary": b.supplementary,
            }
            for b in rules.batches
        ],
        "order": [step.name for step in rules.order],
        "last_seat": rules.last_seat,
        "origins": [{"id": o.id, "word": o.word, "what": o.what} for o in rules.origins],
        "elsewhere": [{"id": e.id, "name": e.name, "imports": e.imports} for e in rules.elsewhere],
        "rounds": [_round(each) for each in rounds(season)],
        "days": [{"name": day.name, "day": day.day.isoformat()} for day in calendar(season)],
        "signed": [
            {"bureau": s.bureau, "unit": s.unit, "at": s.at and str(s.at)}
            for s in (signatures(season, season.plan_digest) if season.plan_digest else ())
        ],
    }


def _round(row: Any) -> Json:
    return {
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "batches": list(row.batches),
        "opens": row.opens_at.isoformat(),
        "closes": row.closes_at.isoformat(),
        "grace_minutes": row.grace_minutes,
        "frozen": row.frozen_at and row.frozen_at.isoformat(),
        "wiped": row.wiped_at is not None,
    }


def leaflet(season: Season, lines: Sequence[LineView]) -> Json:
    """The leaflet: when, how, and where everything else stands."""
    rules = rules_of(season.rules)
    return {
        "season": season.code,
        "title": f"{season.title}简章",
        "digest": season.plan_digest,
        "windows": [brochure.window_words(r) for r in rounds(season) if r.wiped_at is None],
        "rules": brochure.rule_sentences(rules),
        "batches": [
            {
                "id": b.id,
                "name": b.name,
                "max_choices": b.max_choices,
                "lines": len(mine),
                "seats": sum(line.seats for line in mine),
            }
            for b in rules.batches
            for mine in [[line for line in lines if line.batch == b.id]]
        ],
    }


def statistics(found: Counted) -> Json:
    """The figures of a season. None: may not be told, or not yet."""
    return {
        "season": found.season.code,
        "round": found.round and found.round.code,
        "rounded": found.round is not None and found.round.frozen_at is None,
        "candidates": found.candidates if found.everything or found.run is not None else None,
        "handed_in": found.handed_in,
        "placed": found.placed,
        "lines": [
            {
                "code": row.code,
                "school": row.school,
                "major": row.major,
                "batch": row.batch,
                "county": row.county,
                "seats": row.seats,
                "asked": row.asked,
                "first_choice": row.first,
                "admitted": row.admitted,
                "last_total": row.line,
            }
            for row in found.rows
        ],
    }


def line(row: LineView) -> Json:
    """A line of the plan."""
    data: Mapping[str, Any] = brochure.line_data(row)
    return {**data, "batch_name": row.batch_name, "county": row.county, "fees": brochure.fees(row)}
