"""Counts of a season while it runs: how many ask for each major, how it filled, who goes from county to county. Nobody's choices
leave this file, only sums; who may see which of them is said by `everything`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection

from zhijiao.admissions.models import Outcome, PlanLine, Round, Run, Season
from zhijiao.admissions.queries.seats import standing
from zhijiao.admissions.rules.flows import ALL, THRESHOLD, Flows, flows
from zhijiao.admissions.types.states import LineState, RoundKind, RunKind, RunState
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.tree import Tree

ELSEWHERE = "市属和其他"
ROUGH = 10
"""To what counts are rounded before the choices are frozen."""
FRESH = 60
"""Seconds for which a count of what is handed in serves everybody who looks."""

DEMAND = """
WITH latest AS (
  SELECT DISTINCT ON (candidate_id) candidate_id, lines FROM admissions_submission
   WHERE round_id = %s ORDER BY candidate_id, version DESC),
asked AS (
  SELECT u.line, row_number() OVER (PARTITION BY l.candidate_id, p.batch ORDER BY u.nr) AS place
    FROM latest l CROSS JOIN LATERAL unnest(l.lines) WITH ORDINALITY AS u(line, nr)
    JOIN admissions_planline p ON p.id = u.line)
SELECT line, count(*), count(*) FILTER (WHERE place = 1) FROM asked GROUP BY line
"""


@dataclass(frozen=True)
class Asked:
    """A line with its seats and what is asked of it. Counts are None where they may not be told."""

    code: str
    school: str
    major: str
    batch: str
    county: str
    seats: int
    asked: int | None
    first: int | None
    """How many have it as their first choice in its batch."""
    admitted: int | None
    line: float | None
    """The lowest mark that was admitted, over its cells."""

    @property
    def each(self) -> float | None:
        """How many ask for one seat."""
        return None if self.asked is None else self.asked / self.seats

    @property
    def fill(self) -> float | None:
        """Part of the seats that were filled."""
        return None if self.admitted is None else self.admitted / self.seats


@dataclass(frozen=True)
class Counted:
    """What a season's page of figures shows. `round`: whose choices are counted; None: nothing may be told yet."""

    season: Season
    round: Round | None
    handed_in: int | None
    candidates: int
    rows: tuple[Asked, ...]
    run: Run | None
    placed: int | None
    flows: Flows | None
    everything: bool


def reads_all(by: Actor | None, season: Season) -> bool:
    """Whether somebody reads everything of a season: who may look at one of its bureaus."""
    return by is not None and any(
        by.may(permission, party)
        for party in season.parties
        for permission in (Permission.VIEW, Permission.READ_AUDIT)
    )


def counted(season: Season, tree: Tree, by: Actor | None, at: datetime) -> Counted:
    """The figures of a season. Bureaus see demand as it grows; everybody else once the result is published, without small counts."""
    everything = reads_all(by, season)
    with bulk():
        rounds = list(Round.objects.filter(season=season, kind=RoundKind.MAIN.value))
        run = (
            Run.objects.filter(season=season, kind=RunKind.REAL.value, state=RunState.PUBLISHED.value)
            .filter(round__kind=RoundKind.MAIN.value)
            .order_by("-number")
            .first()
        )
        round_ = rounds[0] if rounds and (everything or run is not None) else None
        stamp = int(at.timestamp()) // FRESH if round_ is not None and round_.frozen_at is None else 0
        demand = _demand(round_.pk, stamp) if round_ is not None else {}
        handed_in = _handed_in(round_.pk, stamp) if round_ is not None else None
        candidates = season.candidates.filter(state="active").count()
        lines = list(
            PlanLine.objects.filter(season=season, state=LineState.APPROVED.value)
            .prefetch_related("cells")
            .order_by("code")
        )
        moved = _moved(season, tree, None if everything else run) if run is not None else None
    filled: Counter[int] = Counter()
    lowest: dict[int, float] = {}
    for each in run.lines if run is not None else ():
        filled[int(each["line"])] += int(each["admitted"])
        if each["last_total"] is not None:
            lowest[int(each["line"])] = min(lowest.get(int(each["line"]), 1e9), float(each["last_total"]))
    batches = {str(each["id"]): str(each["name"]) for each in season.rules.get("batches", ())}
    place = list(batches)
    lines.sort(key=lambda line: (place.index(line.batch) if line.batch in batches else len(place), line.code))
    rows = tuple(
        Asked(
            line.code,
            line.school_name,
            line.name,
            batches.get(line.batch, line.batch),
            _name(tree, line.division_id),
            sum(cell.seats for cell in line.cells.all()),
            _told(demand.get(line.pk, (0, 0))[0], round_, everything),
            _told(demand.get(line.pk, (0, 0))[1], round_, everything),
            filled[line.pk] if run is not None else None,
            lowest.get(line.pk),
        )
        for line in lines
        if line.cells.all()
    )
    found = None
    if moved:
        counties = sorted(
            {place for pair in moved for place in pair}, key=lambda name: (name == ELSEWHERE, name)
        )
        found = flows(moved, counties, everything=everything)
    return Counted(
        season,
        round_,
        handed_in,
        candidates,
        rows,
        run,
        None if run is None else int(run.counts.get("placed", 0)),
        found,
        everything,
    )


def _told(count: int, round_: Round | None, everything: bool) -> int | None:
    """What may be told of a count of choices. While they are handed in it is a round number, also for the bureaus: two looks a minute
    apart must not say what one person chose between them."""
    if round_ is None:
        return None
    if round_.frozen_at is None:
        return (count + ROUGH // 2) // ROUGH * ROUGH
    return count if everything or count == 0 or count >= THRESHOLD else None


@lru_cache(maxsize=32)
def _demand(round_: int, stamp: int) -> Mapping[int, tuple[int, int]]:
    with bulk(), connection.cursor() as cursor:
        cursor.execute(DEMAND, [round_])
        return {int(line): (int(asked), int(first)) for line, asked, first in cursor.fetchall()}


@lru_cache(maxsize=32)
def _handed_in(round_: int, stamp: int) -> int:
    with bulk(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT candidate_id) FROM admissions_submission WHERE round_id = %s", [round_]
        )
        return int(cursor.fetchone()[0])


def _moved(season: Season, tree: Tree, run: Run | None) -> Counter[tuple[str, str]]:
    """How many go from which county to which: of those who hold a seat, or of those whom a run placed, which stays as it was told once:
    the difference of two days would speak of single persons."""
    seated = standing(season) if run is None else Outcome.objects.filter(run=run, line__isnull=False)
    pairs = seated.values_list("candidate__county", "line__division")
    return Counter((_name(tree, source), _name(tree, target)) for source, target in pairs)


def _name(tree: Tree, organisation: int | None) -> str:
    node = tree.nodes.get(organisation) if organisation is not None else None
    return node.label if node is not None else ELSEWHERE


__all__ = ["ALL", "Asked", "Counted", "counted", "reads_all"]
