"""Search over the objects of packs: Chinese text, from one character on, every word somewhere in the object.

A pack holds a few thousand short texts, so they are scanned in memory in well under a millisecond each
thousand; there is no index to keep in step and a one-character query is as exact as a long one. Records of
persons and organisations, which grow, are searched in the database instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from zhijiao.lib.folding import fold, words_of
from zhijiao.policy.types import Institution, PackIndex, Unit

EXCERPT = 34
"""Characters shown on either side of the first match."""


@dataclass(frozen=True)
class Entry:
    """One searchable object: its name weighs more than its text."""

    pack: str
    room: str
    id: str
    name: str
    text: str
    folded_name: str
    folded: str


@dataclass(frozen=True)
class Hit:
    """One object found, with the words around the first match."""

    pack: str
    room: str
    id: str
    name: str
    excerpt: str
    distance: int
    """0: the query is its name or id; 1: every word stands in the name; 2: some do; 3: they stand in the text only."""


def entries_of(index: PackIndex) -> Iterator[Entry]:
    """Everything of one pack that can be found."""
    for document in index.pack.manifest.documents:
        yield _entry(
            index,
            "documents",
            document.id,
            document.title,
            [document.short, document.number, document.issuer, document.note],
        )
    for clause in index.pack.clauses:
        figures = [f"{f.name} {f.value} {f.unit}" for f in clause.figures]
        yield _entry(
            index, "clauses", clause.id, clause.title, [clause.summary, clause.place, *figures, *clause.units]
        )
    rooms: dict[str, Iterable[Any]] = {
        "goals": index.pack.goals,
        "indicators": index.pack.indicators,
        "standards": index.pack.standards,
        "tasks": index.pack.tasks,
        "programmes": index.pack.programmes,
        "rules": index.pack.rules,
        "parameters": index.pack.parameters,
        "reported": index.pack.reported,
        "systems": index.pack.systems,
        "mechanisms": index.pack.mechanisms,
        "industries": index.pack.industries,
        "concepts": index.pack.concepts,
        "scoring": index.pack.scoring,
        "obligations": index.pack.obligations,
        "chains": index.pack.chains,
        "procedures": index.pack.procedures,
        "items": [item for row in index.pack.tasks for item in row.items],
    }
    for room, things in rooms.items():
        for thing in things:
            yield _entry(index, room, thing.id, thing.name, list(_texts(thing)))
    places = index.pack.places
    units: list[Unit | Institution] = [*places.units, *places.institutions]
    for unit in units:
        yield _entry(index, "units", unit.id, unit.name, [*unit.aliases, unit.note])
    for division in places.divisions:
        yield _entry(index, "divisions", division.code, division.name, [division.short, *division.aliases])
    for conflict in index.pack.decisions.conflicts:
        yield _entry(
            index,
            "conflicts",
            conflict.id,
            conflict.topic,
            [conflict.decision, *(s.says for s in conflict.sides)],
        )
    for default in index.pack.decisions.defaults:
        yield _entry(index, "defaults", default.id, default.question, [default.taken])


_TEXT_FIELDS = (
    "note",
    "deliverable",
    "question",
    "caveat",
    "what",
    "statement",
    "formula",
    "criterion",
    "text",
    "work",
    "applies_to",
    "unit",
    "for_",
)


def _texts(thing: Any) -> Iterator[str | None]:
    for field in _TEXT_FIELDS:
        yield getattr(thing, field, None)
    for field in ("aliases", "units", "applicants", "evidence", "reporters"):
        yield from getattr(thing, field, None) or ()
    definition = getattr(thing, "definition", None)
    if definition is not None:
        yield from (definition.words, definition.numerator, definition.denominator, definition.excluded)
    for version in getattr(thing, "versions", None) or ():
        yield from (item.name for item in version.items)


def _entry(index: PackIndex, room: str, object_id: str, name: str, texts: Iterable[str | None]) -> Entry:
    text = "　".join(t for t in texts if t)
    return Entry(index.id, room, object_id, name, text, fold(name), fold(f"{object_id} {text}"))


def find(entries: Iterable[Entry], query: str) -> list[Hit]:
    """Entries in which every word occurs, the nearest first; ties keep the order of the pack."""
    words = words_of(query)
    if not words:
        return []
    hits = [
        Hit(e.pack, e.room, e.id, e.name, excerpt(e.text, words), _distance(e, words))
        for e in entries
        if all(word in e.folded_name or word in e.folded for word in words)
    ]
    return sorted(hits, key=lambda hit: hit.distance)


def _distance(entry: Entry, words: list[str]) -> int:
    if " ".join(words) in (entry.folded_name, fold(entry.id)):
        return 0
    in_name = sum(word in entry.folded_name for word in words)
    return 1 if in_name == len(words) else 2 if in_name else 3


def excerpt(text: str, words: list[str]) -> str:
    """The text around the first word that occurs in it."""
    flat = fold(text)
    places = [flat.find(word) for word in words if word in flat]
    at = min(places) if places else 0
    start, end = max(0, at - EXCERPT), at + EXCERPT
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
