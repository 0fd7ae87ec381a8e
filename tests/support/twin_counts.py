"""Which of the twin's own counts each computed measure has to equal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

SECONDARY = ("secondary_vocational",)
COLLEGES = ("higher_vocational",)
VOCATIONAL = ("secondary_vocational", "higher_vocational", "technician")


@dataclass(frozen=True)
class Counted:
    """Quantities of truth.json added up. `kinds`: only those schools, added up from their own counts. `window`: over the years
    from the metric's first. `since`: what came to be within the window, from counts of what stands at a year's end. `ends`: of
    a school year, the year in which it ends. `city`: counted for the city only. `once`: persons are counted once, so that
    years cannot be added: compared for a window of one year only."""

    names: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    ends: bool = False
    city: bool = False
    since: bool = False
    once: bool = False
    window: bool = True


def c(*names: str, **more: Any) -> Counted:
    """Some quantities."""
    return Counted(names, **more)


def grads(*names: str) -> Counted:
    """Quantities of graduates: a school year is that in which they finish."""
    return Counted(names, ends=True)


NONE = c()
"""The twin draws none of these."""


def approved(kind: str, *others: str) -> dict[str, Counted]:
    """Projects by approval; the twin approves all of them."""
    return {"approved": c(*(f"projects_approved.{k}" for k in (kind, *others))), "direct": NONE}


def standing(*kinds: str) -> dict[str, Counted]:
    """Projects and titles that stand."""
    return {"recognised": c(*(f"projects.{kind}" for kind in kinds))}


def within(*kinds: str) -> dict[str, Counted]:
    """Projects and titles of the years of a window."""
    return {"recognised": c(*(f"projects_recognised.{kind}" for kind in kinds))}


STAYING = {
    "stayed": grads("college_graduates_insured_here"),
    "graduated": grads("college_graduates_not_studying"),
}
MEETING = {"meeting": c("schools_meeting_standards"), "schools": c("schools_open")}

COUNTS: Mapping[str, Mapping[str, Counted]] = {
    "tzw.ind.1a": {"amount": c("land_area"), "students": c("students")},
    "tzw.ind.1b": {"amount": c("floor_area"), "students": c("students")},
    "tzw.ind.1c": {"amount": c("equipment_value"), "students": c("students")},
    "tzw.ind.2a": {
        "vocational_funds": c("secondary_public_funds_all"),
        "vocational_students": c("secondary_funded_students_all"),
        "general_funds": c("high_school_public_funds"),
        "general_students": c("high_school_students"),
    },
    "tzw.ind.2b": {
        "appropriation": c("college_appropriation_all"),
        "students": c("college_funded_students_all"),
        "public_appropriation": c("college_appropriation"),
        "public_students": c("college_funded_students"),
    },
    "tzw.ind.3": {"in_listed": c("students_double_high"), "students": c("students")},
    "tzw.ind.4": {"professors": c("industry_professors"), "part_time": c("part_time_teachers")},
    "tzw.ind.5": standing("alliance"),
    "tzw.ind.6": standing("practice_base.city", "training_base.city"),
    "tzw.ind.7": {**approved("integrated_enterprise"), "formal": c("projects.integrated_enterprise")},
    "tzw.ind.8": approved("education_project"),
    "tzw.ind.9": approved("engineering_project"),
    "tzw.ind.11": {
        "posts": c("internship_posts"),
        "employees": c("internship_employees"),
        "matched_scale": c("internship_posts_matched_scale"),
        "employees_scale": c("scale_employees"),
    },
    "tzw.ind.12": {"taking_part": c("scale_enterprises_cooperating"), "enterprises": c("scale_enterprises")},
    "tzw.ind.13": approved("mixed_ownership"),
    "tzw.ind.14a": {"on_time": grads("graduates"), "due": grads("graduates_due")},
    "tzw.ind.14b": {
        "employed": grads("graduates_employed"),
        "settled": grads("graduates_employed", "graduates_further_study"),
        "studying": grads("graduates_further_study"),
        "graduated": grads("graduates"),
    },
    "tzw.ind.15a": {"person_times": c("training_person_times")},
    "tzw.ind.15b": {"evaluated": c("skill_evaluations"), "passed": c("skill_evaluations_passed")},
    "tzw.ind.15c": {"person_times": c("training_person_times"), "students": c("students")},
    "tzw.ind.16": STAYING,
    "tzw.ind.17a": {"achievements": c("technology_transfers")},
    "tzw.ind.17b": {"received": c("technology_receipts_horizontal")},
    "tzw.win.2b": {
        "recognised": c("projects.alliance", "projects.practice_base.city", "projects.training_base.city"),
        **approved("integrated_enterprise", "education_project", "engineering_project"),
    },
    "tzw.win.3b": {"recognised": NONE},
    "tzw.win.3c": standing("national_platform.national"),
    "tzw.win.3d": standing("foreign_park"),
    "tzw.main.1b": {"marked": c("courses_ideological"), "offered": c("courses")},
    "tzw.task.1.3": standing("experience_centre"),
    "tzw.main.3a": {
        "meeting": c("schools_meeting_standards", kinds=SECONDARY),
        "schools": c("schools_open", kinds=SECONDARY),
    },
    "tzw.task.3.4b": {"recognised": NONE},
    "tzw.main.3f-upgrade": {"recognised": NONE},
    "tzw.task.5.5": standing("joint_base"),
    "tzw.task.6.3g": {"times": c("teacher_exchanges")},
    "tzw.task.6.3h": {"times": c("school_enterprise_exchanges")},
    "tzw.task.8.3a": {"people": c("teacher_training.principal")},
    "tzw.task.8.3b": {"people": c("teacher_training.leader")},
    "tzw.task.8.3c": {"people": c("teacher_training.backbone")},
    "tzw.task.8.3d": {"people": c("teacher_training.young")},
    "tzw.task.8.3e": standing("famous_teacher"),
    "tzw.task.8.3f": standing("teaching_team"),
    "tzw.task.8.4b": standing("practice_station", "heritage_workshop"),
    "tzw.task.8.4c": standing("craftsman_teacher"),
    "tzw.task.9.3a": {"done": c("resources.online_course.city", "resources.online_course.provincial")},
    "tzw.task.9.3b": {"done": c("resources.course_standard.city")},
    "tzw.task.9.3c": {"done": c("resources.space.school")},
    "tzw.task.9.3d": {
        "marked": c("courses_hybrid", kinds=SECONDARY),
        "offered": c("courses", kinds=SECONDARY),
    },
    "tzw.task.9.3e": {"marked": c("courses_hybrid", kinds=COLLEGES), "offered": c("courses", kinds=COLLEGES)},
    "tzw.main.10d": {"abroad": c("teachers_abroad"), "specialists": c("specialist_teachers")},
    "tzw.main.11g": {"amount": c("earmarked_funds")},
    "wz.2a": {"recognised": c("dual_recognised")},
    "wz.2b": {"students": c("students_taught_three_years", city=True, window=False)},
    "wz.2c": {"people": c("training_persons", once=True), "studying": c("adult_education")},
    "wz.2d": STAYING,
    "wz.2e": MEETING,
    "wz.2f": standing("quality_secondary.national"),
    "wz.2g": {"recognised": NONE},
    "wz.2h": {"recognised": NONE},
    "wz.2j": {"recognised": NONE},
    "wz.3d": {"schools": c("construction_completed")},
    "wz.3e": {
        "approved": c("construction_under_way", once=True),
        "spent": c("construction_spent", once=True),
    },
    "wz.3f": MEETING,
    "wz.3g": within("research_platform.city"),
    "wz.4e": standing("quality_secondary"),
    "wz.4f": standing("track_community"),
    "wz.4g": {"local_integrated": c("college_intake_integrated_local"), "admitted": c("college_intake")},
    "wz.5d": standing("experience_centre"),
    "wz.5e": {"sessions": c("career_activities")},
    "wz.5f": {
        "both": c("secondary_training_and_evaluating"),
        "schools": c("schools_open", kinds=SECONDARY),
    },
    "wz.6d": {"people": c("personal_grants")},
    "wz.6e": {
        "employed": grads("graduates_poor_employed"),
        "settled": grads("graduates_poor_settled"),
        "graduated": grads("graduates_poor"),
    },
    "wz.7i": standing("integration_community"),
    "wz.7j": standing("integrated_enterprise.city"),
    "wz.8d": {"schools": c("schools_of_enterprises")},
    "wz.8e.b": {"recognised": NONE},
    "wz.9b": {"classes": c("order_classes")},
    "wz.9c": within("innovation_centre.city"),
    "wz.10e": {
        "inside": c("schools_in_cluster", kinds=VOCATIONAL),
        "schools": c("schools_open", kinds=VOCATIONAL),
    },
    "wz.10f": {"recognised": NONE},
    "wz.11d": {"people": c("adult_education")},
    "wz.11e": {"person_times": c("training_person_times"), "people": c("training_persons", once=True)},
    "wz.12c": {"received": c("technology_receipts_horizontal")},
    "wz.14h": {"practice": c("teacher_practice")},
    "wz.14i": {
        "dual": c("dual_teachers"),
        "dual_before": NONE,
        "specialists": c("specialist_teachers"),
    },
    "wz.14j": {"entrants": c("contest_persons"), "students": c("students"), "teachers": c("teachers")},
    "wz.14k": standing("teaching_team.city"),
    "wz.14l": {"people": c("teacher_training.overseas")},
    "wz.15e": standing("informatics_school"),
    "wz.15f": standing("virtual_base"),
    "wz.15g": {"done": c("resources.digital.school", since=True)},
    "wz.16d": within("introduced_school.city"),
    "wz.17f": {
        "entrants": c("international_students"),
        "studying": c("international_students_present"),
    },
    "wz.17g": standing("overseas_college"),
    "wz.19a": {"funds": c("secondary_public_funds"), "students": c("secondary_funded_students")},
    "wz.19b": {"appropriation": c("college_appropriation"), "students": c("college_funded_students")},
}
"""By indicator and measure."""


@dataclass(frozen=True)
class Counts:
    """What a twin counted: quantity → year → level → code → number; and its schools: code → (kind, county)."""

    counts: Mapping[str, Any]
    schools: Mapping[str, tuple[str, str | None]]

    def of(self, counted: Counted, years: Collection[int], level: str, code: str) -> Decimal:
        """The number for a place over some years."""
        return sum(
            (self._one(name, y, level, code, counted.kinds) for name in counted.names for y in years),
            Decimal(),
        )

    def _one(self, name: str, year: int, level: str, code: str, kinds: Collection[str]) -> Decimal:
        levels = self.counts.get(name, {}).get(str(year), {})
        if not kinds and level in levels:
            return Decimal(str(levels[level].get(code, 0)))
        return sum(
            (
                Decimal(str(n))
                for school, n in levels.get("school", {}).items()
                if self._is_of(school, level, code, kinds)
            ),
            Decimal(),
        )

    def _is_of(self, school: str, level: str, code: str, kinds: Collection[str]) -> bool:
        kind, county = self.schools[school]
        where = {"city": True, "county": county == code, "school": school == code}[level]
        return where and (not kinds or kind in kinds)


def missing(defined: Iterable[str]) -> set[str]:
    """Computed indicators of which the twin has no count."""
    return set(defined) - set(COUNTS)
