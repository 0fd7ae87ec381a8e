"""What was claimed to add marks, for the family and for who answers for candidates; and its notices. In the caller's scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhijiao.admissions.actions.bonus import items_of, last_day
from zhijiao.admissions.actions.bonus_notices import waiting
from zhijiao.admissions.models import BonusClaim, BonusProof, Candidate, Publicity, Round, Season
from zhijiao.admissions.queries.candidates import answered_for
from zhijiao.admissions.queries.runs import Notice
from zhijiao.admissions.rules.notices import is_over
from zhijiao.admissions.types.states import PublicityKind, RoundKind
from zhijiao.core.access.actor import Actor, Invisible

__all__ = ["BonusClaim", "BonusProof", "ClaimRow", "Item", "claim", "items_of", "last_day", "waiting"]


@dataclass(frozen=True)
class Item:
    """Something that adds marks under a season's rules. `proof`: what proves it."""

    id: str
    name: str
    points: str
    proof: str


@dataclass(frozen=True)
class ClaimRow:
    """A claim in a list. `name`: of the item; `papers`: how many."""

    claim: BonusClaim
    name: str
    papers: int

    @property
    def candidate(self) -> Candidate:
        """Whose it is."""
        return self.claim.candidate


@dataclass(frozen=True)
class Until:
    """Until when a family may claim: the last day of the rules, else the closing of the main round. `frozen`: no more."""

    day: date | None
    closes: datetime | None
    frozen: bool

    def open(self, on: date) -> bool:
        """Whether a family may claim on a day."""
        return not self.frozen and (self.day is None or on <= self.day)


def items(season: Season) -> list[Item]:
    """What adds marks, in the order of the rules."""
    return [
        Item(
            key,
            str(one.get("name", key)),
            f"{float(one['points']):g}",
            str(one.get("proof", "")),
        )
        for key, one in items_of(season).items()
    ]


def until(season: Season) -> Until:
    """Until when claims are taken."""
    main = Round.objects.filter(season=season, kind=RoundKind.MAIN).order_by("id").first()
    frozen = main is not None and main.frozen_at is not None
    return Until(last_day(season), main.closes_at if main else None, frozen)


def of_candidate(row: Candidate) -> list[tuple[ClaimRow, list[BonusProof]]]:
    """The claims of a candidate with their papers, the newest first."""
    papers = dict[int, list[BonusProof]]()
    for proof in BonusProof.objects.filter(candidate=row).order_by("id"):
        papers.setdefault(proof.claim_id, []).append(proof)
    names = _names(row.season)
    return [
        (ClaimRow(one, names.get(one.item, one.item), len(papers.get(one.pk, ()))), papers.get(one.pk, []))
        for one in BonusClaim.objects.filter(candidate=row)
        .select_related("candidate")
        .order_by("-asked_at", "-id")
    ]


def of_season(by: Actor, season: Season) -> list[ClaimRow]:
    """The claims of the candidates for whom the person answers, those that wait first, then the newest."""
    names = _names(season)
    counted = Counter(BonusProof.objects.filter(candidate__season=season).values_list("claim_id", flat=True))
    rows = BonusClaim.objects.filter(candidate__in=answered_for(by).filter(season=season).order_by())
    found = [
        ClaimRow(one, names.get(one.item, one.item), counted[one.pk])
        for one in rows.select_related("candidate").order_by("-asked_at", "-id")
    ]
    return sorted(found, key=lambda one: one.claim.decided_at is not None)


def claim(by: Actor, id_: int) -> ClaimRow:
    """A claim of somebody for whom the person answers. Raises Invisible."""
    found = BonusClaim.objects.select_related("candidate__season").filter(pk=id_).first()
    if found is None or not answered_for(by).filter(pk=found.candidate_id).exists():
        raise Invisible("没有这项加分申报。")
    name = _names(found.candidate.season).get(found.item, found.item)
    return ClaimRow(found, name, BonusProof.objects.filter(claim=found).count())


def proofs(row: BonusClaim) -> list[BonusProof]:
    """The papers of a claim."""
    return list(BonusProof.objects.filter(claim=row).order_by("id"))


def notices(season: Season, on: date) -> list[Notice]:
    """The notices of added marks with what was said against them, the newest first."""
    rows = Publicity.objects.filter(
        season=season, kind=PublicityKind.BONUS.value, withdrawn_at__isnull=True
    ).order_by("-made_at")
    return [Notice(row, tuple(row.objections.order_by("made_at")), is_over(row.ends, on)) for row in rows]


def claimed(season: Season) -> bool:
    """Whether anything was claimed in a season."""
    return BonusClaim.objects.filter(candidate__season=season).exists()


def numbered(season: Season) -> dict[str, int]:
    """The candidates of a season by registration number."""
    return dict(Candidate.objects.filter(season=season).values_list("number", "pk"))


def _names(season: Season) -> Mapping[str, Any]:
    return {key: str(one.get("name", key)) for key, one in items_of(season).items()}
