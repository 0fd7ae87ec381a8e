"""What the pages of plans share: how a stage looks, names of organisations, files to download."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from zhijiao.engines.workflow import Stage, StageKind
from zhijiao.lib.numbers import plain
from zhijiao.planning.types import PlanTarget
from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.wording import told
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.looks import Look
from zhijiao.render.xlsx import Link

_LOOKS: Final[Mapping[StageKind, tuple[str, str, str]]] = {
    StageKind.DRAFT: ("正在编写", "pencil", "accent"),
    StageKind.REVIEW: ("等待审核，文字不能改动", "clock", "some"),
    StageKind.WAIT: ("期限内可以提出意见，文字不能改动", "clock", "some"),
    StageKind.LOCKED: ("已定，目标和任务生效", "full", "good"),
    StageKind.ENDED: ("不再施行", "closed", "mute"),
}

OPS: Final[Sequence[tuple[str, str]]] = (
    (">=", "不低于"),
    ("<=", "不超过"),
    ("=", "等于"),
    (">", "超过"),
    ("<", "低于"),
    ("~", "约"),
)
"""Bounds as the form offers them."""


def look_of_stage(stage: Stage) -> Look:
    """A stage by word, shape and tone."""
    meaning, shape, tone = _LOOKS[stage.kind]
    return Look(stage.id, stage.name, meaning, shape, tone)


def name_of(desk: Desk, organisation: int | None) -> str:
    """What an organisation is called on the day of the desk."""
    node = desk.tree.nodes.get(organisation) if organisation is not None else None
    return node.name if node is not None else "已撤并的单位"


def target_words(target: PlanTarget) -> str:
    """A target as it is read: 不低于 1,600元/生·年."""
    return told(target.op, target.value, target.unit)


def indicator_name(index: PackIndex, indicator: str) -> str:
    """The name of an indicator; its id where the pack does not know it."""
    known = index.indicators.get(indicator)
    return known.name if known is not None else indicator


def typed(value: Decimal) -> str:
    """A number as a person would type it."""
    return plain(value)


def link_to_plan(request: HttpRequest, plan: int) -> Link:
    """A cell that leads to a plan."""
    return Link("查看", request.build_absolute_uri(reverse("portal:plan", args=[plan])))
