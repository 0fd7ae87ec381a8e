"""What starting the tasks of a pack does, before it is done. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhijiao.supervision.types.work import Addressee, Duty, Nobody

FIELD_WORDS: Mapping[str, str] = {
    "row": "所属任务行",
    "document": "所属文件",
    "number": "序号",
    "title": "事项",
    "deliverable": "交付物",
    "evidence": "证明材料",
    "clauses": "条款",
    "indicators": "对应指标",
    "addressees": "责任单位",
    "due": "时限",
    "inferred": "时限是否推定",
    "every": "周期",
    "closed_on": "收官日",
}


@dataclass(frozen=True)
class Wanted:
    """A work item as a pack asks for it."""

    key: str
    row: str
    document: str
    number: str
    title: str
    deliverable: str
    evidence: tuple[str, ...]
    clauses: tuple[str, ...]
    indicators: tuple[str, ...]
    addressees: tuple[Addressee, ...]
    due: date | None
    inferred: bool
    every: str
    closed_on: date | None


@dataclass(frozen=True)
class ItemChange:
    """A field of an item that a new version of the pack changes."""

    key: str
    title: str
    field: str
    old: Any
    new: Any

    @property
    def words(self) -> str:
        """The field as screens name it."""
        return FIELD_WORDS[self.field]


@dataclass(frozen=True)
class Joining:
    """An organisation gets a part in an item, or another duty."""

    key: str
    organisation: int
    duty: Duty


@dataclass(frozen=True)
class Leaving:
    """An organisation no longer has a part."""

    key: str
    organisation: int


@dataclass(frozen=True)
class Start:
    """What starting does. `gone`: items that the pack no longer has; they stay and are marked."""

    new: tuple[Wanted, ...]
    changed: tuple[ItemChange, ...]
    gone: tuple[str, ...]
    joining: tuple[Joining, ...]
    leaving: tuple[Leaving, ...]
    nobody: tuple[tuple[str, Nobody], ...]

    @property
    def does_nothing(self) -> bool:
        """Whether everything already stands as wanted."""
        return not (self.new or self.changed or self.gone or self.joining or self.leaving)
