"""A small season in filling, with synthetic schools, candidates and guardians. Nobody in it exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.support.people import hire, plant
from zhijiao.admissions.models import Candidate, Guardian, PlanCell, PlanLine, Round, Season
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Organisation
from zhijiao.policy.types import Admission

OPENS = datetime(2026, 7, 1, 1, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=2)
DURING = OPENS + timedelta(hours=1)

RULES: dict[str, Any] = {
    "id": "example",
    "name": "示例统一招生",
    "clauses": ["example.1"],
    "bureaus": [
        {"id": "education", "unit": "示例市教育局", "short": "教育", "leads": "考试招生"},
        {"id": "labour", "unit": "示例市人社局", "short": "人社", "leads": "技能评价"},
    ],
    "lead": "education",
    "plan_signed_by": ["education", "labour"],
    "result_signed_by": ["education", "labour"],
    "kinds": [{"kind": "secondary_vocational", "approve": "education"}],
    "subjects": [{"column": "语文", "full": "120"}, {"column": "数学", "full": "120"}],
    "order": [{"by": "total", "name": "投档分"}],
    "last_seat": "strict",
    "origins": [{"id": "county", "word": "本县户籍", "what": "示例"}],
    "bonus": [
        {"id": "minority", "name": "示例加分一", "cls": "minority", "points": "5", "proof": "示例"},
        {"id": "overseas", "name": "示例加分二", "cls": "overseas", "points": "5", "proof": "示例"},
        {
            "id": "soldier",
            "name": "示例加分三",
            "cls": "soldier",
            "points": "20",
            "alone_from": "20",
            "proof": "示例",
        },
    ],
    "batches": [
        {
            "id": "early",
            "name": "提前批",
            "category": "bridge_degree",
            "kinds": ["secondary_vocational"],
            "max_choices": 2,
        },
        {
            "id": "main",
            "name": "统一批",
            "category": "secondary",
            "kinds": ["secondary_vocational"],
            "max_choices": 10,
        },
    ],
    "rounds": [
        {
            "id": "main",
            "name": "正式填报",
            "kind": "main",
            "batches": ["early", "main"],
            "opens": "07-01 09:00",
            "closes": "07-03 09:00",
        }
    ],
    "terms": {
        "proposals": "03-31",
        "publicity": 5,
        "objections": 10,
        "top_up": "08-31",
        "registering": "09-10",
        "name_list": "12-05",
    },
}


@dataclass(frozen=True)
class Scene:
    """What a test of filling in needs. `pupils`: by number, with the account of each; `parents` likewise."""

    season: Season
    round: Round
    lines: list[PlanLine]
    candidates: list[Candidate]
    pupils: list[Actor]
    parents: list[Actor]
    junior: Organisation
    other_junior: Organisation
    teacher: Actor
    other_teacher: Actor
    county: Actor
    bureau: Actor
    second_bureau: Actor
    vocational: Actor


def lay(
    *,
    candidates: int = 3,
    second_factor: bool = False,
    tenant: Tenant = Tenant.REAL,
    mark: str = "",
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    seats: int = 40,
) -> Scene:
    """Plant a city and its season. Every candidate but the last is of the first junior school. `mark` keeps names apart; `seats` has
    each line of the plan."""
    with bulk():
        city = plant(f"{mark}city", OrganisationKind.GOVERNMENT, name="示例市", tenant=tenant)
        bureau = plant(f"{mark}bureau", OrganisationKind.DEPARTMENT, city, name="示例市教育局", tenant=tenant)
        second = plant(f"{mark}second", OrganisationKind.DEPARTMENT, city, name="示例市人社局", tenant=tenant)
        county = plant(f"{mark}county", OrganisationKind.COUNTY, city, name="示例县", tenant=tenant)
        junior = plant(f"{mark}junior", OrganisationKind.BASIC, county, name="示例初中", tenant=tenant)
        other = plant(f"{mark}junior2", OrganisationKind.BASIC, county, name="示例第二初中", tenant=tenant)
        school = plant(
            f"{mark}school", OrganisationKind.SECONDARY_VOCATIONAL, county, name="示例中职", tenant=tenant
        )
        season = Season.objects.create(
            tenant=tenant,
            organisation=city,
            code="2026",
            title="示例市2026年中职（技工）统一招生",
            year=2026,
            pack="example",
            rules=Admission.model_validate(RULES).model_dump(mode="json"),
            rules_digest="0" * 64,
            bureaus={"education": bureau.pk, "labour": second.pk},
            parties=[city.pk, bureau.pk, second.pk],
            phase="filling",
            entered=date(2026, 7, 1),
            opened_at=OPENS,
            opened_by="tests",
        )
        lines = [_line(season, school, n, "early" if n < 2 else "main", seats) for n in range(12)]
        Season.objects.filter(pk=season.pk).update(plan_digest="1" * 64, locked_at=OPENS)
        season.refresh_from_db()
        round_ = Round.objects.create(
            season=season,
            code="main",
            kind="main",
            name="正式填报",
            batches=["early", "main"],
            opens_at=opens,
            closes_at=closes,
            grace_minutes=10,
            second_factor=second_factor,
            made_at=OPENS,
            made_by="tests",
        )
        pupils = [
            hire(f"{mark}pupil{n}", Role.LEARNER, junior if n < candidates - 1 else other)
            for n in range(candidates)
        ]
        parents = [hire(f"{mark}parent{n}", Role.LEARNER, junior) for n in range(candidates)]
        rows = [
            Candidate.objects.create(
                season=season,
                number=f"26{n:06d}",
                user_id=pupil.user,
                name=f"示例考生{n}",
                school=junior if n < candidates - 1 else other,
                class_name="九（1）班",
                county=county,
                origins=["示例县"],
                added_at=OPENS,
            )
            for n, pupil in enumerate(pupils)
        ]
        for row, parent in zip(rows, parents, strict=True):
            Guardian.objects.create(
                candidate=row,
                user_id=parent.user,
                name="示例家长",
                relation="母亲",
                bound_at=OPENS,
                bound_by="tests",
            )
        return Scene(
            season,
            round_,
            lines,
            rows,
            pupils,
            parents,
            junior,
            other,
            hire(f"{mark}teacher", Role.SCHOOL, junior),
            hire(f"{mark}teacher2", Role.SCHOOL, other),
            hire(f"{mark}county-officer", Role.COUNTY, county),
            hire(f"{mark}officer", Role.DEPARTMENT, bureau),
            hire(f"{mark}officer2", Role.DEPARTMENT, second),
            hire(f"{mark}school-officer", Role.SCHOOL, school),
        )


def _line(season: Season, school: Organisation, n: int, batch: str, seats: int) -> PlanLine:
    line = PlanLine.objects.create(
        season=season,
        organisation=school,
        kind=OrganisationKind.SECONDARY_VOCATIONAL,
        batch=batch,
        code=f"{n:04d}",
        school_name="示例中职",
        major_code=f"7{n:05d}",
        major_name=f"示例专业{n}",
        years=3,
        state="approved",
    )
    PlanCell.objects.create(line=line, number=1, origin="", seats=seats)
    return line
