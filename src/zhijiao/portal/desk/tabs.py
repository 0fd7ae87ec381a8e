"""The views of the desk, and for whom each stands in its menu. One line each: pages add theirs here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission, Role
from zhijiao.core.kinds import SCHOOLS
from zhijiao.core.tree import Node


@dataclass(frozen=True)
class Tab:
    """A view in the menu of the desk; shown to who holds one of `needs` (empty: to everybody)."""

    key: str
    label: str
    url: str
    needs: tuple[Permission, ...] = ()
    role: Role | None = None
    """Shown only to who holds this role."""
    schools: bool = True
    """Whether vocational and technician schools have anything there."""


PEOPLE = (Permission.MANAGE_ACCOUNTS, Permission.GRANT_ROLES, Permission.NAME_STAFF, Permission.READ_AUDIT)
CANDIDATES = (Permission.ADMIT_PLAN, Permission.ADMIT_APPROVE, Permission.ADMIT_RUN, Permission.READ_AUDIT)
ADMISSION = (*CANDIDATES, Permission.ADMIT_SIGN)

TABS: tuple[Tab, ...] = (
    Tab("home", "工作台", "portal:desk"),
    Tab("choices", "我的志愿", "portal:choices", role=Role.LEARNER),
    Tab("hand_in", "指标填报", "portal:hand_in", (Permission.REPORT,)),
    Tab("data", "数据归集", "portal:data", (Permission.REPORT, Permission.REVIEW)),
    Tab("quality", "数据质量", "portal:quality", (Permission.VIEW,)),
    Tab("review", "数据审核", "portal:review", (Permission.REVIEW,)),
    Tab("overdue", "催报", "portal:overdue", (Permission.REVIEW,)),
    Tab("tasks", "任务办理", "portal:duties", (Permission.VIEW,)),
    Tab("notices", "督办通报", "portal:notices", (Permission.VIEW,)),
    Tab("problems", "问题整改", "portal:problems", (Permission.VIEW,)),
    Tab("week", "一周情况", "portal:week", (Permission.VIEW,)),
    Tab("targets", "分解目标", "portal:targets", (Permission.VIEW,)),
    Tab("records", "学籍", "portal:records", (Permission.KEEP_RECORDS,)),
    Tab("plans", "方案", "portal:plans", (Permission.VIEW,)),
    Tab("seasons", "招生", "portal:seasons", ADMISSION),
    Tab("candidates", "考生", "portal:candidates", CANDIDATES, schools=False),
    Tab("packs", "政策包更新", "portal:packs_waiting", (Permission.ACCEPT_PACKS,)),
    Tab("organisations", "组织", "portal:organisations"),
    Tab("people", "人员", "portal:people", PEOPLE),
    Tab("claims", "单位认领", "portal:claims", (Permission.CONFIRM_CLAIMS,)),
    Tab("audit", "审计", "portal:audit", (Permission.READ_AUDIT,)),
    Tab("inbox", "消息", "portal:inbox"),
)


def tabs(actor: Actor, current: str, homes: Collection[Node] = ()) -> list[tuple[str, str, bool]]:
    """(label, address, whether it is the current one) of the views that the person may open. `homes`: where the person's roles are."""
    only_schools = bool(homes) and all(home.kind in SCHOOLS for home in homes)
    return [
        (tab.label, reverse(tab.url), tab.key == current)
        for tab in TABS
        if (tab.role is None or actor.holds(tab.role))
        and (not tab.needs or any(actor.may(permission) for permission in tab.needs))
        and (tab.schools or not only_schools)
    ]
