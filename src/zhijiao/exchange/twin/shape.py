"""The shape of a city in numbers: what its pack's twin.yaml says, and plausible values for what it does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zhijiao.policy.types.twin import Twin, TwinFigure, TwinMerger, TwinProjects

PLAUSIBLE: Mapping[str, tuple[float, float]] = {
    "secondary_schools": (20, 0),
    "technician_schools": (4, 0),
    "colleges": (3, 0),
    "enterprise_schools": (2, 0),
    "students_secondary": (60_000, 2),
    "students_technician": (12_000, 4),
    "students_college": (24_000, 4),
    "majors_offered": (300, 0),
    "class_size": (45, 0),
    "leaving_percent": (1.5, 0),
    "graduation_percent": (98.2, 0.2),
    "employment_percent": (98.4, 0.2),
    "retained_percent": (48, 1.5),
    "promotion_secondary_percent": (48, 1.5),
    "field_match_percent": (78, 0.8),
    "poor_graduates_percent": (6, -0.2),
    "integrated_local_percent": (42, 2),
    "double_high_schools": (12, 0),
    "students_per_teacher": (14, 0),
    "dual_qualified_percent": (89, 2),
    "part_time_percent": (11, 0.5),
    "industry_professor_percent": (11, 1),
    "practice_percent": (70, 4),
    "enterprises_listed": (4_000, 0),
    "scale_enterprises": (2_000, 3),
    "scale_cooperating_percent": (66, 4),
    "cooperating_enterprises": (1_500, 12),
    "internship_posts_percent": (3.1, 0.2),
    "order_classes": (70, 6),
    "training_person_times": (150_000, 8),
    "training_persons_percent": (72, 0),
    "skill_evaluations": (9_000, 6),
    "adult_education": (8_000, 5),
    "technology_services": (300, 10),
    "technology_transfers": (300, 12),
    "technology_receipts": (20_000_000, 12),
    "contest_share_percent": (36, 3),
    "public_funds_per_student": (3_600, 4),
    "public_funds_high_school": (1_760, 3),
    "appropriation_per_student": (12_600, 3),
    "earmarked_funds": (104_000_000, 5),
    "ideological_courses_percent": (100, 6),
    "hybrid_secondary_percent": (61, 8),
    "hybrid_college_percent": (81, 6),
    "standards_met_percent": (96, 8),
    "in_cluster_percent": (72, 0),
    "training_and_evaluation_percent": (74, 8),
    "teacher_exchanges": (40, 10),
    "school_enterprise_exchanges": (360, 8),
    "career_activities": (310, 6),
    "personal_grants": (32, 5),
    "international_students": (120, 8),
    "construction_projects": (8, 0),
    "construction_investment": (2_600_000_000, 0),
}
"""Value in the last year and growth a year (percent of counts, points of percentages) where a pack says nothing: plausible, no more."""

VOLUMES = frozenset(
    {
        "students_secondary",
        "students_technician",
        "students_college",
        "entrants_to_enterprises",
        "enterprises_listed",
        "scale_enterprises",
        "cooperating_enterprises",
        "order_classes",
        "training_person_times",
        "skill_evaluations",
        "adult_education",
        "technology_services",
        "technology_transfers",
        "technology_receipts",
        "earmarked_funds",
        "school_enterprise_exchanges",
        "international_students",
    }
)
"""What grows with the number of students asked for; schools, majors and projects do not."""


@dataclass(frozen=True)
class Shape:
    """Figures by name, the years they span, and by how much volumes are scaled."""

    first: int
    last: int
    figures: Mapping[str, TwinFigure] = field(default_factory=dict)
    projects: Sequence[TwinProjects] = ()
    resources: Sequence[TwinProjects] = ()
    programmes: Sequence[TwinProjects] = ()
    mergers: Sequence[TwinMerger] = ()
    scale: float = 1.0

    @property
    def years(self) -> range:
        """The years, first to last."""
        return range(self.first, self.last + 1)

    def said(self, name: str) -> bool:
        """Whether the pack says this figure."""
        return name in self.figures

    def count(self, name: str, year: int | None = None) -> int:
        """A count in a year; earlier years are smaller by the growth."""
        value, growth = self._of(name)
        grown = value / (1 + growth / 100) ** (0 if year is None else self.last - year)
        return int(grown * (self.scale if name in VOLUMES else 1) + 0.5)

    def percent(self, name: str, year: int | None = None) -> float:
        """A percentage in a year; earlier years are lower by the points of growth, between 0 and 100."""
        value, growth = self._of(name)
        return min(100.0, max(0.0, value - growth * (0 if year is None else self.last - year)))

    def _of(self, name: str) -> tuple[float, float]:
        said = self.figures.get(name)
        return PLAUSIBLE[name] if said is None else (float(said.value), float(said.growth))


def shape_of(twin: Twin | None, scale: float = 1.0, last: int = 2023) -> Shape:
    """The shape that a pack says, or a plausible one."""
    if twin is None:
        return Shape(last - 3, last, scale=scale)
    return Shape(
        twin.first_year,
        twin.last_year,
        {figure.id: figure for figure in twin.figures},
        twin.projects,
        twin.resources,
        twin.programmes,
        twin.mergers,
        scale,
    )
