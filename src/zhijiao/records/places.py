"""Who is who of a case: the pack that governs a school, its authority, and for whom somebody acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Node, Tree
from zhijiao.lib.dates import first_day
from zhijiao.policy import queries as policy
from zhijiao.policy.types import PackIndex, RecordRule, RecordTerm, RecordTrack, event_words
from zhijiao.records.types import Decider, Refused

_K = OrganisationKind
AUTHORITIES = (_K.DEPARTMENT, _K.COUNTY, _K.ZONE, _K.GOVERNMENT)
"""Kinds of organisations that keep watch over a school's records: the nearest one above it."""


def acts_for(by: Actor, organisation: int) -> bool:
    """Whether somebody keeps records for an organisation: by a role held there itself."""
    return by.everything or (organisation in by.homes and by.may(Permission.KEEP_RECORDS, organisation))


def acted_for(by: Actor) -> list[int]:
    """The organisations for which somebody keeps records."""
    return [organisation for organisation in by.homes if acts_for(by, organisation)]


def require_acting(by: Actor, organisation: int, where: str = "") -> None:
    """Raise unless somebody acts for an organisation: Invisible where they do not see it, NotAllowed where they do."""
    if acts_for(by, organisation):
        return
    if not by.may(Permission.VIEW, organisation):
        raise Invisible("no such organisation")
    raise NotAllowed(Permission.KEEP_RECORDS, where)


def school(standing: Tree, organisation: int) -> Node:
    """A school of the day. Raises Invisible."""
    node = standing.nodes.get(organisation)
    if node is None:
        raise Invisible("no such organisation")
    return node


def authority_of(standing: Tree, organisation: int) -> Node:
    """The organisation that keeps watch over a school's records. Raises Refused."""
    found = standing.nearest(organisation, AUTHORITIES)
    if found is None:
        raise Refused("组织树上找不到这所学校的学籍主管部门；请联系系统管理员登记学校的上级。")
    return found


def approves(by: Actor, standing: Tree, organisation: int) -> bool:
    """Whether somebody acts for the authority of a school's records."""
    found = standing.nearest(organisation, AUTHORITIES)
    return by.everything or (found is not None and acts_for(by, found.id))


def index_of(standing: Tree, organisation: int) -> PackIndex:
    """The policy that governs a school: that of the nearest place above it. Raises Refused."""
    for node in (standing.nodes[organisation], *standing.above(organisation)):
        if node.pack and (found := policy.index(node.pack)) is not None:
            return found
    raise Refused("本校所在地还没有装入政策包，不知道按什么规定办理学籍。")


def rule_of(index: PackIndex, event: str, kind: OrganisationKind) -> RecordRule:
    """The rule for an event at a kind of school. Raises Refused."""
    rule = index.record_rule(event)
    if rule is None:
        raise Refused(f"本地的政策没有写“{event_words(event)}”，不能办理；请向学籍主管部门询问。")
    if kind not in rule.kinds:
        raise Refused(f"“{rule.name}”不适用于{kind.words}。")
    return rule


def calendar_of(index: PackIndex) -> tuple[list[RecordTrack], list[RecordTerm]]:
    """Lengths of courses and terms of the year, as the pack writes them beside registration. Raises Refused."""
    rule = index.record_rule("register")
    if rule is None or not rule.terms:
        raise Refused("本地的政策没有写学期和学制，不能办理学籍；请联系政策包的维护人。")
    return rule.tracks, rule.terms


def parameters_of(index: PackIndex, rule: RecordRule, on: date) -> Mapping[str, Decimal]:
    """The values that a rule's conditions name, as in force on a day. Raises Refused where one has no value."""
    found = {}
    for name, parameter_id in rule.parameters.items():
        parameter = index.parameter(parameter_id)
        values = [
            v for v in (parameter.values if parameter else []) if not v.from_ or first_day(v.from_) <= on
        ]
        if not values:
            raise Refused(
                f"“{rule.name}”要用到“{parameter.name if parameter else parameter_id}”，政策文件没有给出数值，不能判断。"
            )
        found[name] = values[-1].value
    return found


def deciders_of(
    standing: Tree, index: PackIndex, rule: RecordRule, out: int | None, into: int | None
) -> list[Decider]:
    """Who signs each step. Raises Refused where nobody is found."""
    found = []
    for step in rule.steps:
        side = into if step.side == "in" else out
        if step.by == "unit":
            organisation = _unit(standing, index, step.unit or "")
        elif side is None:
            continue
        else:
            organisation = side if step.by == "school" else authority_of(standing, side).id
        found.append(Decider(organisation, step.name, step.days, step.working))
    return found


def _unit(standing: Tree, index: PackIndex, name: str) -> int:
    unit = index.unit(name)
    code = getattr(unit, "id", None) or getattr(unit, "code", None)
    node = standing.by_code.get(code) if code else None
    if node is None:
        raise Refused(f"组织树上找不到“{name}”，这一步没有人办；请联系系统管理员登记。")
    return node.id


def city_of(standing: Tree, organisation: int) -> int | None:
    """The place with a pack of its own in which a school stands."""
    return next((n.id for n in (standing.nodes[organisation], *standing.above(organisation)) if n.pack), None)
