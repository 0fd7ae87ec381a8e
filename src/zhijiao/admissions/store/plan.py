"""The plan from its tables: lines with cells as plain values, the digest as it stands, the codes that were given."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from zhijiao.admissions.models import PlanCell, PlanLine, PlanSignature, PlanStep, Season
from zhijiao.admissions.rules.plan import plan_digest
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.types.plan import PlanAction, Signed
from zhijiao.admissions.types.states import LineState

_FIELDS = (
    *("code", "batch", "school_name", "kind", "major_code", "major_name", "direction", "years", "partner"),
    *("diploma", "tuition", "exempt", "boarding", "boarding_fee", "limits"),
)


def plan_values(season: int) -> list[dict[str, Any]]:
    """The approved lines with what a signature is for."""
    cells: dict[int, list[list[Any]]] = defaultdict(list)
    for line, number, origin, seats, least, flows_to in (
        PlanCell.objects.filter(line__season=season)
        .order_by("line", "number")
        .values_list("line", "number", "origin", "seats", "min_total", "flows_to__number")
    ):
        cells[line].append([number, origin, seats, None if least is None else str(least), flows_to])
    return [
        {
            **{
                name: str(row[name]) if name in ("tuition", "boarding_fee") else row[name] for name in _FIELDS
            },
            "school": row["organisation__code"],
            "cells": cells[row["id"]],
        }
        for row in PlanLine.objects.filter(season=season, state=LineState.APPROVED.value).values(
            "id", "organisation__code", *_FIELDS
        )
    ]


def digest_of(season: int) -> str:
    """The digest of the plan as it stands."""
    return plan_digest(plan_values(season))


def codes_given(season: int) -> dict[str, list[str]]:
    """Recruitment codes by school."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = PlanLine.objects.filter(season=season).exclude(code="")
    for school, code in rows.values_list("organisation__code", "code"):
        found[school].append(code)
    return found


def signatures(season: Season, digest: str) -> list[Signed]:
    """Each bureau that has to sign, and whether it signed the plan of this digest."""
    rules = rules_of(season.rules)
    named = {b.id: b for b in rules.bureaus}
    newest: dict[str, PlanSignature] = {}
    for row in PlanSignature.objects.filter(season=season).order_by("at", "id"):
        if row.digest == digest or row.bureau not in newest or newest[row.bureau].digest != digest:
            newest[row.bureau] = row
    found = []
    for bureau in rules.plan_signed_by:
        row_ = newest.get(bureau)
        valid = row_ is not None and row_.digest == digest
        found.append(
            Signed(
                bureau,
                named[bureau].short,
                named[bureau].unit,
                season.bureaus[bureau],
                row_.by_name if valid and row_ else "",
                row_.at if valid and row_ else None,
                row_ is not None and not valid,
            )
        )
    return found


def is_signed(season: Season, digest: str) -> bool:
    """Whether every bureau that has to sign has signed this digest."""
    return all(signed.at is not None for signed in signatures(season, digest))


def reviewed(line: PlanLine) -> bool:
    """Whether the county has let the line pass since it was last handed in."""
    newest = PlanStep.objects.filter(line=line).order_by("-number").first()
    return newest is not None and newest.action == PlanAction.PASS.value
