"""What a pack gives to the public. Everything that a public page shows passes through here. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from zhijiao.indicators.types import Board, Closing, Row, Verdict, count
from zhijiao.policy.types import Default, Document, Indicator, PackIndex, Parameter, Programme, Rule, TaskRow


@dataclass(frozen=True)
class Work:
    """A key work of a document with its rows of tasks."""

    name: str
    rows: tuple[TaskRow, ...]


@dataclass(frozen=True)
class Provision:
    """A rule with its parameters and with the decisions that fill what its document leaves open."""

    rule: Rule
    parameters: tuple[Parameter, ...]
    decisions: tuple[Default, ...]

    @property
    def money(self) -> bool:
        """Whether one of its parameters is an amount of money."""
        return any(parameter.unit.startswith("元") for parameter in self.parameters)


@dataclass(frozen=True)
class Published:
    """The public part of one pack on one day."""

    index: PackIndex
    board: Board

    @property
    def place(self) -> str:
        return self.index.pack.manifest.place

    @cached_property
    def documents(self) -> list[Document]:
        listed = self.index.pack.manifest.publication.documents
        return [d for d in self.index.pack.manifest.documents if listed == "all" or d.id in listed]

    @cached_property
    def rows(self) -> list[Row]:
        return [row for row in self.board.rows if self.shows(row.indicator)]

    @cached_property
    def headline(self) -> list[Row]:
        """The rows that the counters count."""
        return [row for row in self.board.headline if self.shows(row.indicator)]

    @cached_property
    def leading(self) -> list[Row]:
        """The counted rows with their components, in the order of the board."""
        counted = {row.indicator.id for row in self.headline}
        return [row for row in self.rows if row.indicator.id in counted or row.parent in counted]

    @cached_property
    def others(self) -> list[Row]:
        leading = {row.indicator.id for row in self.leading}
        return [row for row in self.rows if row.indicator.id not in leading]

    @property
    def counts(self) -> dict[Verdict, int]:
        return count(self.headline)

    @property
    def closings(self) -> list[Closing]:
        """The life of each published plan."""
        names = {document.id for document in self.documents}
        return [closing for closing in self.board.closings if closing.document.id in names]

    @cached_property
    def works(self) -> dict[str, list[Work]]:
        """Tasks by document and key work; none when the pack keeps them to itself."""
        if not self.index.pack.manifest.publication.tasks:
            return {}
        found: dict[str, dict[str, list[TaskRow]]] = {}
        for document in self.documents:
            for row in self.index.pack.tasks:
                if row.document == document.id:
                    found.setdefault(document.id, {}).setdefault(row.work, []).append(row)
        return {
            key: [Work(name, tuple(rows)) for name, rows in works.items()] for key, works in found.items()
        }

    @cached_property
    def programmes(self) -> list[Programme]:
        """Programmes of published documents; none when the pack keeps them to itself."""
        if not self.index.pack.manifest.publication.programmes:
            return []
        return [p for p in self.index.pack.programmes if any(self.tells(clause) for clause in p.clauses)]

    @cached_property
    def rules(self) -> list[Provision]:
        """Rules of published documents; none when the pack keeps them to itself."""
        if not self.index.pack.manifest.publication.rules:
            return []
        told = [r for r in self.index.pack.rules if any(self.tells(clause) for clause in r.clauses)]
        return [self._provision(rule) for rule in told]

    def _provision(self, rule: Rule) -> Provision:
        found = [self.index.find("parameters", name) for name in rule.parameters]
        return Provision(
            rule,
            tuple(p for p in found if isinstance(p, Parameter)),
            tuple(self.index.defaults[d] for d in rule.decisions if d in self.index.defaults),
        )

    def tells(self, clause_id: str) -> bool:
        """Whether the document of a clause is public. Documents above the pack are judged by nobody here: they are not."""
        clause = self.index.clauses.get(clause_id)
        return clause is not None and any(d.id == clause.document for d in self.documents)

    def shows(self, indicator: Indicator) -> bool:
        listed = self.index.pack.manifest.publication.indicators
        return indicator.disclosure == "public" and (listed == "all" or indicator.id in listed)

    @property
    def whole(self) -> bool:
        """Whether every indicator is public, so that a workbook of the whole board may be offered."""
        return len(self.rows) == len(self.board.rows)
