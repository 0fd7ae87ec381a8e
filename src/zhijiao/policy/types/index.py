"""A pack with its look-ups: from any object to its clauses, and from any clause to what it became."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from zhijiao.policy.types.admissions import Admission
from zhijiao.policy.types.base import Identified
from zhijiao.policy.types.capabilities import Capability
from zhijiao.policy.types.documents import Clause, ClauseKind, Document, Section
from zhijiao.policy.types.duties import Chain, Obligation, Procedure, ProcedureKind
from zhijiao.policy.types.objects import (
    Answer,
    Capable,
    Goal,
    Indicator,
    Parameter,
    Reported,
    TaskItem,
    TaskRow,
)
from zhijiao.policy.types.pack import Conflict, Default, Pack
from zhijiao.policy.types.places import Division, Institution, Unit
from zhijiao.policy.types.records import RecordRule, UpperRegister

State = Literal["built", "planned"]
Served = Literal["served", "planned", "unserved"]

SERVED_BY: Mapping[ClauseKind, tuple[str, ...]] = {
    "target": ("indicators",),
    "actual": ("reported",),
    "standard": ("standards",),
    "task": ("items",),
    "rule": ("rules",),
    "programme": ("programmes",),
    "system": ("systems",),
    "mechanism": ("mechanisms",),
}
"""Which kind of object serves which kind of clause. Others may name the clause too; they do not serve it."""

SHOWN_IS_ENOUGH = frozenset({"target", "actual", "standard", "task"})
"""Clauses that are served once their object stands on a page; the others need something that runs."""


@dataclass(frozen=True)
class Ref:
    """An object by room and id, enough to name it and link to it."""

    room: str
    id: str
    name: str
    state: State
    serves: bool


class PackIndex:
    """Look-ups over one pack and the packs it extends. Built once per version, then only read."""

    def __init__(
        self,
        pack: Pack,
        ancestors: Sequence[Pack] = (),
        capabilities: Mapping[str, Capability] | None = None,
        version: str = "",
    ) -> None:
        self.pack = pack
        self.ancestors = tuple(ancestors)
        self.capabilities = capabilities or {}
        self.version = version

    @property
    def id(self) -> str:
        return self.pack.id

    @property
    def family(self) -> tuple[Pack, ...]:
        """The pack and those it extends, nearest first."""
        return (self.pack, *self.ancestors)

    # -- documents and clauses -------------------------------------------------------------------

    @cached_property
    def documents(self) -> dict[str, Document]:
        return {d.id: d for pack in reversed(self.family) for d in pack.manifest.documents}

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        return {c.id: c for pack in reversed(self.family) for c in pack.clauses}

    def clause(self, clause_id: str) -> Clause:
        """A clause of this pack or of one it extends. Raises KeyError."""
        return self.clauses[clause_id]

    def document_of(self, clause_id: str) -> Document:
        return self.documents[self.clauses[clause_id].document]

    def clauses_of(self, document_id: str) -> list[Clause]:
        """The clauses of a document in its order."""
        return [c for c in self.clauses.values() if c.document == document_id]

    @cached_property
    def section_titles(self) -> dict[tuple[str, str], str]:
        return {(d.id, s.id): s.title for d in self.documents.values() for s in walk_sections(d.sections)}

    # -- objects ---------------------------------------------------------------------------------

    @cached_property
    def items(self) -> dict[str, tuple[TaskRow, TaskItem]]:
        return {item.id: (row, item) for row in self.pack.tasks for item in row.items}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {i.id: i for i in self.pack.indicators}

    @cached_property
    def rows(self) -> dict[str, TaskRow]:
        return {row.id: row for row in self.pack.tasks}

    def find(self, room: str, object_id: str) -> Identified | None:
        """An object of this pack by room name (`indicators`, `rules`, ...) and id, or None."""
        return self._by_room[room].get(object_id) if room in self._by_room else None

    @cached_property
    def _by_room(self) -> dict[str, dict[str, Identified]]:
        rooms = (
            "goals",
            "indicators",
            "standards",
            "tasks",
            "programmes",
            "rules",
            "parameters",
            "reported",
            "systems",
            "mechanisms",
            "industries",
            "scoring",
            "obligations",
            "chains",
            "procedures",
        )
        found: dict[str, dict[str, Identified]] = {
            name: {o.id: o for o in getattr(self.pack, name)} for name in rooms
        }
        found["items"] = {item_id: item for item_id, (_, item) in self.items.items()}
        return found

    def state_of(self, thing: object) -> State:
        """Whether everything that the object needs of the product is built."""
        if not isinstance(thing, Capable):
            return "built"
        listed = [self.capabilities.get(name) for name in thing.capabilities]
        return "built" if all(c is not None and c.state == "built" for c in listed) else "planned"

    @cached_property
    def _serving(self) -> dict[str, list[Ref]]:
        found: dict[str, list[Ref]] = defaultdict(list)
        for room, things in self._by_room.items():
            for thing in things.values():
                for clause_id in getattr(thing, "clauses", ()):
                    clause = self.clauses.get(clause_id)
                    serves = clause is not None and room in SERVED_BY[clause.kind]
                    name = getattr(thing, "name", thing.id)
                    found[clause_id].append(Ref(room, thing.id, name, self.state_of(thing), serves))
        for refs in found.values():
            refs.sort(key=lambda ref: not ref.serves)
        return dict(found)

    def serving(self, clause_id: str) -> list[Ref]:
        """What a clause became in this pack; those that serve its kind come first."""
        return self._serving.get(clause_id, [])

    def served(self, clause: Clause) -> Served:
        """Whether a clause is served, planned or unserved."""
        refs = [ref for ref in self.serving(clause.id) if ref.serves]
        if not refs:
            return "unserved"
        if clause.kind in SHOWN_IS_ENOUGH or any(ref.state == "built" for ref in refs):
            return "served"
        return "planned"

    # -- goals and indicators --------------------------------------------------------------------

    @cached_property
    def goals(self) -> dict[str, Goal]:
        return {g.id: g for g in self.pack.goals}

    def goals_under(self, parent: str | None) -> list[Goal]:
        return [g for g in self.pack.goals if g.parent == parent]

    def indicators_under(self, goal_id: str) -> list[Indicator]:
        """The indicators of a goal and of all goals below it, in order."""
        goal = self.goals[goal_id]
        found = [self.indicators[i] for i in goal.indicators]
        for child in self.goals_under(goal_id):
            found += self.indicators_under(child.id)
        return found

    @cached_property
    def goal_tree(self) -> list[tuple[Goal, int]]:
        """Every goal that holds indicators, with its depth: the board's framework first, parents before children."""

        def walk(goal: Goal, depth: int) -> Iterator[tuple[Goal, int]]:
            if self.indicators_under(goal.id):
                yield goal, depth
            for child in self.goals_under(goal.id):
                yield from walk(child, depth + 1)

        board = self.pack.manifest.board
        roots = sorted(self.goals_under(None), key=lambda goal: goal.id != board)
        return [found for root in roots for found in walk(root, 0)]

    @cached_property
    def _homes(self) -> dict[str, Goal]:
        found: dict[str, Goal] = {}
        for goal in self.pack.goals:
            for name in goal.indicators:
                if name not in found or self._in_framework(goal):
                    found[name] = goal
        return found

    def _in_framework(self, goal: Goal) -> bool:
        at: Goal | None = goal
        while at is not None and at.id != self.pack.manifest.board:
            at = self.goals.get(at.parent) if at.parent else None
        return at is not None

    def goal_of(self, indicator_id: str) -> Goal | None:
        """The goal on which an indicator hangs: a part where its whole does, one listed twice in the board's framework."""
        while (above := self.parent_of(indicator_id)) is not None:
            indicator_id = above
        return self._homes.get(indicator_id)

    @cached_property
    def headline(self) -> list[Indicator]:
        """The indicators that the board counts: those of the pack's framework, else every whole."""
        board = self.pack.manifest.board
        if board is None:
            return [i for i in self.pack.indicators if self.parent_of(i.id) is None]
        return self.indicators_under(board)

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {
            part: whole.id
            for whole in self.pack.indicators
            if whole.parts is not None and whole.parts.rule == "all"
            for part in whole.parts.of
        }

    def parent_of(self, indicator_id: str) -> str | None:
        """The indicator whose component this one is. Members of a sum keep standing alone."""
        return self._parents.get(indicator_id)

    def with_parts(self, indicator: Indicator) -> Iterator[Indicator]:
        """An indicator, then its components and theirs."""
        yield indicator
        if indicator.parts is not None and indicator.parts.rule == "all":
            for part in indicator.parts.of:
                yield from self.with_parts(self.indicators[part])

    @cached_property
    def in_order(self) -> list[Indicator]:
        """Every indicator: the board's framework first, then as the goal tree lists them, those on no goal last;
        parts stand under their whole."""
        board = self.pack.manifest.board
        goals = [*([self.goals[board]] if board is not None else []), *self.goals_under(None)]
        listed = [i for goal in goals for i in self.indicators_under(goal.id)]
        wholes = [i for i in (*listed, *self.pack.indicators) if self.parent_of(i.id) is None]
        return list({i.id: i for whole in wholes for i in self.with_parts(whole)}.values())

    # -- reported figures ------------------------------------------------------------------------

    @cached_property
    def _answers(self) -> dict[tuple[str, str], list[tuple[Reported, Answer]]]:
        found: dict[tuple[str, str], list[tuple[Reported, Answer]]] = defaultdict(list)
        for reported in self.pack.reported:
            for answer in reported.answers:
                if answer.indicator is not None:
                    found["indicator", answer.indicator].append((reported, answer))
                if answer.task is not None:
                    found["task", answer.task].append((reported, answer))
        return dict(found)

    def answers_to(self, indicator_id: str) -> list[tuple[Reported, Answer]]:
        return self._answers.get(("indicator", indicator_id), [])

    def answers_to_task(self, item_id: str) -> list[tuple[Reported, Answer]]:
        return self._answers.get(("task", item_id), [])

    # -- duties ----------------------------------------------------------------------------------

    @cached_property
    def obligations(self) -> dict[str, Obligation]:
        """Obligations of the family; where two packs use one id the nearest wins, here and below."""
        return {o.id: o for pack in reversed(self.family) for o in pack.obligations}

    @cached_property
    def chains(self) -> dict[str, Chain]:
        return {c.id: c for pack in reversed(self.family) for c in pack.chains}

    @cached_property
    def procedures(self) -> dict[str, Procedure]:
        return {p.id: p for pack in reversed(self.family) for p in pack.procedures}

    @cached_property
    def procedures_used(self) -> list[Procedure]:
        """One procedure for each kind of office work: the pack's own, then those inherited."""
        found: dict[str, Procedure] = {}
        for pack in self.family:
            for procedure in pack.procedures:
                found.setdefault(procedure.kind, procedure)
        return list(found.values())

    def procedure_of(self, kind: ProcedureKind) -> Procedure | None:
        """The procedure for one kind of office work: the pack's own before an inherited one."""
        return next((p for p in self.procedures_used if p.kind == kind), None)

    def record_rule(self, event: str) -> RecordRule | None:
        """The rule for one kind of event of student records: the pack's own before an inherited one."""
        return next((r for pack in self.family for r in pack.records if r.event == event), None)

    @cached_property
    def record_rules(self) -> list[RecordRule]:
        """One rule for each kind of event, those inherited first."""
        found = {r.event: r for pack in reversed(self.family) for r in pack.records}
        return list(found.values())

    @property
    def admission(self) -> Admission | None:
        """The rules of unified admission: the pack's own before inherited ones."""
        return next((a for pack in self.family for a in pack.admissions), None)

    @cached_property
    def registers(self) -> list[UpperRegister]:
        """The registers above this platform; where two packs use one id the nearest wins."""
        return list({r.id: r for pack in reversed(self.family) for r in pack.registers}.values())

    def parameter(self, parameter_id: str) -> Parameter | None:
        """A parameter of the family; the nearest wins."""
        return next((p for pack in self.family for p in pack.parameters if p.id == parameter_id), None)

    def writer_of(self, thing: Obligation | Chain | Procedure) -> Pack:
        """The pack of the family that writes a duty: `kinds` mean organisations under its place. Raises LookupError."""
        for pack in self.family:
            if any(thing is own for own in (*pack.obligations, *pack.chains, *pack.procedures)):
                return pack
        raise LookupError(thing.id)

    @cached_property
    def _owed(self) -> dict[str, list[Obligation]]:
        found: dict[str, list[Obligation]] = defaultdict(list)
        for obligation in self.obligations.values():
            for indicator_id in obligation.indicators:
                found[indicator_id].append(obligation)
        return dict(found)

    def obligations_of(self, indicator_id: str) -> list[Obligation]:
        """By whom and when the figure of an indicator is owed, in the order of the pack."""
        return self._owed.get(indicator_id, [])

    # -- units and places ------------------------------------------------------------------------

    @cached_property
    def _named(self) -> dict[str, Unit | Division | Institution]:
        found: dict[str, Unit | Division | Institution] = {}
        for pack in reversed(self.family):
            places = pack.places
            known: list[Unit | Division | Institution] = [
                *places.divisions,
                *places.institutions,
                *places.units,
            ]
            for thing in known:
                for name in (thing.name, *thing.aliases):
                    found[name] = thing
        return found

    @property
    def spellings(self) -> Collection[str]:
        """Every name under which somebody is known."""
        return self._named.keys()

    def unit(self, name: str) -> Unit | Division | Institution | None:
        """Whom a spelled name means: a unit, a division or an institution, through all aliases."""
        return self._named.get(name)

    def canonical(self, name: str) -> str:
        """The canonical name behind a spelling; the spelling itself when nobody is known by it."""
        found = self.unit(name)
        return name if found is None else found.name

    # -- decisions -------------------------------------------------------------------------------

    @cached_property
    def conflicts(self) -> dict[str, Conflict]:
        """Conflicts written in this pack's family, nearest last so that the nearest wins."""
        return {c.id: c for pack in reversed(self.family) for c in pack.decisions.conflicts}

    @cached_property
    def defaults(self) -> dict[str, Default]:
        return {d.id: d for pack in reversed(self.family) for d in pack.decisions.defaults}

    def conflicts_on(self, clause_ids: Iterable[str]) -> list[Conflict]:
        """Conflicts of the family in which one of these clauses is a side."""
        wanted = set(clause_ids)
        return [c for c in self.conflicts.values() if any(side.clause in wanted for side in c.sides)]


def walk_sections(sections: Iterable[Section]) -> Iterator[Section]:
    """Every section, parents before children."""
    for section in sections:
        yield section
        yield from walk_sections(section.children)
