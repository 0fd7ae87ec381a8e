"""The shape of a city's synthetic twin: what a generator of examples is to meet, and where each figure comes from.

The file twin.yaml stands beside a pack and is no part of its version: nobody is bound by it, and nothing real is computed from it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from zhijiao.policy.types.base import Entry, Id, Text

FigureName = Literal[
    "secondary_schools",
    "technician_schools",
    "colleges",
    "enterprise_schools",
    "students_secondary",
    "students_technician",
    "students_college",
    "majors_offered",
    "class_size",
    "leaving_percent",
    "graduation_percent",
    "employment_percent",
    "entrants_to_enterprises",
    "retained_percent",
    "promotion_secondary_percent",
    "field_match_percent",
    "poor_graduates_percent",
    "integrated_local_percent",
    "double_high_schools",
    "students_per_teacher",
    "dual_qualified_percent",
    "part_time_percent",
    "industry_professor_percent",
    "practice_percent",
    "enterprises_listed",
    "scale_enterprises",
    "scale_cooperating_percent",
    "cooperating_enterprises",
    "internship_posts_percent",
    "order_classes",
    "training_person_times",
    "training_persons_percent",
    "skill_evaluations",
    "adult_education",
    "technology_services",
    "technology_transfers",
    "technology_receipts",
    "contest_share_percent",
    "public_funds_per_student",
    "public_funds_high_school",
    "appropriation_per_student",
    "earmarked_funds",
    "ideological_courses_percent",
    "hybrid_secondary_percent",
    "hybrid_college_percent",
    "standards_met_percent",
    "in_cluster_percent",
    "training_and_evaluation_percent",
    "teacher_exchanges",
    "school_enterprise_exchanges",
    "career_activities",
    "personal_grants",
    "international_students",
    "construction_projects",
    "construction_investment",
]


class TwinFigure(Entry):
    """One figure of the shape, for the last year; earlier years follow from `growth`."""

    id: FigureName = Field(description="哪一个数，见取值")
    value: Decimal = Field(ge=0, description="最后一年的数")
    unit: Text = Field(description="单位")
    growth: Decimal = Field(
        Decimal(0), ge=-50, le=100, description="每年增长：数量按百分之几，百分比按几个百分点"
    )
    basis: Literal["published", "plan", "assumed"] = Field(
        description="published 公布数据 / plan 方案目标 / assumed 假定，只求像样"
    )
    clauses: list[Id] = Field(default_factory=list, description="出自哪些条款；假定的数不写")
    note: str | None = Field(None, description="怎么得来")


class TwinProjects(Entry):
    """How many recognised projects, resources or teachers in development of one kind there are."""

    kind: Text = Field(description="类别，用数据标准中项目类别、资源类别或培养项目类别的代码")
    level: Text = Field("city", description="认定级别，用数据标准中级别的代码")
    count: int = Field(
        ge=0, description="项目、资源：最后一年在册的个数；教师培养：最后一年连前两年累计的人数"
    )
    by: Literal["school", "college", "secondary", "enterprise", "city"] = Field(
        "school",
        description="由谁承担：school 各类院校 / college 高职 / secondary 中职 / enterprise 企业 / city 市里",
    )
    recent: bool = Field(False, description="都在最后三年里认定或建成")
    basis: Literal["published", "plan", "assumed"] = Field(
        description="published 公布数据 / plan 方案目标 / assumed 假定，只求像样"
    )
    clauses: list[Id] = Field(default_factory=list, description="出自哪些条款；假定的数不写")
    note: str | None = Field(None, description="怎么得来")


class TwinMerger(Entry):
    """Two schools that become one, so that the tree differs between years."""

    year: int = Field(ge=2000, le=2100, description="哪一年合并，自当年8月1日起")
    note: str | None = Field(None, description="说明")


class Twin(Entry):
    """The file twin.yaml."""

    first_year: int = Field(ge=2000, le=2100, description="第一个年度")
    last_year: int = Field(ge=2000, le=2100, description="最后一个年度，数据截至这一年年末")
    figures: list[TwinFigure] = Field(default_factory=list, description="要达到的各个数")
    projects: list[TwinProjects] = Field(default_factory=list, description="各类认定项目的个数")
    resources: list[TwinProjects] = Field(default_factory=list, description="各类教学资源的个数")
    programmes: list[TwinProjects] = Field(default_factory=list, description="各类教师培养的人数")
    mergers: list[TwinMerger] = Field(default_factory=list, description="学校合并")
    county_weights: dict[str, Decimal] = Field(
        default_factory=dict, description="各县级区划的分量，区划代码: 数；不写的按 1，功能区按 0"
    )
