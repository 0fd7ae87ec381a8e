"""Seasons and where they stand. Reads in the caller's scope."""

from __future__ import annotations

from datetime import date

from zhijiao.admissions.models import PlanStep, Round, Season, SeasonStep
from zhijiao.admissions.rules.reading import day_of, rules_of
from zhijiao.admissions.rules.season_flow import FLOW
from zhijiao.admissions.types.season import NextStep, TermDay
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import Tenant


def seasons(tenant: Tenant, pack: str | None = None) -> list[Season]:
    """The seasons of a tenant, the newest first; of one pack where it is given."""
    rows = Season.objects.filter(tenant=tenant.value)
    if pack is not None:
        rows = rows.filter(pack=pack)
    return list(rows.order_by("-year", "-id"))


def season(tenant: Tenant, id_: int) -> Season:
    """A season. Raises Invisible."""
    found = Season.objects.filter(tenant=tenant.value, pk=id_).first()
    if found is None:
        raise Invisible("没有这个招生季。")
    return found


def public_season(tenant: Tenant, pack: str, code: str | None = None) -> Season | None:
    """The newest season of a pack whose plan everybody reads, or the one of this code."""
    rows = Season.objects.filter(tenant=tenant.value, pack=pack).exclude(plan_digest="")
    if code is not None:
        rows = rows.filter(code=code)
    elif tenant is Tenant.REAL:
        rows = rows.filter(rehearsal=False)
    return rows.order_by("-year", "-id").first()


def public_seasons(tenant: Tenant, pack: str) -> list[Season]:
    """The seasons of a pack whose plan everybody reads, the newest first."""
    rows = Season.objects.filter(tenant=tenant.value, pack=pack).exclude(plan_digest="")
    if tenant is Tenant.REAL:
        rows = rows.filter(rehearsal=False)
    return list(rows.order_by("-year", "-id"))


def rounds(season_: Season) -> list[Round]:
    """The rounds of a season by their opening; those that were wiped are over."""
    return list(Round.objects.filter(season=season_).order_by("opens_at", "id"))


def steps(season_: Season) -> list[SeasonStep]:
    """What was done to the season, the newest first."""
    return list(SeasonStep.objects.filter(season=season_).order_by("-number"))


def corrections(season_: Season) -> list[PlanStep]:
    """What was done to the plan as a whole, the newest first: locked, corrected."""
    return list(PlanStep.objects.filter(season=season_, line__isnull=True).order_by("-number"))


def calendar(season_: Season) -> list[TermDay]:
    """The days that the rules fix for the year of the season."""
    terms = rules_of(season_.rules).terms
    named = (
        ("学校申报计划截止", terms.proposals),
        ("自主补录截止", terms.top_up),
        ("新生报到截止", terms.registering),
        ("一体化培养名册封存", terms.name_list),
    )
    return [TermDay(name, day_of(written, season_.year)) for name, written in named]


def next_steps(season_: Season) -> list[NextStep]:
    """The steps that leave the season's phase, and what each waits for."""
    return [
        NextStep(
            t.id,
            t.name,
            FLOW.stage(t.target).name,
            "；".join(FLOW.remedy(guard) or guard for guard in t.guards),
            t.reason,
        )
        for t in FLOW.leaving(season_.phase)
    ]


def leads(by: Actor, season_: Season) -> bool:
    """Whether the person moves this season on."""
    lead = season_.bureaus.get(rules_of(season_.rules).lead)
    return lead is not None and by.may(Permission.ADMIT_RUN, lead)


def own_bureaus(by: Actor, season_: Season) -> dict[str, int]:
    """The bureaus of the season at which the person holds a role."""
    return {key: org for key, org in season_.bureaus.items() if org in by.homes}


def year_of(on: date) -> int:
    """The year whose season is being prepared on a day: from October on the next one."""
    return on.year + 1 if on.month >= 10 else on.year


def batch_names(season_: Season) -> dict[str, str]:
    """What the batches of a season are called, by id, in sequence."""
    return {batch.id: batch.name for batch in rules_of(season_.rules).batches}


__all__ = [
    "FLOW",
    "Round",
    "Season",
    "batch_names",
    "calendar",
    "corrections",
    "leads",
    "next_steps",
    "own_bureaus",
    "public_season",
    "rounds",
    "rules_of",
    "season",
    "seasons",
    "steps",
    "year_of",
]
