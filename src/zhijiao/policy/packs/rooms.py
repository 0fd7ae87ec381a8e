"""The rooms of a pack: which file or folder holds entries of which type."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from zhijiao.policy.types import (
    Clause,
    Concept,
    Decisions,
    Goal,
    Indicator,
    Industry,
    Manifest,
    Mechanism,
    Parameter,
    Places,
    Programme,
    Reported,
    Rule,
    Scoring,
    Standard,
    System,
    TaskRow,
)


@dataclass(frozen=True)
class Room:
    """A list of entries in `<name>.yaml` or in the files of folder `<name>/`."""

    name: str
    entry: type[BaseModel]
    title: str


LISTS: tuple[Room, ...] = (
    Room("clauses", Clause, "条款"),
    Room("goals", Goal, "目标"),
    Room("indicators", Indicator, "指标"),
    Room("standards", Standard, "标准"),
    Room("tasks", TaskRow, "任务"),
    Room("programmes", Programme, "项目"),
    Room("rules", Rule, "规则"),
    Room("parameters", Parameter, "参数"),
    Room("reported", Reported, "公开数据"),
    Room("systems", System, "系统"),
    Room("mechanisms", Mechanism, "机制"),
    Room("industries", Industry, "产业"),
    Room("concepts", Concept, "比较概念"),
    Room("scoring", Scoring, "考核"),
)
"""Rooms that hold a list of entries with ids."""

MAPPINGS: tuple[tuple[str, str, type[BaseModel], str], ...] = (
    ("pack.yaml", "manifest", Manifest, "政策包说明"),
    ("organisations.yaml", "places", Places, "组织与区划"),
    ("decisions.yaml", "decisions", Decisions, "分歧与口径"),
)
"""Files that hold one mapping: file, attribute of Pack, type, title."""

TITLES = {room.name: room.title for room in LISTS}
