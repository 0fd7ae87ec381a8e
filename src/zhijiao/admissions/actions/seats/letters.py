"""Verbs: write the letters of admission. Each has a code that anybody can check, and a digest of what it says."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from zhijiao.admissions.actions.seasons import lock_season
from zhijiao.admissions.actions.shared import Refused, log, require_bureau
from zhijiao.admissions.models import Candidate, Letter, PlanLine, Season, TopUp
from zhijiao.admissions.queries.seats import standing
from zhijiao.admissions.rules.seats import letter_digest
from zhijiao.admissions.types.states import TopUpState
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 12


def issue(*, season: int, by: Actor, at: datetime, on: date) -> int:
    """Write a letter for everybody who holds a seat of a published result or an approved top-up and has no valid letter for it yet. Returns
    how many. Needs ADMIT_RUN at a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = lock_season(by, season)
        bureau = require_bureau(by, row, Permission.ADMIT_RUN)
        with bulk():
            due = seats_of(row)
            valid = set(
                Letter.objects.filter(season=row, revoked_at__isnull=True).values_list("candidate", flat=True)
            )
            made = [
                _letter(row, candidate, line, by, at, on)
                for candidate, line in due
                if candidate.pk not in valid
            ]
            if not due:
                raise Refused("还没有公布录取结果，没有通知书可以制作。")
            Letter.objects.bulk_create(made, batch_size=5000)
        if made:
            log(
                by,
                at,
                "issue_letters",
                f"制作录取通知书 {len(made)} 份",
                organisation=bureau,
                kind="season",
                id_=row.pk,
            )
        return len(made)


def seats_of(season: Season) -> list[tuple[Candidate, PlanLine]]:
    """Everybody who holds a seat, with the line: by a run that was published, or by name."""
    found = [(each.candidate, each.line) for each in standing(season) if each.line is not None]
    named = TopUp.objects.filter(season=season, state=TopUpState.APPROVED.value).select_related(
        "candidate", "line"
    )
    return found + [(each.candidate, each.line) for each in named]


def content(season: Season, candidate: Candidate, line: PlanLine, number: str, on: date) -> dict[str, Any]:
    """What a letter says, as its digest covers it."""
    return {
        "season": season.title,
        "letter": number,
        "candidate": candidate.number,
        "name": candidate.name,
        "school": line.school_name,
        "major": line.name,
        "code": line.code,
        "years": line.years,
        "issued": on.isoformat(),
    }


def _letter(
    season: Season, candidate: Candidate, line: PlanLine, by: Actor, at: datetime, on: date
) -> Letter:
    number = f"{season.year}{season.pk:05d}{secrets.token_hex(5).upper()}"
    code = "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))
    return Letter(
        season=season,
        candidate=candidate,
        line=line,
        number=number,
        code=code,
        digest=letter_digest(content(season, candidate, line, number, on)),
        issued_at=at,
        issued_by=by.name[:80],
    )
