"""Which rows a page shows, so that its file holds the same ones in the same order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from zhijiao.indicators import queries as indicators
from zhijiao.lib.folding import matches
from zhijiao.policy.types import PackIndex
from zhijiao.portal import boards
from zhijiao.portal.cockpit import indicators as indicator_page
from zhijiao.portal.cockpit import tasks as task_page
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy import duties, industries, programmes, reader, reported, rules, standards, systems
from zhijiao.supervision.queries import task_lines

Narrow = Callable[[Frame, PackIndex], list[str]]
"""The ids that a page shows, in its order."""


def _indicators(here: Frame, index: PackIndex) -> list[str]:
    lines = indicator_page.lines(index, boards.board(index, here).rows)
    shown = indicator_page.ordered(indicator_page.filtered(lines, index, here), here)
    return [line.row.indicator.id for line in shown]


def _tasks(here: Frame, index: PackIndex) -> list[str]:
    every = task_lines(index, indicators.board(index, here.on).closings, here.on)
    shown = task_page.ordered(task_page.filtered(every, index, here), here)
    return [item.item.id for item in shown]


def _programmes(here: Frame, index: PackIndex) -> list[str]:
    return [row.thing.id for row in programmes.listed(here, index).rows]


def _rules(here: Frame, index: PackIndex) -> list[str]:
    return [row.thing.id for row in rules.listed(here, index, rules.rule_lines(index)).rows]


def _standards(here: Frame, index: PackIndex) -> list[str]:
    return [row.thing.id for row in standards.listed(here, index).rows]


def _systems(here: Frame, index: PackIndex) -> list[str]:
    """The page shows systems or mechanisms; its file has both, unless one of them was asked for."""
    asked = here.query.get("view")
    found = [] if asked == "mechanisms" else systems.listed_systems(here, index).rows
    found += systems.listed_mechanisms(here, index).rows
    return [row.thing.id for row in found]


def _obligations(here: Frame, index: PackIndex) -> list[str]:
    return [row.thing.id for row in duties.listed_obligations(here, index).rows]


def _procedures(here: Frame, index: PackIndex) -> list[str]:
    return [row.thing.id for row in duties.listed_procedures(here, index).rows]


def _reported(here: Frame, index: PackIndex) -> list[str]:
    return [row.thing.id for row in reported.listed(here, index).rows]


def _industries(here: Frame, index: PackIndex) -> list[str]:
    return [industry.id for industry in industries.listed(here, index).rows]


def _clauses(here: Frame, index: PackIndex) -> list[str]:
    every = [c for d in index.pack.manifest.documents for c in index.clauses_of(d.id)]
    return [clause.id for clause in reader.listed_clauses(here, index, every).rows]


def _conflicts(here: Frame, index: PackIndex) -> list[str]:
    query = here.query.get("q", "")
    found = [
        c.id
        for c in index.conflicts.values()
        if matches(query, (c.id, c.topic, c.decision, *(s.says for s in c.sides)))
    ]
    return found + [
        d.id
        for d in index.defaults.values()
        if matches(query, (d.id, d.question, d.taken, *(s.says for s in d.clauses)))
    ]


NARROW: Final[Mapping[str, Narrow]] = {
    "indicators": _indicators,
    "tasks": _tasks,
    "programmes": _programmes,
    "rules": _rules,
    "standards": _standards,
    "systems": _systems,
    "obligations": _obligations,
    "procedures": _procedures,
    "reported": _reported,
    "industries": _industries,
    "clauses": _clauses,
    "conflicts": _conflicts,
}
"""By exporter. A list that is not named here has no filters."""

NOT_FILTERS = frozenset({"v", "on", "sort", "columns", "by", "wall", "view", "at"})


def filters_in_words(here: Frame) -> str:
    """What the address asks for, for the closing sheet."""
    return "；".join(f"{key}={value}" for key, value in here.query.items() if key not in NOT_FILTERS)
