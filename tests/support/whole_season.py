"""A season from the locked plan on: candidates with marks, choices handed in, and the walk to the result. Nobody in it exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from tests.support.people import hire, plant
from tests.support.planning_season import AT, ON, PACK, YEAR, Planners, line, plant_planners
from zhijiao.admissions.actions.allocating import freezing, publishing, running, signing
from zhijiao.admissions.actions.lines import approve_lines, pass_lines, propose_lines, save_line
from zhijiao.admissions.actions.plan import current_digest, lock_plan, open_filling, sign_plan
from zhijiao.admissions.actions.seasons import begin_planning, open_season
from zhijiao.admissions.models import Candidate, Guardian, PlanLine, Round, Run, Season, Submission
from zhijiao.admissions.store.identity import index_of, seal
from zhijiao.admissions.types.plan import LimitDraft
from zhijiao.admissions.types.season import Opening
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Organisation

OPENS = datetime(2026, 6, 28, 1, tzinfo=UTC)
CLOSES = datetime(2026, 6, 30, 9, tzinfo=UTC)
"""The main window that the pack gives."""
FROZEN = CLOSES + timedelta(hours=1)
FROZEN_ON = date(2026, 6, 30)
AFTER_NOTICE = date(2026, 7, 15)
SEED = "示例种子2026"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Pupil:
    """A candidate to be: total by subject, the lines chosen by place in `Whole.lines`."""

    marks: tuple[int, int, int, int, int, int]
    chosen: tuple[int, ...]
    origins: tuple[str, ...] = ()
    sex: str = ""


@dataclass(frozen=True)
class Whole:
    """A season in filling, with everybody's choices handed in."""

    season: Season
    round: Round
    lines: list[PlanLine]
    candidates: list[Candidate]
    pupils: list[Actor]
    parents: list[Actor]
    planners: Planners
    junior: Organisation
    officer: Actor
    """Of the bureau that leads."""


def identity(n: int) -> str:
    """An identity number of an area that does not exist, with its check sign."""
    body = f"990001{date(2011, 1, 1) + timedelta(days=n % 365):%Y%m%d}{n // 365 + 1:03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def whole(
    pupils: Sequence[Pupil],
    seats: Sequence[int] = (2, 2),
    tenant: Tenant = Tenant.REAL,
    limits: Sequence[tuple[LimitDraft, ...]] = (),
) -> Whole:
    """Lay a season whose lines have these seats (the first of the vocational school, the second of the technician school, and so on in turn)
    and these conditions, lock its plan, and hand in what the pupils chose."""
    planners = plant_planners(tenant)
    season, lines = _locked(planners, seats, limits)
    officer = planners.officers["education"]
    open_filling(season=season.pk, by=officer, at=AT, on=ON)
    with bulk():
        junior = plant("junior", OrganisationKind.BASIC, planners.county, name="示例初中", tenant=tenant)
        round_ = Round.objects.select_related("season").get(season=season, code="main")
        actors = [hire(f"pupil{n}", Role.LEARNER, junior) for n, _ in enumerate(pupils)]
        parents = [hire(f"parent{n}", Role.LEARNER, junior) for n, _ in enumerate(pupils)]
        candidates = [
            _candidate(season, n, each, actors[n], parents[n], junior, planners)
            for n, each in enumerate(pupils)
        ]
        for candidate, each in zip(candidates, pupils, strict=True):
            hand_in(candidate, round_, [lines[n] for n in each.chosen])
    season.refresh_from_db()
    return Whole(season, round_, lines, candidates, actors, parents, planners, junior, officer)


def hand_in(candidate: Candidate, round_: Round, lines: Sequence[PlanLine], version: int = 1) -> None:
    """A submission as the statement would write it. Call inside `bulk()`."""
    Submission.objects.create(
        candidate=candidate,
        round=round_,
        version=version,
        lines=[line.pk for line in lines],
        at=OPENS + timedelta(hours=version),
        name="示例",
        digest="0" * 64,
        receipt=f"{candidate.number}-{round_.pk}-{version}",
        key=f"key-{version}",
    )


def _locked(
    planners: Planners, seats: Sequence[int], limits: Sequence[tuple[LimitDraft, ...]]
) -> tuple[Season, list[PlanLine]]:
    officer = planners.officers["education"]
    season = open_season(
        opening=Opening(planners.city.pk, PACK, "2026", "示例市2026年统一招生", YEAR, "示例文号"),
        by=officer,
        at=AT,
        on=ON,
    )
    begin_planning(season=season.pk, by=officer, at=AT, on=ON)
    made = []
    for n, count in enumerate(seats):
        school, by = (
            (planners.vocational, planners.vocational_officer)
            if n % 2 == 0
            else (planners.technician, planners.technician_officer)
        )
        draft = line(f"示例专业{n}", f"{660100 + n}", seats=count)
        draft = replace(draft, limits=limits[n] if n < len(limits) else ())
        made.append(save_line(season=season.pk, organisation=school.pk, draft=draft, by=by, at=AT, on=ON))
    for school, by in (
        (planners.vocational, planners.vocational_officer),
        (planners.technician, planners.technician_officer),
    ):
        propose_lines(season=season.pk, organisation=school.pk, by=by, at=AT, on=ON)
    first, second = made[::2], made[1::2]
    pass_lines(lines=first, by=planners.county_officer, at=AT, on=ON)
    approve_lines(lines=first, by=officer, at=AT, on=ON)
    approve_lines(lines=second, by=planners.officers["labour"], at=AT, on=ON)
    for bureau, leader in planners.leaders.items():
        digest = current_digest(leader, season.pk)
        sign_plan(season=season.pk, bureau=bureau, digest=digest, by=leader, at=AT)
    lock_plan(season=season.pk, by=officer, at=AT, on=ON)
    with bulk():
        rows = {row.pk: row for row in PlanLine.objects.filter(pk__in=made)}
        return Season.objects.get(pk=season.pk), [rows[pk] for pk in made]


def _candidate(
    season: Season,
    n: int,
    pupil: Pupil,
    actor: Actor,
    parent: Actor,
    junior: Organisation,
    planners: Planners,
) -> Candidate:
    subjects = [each["column"] for each in season.rules["subjects"]]
    number = identity(n)
    row = Candidate.objects.create(
        season=season,
        number=f"26{n:06d}",
        user_id=actor.user,
        name=f"演示生{n}",
        school=junior,
        county=planners.county,
        origins=list(pupil.origins),
        sex=pupil.sex,
        identity_sealed=seal(number),
        identity_index=index_of(number),
        columns={name: str(mark) for name, mark in zip(subjects, pupil.marks, strict=True)},
        total=sum(pupil.marks),
        added_at=AT,
    )
    Guardian.objects.create(
        candidate=row, user_id=parent.user, name="演示家长", relation="母亲", bound_at=AT, bound_by="tests"
    )
    return row


def marks(total: int, chinese: int = 60) -> tuple[int, int, int, int, int, int]:
    """Marks of a total, with so many in the first subject; the rest lies in the fourth."""
    return (chinese, 60, 60, total - chinese - 120, 0, 0)


def allocate(scene: Whole, seed: str = SEED) -> int:
    """Freeze and run. Returns the run, which is verified or not."""
    freezing.freeze(season=scene.season.pk, round_=scene.round.pk, by=scene.officer, at=FROZEN, on=FROZEN_ON)
    number = running.run(
        season=scene.season.pk, round_=scene.round.pk, seed=seed, by=scene.officer, at=FROZEN
    )
    running.work(run=number, by=Actor.system("tests"), at=FROZEN, on=FROZEN_ON)
    return number


def publish(scene: Whole, run: int) -> None:
    """Sign, put up and publish."""
    with bulk():
        digest = Run.objects.get(pk=run).output_digest
    for bureau in scene.season.rules["result_signed_by"]:
        signing.sign(run=run, digest=digest, by=scene.planners.leaders[bureau], at=FROZEN)
    publishing.publicise(run=run, contact="示例招生办 0000-0000", by=scene.officer, at=FROZEN, on=FROZEN_ON)
    at = datetime(2026, 7, 15, 2, tzinfo=UTC)
    publishing.publish(run=run, by=scene.officer, at=at, on=AFTER_NOTICE)
