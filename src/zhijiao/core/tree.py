"""The organisation tree as at a day: reads. Verbs are the registry's."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Q

from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Alias, Standing

Stamp = tuple[Any, ...]


@dataclass(frozen=True)
class Node:
    """An organisation as it stands on the day of the tree."""

    id: int
    code: str
    pack: str
    name: str
    short: str
    kind: OrganisationKind
    parent: int | None
    sort_key: str
    starts: date
    ends: date | None
    basis: str

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short or self.name


class Tree:
    """Every organisation of a tenant on one day."""

    def __init__(self, nodes: Iterable[Node], on: date) -> None:
        self.on = on
        self.nodes: dict[int, Node] = {node.id: node for node in nodes}

    @cached_property
    def children(self) -> Mapping[int | None, list[Node]]:
        """Nodes under each node, sorted as a list would be read; under None the roots."""
        found: dict[int | None, list[Node]] = defaultdict(list)
        for node in sorted(self.nodes.values(), key=lambda n: (_RANK[n.kind], n.code, n.sort_key)):
            found[node.parent if node.parent in self.nodes else None].append(node)
        return found

    @cached_property
    def by_code(self) -> Mapping[str, Node]:
        """Nodes by their business key."""
        return {node.code: node for node in self.nodes.values()}

    def above(self, node_id: int) -> Iterator[Node]:
        """From the node's parent up to the root."""
        node = self.nodes.get(node_id)
        seen = {node_id}
        while node is not None and node.parent is not None and node.parent not in seen:
            seen.add(node.parent)
            node = self.nodes.get(node.parent)
            if node is not None:
                yield node

    def below(self, node_id: int) -> Iterator[Node]:
        """The node and everything under it, depth first. Raises KeyError."""
        yield self.nodes[node_id]
        for child in self.children.get(node_id, ()):
            yield from self.below(child.id)

    def nearest(self, node_id: int, kinds: Collection[OrganisationKind]) -> Node | None:
        """The nearest node above that is of one of these kinds."""
        return next((node for node in self.above(node_id) if node.kind in kinds), None)

    def place(self, pack: str) -> Node | None:
        """The node of the place that a pack speaks of: the government at the top of its tree."""
        return next(
            (n for n in self.nodes.values() if n.pack == pack and n.kind is OrganisationKind.GOVERNMENT), None
        )

    def path(self, node_id: int) -> str:
        """Where a node stands, from the top: 某市 / 某县 / 某校."""
        node = self.nodes[node_id]
        return " / ".join([n.label for n in reversed(list(self.above(node_id)))] + [node.label])


_RANK = {kind: place for place, kind in enumerate(OrganisationKind)}


MOST_KEPT = 8
_kept: OrderedDict[tuple[str, Tenant, date], tuple[Stamp, Tree]] = OrderedDict()


def tree(tenant: Tenant, on: date) -> Tree:
    """The tree of a tenant as at a day. Kept between calls: a province has thousands of organisations, and reading them costs
    more than asking whether any of them changed. Nobody changes what this returns."""
    place, stamp = (_database(), tenant, on), _stamp(tenant)
    found = _kept.get(place)
    if found is None or found[0] != stamp:
        found = _kept[place] = (stamp, _read(tenant, on))
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return found[1]


def _database() -> str:
    said = connection.settings_dict
    return f"{said['HOST']}:{said['PORT']}/{said['NAME']}"


def _stamp(tenant: Tenant) -> Stamp:
    """Differs whenever a row does: no row is deleted, and each change gives its row the numbers of a later transaction and
    command. Asked before the rows are read, so that what is kept is never older than its stamp says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(s.xmin::text::bigint), sum(s.cmin::text::bigint),"
            " sum(o.xmin::text::bigint), sum(o.cmin::text::bigint) FROM core_standing s"
            " JOIN core_organisation o ON o.id = s.organisation_id WHERE o.tenant = %s",
            [tenant.value],
        )
        return tuple(cursor.fetchone())


def _read(tenant: Tenant, on: date) -> Tree:
    rows = (
        Standing.objects.filter(
            Q(ends__isnull=True) | Q(ends__gt=on), organisation__tenant=tenant, starts__lte=on
        )
        .values_list(
            *("organisation_id", "organisation__code", "organisation__pack", "name", "short", "kind"),
            *("parent_id", "sort_key", "starts", "ends", "basis"),
        )
        .order_by()
    )
    return Tree(
        (
            Node(i, code, pack, name, short, OrganisationKind(kind), parent, key, starts, ends, basis)
            for i, code, pack, name, short, kind, parent, key, starts, ends, basis in rows
        ),
        on,
    )


def aliases(tenant: Tenant) -> dict[str, list[int]]:
    """Organisations by every other spelling."""
    found: dict[str, list[int]] = defaultdict(list)
    for name, organisation in Alias.objects.filter(tenant=tenant).values_list("name", "organisation_id"):
        found[name].append(organisation)
    return found
