"""Seats after the result: what is left in each cell, and who holds one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from zhijiao.admissions.models import Decline, Elsewhere, Outcome, PlanCell, Run, Season, TopUp
from zhijiao.admissions.rules.seats import CellUse
from zhijiao.admissions.types.states import DeclineState, RunKind, RunState, TopUpState

STANDS = (RunState.VERIFIED.value, RunState.SIGNED.value, RunState.PUBLICISED.value, RunState.PUBLISHED.value)


def uses(season: Season, batches: Collection[str]) -> dict[int, CellUse]:
    """What became of the seats of each cell of these batches, by the id of the cell: from the last published run that had it. A cell
    that no run had (its batch was withheld) is not there."""
    runs = Run.objects.filter(
        season=season, kind=RunKind.REAL.value, state=RunState.PUBLISHED.value
    ).order_by("number")
    inside = dict(
        PlanCell.objects.filter(line__season=season, line__batch__in=batches).values_list("pk", "line__batch")
    )
    found: dict[int, tuple[Run, int, int]] = {}
    for run in runs:
        for line in run.lines:
            cell = int(line["cell"])
            if cell in inside and inside[cell] not in run.withheld:
                found[cell] = (run, int(line["seats"]), int(line["admitted"]))
    freed: Counter[tuple[int, int]] = Counter(
        Decline.objects.filter(candidate__season=season, state=DeclineState.APPROVED.value).values_list(
            "outcome__run", "outcome__cell"
        )
    )
    named: Counter[int] = Counter(
        TopUp.objects.filter(
            season=season, state__in=(TopUpState.PROPOSED.value, TopUpState.APPROVED.value)
        ).values_list("cell", flat=True)
    )
    return {
        # A later run offered what an earlier one left: only what was given up of this one counts.
        cell: CellUse(seats, admitted, freed[run.pk, cell], named[cell])
        for cell, (run, seats, admitted) in found.items()
    }


def standing(season: Season) -> QuerySet[Outcome]:
    """The seats of published runs that were not given up."""
    given_up = Decline.objects.filter(outcome=OuterRef("pk"), state=DeclineState.APPROVED.value)
    return (
        Outcome.objects.filter(
            run__season=season,
            run__kind=RunKind.REAL.value,
            run__state=RunState.PUBLISHED.value,
            line__isnull=False,
        )
        .exclude(Exists(given_up))
        .select_related("candidate", "line", "cell", "run__round")
    )


def seated(season: Season, candidate: int) -> bool:
    """Whether a candidate holds a seat: by a run, by name, or by another body."""
    return (
        standing(season).filter(candidate=candidate).exists()
        or Elsewhere.objects.filter(candidate=candidate, withdrawn_at__isnull=True).exists()
        or TopUp.objects.filter(
            season=season,
            candidate=candidate,
            state__in=(TopUpState.PROPOSED.value, TopUpState.APPROVED.value),
        ).exists()
    )
