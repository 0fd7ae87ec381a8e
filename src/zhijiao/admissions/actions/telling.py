"""Who is told of what happens to the plan: once each, in the transaction that did it."""

from __future__ import annotations

from datetime import datetime

from zhijiao.admissions.models import PlanLine, Season
from zhijiao.core.access.roles import Role
from zhijiao.core.inbox import holders, notify
from zhijiao.core.tree import Tree
from zhijiao.policy.types import Admission


def planning_began(season: Season, rules: Admission, standing: Tree, *, at: datetime) -> None:
    """Tell every school of a kind that takes part, and the counties, that plans are taken in."""
    kinds = {kind.kind for kind in rules.kinds if kind.on}
    until = f"，{season.proposals_until:%m月%d日}前申报" if season.proposals_until else ""
    people: set[int] = set()
    for node in standing.below(season.organisation_id):
        if node.kind in kinds:
            people |= set(holders(node.id, (Role.SCHOOL,)))
    notify(
        people,
        key=f"season-{season.pk}-planning",
        subject=f"“{season.title}”开始编制计划{until}",
        body="请填写招生专业、计划数和简章内容，全部填好后申报。",
        link=f"/desk/seasons/{season.pk}",
        at=at,
    )


def line_returned(line: PlanLine, reason: str, *, at: datetime) -> None:
    """Tell the school that a line came back, and why."""
    notify(
        holders(line.organisation_id, (Role.SCHOOL,)),
        key=f"plan-line-{line.pk}-returned-{line.steps_count}",
        subject=f"招生计划“{line.name}”被退回修改",
        body=reason,
        link=f"/desk/seasons/{line.season_id}/plan/{line.pk}",
        at=at,
    )


def plan_to_sign(season: Season, rules: Admission, digest: str, *, at: datetime) -> None:
    """Tell the leaders of the bureaus that a plan waits for their signature; once for each state of the plan."""
    people = {p for key in rules.plan_signed_by for p in holders(season.bureaus[key], (Role.LEADER,))}
    notify(
        people,
        key=f"season-{season.pk}-sign-{digest[:12]}",
        subject=f"“{season.title}”计划等待会签",
        body="请看过计划后签署；签署的是页面上这一稿的摘要。",
        link=f"/desk/seasons/{season.pk}#signatures",
        at=at,
    )
