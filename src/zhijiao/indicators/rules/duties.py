"""Who owes a figure and whose signatures it needs, in the tree of a day. Pure: the tree comes in as an argument."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from zhijiao.core.kinds import OrganisationKind
from zhijiao.engines.workflow import ChainStep, Clock, Flow, WorkingCalendar, chain, due_date
from zhijiao.indicators.rules.periods import Span
from zhijiao.policy.types import Chain, Division, Obligation, PackIndex, Unit


class Place(Protocol):
    """What is asked of a node of the tree (core.tree.Node)."""

    @property
    def id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> OrganisationKind: ...


class Standing(Protocol):
    """What is asked of the tree of a day (core.tree.Tree)."""

    def below(self, node_id: int) -> Iterator[Place]: ...
    def nearest(self, node_id: int, kinds: Collection[OrganisationKind]) -> Place | None: ...
    def place(self, pack: str) -> Place | None: ...


@dataclass(frozen=True)
class Link:
    """One level of a resolved chain."""

    party: int
    name: str
    days: int | None = None
    working: bool = True

    def as_json(self) -> dict[str, object]:
        """As a report keeps it."""
        return {"party": self.party, "name": self.name, "days": self.days, "working": self.working}


@dataclass(frozen=True)
class Duty:
    """An organisation owes the figures of an obligation; these sign."""

    organisation: int
    links: tuple[Link, ...]


class Resolver:
    """Finds in one tree whom a pack's names mean. `lost` collects names that nobody in the tree answers to."""

    def __init__(self, index: PackIndex, standing: Standing, spellings: Mapping[str, Sequence[int]]) -> None:
        self.index = index
        self.standing = standing
        self.lost: set[str] = set()
        place = standing.place(index.id)
        self.place = None if place is None else place.id
        nodes = [] if place is None else list(standing.below(place.id))
        self._nodes = {node.id: node for node in nodes}
        self._by_code = {node.code: node.id for node in nodes}
        self._by_name: dict[str, int] = {}
        for node in nodes:
            self._by_name.setdefault(node.name, node.id)
        for name, owners in spellings.items():
            for owner in owners:
                if owner in self._nodes:
                    self._by_name.setdefault(name, owner)

    def duties(self, obligation: Obligation, chain_of: Chain) -> list[Duty]:
        """Everybody who owes an obligation, each once, with their chain; in the order of the pack, then of the tree."""
        found: dict[int, None] = {}
        for name in obligation.reporters:
            found.update(dict.fromkeys(self.named(name)))
        found.update(dict.fromkeys(n.id for n in self._nodes.values() if n.kind in obligation.kinds))
        return [Duty(organisation, self.links(organisation, chain_of)) for organisation in found]

    def links(self, reporter: int, chain_of: Chain) -> tuple[Link, ...]:
        """The signatures that a reporter's figure needs. A level that is the reporter itself, nobody, or the same as the
        level before it is skipped."""
        links: list[Link] = []
        for level in chain_of.steps:
            if level.by == "superior":
                above = self.standing.nearest(reporter, level.kinds)
                party = None if above is None else above.id
            else:
                party = next(iter(self.named(level.unit or "")), None)
            if party is not None and party != reporter and (not links or links[-1].party != party):
                links.append(Link(party, level.name, level.days, level.working))
        return tuple(links)

    def named(self, name: str) -> list[int]:
        """The organisations that a name of the pack means; a group stands for its members."""
        known = self.index.unit(name)
        if isinstance(known, Unit) and known.kind == "group":
            listed = [found for member in known.members for found in self._member(member)]
            return [*listed, *(n.id for n in self._nodes.values() if n.kind in known.kinds)]
        found = self._one(
            known.code if isinstance(known, Division) else known.id if known else "", name, known
        )
        return [] if found is None else [found]

    def _member(self, member: str) -> list[int]:
        """A member of a group: a unit's id, a division's code or an institution's id."""
        for pack in self.index.family:
            for unit in pack.places.units:
                if unit.id == member:
                    return self.named(unit.name)
        found = self._one(member, member, None)
        return [] if found is None else [found]

    def _one(self, code: str, name: str, known: object) -> int | None:
        spellings = [name, *getattr(known, "aliases", ()), getattr(known, "name", name)]
        for candidate in (code, f"{self.index.id}.{code}"):
            if candidate in self._by_code:
                return self._by_code[candidate]
        for spelling in spellings:
            if spelling in self._by_name:
                return self._by_name[spelling]
        self.lost.add(name)
        return None


def due_of(obligation: Obligation, span: Span, told: date, calendar: WorkingCalendar) -> date:
    """The last day on which the figure of a period is in time. A term in calendar days that ends on a day off ends on the
    next working day. Where that day had passed when the duty was told, the term runs from there."""
    clock = Clock(obligation.due.days, working=obligation.due.working, roll=not obligation.due.working)
    due = due_date(span.ends, clock, calendar)
    return due if due >= told else due_date(told, clock, calendar)


def flow_of(links: Sequence[Link]) -> Flow:
    """The approval flow of a resolved chain. Party of a level: `step.n`."""
    steps = [
        ChainStep(f"step.{number}", link.name, Clock(link.days, link.working) if link.days else None)
        for number, link in enumerate(links, 1)
    ]
    return chain("report", "数据报送", steps)


def links_from(kept: Sequence[Mapping[str, object]]) -> tuple[Link, ...]:
    """A chain as a report keeps it."""
    return tuple(
        Link(
            int(str(link["party"])),
            str(link["name"]),
            None if link["days"] is None else int(str(link["days"])),
            bool(link["working"]),
        )
        for link in kept
    )


def holder_at(state: str, reporter: int, links: Sequence[Link]) -> int:
    """Whose turn it is in a state; what is approved is held by the last level, who may open it again."""
    if state == "draft" or not links:
        return reporter
    if state == "approved":
        return links[-1].party
    return links[int(state.removeprefix("step.")) - 1].party
