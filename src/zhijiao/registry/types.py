"""What crosses the door of the registry: standings, what became of organisations, and why a change was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import OrganisationKind

CHANGED = "registry.changed"
"""Told by every verb: `{"tenant": …, "organisations": [ids], "on": the first day concerned}`."""

ALWAYS = date(2000, 1, 1)
"""From when an organisation stands whose founding nobody has written down."""


class SuccessionKind(StrEnum):
    """How an organisation ended or came from another."""

    MERGED = "merged"
    SPLIT = "split"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        """As screens say it."""
        return {"merged": "并入", "split": "分出", "closed": "撤销"}[self.value]


class RegistryRefused(Refusal):
    """A change that would break the tree, or that contradicts it. Nothing was changed. `field` names the form's field."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Stand:
    """What the organisation `code` is called, is and stands under (`parent`: a code), from `starts` until before `ends`."""

    code: str
    name: str
    kind: OrganisationKind
    parent: str | None
    starts: date
    ends: date | None = None
    short: str = ""
    basis: str = ""

    def covers(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.starts <= on and (self.ends is None or on < self.ends)


@dataclass(frozen=True)
class Passage:
    """`source` passed into `target` (by code) on a day; closed without a successor where there is no target."""

    source: str
    target: str | None
    kind: SuccessionKind
    on: date
    basis: str


@dataclass(frozen=True)
class Part:
    """An organisation that a split brings forth. `takes` are the codes of those below the old one that move to it."""

    code: str
    name: str
    kind: OrganisationKind
    short: str = ""
    takes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planted:
    """What planting a pack's organisations did: how many are new, and how many spellings."""

    pack: str
    organisations: int
    aliases: int
    place: int | None

    @property
    def changed(self) -> bool:
        """Whether anything was new."""
        return bool(self.organisations or self.aliases)
