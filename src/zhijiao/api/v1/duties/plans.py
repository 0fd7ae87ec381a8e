"""Plans: what a place, a county or a school set itself, and where it stands in its procedure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhijiao.api.v1.common import day
from zhijiao.api.v1.duties.access import ANSWERS, KEY, reader
from zhijiao.api.v1.duties.fields import InPath, Limit
from zhijiao.api.v1.duties.schemas import text
from zhijiao.planning import queries
from zhijiao.planning.types import PlanKind

router = Router(tags=["规划与方案"], auth=KEY)


class PlanOut(Schema):
    """A plan in a list."""

    id: int
    pack: str
    kind: str
    organisation: int
    title: str
    starts: date
    ends: date
    stage: str
    entered: date
    edition: int
    edition_in_force: int | None
    in_force: bool
    author: str
    follows: int | None
    follows_document: str
    filed_number: str

    @classmethod
    def of(cls, row: Any) -> PlanOut:
        """From a row."""
        return cls(
            id=row.pk,
            pack=row.pack,
            kind=row.kind,
            organisation=row.organisation_id,
            title=row.title,
            starts=row.starts,
            ends=row.ends,
            stage=row.stage,
            entered=row.entered,
            edition=row.edition,
            edition_in_force=row.edition_in_force,
            in_force=row.in_force,
            author=row.author_name,
            follows=row.follows_id,
            follows_document=row.follows_document,
            filed_number=row.filed_number,
        )


class PlanTargetOut(Schema):
    """A target that the plan sets."""

    indicator: str
    op: str
    value: str
    unit: str
    period: str


class PlanItemOut(Schema):
    """Work that the plan sets."""

    title: str
    deliverable: str
    due: date | None
    serves: str


class PlanStepOut(Schema):
    """A step that the plan took."""

    number: int
    transition: str
    source: str
    target: str
    edition: int
    by_name: str
    at: datetime
    reason: str


class OpenThingOut(Schema):
    """What the plan before left open, and what was decided."""

    kind: str
    id: str
    title: str
    where_it_stands: str
    decision: str | None
    words: str


class PlanFullOut(Schema):
    """One plan in full."""

    plan: PlanOut
    stage_name: str
    due: date | None
    body: str
    targets: list[PlanTargetOut]
    items: list[PlanItemOut]
    steps: list[PlanStepOut]
    left_open: list[OpenThingOut]


@router.get(
    "/plans",
    response={200: list[PlanOut], **ANSWERS},
    summary="规划与方案",
    description="密钥所有人看得到的一县一策、一校一案和本地规划，新的在前。open=true 只要没有结束的。",
)
def list_plans(
    request: HttpRequest,
    kind: PlanKind | None = None,
    open: bool = False,  # noqa: A002 (the name in the address)
    limit: Limit = 200,
) -> Any:
    """Plans, newest first."""
    rows = queries.plans(tenant=reader(request).tenant, kind=kind, open_only=open)[:limit]
    return [PlanOut.of(row) for row in rows]


@router.get(
    "/plans/{int:plan}",
    response={200: PlanFullOut, **ANSWERS},
    summary="一个方案的全部情况",
    description="最新一稿的正文、目标、任务，办过的步骤，以及对上一轮未完成事项的结转决定。",
)
def show_plan(request: HttpRequest, plan: InPath, on: date | None = None) -> Any:
    """One plan with its newest edition."""
    reader(request)
    view = queries.plan(plan, on=day(on))
    content = view.content
    return PlanFullOut(
        plan=PlanOut.of(view.row),
        stage_name=view.stage.name,
        due=view.due,
        body=content.body if content else "",
        targets=[
            PlanTargetOut(
                indicator=t.indicator, op=t.op, value=text(t.value) or "", unit=t.unit, period=t.period
            )
            for t in (content.targets if content else ())
        ],
        items=[PlanItemOut.model_validate(item) for item in (content.items if content else ())],
        steps=[PlanStepOut.model_validate(step) for step in view.steps],
        left_open=[OpenThingOut.model_validate(thing) for thing in view.things],
    )
