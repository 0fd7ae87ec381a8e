"""What everybody may read: a notice while its days last, and what a letter's code proves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from zhijiao.admissions.models import Letter, Objection, Publicity
from zhijiao.admissions.rules.notices import masked_name
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant


@dataclass(frozen=True)
class LetterProof:
    """What the code of a letter shows to anybody who has it."""

    season: str
    demo: bool
    number: str
    name: str
    school: str
    major: str
    issued_at: datetime
    digest: str
    revoked_at: datetime | None


def notice_of(code: str, on: date) -> Publicity | None:
    """A notice that stands on a day."""
    return (
        Publicity.objects.select_related("season")
        .filter(code=code, withdrawn_at__isnull=True, starts__lte=on, ends__gte=on)
        .first()
    )


def standing_notices(tenant: Tenant, pack: str, on: date) -> list[Publicity]:
    """The notices of a place that stand on a day, those that end first first; without their rows."""
    rows = Publicity.objects.filter(
        season__tenant=tenant.value,
        season__pack=pack,
        withdrawn_at__isnull=True,
        starts__lte=on,
        ends__gte=on,
    )
    if tenant is Tenant.REAL:
        rows = rows.filter(season__rehearsal=False)
    return list(rows.select_related("season").defer("rows").order_by("ends", "id"))


def own_objections(notice: Publicity, by: Actor) -> list[Objection]:
    """What a person said against a notice, with the answers."""
    return list(Objection.objects.filter(publicity=notice, made_by=by.user).order_by("-made_at"))


def letter_of(code: str) -> LetterProof | None:
    """What a letter's code proves. The code is the permission, so no scope is needed; nobody finds letters without one."""
    if not code.isascii() or not code.isalnum() or not 8 <= len(code) <= 32:
        return None
    with bulk():
        row = Letter.objects.select_related("season", "candidate", "line").filter(code=code.upper()).first()
        if row is None:
            return None
        return LetterProof(
            row.season.title,
            row.season.tenant == "demo",
            row.number,
            masked_name(row.candidate.name),
            row.line.school_name,
            row.line.name,
            row.issued_at,
            row.digest,
            row.revoked_at,
        )
