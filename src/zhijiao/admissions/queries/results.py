"""A candidate's result: the seat, and the reason of every choice. Reads in the caller's scope, which shows nothing before publication."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zhijiao.admissions.models import (
    Decline,
    Elsewhere,
    Explanation,
    Letter,
    Outcome,
    PlanLine,
    Round,
    Season,
)
from zhijiao.admissions.rules.engine import limit_id
from zhijiao.admissions.rules.reading import batch_of, rules_of
from zhijiao.admissions.rules.seats import may_decline
from zhijiao.admissions.rules.telling import Said, say
from zhijiao.admissions.types.states import DeclineState, RoundKind, RunState
from zhijiao.core.models import Standing


@dataclass(frozen=True)
class Told:
    """A choice with what became of it."""

    order: int
    batch: str
    code: str
    school: str
    major: str
    said: Said


@dataclass(frozen=True)
class Result:
    """What a published run gave a candidate. `refused`: why the seat cannot be given up now; empty when it can."""

    outcome: Outcome
    told: tuple[Told, ...]
    decline: Decline | None
    refused: str
    letter: Letter | None

    @property
    def seated(self) -> bool:
        """Whether there is a seat that was not given up."""
        return self.outcome.line_id is not None and not (
            self.decline is not None and self.decline.state == DeclineState.APPROVED
        )


def result(candidate: int, round_: Round, at: datetime) -> Result | None:
    """The result of a candidate in a round, once it is published; None before."""
    found = (
        Outcome.objects.select_related("run__season", "run__round", "line", "candidate")
        .filter(candidate=candidate, run__round=round_, run__state=RunState.PUBLISHED.value)
        .order_by("-run__number")
        .first()
    )
    if found is None:
        return None
    rules = rules_of(found.run.season.rules)
    explained = Explanation.objects.filter(run=found.run_id, candidate=candidate).first()
    reasons = list(explained.reasons) if explained else []
    lines = {
        line.pk: line
        for line in PlanLine.objects.filter(pk__in=[int(each["line"]) for each in reasons if each["line"]])
    }
    told = tuple(
        Told(
            int(each["order"]),
            batch_of(rules, each["batch"]).name,
            lines[each["line"]].code if each["line"] in lines else "",
            lines[each["line"]].school_name if each["line"] in lines else "",
            lines[each["line"]].name if each["line"] in lines else "不在本轮计划中的专业",
            say(
                each,
                limits=_limits(lines.get(each["line"])),
                by_rank=batch_of(rules, each["batch"]).mechanism == "deferred",
            ),
        )
        for each in reasons
    )
    decline = (
        found.declines.exclude(state__in=(DeclineState.REFUSED.value, DeclineState.WITHDRAWN.value))
        .order_by("-id")
        .first()
    )
    letter = None
    if found.line_id is not None:
        letter = Letter.objects.filter(
            candidate=candidate, line=found.line_id, revoked_at__isnull=True
        ).first()
    return Result(found, told, decline, kept_because(found, at) if found.line_id is not None else "", letter)


@dataclass(frozen=True)
class OtherSeat:
    """A seat that another body gave: `body` wrote the letter."""

    body: str
    school: str
    major: str
    years: int


def elsewhere(candidate: int, season: Season) -> OtherSeat | None:
    """The seat that another body gave to a candidate."""
    row = Elsewhere.objects.filter(candidate=candidate, withdrawn_at__isnull=True).first()
    if row is None:
        return None
    bodies = {each.id: each.name for each in rules_of(season.rules).elsewhere}
    school = (
        Standing.objects.filter(organisation=row.organisation_id)
        .order_by("-starts")
        .values_list("name", flat=True)
        .first()
    )
    return OtherSeat(bodies.get(row.way, row.way), school or "", row.major_name, row.years)


def _limits(line: PlanLine | None) -> dict[str, str]:
    """What the conditions of a line say, by the ids that reasons name."""
    if line is None:
        return {}
    return {limit_id(line.code, str(each["id"])): str(each.get("words", "")) for each in line.limits}


def kept_because(found: Outcome, at: datetime) -> str:
    """Why a seat cannot be given up now; empty when it can."""
    season = found.run.season
    following = (
        Round.objects.filter(
            season=season, kind=RoundKind.SUPPLEMENTARY.value, opens_at__gt=found.run.round.closes_at
        )
        .order_by("opens_at")
        .values_list("opens_at", flat=True)
        .first()
    )
    return may_decline(
        kind=RoundKind(found.run.round.kind),
        can_decline=batch_of(rules_of(season.rules), found.batch).can_decline,
        published=found.run.published_at,
        until=following,
        at=at,
    )
