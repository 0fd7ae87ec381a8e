"""Example plans: one filed, one under review, the place's own out for consultation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from zhijiao.cli.demo.place import DemoPlace
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import Tenant
from zhijiao.engines.workflow import StageKind
from zhijiao.lib.numbers import quantity
from zhijiao.planning import actions, queries
from zhijiao.planning.queries import Plan
from zhijiao.planning.types import Content, PlanItem, PlanKind, PlanTarget
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Indicator, PackIndex

YEARS = 3
SOME = 3


def fill_plans(place: DemoPlace, at: datetime) -> None:
    """Begin, hand in, file and consult as the people of the place would."""
    index = policy.index(place.pack)
    if index is None:
        return
    with bulk():
        if queries.plans(tenant=Tenant.DEMO).filter(pack=place.pack).exists():
            return
    counties = [place.actors[key] for key in ("county-1", "county-2") if key in place.actors]
    if index.procedure_of(PlanKind.LOCAL.value) is not None and "bureau" in place.actors:
        for number, county in enumerate(counties):
            _local(index, county, place.actors["bureau"], at, filed=number == 0)
    if index.procedure_of(PlanKind.PLACE.value) is not None and "office" in place.actors:
        _place(index, place.actors["office"], counties, at)


def _local(index: PackIndex, author: Actor, reviewer: Actor, at: datetime, *, filed: bool) -> None:
    """A county's plan, handed in two weeks ago; the first one is filed."""
    started = at - timedelta(days=20)
    year = timezone.localdate(at).year
    row = _begun(index, PlanKind.LOCAL, author, f"示例县级方案 {year}—{year + YEARS - 1}", started)
    targets = _targets(index, year + YEARS - 1)
    body = "示例正文，供演示用。\n" + "\n".join(
        f"{t.period}年{index.indicators[t.indicator].name}不低于{quantity(t.value, t.unit)}。"
        for t in targets
    )
    _save(row, author, Content(body="示例正文，供演示用。", targets=targets[:1]), started)
    _save(row, author, Content(body, targets, _items(index, year)), started + timedelta(days=3))
    _step(row, author, StageKind.REVIEW, started + timedelta(days=6))
    if filed:
        _step(row, reviewer, StageKind.LOCKED, at - timedelta(days=5))


def _place(index: PackIndex, office: Actor, counties: list[Actor], at: datetime) -> None:
    """The place's next plan, out for consultation, with an opinion."""
    started = at - timedelta(days=12)
    year = timezone.localdate(at).year + 1
    closing = [d.id for d in index.pack.manifest.documents if d.horizon is not None]
    row = _begun(
        index,
        PlanKind.PLACE,
        office,
        f"示例规划方案（征求意见稿）{year}—{year + YEARS - 1}",
        started,
        follows_document=closing[0] if closing else "",
        year=year,
    )
    targets = _targets(index, year + YEARS - 1)
    _save(row, office, Content("示例正文，供演示用：接替上一期方案。", targets, _items(index, year)), started)
    _step(row, office, StageKind.WAIT, at - timedelta(days=10))
    for county in counties[:1]:
        with acting(county):
            actions.remark(
                plan_id=row.pk,
                organisation=county.homes[0],
                text="示例意见：目标值建议按县区基础分档。",
                place="目标第 1 项",
                by=county,
                at=at - timedelta(days=4),
            )


def _begun(
    index: PackIndex,
    kind: PlanKind,
    author: Actor,
    title: str,
    at: datetime,
    *,
    follows_document: str = "",
    year: int = 0,
) -> Plan:
    first = year or timezone.localdate(at).year
    with acting(author):
        return actions.begin_plan(
            kind=kind,
            organisation=author.homes[0],
            pack=index.id,
            title=title,
            starts=date(first, 1, 1),
            ends=date(first + YEARS - 1, 12, 31),
            by=author,
            at=at,
            follows_document=follows_document,
        )


def _save(row: Plan, author: Actor, content: Content, at: datetime) -> None:
    with acting(author):
        row.refresh_from_db()
        actions.save_edition(plan_id=row.pk, content=content, revision=row.revision, by=author, at=at)


def _step(row: Plan, by: Actor, kind: StageKind, at: datetime) -> None:
    """Take the first step that leads to a stage of this kind: the pack names them as it likes."""
    with acting(by):
        view = queries.plan(row.pk, on=timezone.localdate(at))
        step = next(s for s in queries.available_steps(view, by) if view.flow.stage(s.target).kind is kind)
        actions.take_step(
            plan_id=row.pk,
            transition_id=step.id,
            revision=view.row.revision,
            by=by,
            at=at,
            reason="示例" if step.reason else "",
        )


def _targets(index: PackIndex, year: int) -> tuple[PlanTarget, ...]:
    some = [i for i in index.pack.indicators if i.unit and i.targets and "county" in i.level] or [
        i for i in index.pack.indicators if i.unit and i.targets
    ]
    return tuple(_target(indicator, year) for indicator in some[:SOME])


def _target(indicator: Indicator, year: int) -> PlanTarget:
    bound = indicator.targets[0]
    return PlanTarget(indicator.id, bound.op, Decimal(bound.value), indicator.unit or "", str(year))


def _items(index: PackIndex, year: int) -> tuple[PlanItem, ...]:
    served = next(iter(index.items), "")
    return (
        PlanItem("示例任务：公布本方案", "公开发布的文本", date(year, 12, 31), served),
        PlanItem("示例任务：年度自评", "自评报告", date(year + 1, 3, 31)),
    )
