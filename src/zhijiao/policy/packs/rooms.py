"""The rooms of a pack: which file or folder holds entries of which type."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from zhijiao.policy.types import (
    Admission,
    Chain,
    Clause,
    Concept,
    Decisions,
    Goal,
    Indicator,
    Industry,
    Manifest,
    Mechanism,
    Obligation,
    Parameter,
    Places,
    Procedure,
    Programme,
    RecordRule,
    Reported,
    Rule,
    Scoring,
    Standard,
    System,
    TaskRow,
    UpperRegister,
)
from zhijiao.policy.types.twin import Twin
from zhijiao.policy.types.words import word


@dataclass(frozen=True)
class Room:
    """A list of entries in `<name>.yaml` or in the files of folder `<name>/`."""

    name: str
    entry: type[BaseModel]

    @property
    def title(self) -> str:
        """What the reader calls an entry."""
        return word("room", self.name)


LISTS: tuple[Room, ...] = (
    Room("clauses", Clause),
    Room("goals", Goal),
    Room("indicators", Indicator),
    Room("standards", Standard),
    Room("tasks", TaskRow),
    Room("programmes", Programme),
    Room("rules", Rule),
    Room("parameters", Parameter),
    Room("reported", Reported),
    Room("systems", System),
    Room("mechanisms", Mechanism),
    Room("industries", Industry),
    Room("concepts", Concept),
    Room("scoring", Scoring),
    Room("obligations", Obligation),
    Room("chains", Chain),
    Room("procedures", Procedure),
    Room("records", RecordRule),
    Room("registers", UpperRegister),
    Room("admissions", Admission),
)
"""Rooms that hold a list of entries with ids."""

MAPPINGS: tuple[tuple[str, str, type[BaseModel], str], ...] = (
    ("pack.yaml", "manifest", Manifest, "政策包说明"),
    ("organisations.yaml", "places", Places, "组织与区划"),
    ("decisions.yaml", "decisions", Decisions, "分歧与口径"),
)
"""Files that hold one mapping: file, attribute of Pack, type, title."""

BESIDE: tuple[tuple[str, str, type[BaseModel], str], ...] = (("twin.yaml", "twin", Twin, "演示城市的形状"),)
"""Files that stand beside a pack: read and checked with it, but no part of its version. Like MAPPINGS, without an attribute of Pack."""

TITLES = {room.name: room.title for room in LISTS}
