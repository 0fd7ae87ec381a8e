"""Allocations for the bureaus: rounds with their runs, one run in full, its lines. Reads in the caller's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from zhijiao.admissions.models import Objection, PlanCell, Publicity, Round, Run, Season, TextNotice
from zhijiao.admissions.rules.notices import is_over
from zhijiao.admissions.rules.reading import batch_of, rules_of
from zhijiao.admissions.types.states import ObjectionState, RoundKind, RunKind, RunState
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission


@dataclass(frozen=True)
class RoundRuns:
    """A round with its runs, the newest first."""

    round: Round
    runs: tuple[Run, ...]
    ready: bool
    """The window is over for everybody."""

    @property
    def real(self) -> Run | None:
        """The run that counts."""
        gone = (RunState.FAILED, RunState.WITHHELD, RunState.CANCELLED)
        return next((r for r in self.runs if r.kind == RunKind.REAL and r.state not in gone), None)


@dataclass(frozen=True)
class LineRow:
    """How a cell of the plan came out."""

    code: str
    school: str
    major: str
    batch: str
    origin: str
    seats: int
    admitted: int
    last_total: float | None
    last_rank: int | None
    tied: int


@dataclass(frozen=True)
class Signed:
    """A bureau that has to sign, and who did."""

    bureau: str
    unit: str
    organisation: int
    by: str = ""
    at: datetime | None = None


def rounds_of(season: Season, at: datetime) -> list[RoundRuns]:
    """The rounds that can be matched, by opening."""
    from zhijiao.admissions.actions.allocating.freezing import closed_for_all

    rows = Round.objects.filter(season=season).exclude(kind=RoundKind.MOCK.value).order_by("opens_at")
    runs: dict[int, list[Run]] = {}
    for run in Run.objects.filter(season=season).defer("lines", "violations").order_by("-number"):
        runs.setdefault(run.round_id, []).append(run)
    return [RoundRuns(row, tuple(runs.get(row.pk, ())), at >= closed_for_all(row)) for row in rows]


def run(by: Actor, season: Season, number: int) -> Run:
    """A run of a season by its number. Raises Invisible."""
    found = Run.objects.select_related("season", "round").filter(season=season, number=number).first()
    if found is None:
        raise Invisible("没有这次投档。")
    return found


def lines(row: Run) -> list[LineRow]:
    """The line of every cell, by recruitment code."""
    names = {b.id: b.name for b in rules_of(row.season.rules).batches}
    cells = {
        cell.pk: cell
        for cell in PlanCell.objects.filter(pk__in=[int(each["cell"]) for each in row.lines]).select_related(
            "line"
        )
    }
    found = [
        LineRow(
            code=cells[each["cell"]].line.code,
            school=cells[each["cell"]].line.school_name,
            major=cells[each["cell"]].line.name,
            batch=names.get(cells[each["cell"]].line.batch, ""),
            origin=each["origin"],
            seats=each["seats"],
            admitted=each["admitted"],
            last_total=each["last_total"],
            last_rank=each["last_rank"],
            tied=each["tied"],
        )
        for each in row.lines
        if each["cell"] in cells
    ]
    return sorted(found, key=lambda each: (each.code, each.origin))


def batches(row: Run) -> list[dict[str, Any]]:
    """The counts of a run by batch, with names, in the order of the rules."""
    rules = rules_of(row.season.rules)
    counted = row.counts.get("batches", {})
    return [
        {"name": batch_of(rules, b).name, "withheld": b in row.withheld, **counted[b]}
        for b in row.round.batches
        if b in counted
    ]


def signatures(row: Run) -> list[Signed]:
    """The bureaus that have to sign, in the order of the rules."""
    rules = rules_of(row.season.rules)
    named = {b.id: b for b in rules.bureaus}
    there = {s.bureau: s for s in row.signatures.all()}
    return [
        Signed(
            key,
            named[key].unit,
            row.season.bureaus[key],
            there[key].by_name if key in there else "",
            there[key].at if key in there else None,
        )
        for key in rules.result_signed_by
    ]


def may_sign(by: Actor, row: Run) -> list[str]:
    """The bureaus for which the person may sign, and whose signature is missing."""
    return [
        each.bureau
        for each in signatures(row)
        if each.at is None and by.may(Permission.ADMIT_SIGN, each.organisation)
    ]


@dataclass(frozen=True)
class Notice:
    """A notice of a run with what was said against it."""

    row: Publicity
    objections: tuple[Objection, ...]
    over: bool

    @property
    def open(self) -> int:
        """Objections that wait for an answer."""
        return sum(each.state == ObjectionState.OPEN for each in self.objections)


def texts(row: Run) -> dict[str, int]:
    """How many texts of a run wait, went, or failed, by state; empty where none were laid by."""
    rows = TextNotice.objects.filter(run=row).order_by().values_list("state").annotate(count=Count("id"))
    return dict(rows)


def notice(row: Run, on: date) -> Notice | None:
    """The notice of a run that was not withdrawn."""
    found = Publicity.objects.filter(run=row, withdrawn_at__isnull=True).order_by("-id").first()
    if found is None:
        return None
    return Notice(found, tuple(found.objections.order_by("made_at")), is_over(found.ends, on))
