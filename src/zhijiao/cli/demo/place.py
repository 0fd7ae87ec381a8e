"""A city of the tenant of examples: its nodes and somebody of every role, for those who fill it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from zhijiao.core.access.actor import Actor
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Node, Tree


@dataclass(frozen=True)
class DemoPlace:
    """What a filler gets. `actors` by post: leader, office, bureau, bureau-2, county-1, county-2, school-1, school-2,
    college, technician, enterprise, expert, learner, manager, system, security, auditor, bureau-leader, bureau-2-leader, junior, pupil, parent; a post is missing where the city
    has no organisation for it. `nodes` are where they sit. `system` may do everything."""

    pack: str
    place: Node
    tree: Tree
    nodes: Mapping[str, Node]
    actors: Mapping[str, Actor]
    system: Actor

    @property
    def on(self) -> date:
        """The day on which the examples are made."""
        return self.tree.on

    def of(self, *kinds: OrganisationKind) -> list[Node]:
        """Organisations of these kinds in this city, in the order of lists."""
        return within(self.tree, self.place, kinds)


def within(tree: Tree, place: Node, kinds: Collection[OrganisationKind]) -> list[Node]:
    """Organisations of these kinds below a place."""
    return [node for node in tree.below(place.id) if node.kind in kinds]
