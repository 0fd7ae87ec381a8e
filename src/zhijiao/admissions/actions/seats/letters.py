"""Verbs: write the letters of admission. Each has a code that anybody can check, and a digest of what it says."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from zhijiao.admissions.actions.seasons import lock_season
from zhijiao.admissions.actions.shared import Refused, log, require_bureau
from zhijiao.admissions.models import PlanLine, Season
from zhijiao.admissions.rules.seats import letter_digest
from zhijiao.admissions.store import seats as store
from zhijiao.admissions.store.seats import Due, Written
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
            if not store.anybody(row.pk):
                raise Refused("还没有公布录取结果，没有通知书可以制作。")
            due = store.without_letter(row.pk)
            lines = PlanLine.objects.in_bulk({each.line for each in due})
            made = [_letter(row, each, lines[each.line], on) for each in due]
            store.keep_letters(row.pk, made, at=at, by=by.name[:80])
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


def content(season: Season, candidate: Due, line: PlanLine, number: str, on: date) -> dict[str, Any]:
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


def _letter(season: Season, due: Due, line: PlanLine, on: date) -> Written:
    number = f"{season.year}{season.pk:05d}{secrets.token_hex(5).upper()}"
    # As many signs as five bits have values: a byte picks each of them equally often.
    code = "".join(SIGNS[byte % len(SIGNS)] for byte in secrets.token_bytes(CODE_LENGTH))
    return Written(
        due.candidate, line.pk, number, code, letter_digest(content(season, due, line, number, on))
    )
