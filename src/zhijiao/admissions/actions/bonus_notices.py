"""Verb: put up what was confirmed to add marks (公示): registration number, masked name, school and class; no marks."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from zhijiao.admissions.actions.allocating.publishing import LONGEST
from zhijiao.admissions.actions.bonus import items_of
from zhijiao.admissions.actions.seasons import lock_season
from zhijiao.admissions.actions.shared import Refused, log, refuse_frozen, require_bureau
from zhijiao.admissions.models import BonusClaim, Publicity, Season
from zhijiao.admissions.rules.notices import last_day, masked_name
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.types.states import ClaimState, PublicityKind
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.tree import tree
from zhijiao.core.workdays import china


def publicise_bonus(
    *,
    season: int,
    contact: str,
    by: Actor,
    at: datetime,
    on: date,
    words: str = "",
    until: date | None = None,
    again: bool = False,
) -> int:
    """Put up what was confirmed since the last notice (`again`: everything), until the last day that the rules give, or `until`
    where the office gives longer. Returns the notice. Needs ADMIT_RUN at a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = lock_season(by, season)
        bureau = require_bureau(by, row, Permission.ADMIT_RUN)
        refuse_frozen(row, "加分")
        if not contact.strip():
            raise Refused("请写受理异议的单位和电话。", "contact")
        shown = waiting(row, again=again)
        if not shown:
            raise Refused("没有要公示的加分：确认的都公示过了，或还没有确认的。")
        terms = rules_of(row.rules).terms
        ends = last_day(on, terms.publicity, china(), working=terms.publicity_working)
        if until is not None:
            if until < ends:
                raise Refused(f"公示至少到 {ends:%Y-%m-%d}。", "until")
            ends = until
        nodes, items = tree(by.tenant, on).nodes, items_of(row)
        made = Publicity.objects.create(
            season=row,
            kind=PublicityKind.BONUS.value,
            code=secrets.token_hex(8),
            title=f"{row.title}加分资格公示",
            words=words.strip()[:LONGEST],
            contact=contact.strip()[:200],
            rows=[
                [
                    claim.candidate.number,
                    masked_name(claim.candidate.name),
                    nodes[place].name if (place := claim.candidate.school_id) in nodes else "",
                    str(items.get(claim.item, {}).get("name", claim.item)),
                ]
                for claim in shown
            ],
            starts=on,
            ends=ends,
            made_by=by.name[:80],
            made_at=at,
        )
        log(
            by,
            at,
            "publicise_bonus",
            f"公示 {len(shown)} 项加分，到 {ends:%Y-%m-%d} 止",
            organisation=bureau,
            kind="publicity",
            id_=made.pk,
            detail={"rows": len(shown), "ends": ends.isoformat()},
        )
        return made.pk


def waiting(season: Season, *, again: bool = False) -> list[BonusClaim]:
    """What is confirmed and was not put up yet; by school and number."""
    rows = BonusClaim.objects.filter(candidate__season=season, state=ClaimState.CONFIRMED)
    last = Publicity.objects.filter(
        season=season, kind=PublicityKind.BONUS.value, withdrawn_at__isnull=True
    ).order_by("-made_at")
    since = None if again else last.values_list("made_at", flat=True).first()
    if since is not None:
        rows = rows.filter(decided_at__gt=since)
    return list(rows.select_related("candidate").order_by("candidate__school", "candidate__number", "item"))
