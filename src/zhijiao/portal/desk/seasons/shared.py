"""What the pages of seasons share: how phases and states look, numbers from forms, faults beside fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from zhijiao.admissions.types.states import LineState, Phase
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import SCHOOLS, OrganisationKind
from zhijiao.core.tree import Node
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.looks import Look

SEES = (
    Permission.ADMIT_PLAN,
    Permission.ADMIT_APPROVE,
    Permission.ADMIT_RUN,
    Permission.ADMIT_SIGN,
    Permission.READ_AUDIT,
)
"""Who has to do with seasons."""
PROPOSERS = SCHOOLS | {OrganisationKind.GENERAL}
Faults = Sequence[tuple[str, str]]

_LINES: Final[Mapping[LineState, tuple[str, str, str]]] = {
    LineState.DRAFT: ("学校还没有申报", "pencil", "mute"),
    LineState.PROPOSED: ("等待审核", "clock", "some"),
    LineState.APPROVED: ("已审定，有招生代码", "full", "good"),
    LineState.DROPPED: ("不再招生", "closed", "mute"),
}


def look_of_line(state: str, *, reviewed: bool = False) -> Look:
    """A state of a line by word, shape and tone."""
    found = LineState(state)
    meaning, shape, tone = _LINES[found]
    if found is LineState.PROPOSED and reviewed:
        return Look("reviewed", "县里已审", "等待主管部门审定", "half", "some")
    return Look(found.value, found.words, meaning, shape, tone)


def look_of_phase(phase: str) -> Look:
    """A phase by word, shape and tone."""
    found = Phase(phase)
    if found is Phase.CLOSED:
        return Look(found.value, found.words, "已结束", "closed", "mute")
    return Look(found.value, found.words, "进行中", "clock", "accent")


def own_schools(desk: Desk) -> list[Node]:
    """The person's schools that may have lines of their own."""
    return [
        node
        for node in desk.homes
        if node.kind in PROPOSERS and desk.actor.may(Permission.ADMIT_PLAN, node.id)
    ]


def name_of(desk: Desk, organisation: int | None) -> str:
    """What an organisation is called on the day of the desk."""
    node = desk.tree.nodes.get(organisation) if organisation is not None else None
    return node.name if node is not None else "已撤并的单位"
