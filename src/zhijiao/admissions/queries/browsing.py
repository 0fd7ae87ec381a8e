"""The plan as everybody browses it: the lines of a locked plan, kept by each process, and what marks reached last year."""

from __future__ import annotations

from collections import OrderedDict
from decimal import Decimal

from zhijiao.admissions.models import PlanLine, Run, Season
from zhijiao.admissions.queries import plan
from zhijiao.admissions.rules.reach import NEAR, Reach, compare
from zhijiao.admissions.types.plan import LineView
from zhijiao.admissions.types.states import LineState, RunKind, RunState
from zhijiao.core.tree import Tree

KEPT = 8
_kept: OrderedDict[tuple[int, str, int], list[LineView]] = OrderedDict()


def open_lines(season: Season, standing: Tree) -> list[LineView]:
    """The approved lines of a locked plan. Kept while the plan stays as it is, so that a crowd costs one read a process."""
    key = (season.pk, season.plan_digest, season.revision)
    found = _kept.get(key)
    if found is None:
        found = plan.lines(season, standing, states=(LineState.APPROVED,))
        if season.plan_digest:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


def reach(line: LineView, total: Decimal) -> Reach:
    """Where marks stand against last year's line."""
    return compare(total=total, last=line.last_year.get("line", ""))


def lines_before(season: Season, organisation: int) -> list[PlanLine]:
    """The approved lines of a school in the season of the year before."""
    rows = PlanLine.objects.filter(
        season__tenant=season.tenant,
        season__organisation=season.organisation_id,
        season__year=season.year - 1,
        season__rehearsal=season.rehearsal,
        organisation=organisation,
        state=LineState.APPROVED.value,
    )
    return list(rows.order_by("code"))


def last_year_of(line: PlanLine) -> dict[str, str]:
    """What last year's season says of the same major at the same school: seats, admitted, the lowest marks. Empty where it was not
    offered, or nothing is published. Needs the bulk role, since the reader's scope may not reach that season."""
    before = (
        PlanLine.objects.filter(
            season__tenant=line.season.tenant,
            season__organisation=line.season.organisation_id,
            season__year=line.season.year - 1,
            season__rehearsal=line.season.rehearsal,
            organisation=line.organisation_id,
            major_code=line.major_code,
            direction=line.direction,
            batch=line.batch,
            state=LineState.APPROVED.value,
        )
        .order_by("-season_id")
        .first()
    )
    if before is None:
        return {}
    run = (
        Run.objects.filter(
            season=before.season_id,
            kind=RunKind.REAL.value,
            state=RunState.PUBLISHED.value,
            round__kind="main",
        )
        .order_by("-number")
        .first()
    )
    own = {cell.pk: cell.origin for cell in before.cells.all()}
    rows = [row for row in (run.lines if run is not None else []) if row.get("cell") in own]
    if not rows:
        return {}
    said = {
        "seats": str(sum(int(row["seats"]) for row in rows)),
        "admitted": str(sum(int(row["admitted"]) for row in rows)),
    }
    lowest = next(
        (row["last_total"] for row in rows if not own[row["cell"]] and row["last_total"] is not None), None
    )
    if lowest is not None:
        said["line"] = f"{Decimal(str(lowest)).normalize():f}"
    return said


__all__ = ["NEAR", "Reach", "last_year_of", "lines_before", "open_lines", "reach"]
