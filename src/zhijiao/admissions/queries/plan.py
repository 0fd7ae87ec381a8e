"""The plan as lists and sums: for schools and bureaus in their scope, for everybody once it is locked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from zhijiao.admissions.models import PlanCell, PlanLine, PlanStep, Season
from zhijiao.admissions.rules.conditions import SEX, SEXES
from zhijiao.admissions.rules.plan import faults_of, hands_of
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.rules.typed import MOST_LIMITS, draft_from, names_of, raw_from
from zhijiao.admissions.store.plan import signatures
from zhijiao.admissions.types.plan import CellView, LineView, PlanAction
from zhijiao.admissions.types.states import LineState
from zhijiao.core.tree import Tree

COUNTY_PASSED = PlanAction.PASS.value


@dataclass(frozen=True)
class Sum:
    """Lines and seats of a group: a batch, a kind of schools, a school."""

    name: str
    lines: int
    seats: int
    approved: int


def lines(
    season: Season,
    standing: Tree | None = None,
    *,
    organisations: Collection[int] | None = None,
    states: Collection[LineState] | None = None,
) -> list[LineView]:
    """The lines of a season that the reader may see, by batch, school and code. Dropped ones only when asked for."""
    rows = PlanLine.objects.filter(season=season)
    if organisations is not None:
        rows = rows.filter(organisation__in=organisations)
    rows = (
        rows.exclude(state=LineState.DROPPED.value)
        if states is None
        else rows.filter(state__in=[s.value for s in states])
    )
    found = list(rows)
    return _views(season, found, standing)


def one(season: Season, line: PlanLine, standing: Tree | None = None) -> LineView:
    """A line as pages show it."""
    return _views(season, [line], standing)[0]


def by_code(season: Season, code: str) -> PlanLine | None:
    """The approved line of a recruitment code."""
    return PlanLine.objects.filter(season=season, code=code, state=LineState.APPROVED.value).first()


def steps_of(line: PlanLine) -> list[PlanStep]:
    """What was done to a line, the newest first."""
    return list(PlanStep.objects.filter(line=line).order_by("-number"))


def sums(season: Season, rows: Iterable[LineView]) -> list[Sum]:
    """Lines and seats by batch, in the order of the rules."""
    rows = list(rows)
    counted: dict[str, list[LineView]] = defaultdict(list)
    for row in rows:
        counted[row.batch].append(row)
    return [
        _sum(batch.name, counted[batch.id]) for batch in rules_of(season.rules).batches if counted[batch.id]
    ]


def states(rows: Iterable[LineView]) -> Mapping[str, int]:
    """How many lines stand in each state."""
    return Counter(row.state for row in rows)


def _sum(name: str, rows: list[LineView]) -> Sum:
    approved = sum(row.seats for row in rows if row.state == LineState.APPROVED.value)
    return Sum(name, len(rows), sum(row.seats for row in rows), approved)


def _views(season: Season, rows: list[PlanLine], standing: Tree | None) -> list[LineView]:
    rules = rules_of(season.rules)
    order = {batch.id: (place, batch.name) for place, batch in enumerate(rules.batches)}
    cells: dict[int, list[PlanCell]] = defaultdict(list)
    ids = [row.pk for row in rows]
    for cell in PlanCell.objects.filter(line__in=ids).order_by("line", "number"):
        cells[cell.line_id].append(cell)
    newest: dict[int, str] = {}
    proposed = [row.pk for row in rows if row.state == LineState.PROPOSED.value]
    for line, action in (
        PlanStep.objects.filter(line__in=proposed).order_by("number").values_list("line", "action")
    ):
        newest[line] = action
    rows.sort(key=lambda r: (order.get(r.batch, (99, ""))[0], r.sort_key, r.code or "999", r.pk))
    return [
        LineView(
            id=row.pk,
            code=row.code,
            batch=row.batch,
            batch_name=order.get(row.batch, (99, row.batch))[1],
            organisation=row.organisation_id,
            school=row.school_name,
            kind=row.kind,
            county=_label(standing, row.division_id),
            major_code=row.major_code,
            major=row.name,
            years=row.years,
            seats=sum(cell.seats for cell in cells[row.pk]),
            state=row.state,
            state_words=row.state_words,
            reviewed=newest.get(row.pk) == COUNTY_PASSED,
            tuition=row.tuition,
            exempt=row.exempt,
            boarding=row.boarding,
            boarding_fee=row.boarding_fee,
            diploma=row.diploma,
            partner=row.partner,
            ways_up=row.ways_up,
            destinations=row.destinations,
            note=row.note,
            limits=tuple(limit["words"] for limit in row.limits),
            cells=tuple(
                CellView(f"{row.code}-{c.number}", c.number, c.origin, c.seats, c.min_total)
                for c in cells[row.pk]
            ),
            last_year={key: str(value) for key, value in row.last_year.items()},
        )
        for row in rows
    ]


def _label(standing: Tree | None, organisation: int | None) -> str:
    node = standing.nodes.get(organisation) if standing is not None and organisation is not None else None
    return node.label if node is not None else ""


__all__ = [
    "MOST_LIMITS",
    "SEX",
    "SEXES",
    "LineView",
    "PlanLine",
    "Sum",
    "by_code",
    "draft_from",
    "faults_of",
    "hands_of",
    "lines",
    "names_of",
    "one",
    "raw_from",
    "signatures",
    "states",
    "steps_of",
    "sums",
]
