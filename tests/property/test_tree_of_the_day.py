"""Whatever is renamed, moved, merged, split and closed: the tree of an earlier day stays as it was, and is a tree."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zhijiao.core.kinds import OrganisationKind
from zhijiao.registry.rules import Forest
from zhijiao.registry.types import Part, RegistryRefused, Stand

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(12)]
CODES = "abcdefgh"
"""The first five stand from the beginning."""
KIND = OrganisationKind.OTHER

Place = tuple[str, str | None]  # name, parent
Trees = dict[date, dict[str, Place]]


@dataclass(frozen=True)
class Verb:
    name: str
    on: date
    code: str
    other: str | None
    more: tuple[str, ...]
    flag: bool


NONE = st.none()
ANY, OLD, NEW = st.sampled_from(CODES), st.sampled_from("bcde"), st.sampled_from("fgh")
NOBODY: st.SearchStrategy[tuple[str, ...]] = st.just(())


def verb(name: str, code: st.SearchStrategy[str], other: Any = NONE, more: Any = NOBODY) -> Any:
    """A verb on a day of the window."""
    return st.builds(Verb, st.just(name), st.sampled_from(DAYS), code, other, more, st.booleans())


verbs = st.one_of(
    verb("add", NEW, OLD | NEW),
    verb("rename", ANY),
    verb("move", ANY, OLD | st.none()),
    verb("merge", ANY, more=st.lists(OLD, min_size=1, max_size=2, unique=True).map(tuple)),
    verb("split", OLD, more=st.lists(ANY, max_size=2, unique=True).map(tuple)),
    verb("close", OLD | NEW),
    verb("reopen", OLD | NEW, ANY),
)
# Mostly one day after the other, as offices work; sometimes something is entered late, or ahead of its time.
sequences = st.lists(verbs, min_size=4, max_size=16).flatmap(
    lambda drawn: st.sampled_from([sorted(drawn, key=lambda v: v.on), drawn])
)


def start() -> Forest:
    """A small tree that stands from the first day."""
    above: dict[str, str | None] = {"a": None, "b": "a", "c": "a", "d": "b", "e": "b"}
    return Forest(Stand(code, code, KIND, parent, FIRST) for code, parent in above.items())


def act(forest: Forest, verb: Verb, number: int) -> None:
    """One verb on the forest. Raises RegistryRefused."""
    name, basis = f"{verb.code}{number}", str(number)
    match verb.name:
        case "add":
            forest.add(Stand(verb.code, name, KIND, verb.other, verb.on))
        case "rename":
            forest.rename(verb.code, name, "", verb.on, basis)
        case "move":
            forest.move(verb.code, verb.other, verb.on, basis)
        case "merge":
            forest.merge(verb.code, verb.more, verb.on, basis)
        case "split":
            forest.split(verb.code, parts_of(verb, number), verb.on, basis, goes_on=verb.flag)
        case "close":
            forest.close(verb.code, verb.on, basis)
        case "reopen":
            last = forest.last(verb.code)
            forest.reopen(Stand(verb.code, last.name, KIND, verb.other, verb.on))
    if forest.since is not None:
        forest.check(forest.since)


def parts_of(verb: Verb, number: int) -> list[Part]:
    """Two parts; what the verb names moves to the first."""
    return [
        Part(f"{verb.code}{number}-1", "one", KIND, takes=verb.more),
        Part(f"{verb.code}{number}-2", "two", KIND),
    ]


def imagine(trees: Trees, verb: Verb, number: int) -> None:
    """The same verb on a tree for each day, the plain way: from the day on, every tree is changed by hand."""
    name = f"{verb.code}{number}"
    base = trees[verb.on]
    above = {source: base[source][1] for source in verb.more if source in base}
    old = base.get(verb.code)
    last_name = next((t[verb.code][0] for d, t in reversed(trees.items()) if verb.code in t), verb.code)
    for day in (d for d in DAYS if d >= verb.on):
        tree = trees[day]
        match verb.name:
            case "add":
                tree[verb.code] = (name, verb.other)
            case "rename" if verb.code in tree:
                tree[verb.code] = (name, tree[verb.code][1])
            case "move" if verb.code in tree:
                tree[verb.code] = (tree[verb.code][0], verb.other)
            case "merge":
                for source in verb.more:
                    _fold(tree, source, verb.code, above[source])
            case "split":
                one, two = parts_of(verb, number)
                for part in (one, two):
                    tree[part.code] = (part.name, old[1] if old else None)
                for child in verb.more:
                    if child in tree and tree[child][1] == verb.code:
                        tree[child] = (tree[child][0], one.code)
                if not verb.flag:
                    tree.pop(verb.code, None)
            case "close":
                tree.pop(verb.code, None)
            case "reopen":
                tree[verb.code] = (last_name, verb.other)


def _fold(tree: dict[str, Place], source: str, into: str, above: str | None) -> None:
    tree.pop(source, None)
    for code, (name, parent) in list(tree.items()):
        if parent == source:
            tree[code] = (name, above if code == into else into)


def trees_of(forest: Forest) -> Trees:
    """The forest as a tree for each day."""
    return {day: {c: (s.name, s.parent) for c, s in forest.on(day).items()} for day in DAYS}


def pinned(forest: Forest, before: date) -> dict[date, Any]:
    """Everything that the tree of each earlier day says; how long a standing goes on is not part of a day."""
    return {
        day: {c: (s.name, s.short, s.kind, s.parent, s.starts, s.basis) for c, s in forest.on(day).items()}
        for day in DAYS
        if day < before
    }


def is_forest(tree: dict[str, Place]) -> bool:
    """Every parent stands, and every way up ends."""
    for code in tree:
        at: str | None = code
        for _ in range(len(tree) + 1):
            if at is None:
                break
            if at not in tree:
                return False
            at = tree[at][1]
        else:
            return False
    return True


def stands_once(forest: Forest) -> bool:
    """No two standings of an organisation share a day."""
    return all(
        earlier.ends is not None and earlier.ends <= later.starts
        for stands in forest.by_code.values()
        for earlier, later in pairwise(stands)
    )


@settings(max_examples=300, deadline=None)
@given(sequences)
def test_the_forest_is_the_plain_model_and_never_rewrites_the_past(sequence: list[Verb]) -> None:
    forest, model = start(), trees_of(start())
    for number, verb in enumerate(sequence):
        tried = copy.deepcopy(forest)
        try:
            act(tried, verb, number)
        except RegistryRefused:
            assert trees_of(forest) == model
            continue
        assert pinned(tried, verb.on) == pinned(forest, verb.on)
        imagine(model, verb, number)
        forest = tried
        assert trees_of(forest) == model
        assert stands_once(forest)
        assert all(is_forest(tree) for tree in model.values())
        assert all(passage.on == verb.on for passage in forest.passages if passage.basis == str(number))
