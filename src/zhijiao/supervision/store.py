"""From the tables to what the rules read: directories of a day, parts and terms of items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date

from django.db import connection

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.tree import Node, Tree, aliases
from zhijiao.registry import queries as registry
from zhijiao.supervision.models import Assignment, Settlement, WorkItem
from zhijiao.supervision.rules.expansion import Directory
from zhijiao.supervision.rules.ledger import Standing
from zhijiao.supervision.types import AssignmentState, Duty, Part, Place, Rhythm, Terms

_REALMS = (OrganisationKind.GOVERNMENT, OrganisationKind.COUNTY, OrganisationKind.ZONE)


def realm(standing: Tree, organisation: int) -> Node:
    """The place in which an organisation gives orders: itself, or the government or county above it. Raises KeyError."""
    node = standing.nodes[organisation]
    return node if node.kind in _REALMS else standing.nearest(organisation, _REALMS) or node


def acts_for(actor: Actor, permission: Permission, organisation: int) -> bool:
    """Whether somebody speaks for an organisation: by a role held there itself. Who looks after it from above does not
    answer in its place."""
    return actor.everything or (organisation in actor.homes and actor.may(permission, organisation))


def directory_of(standing: Tree, tenant: Tenant, top: int) -> Directory:
    """The organisations of the tree's day below `top`."""
    places = [Place(n.id, n.code, n.name, n.kind, n.parent) for n in standing.nodes.values()]
    return Directory(places, top, aliases(tenant), heirs_of(tenant, standing))


def heirs_of(tenant: Tenant, standing: Tree) -> dict[str, tuple[int, ...]]:
    """By the code of each organisation that has closed, those that took its place on the tree's day."""
    found: dict[str, tuple[int, ...]] = {}
    for code, heirs in registry.heirs(tenant, standing.on).items():
        found[code] = tuple(heir for heir in heirs if heir in standing.nodes)
    return found


def settlements(organisation: int, pack: str) -> dict[str, list[int]]:
    """What the office has said about spellings that nobody was known by."""
    found = Settlement.objects.filter(organisation=organisation, pack=pack)
    return dict(found.values_list("unit", "organisations"))


def terms_of(item: WorkItem) -> Terms:
    """When an item is due."""
    return Terms(
        due=item.due,
        every=Rhythm(item.every) if item.every else None,
        closed_on=item.closed_on,
        dropped=item.state == "dropped",
    )


def part_of(row: Assignment) -> Part:
    """How a unit's part stands."""
    return Part(
        duty=Duty(row.duty),
        state=AssignmentState(row.state),
        started=row.started,
        percent=row.percent,
        last=row.last_on,
        help_wanted=bool(row.help_wanted),
        period=row.period,
        done_period=row.done_period,
    )


def parts_of(items: Collection[int]) -> dict[int, list[Part]]:
    """How all units of some items stand, without their names: also those that the caller may not see one by one. Items
    outside the caller's scope are left out."""
    found: dict[int, list[Part]] = defaultdict(list)
    if not items:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM zhijiao_standing(%s)", [list(items)])
        for item, *rest, units in cursor.fetchall():
            found[item] += [_part(rest)] * units
    return found


def _part(row: Iterable[object]) -> Part:
    duty, state, started, percent, last, help_wanted, period, done_period = row
    assert isinstance(started, date)
    return Part(
        duty=Duty(str(duty)),
        state=AssignmentState(str(state)),
        started=started,
        percent=percent if isinstance(percent, int) else None,
        last=last if isinstance(last, date) else None,
        help_wanted=bool(help_wanted),
        period=str(period),
        done_period=str(done_period),
    )


_STANDING = tuple(field.name for field in fields(Standing))


def standing_of(row: Assignment) -> Standing:
    """What a part's row says, for the ledger."""
    values = {name: getattr(row, name) for name in _STANDING}
    return Standing(**{**values, "state": AssignmentState(row.state)})


def set_standing(row: Assignment, standing: Standing) -> None:
    """Write the projection of the ledger to the row."""
    for name in _STANDING:
        setattr(row, name, getattr(standing, name))
    row.save(update_fields=_STANDING)
