"""What can be chosen in a round: the approved lines of the locked plan, and the batches with their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhijiao.admissions.models import PlanCell, PlanLine, Round, RoundSeat
from zhijiao.admissions.rules.choices import faults_of, opened
from zhijiao.admissions.types.filling import Offer
from zhijiao.admissions.types.states import RoundKind
from zhijiao.core.access.scope import bulk
from zhijiao.engines.matching.types import Batch, Group

KEPT = 8
"""Rounds whose offers a process keeps."""


@dataclass(frozen=True)
class Market:
    """What a round is about: offers by id, batches in sequence, and what batches and groups are called."""

    offers: Mapping[int, Offer]
    batches: Mapping[str, Batch]
    names: Mapping[str, str]


__all__ = ["faults_of", "opened"]

_kept: dict[int, tuple[str, Market]] = {}


def market(round_: Round) -> Market:
    """What can be chosen in a round. Kept while plan, rules and round stay as they are: a locked plan is read once a process."""
    season = round_.season
    stamp = f"{season.plan_digest}/{season.rules_digest}/{season.revision}/{round_.revision}"
    found = _kept.get(round_.pk)
    if found is None or found[0] != stamp:
        found = (stamp, _read(round_))
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)), None)
        if season.plan_digest:  # a plan that is not locked may change at any time
            _kept[round_.pk] = found
    return found[1]


def market_of(round_: int, stamp: str) -> Market | None:
    """The same by the round's id and the stamp that the database gave with it. None: the plan is not locked."""
    found = _kept.get(round_)
    if found is not None and found[0] == stamp:
        return found[1]
    with bulk():
        row = Round.objects.select_related("season").get(pk=round_)
        return market(row) if row.season.plan_digest else None


def _read(round_: Round) -> Market:
    rules: Mapping[str, Any] = round_.season.rules
    batches = {one["id"]: _batch(one) for one in rules.get("batches", ()) if one["id"] in set(round_.batches)}
    names = {one["id"]: str(one.get("name", one["id"])) for one in rules.get("batches", ())}
    for one in rules.get("batches", ()):
        names.update({group["id"]: str(group.get("name", group["id"])) for group in one.get("groups", ())})
    cells: dict[int, list[tuple[str, int]]] = {}
    if round_.kind == RoundKind.SUPPLEMENTARY:
        rows = list(
            RoundSeat.objects.filter(round=round_, seats__gt=0).values_list(
                "cell__line_id", "cell__origin", "seats"
            )
        )
    else:
        rows = list(
            PlanCell.objects.filter(line__season=round_.season_id, seats__gt=0).values_list(
                "line_id", "origin", "seats"
            )
        )
    for line, origin, seats in rows:
        cells.setdefault(line, []).append((origin, seats))
    lines = (
        PlanLine.objects.filter(season=round_.season_id, state="approved", batch__in=list(batches))
        .select_related("organisation")
        .order_by("batch", "sort_key", "code")
    )
    offers = {line.pk: _offer(line, cells[line.pk]) for line in lines if line.pk in cells}
    return Market(offers, batches, names)


def _batch(one: Mapping[str, Any]) -> Batch:
    groups = tuple(
        Group(
            group["id"],
            int(group["most"]),
            frozenset(group.get("schools", ())),
            bool(group.get("beyond", False)),
        )
        for group in one.get("groups", ())
    )
    return Batch(
        one["id"],
        stages=int(one.get("stages", 1)),
        max_choices=int(one.get("max_choices", 10)),
        excludes=frozenset(one.get("excludes", ())),
        groups=groups,
    )


def _offer(line: PlanLine, cells: list[tuple[str, int]]) -> Offer:
    tuition = "免学费" if line.exempt else f"学费每年{line.tuition.normalize():f}元" if line.tuition else ""
    boarding = "可住宿" if line.boarding else "不提供住宿"
    facts = [
        ("学制", f"{line.years}年"),
        ("学费", tuition),
        ("住宿", boarding),
        ("毕业证", line.diploma),
        ("升学", line.ways_up),
        ("合作院校", line.partner),
        ("去年最低分", str(line.last_year.get("line", "") or "")),
    ]
    return Offer(
        line.pk,
        line.code,
        line.batch,
        line.organisation.code,
        line.school_name,
        line.major_code,
        line.name,
        frozenset(origin for origin, _ in cells),
        sum(seats for _, seats in cells),
        tuple((label, value) for label, value in facts if value),
    )
