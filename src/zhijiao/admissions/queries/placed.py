"""Who is placed with a school, what became of each, and the counts of all schools. Reads in the caller's scope."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, QuerySet

from zhijiao.admissions.models import (
    Candidate,
    Decline,
    Elsewhere,
    Enrolment,
    Letter,
    NameList,
    Outcome,
    PlanCell,
    PlanLine,
    Round,
    Run,
    Season,
    TopUp,
)
from zhijiao.admissions.queries.seats import uses
from zhijiao.admissions.rules.reading import day_of, rules_of
from zhijiao.admissions.rules.season_flow import FLOW
from zhijiao.admissions.types.states import (
    DeclineState,
    EnrolmentState,
    LineState,
    NameListState,
    RunKind,
    RunState,
    TopUpState,
)
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import Standing

APPROVED = LineState.APPROVED.value
AFTER = ("register", "hand-over", "close")
SIGNED = (RunState.SIGNED.value, RunState.PUBLICISED.value, RunState.PUBLISHED.value)
GONE = (DeclineState.REFUSED.value, DeclineState.WITHDRAWN.value)


class Stand(StrEnum):
    """How somebody with a seat stands."""

    SIGNED = "signed"
    PLACED = "placed"
    GIVING_UP = "giving_up"
    GIVEN_UP = "given_up"
    EXPECTED = "expected"
    CAME = "came"
    ABSENT = "absent"
    ON_RECORD = "on_record"

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return _WORDS[self]


_WORDS = {
    Stand.SIGNED: "已会签，未公布",
    Stand.PLACED: "录取",
    Stand.GIVING_UP: "申请放弃",
    Stand.GIVEN_UP: "已放弃",
    Stand.EXPECTED: "待报到",
    Stand.CAME: "已报到",
    Stand.ABSENT: "未报到",
    Stand.ON_RECORD: "已建学籍",
}
_OF_ENROLMENT = {
    EnrolmentState.EXPECTED: Stand.EXPECTED,
    EnrolmentState.CAME: Stand.CAME,
    EnrolmentState.ABSENT: Stand.ABSENT,
    EnrolmentState.HANDED_OVER: Stand.ON_RECORD,
}


@dataclass(frozen=True)
class Placed:
    """Somebody who is placed with a school. `how`: the round, 自主补录, or the body that gave the seat; `enrolment`: the line that the
    school ticks, once there is one; `elsewhere`: another body gave the seat and writes the letter."""

    candidate: Candidate
    line: PlanLine
    origin: str
    how: str
    stand: Stand
    letter: str = ""
    enrolment: int | None = None
    came_on: date | None = None
    elsewhere: bool = False

    @property
    def holds(self) -> bool:
        """Whether the seat still stands."""
        return self.stand is not Stand.GIVEN_UP


def placed(season: Season, organisation: int) -> list[Placed]:
    """Who is placed with a school: by signed runs, and by name once that is approved. By line and registration number."""
    named = TopUp.objects.filter(
        season=season, organisation=organisation, state=TopUpState.APPROVED.value
    ).select_related("candidate", "line", "cell")
    outcomes = _outcomes(season).filter(organisation=organisation).select_related("candidate", "line", "cell")
    runs, rounds = _runs(season)
    declines = _declines(season)
    letters = dict(
        Letter.objects.filter(
            season=season, line__organisation=organisation, revoked_at__isnull=True
        ).values_list("candidate", "number")
    )
    noted = {e.candidate_id: e for e in Enrolment.objects.filter(season=season, organisation=organisation)}
    found = []
    for row in outcomes:
        assert row.line is not None
        run = runs.get(row.run_id)
        found.append(
            Placed(
                row.candidate,
                row.line,
                row.cell.origin if row.cell else "",
                rounds.get(run.round_id, "") if run else "",
                _stand(run, declines.get(row.pk), noted.get(row.candidate_id)),
                letters.get(row.candidate_id, ""),
                *_noted(noted.get(row.candidate_id)),
            )
        )
    for top_up in named:
        found.append(
            Placed(
                top_up.candidate,
                top_up.line,
                top_up.cell.origin,
                "自主补录",
                _stand(None, None, noted.get(top_up.candidate_id), named=True),
                letters.get(top_up.candidate_id, ""),
                *_noted(noted.get(top_up.candidate_id)),
            )
        )
    found += _given_elsewhere(season, organisation, noted)
    return sorted(found, key=lambda each: (each.line.code, each.candidate.number))


def _given_elsewhere(season: Season, organisation: int, noted: Mapping[int, Enrolment]) -> list[Placed]:
    names = {each.id: each.name for each in rules_of(season.rules).elsewhere}
    rows = Elsewhere.objects.filter(season=season, organisation=organisation, withdrawn_at__isnull=True)
    return [
        Placed(
            row.candidate,
            # In no plan of ours: a line only as lists show it.
            PlanLine(major_code=row.major_code, major_name=row.major_name, years=row.years),
            "",
            names.get(row.way, row.way),
            _stand(None, None, noted.get(row.candidate_id), named=True),
            "",
            *_noted(noted.get(row.candidate_id)),
            elsewhere=True,
        )
        for row in rows.select_related("candidate")
    ]


def _outcomes(season: Season) -> QuerySet[Outcome]:
    """Seats by signed runs. A school sees no others, and does not see the run itself before it is published."""
    unsigned = Run.objects.filter(season=season).exclude(state__in=SIGNED, kind=RunKind.REAL.value)
    # By the lines, of which there are few: by the candidates each of them would be looked up.
    return Outcome.objects.filter(line__season=season).exclude(
        run__in=list(unsigned.values_list("pk", flat=True))
    )


def _runs(season: Season) -> tuple[dict[int, Run], dict[int, str]]:
    runs = Run.objects.filter(season=season, kind=RunKind.REAL.value).defer("lines", "violations")
    return {run.pk: run for run in runs}, dict(Round.objects.filter(season=season).values_list("pk", "name"))


def _declines(season: Season) -> dict[int, str]:
    return dict(
        Decline.objects.filter(candidate__season=season)
        .exclude(state__in=GONE)
        .values_list("outcome", "state")
    )


def _stand(run: Run | None, decline: str | None, noted: Enrolment | None, *, named: bool = False) -> Stand:
    if decline == DeclineState.APPROVED:
        return Stand.GIVEN_UP
    if decline is not None:
        return Stand.GIVING_UP
    if noted is not None:
        return _OF_ENROLMENT[EnrolmentState(noted.state)]
    if named or (run is not None and run.state == RunState.PUBLISHED):
        return Stand.PLACED
    return Stand.SIGNED


def _noted(row: Enrolment | None) -> tuple[int | None, date | None]:
    return (None, None) if row is None else (row.pk, row.came_on)


@dataclass
class School:
    """How the seats of a school stand. `seats` of the plan; `placed` without those who gave up."""

    organisation: int
    name: str
    seats: int = 0
    placed: int = 0
    given_up: int = 0
    topped_up: int = 0
    elsewhere: int = 0
    """Of `placed`, to whom another body gave the seat."""
    counts: Counter[str] = field(default_factory=Counter)
    """By state of enrolment."""

    @property
    def waiting(self) -> int:
        """Of whom the school has not said whether they came."""
        return self.counts[EnrolmentState.EXPECTED.value]

    @property
    def came(self) -> int:
        """Who came, on record or not yet."""
        return self.counts[EnrolmentState.CAME.value] + self.counts[EnrolmentState.HANDED_OVER.value]


def schools(season: Season, inside: Collection[int] | None = None) -> list[School]:
    """Every school of the plan with its counts, by name; only those of `inside` where it is given."""
    found: dict[int, School] = {}
    lines = PlanLine.objects.filter(season=season, state=APPROVED).prefetch_related("cells")
    for line in lines.order_by("sort_key", "code"):
        if inside is not None and line.organisation_id not in inside:
            continue
        one = found.setdefault(line.organisation_id, School(line.organisation_id, line.school_name))
        one.seats += sum(cell.seats for cell in line.cells.all())
    seats = _outcomes(season).order_by().values_list("organisation")
    given_up = Decline.objects.filter(outcome=OuterRef("pk"), state=DeclineState.APPROVED.value)
    for organisation, count in seats.annotate(count=Count("pk")):
        if organisation in found:
            found[organisation].placed = count
    for organisation, count in seats.filter(Exists(given_up)).annotate(count=Count("pk")):
        if organisation in found:
            found[organisation].given_up = count
            found[organisation].placed -= count
    named = TopUp.objects.filter(season=season, state=TopUpState.APPROVED.value).values_list("organisation")
    for organisation, count in named.annotate(count=Count("pk")):
        if organisation in found:
            found[organisation].topped_up = count
            found[organisation].placed += count
    _count_elsewhere(season, found, inside)
    noted = Enrolment.objects.filter(season=season).values_list("organisation", "state")
    for organisation, state, count in noted.annotate(count=Count("pk")):
        if organisation in found:
            found[organisation].counts[state] = count
    return list(found.values())


def _count_elsewhere(season: Season, found: dict[int, School], inside: Collection[int] | None) -> None:
    """Seats that another body gave; also at schools that have no line in the plan."""
    rows = Elsewhere.objects.filter(season=season, withdrawn_at__isnull=True).values_list("organisation")
    counts = dict(rows.annotate(count=Count("pk")))
    new = [pk for pk in counts if pk not in found and (inside is None or pk in inside)]
    names = dict(
        Standing.objects.filter(organisation__in=new).order_by("starts").values_list("organisation", "name")
    )
    for pk in sorted(new, key=lambda pk: names.get(pk, "")):
        found[pk] = School(pk, names.get(pk, "已撤并的学校"))
    for pk, count in counts.items():
        if pk in found:
            found[pk].elsewhere = count
            found[pk].placed += count


def requests(season: Season) -> list[Decline]:
    """Requests to give a seat up that the person may read: the open ones first, those longest waiting on top."""
    rows = Decline.objects.filter(candidate__season=season).select_related(
        "candidate__school", "outcome__line"
    )
    order = {DeclineState.CONFIRMED: 0, DeclineState.ASKED: 1}
    return sorted(rows, key=lambda row: (order.get(DeclineState(row.state), 2), row.asked_at))


def top_ups(season: Season, organisation: int | None = None) -> list[TopUp]:
    """Candidates named for left-over seats that the person may read: those that wait first."""
    rows = TopUp.objects.filter(season=season).select_related("candidate", "line")
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    return sorted(rows, key=lambda row: (row.state != TopUpState.PROPOSED, row.proposed_at))


def seat_of(season: Season, number: str) -> Outcome | None:
    """The published seat of a candidate by registration number, for the counter; the last one."""
    return (
        Outcome.objects.filter(
            candidate__season=season,
            candidate__number=number.strip(),
            line__isnull=False,
            run__state=RunState.PUBLISHED.value,
        )
        .select_related("candidate", "line")
        .order_by("-run__number")
        .first()
    )


@dataclass(frozen=True)
class Roll:
    """An integrated track of a school with its name list, if it was drawn up."""

    line: PlanLine
    list: NameList | None

    @property
    def sealed_at(self) -> datetime | None:
        """When all parties had signed."""
        return self.list.sealed_at if self.list and self.list.state == NameListState.SEALED else None


def rolls(season: Season, organisation: int | None = None) -> list[Roll]:
    """The integrated tracks of a school, or of all that the person may read, with their name lists."""
    lines = PlanLine.objects.filter(season=season, state=APPROVED).exclude(partner="")
    if organisation is not None:
        lines = lines.filter(organisation=organisation)
    there: Mapping[int, NameList] = {row.line_id: row for row in NameList.objects.filter(season=season)}
    return [Roll(line, there.get(line.pk)) for line in lines.order_by("code")]


def left_over(season: Season, organisation: int) -> list[tuple[PlanLine, int]]:
    """Lines of a school with seats that are free for naming somebody, by code."""
    own = PlanCell.objects.filter(line__season=season, line__organisation=organisation, line__state=APPROVED)
    cells = {cell.pk: cell.line for cell in own.select_related("line")}
    batches = {line.batch for line in cells.values()}
    found: defaultdict[int, int] = defaultdict(int)
    lines = {line.pk: line for line in cells.values()}
    # Counting takes requests and namings of everybody; what is told is how many seats are left, and nobody's name.
    with bulk():
        for cell, use in uses(season, batches).items():
            if cell in cells and use.left:
                found[cells[cell].pk] += use.left
    return [(lines[pk], found[pk]) for pk in sorted(found, key=lambda pk: lines[pk].code)]


def takes_part(season: Season, organisation: int) -> bool:
    """Whether a school has a line in the season that the person may read, or seats that another body gave."""
    return (
        PlanLine.objects.filter(season=season, organisation=organisation).exists()
        or Elsewhere.objects.filter(season=season, organisation=organisation).exists()
    )


def top_up_until(season: Season) -> date:
    """The last day on which schools may name somebody."""
    return day_of(rules_of(season.rules).terms.top_up, season.year)


def people_of(found: Collection[Roll]) -> dict[int, str]:
    """Number and name of whoever stands in these name lists and may be read."""
    wanted = {pk for roll in found if roll.list for pk in roll.list.candidates}
    return {c.pk: f"{c.number} {c.name}" for c in Candidate.objects.filter(pk__in=wanted)}


def letters_valid(season: Season) -> int:
    """How many letters are good now, of those that the person may read."""
    return Letter.objects.filter(season=season, revoked_at__isnull=True).count()


def last_steps(season: Season) -> list[tuple[str, str]]:
    """The steps after the result that leave the season's phase, with their names."""
    return [(t.id, t.name) for t in FLOW.leaving(season.phase) if t.id in AFTER]
