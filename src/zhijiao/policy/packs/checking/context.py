"""What the checks look things up in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from zhijiao.engines.expressions import Schema
from zhijiao.policy.packs.building import Built
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.reading import Source
from zhijiao.policy.types import Capability, Clause, Pack, PackIndex


class Context:
    """The pack under check, the packs it extends, and the other packs at hand."""

    def __init__(
        self,
        built: Built,
        pack: Pack,
        ancestors: tuple[Pack, ...],
        others: Mapping[str, Pack],
        capabilities: Mapping[str, Capability],
        records: Mapping[str, Schema] | None = None,
    ) -> None:
        """`records`: the data sets that computed definitions may read, where the caller knows them."""
        self.built = built
        self.pack = pack
        self.others = others
        self.index = PackIndex(pack, ancestors, capabilities)
        self.capabilities = capabilities
        self.records = records or {}

    def entries(self, room: str) -> Iterator[tuple[Any, Source]]:
        """The typed entries of a room with where each stands."""
        yield from self.built.entries[room]

    def mapping(self, attribute: str) -> tuple[Any, Source] | None:
        return self.built.mappings.get(attribute)

    def clause(self, clause_id: str, pack: str | None = None) -> Clause | None:
        """A clause of the family, or of the named other pack."""
        if pack is None or pack == self.pack.id:
            return self.index.clauses.get(clause_id)
        other = self.others.get(pack)
        return None if other is None else next((c for c in other.clauses if c.id == clause_id), None)


def problem(source: Source, place: tuple[str | int, ...], message: str, remedy: str) -> Problem:
    """A problem at a place inside an entry."""
    return Problem(source.file.file, source.line(*place), message, remedy)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy that names the nearest known words."""
    return nearest(word, known) or "先在相应的文件里写出它，或改成已有的"


def nearest(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known words; empty when none is near."""
    near = get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f"是不是 {' / '.join(near)}？" if near else ""
