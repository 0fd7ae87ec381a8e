"""The places that stand side by side, each in its own version, and the address that names them all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404

from zhijiao.indicators.types import Board, Row
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Clause, Indicator, PackIndex
from zhijiao.portal import boards
from zhijiao.portal.frame import VERSION_DIGITS, Frame


@dataclass(frozen=True)
class Column:
    """One pack: its look-ups, its board, and a frame whose links stay in its version."""

    index: PackIndex
    board: Board
    frame: Frame

    @property
    def id(self) -> str:
        return self.index.id


@dataclass(frozen=True)
class WideFrame(Frame):
    """A page above the cities: its permalink names the version of every pack that it shows."""

    pins: str = ""

    @property
    def permalink(self) -> str:
        return self.here(on=self.on.isoformat(), at=self.pins)


def widen(frame: Frame, columns: list[Column], shown: list[Column]) -> WideFrame:
    """The frame of the page: it knows the versions that stand on it, and names the places in their order."""
    pins = ",".join(f"{column.id}:{column.index.version[:VERSION_DIGITS]}" for column in columns)
    packs = None if len(shown) == len(columns) else ",".join(column.id for column in shown)
    query = {key: value for key, value in {**frame.query, "packs": packs}.items() if value}
    return WideFrame(path=frame.path, query=query, on=frame.on, pins=pins)


def columns_of(frame: Frame) -> list[Column]:
    """Every installed pack in the version that the address names (`at=pack:hash,…`), else in its newest."""
    pinned = _pins(frame.query.get("at", ""))
    found = []
    for pack in frame.packs:
        version = pinned.get(pack.id)
        index = policy.index(pack.id, version)
        if index is None:
            raise Http404(f"政策包“{pack.id}”没有以 {version} 开头的版本。")
        found.append(column(index, frame, version))
    return found


def column(index: PackIndex, frame: Frame, version: str | None) -> Column:
    """A column whose links keep the day, and the version where the reader asked for one."""
    asked: dict[str, Any] = {"on": frame.query.get("on"), "v": version}
    query = {key: value for key, value in asked.items() if value}
    return Column(index, boards.board(index, frame), replace(frame, path="", query=query, index=index))


def _pins(text: str) -> dict[str, str]:
    pairs = (pin.partition(":") for pin in text.split(",") if pin)
    return {pack: version for pack, _, version in pairs if version}


def chosen(columns: list[Column], text: str) -> list[Column]:
    """The columns named by `packs=a,b`; all of them when none of the names is known."""
    wanted = {name for name in text.split(",") if name}
    return [c for c in columns if c.id in wanted] or columns


def toggled(columns: list[Column], shown: list[Column], pack: str) -> str | None:
    """`packs` with one column switched. None means all; the last one left stays."""
    names = [c.id for c in shown if c.id != pack] or [pack]
    if pack not in [c.id for c in shown]:
        names = [c.id for c in columns if c in shown or c.id == pack]
    return None if len(names) == len(columns) else ",".join(names)


@dataclass(frozen=True)
class Entry:
    """One indicator of one place."""

    column: Column
    row: Row

    @property
    def indicator(self) -> Indicator:
        return self.row.indicator

    @property
    def clauses(self) -> list[Clause]:
        """The clauses that set the targets; all of the indicator's where none sets a number."""
        names = dict.fromkeys(t.clause for t in self.indicator.targets) or dict.fromkeys(
            self.indicator.clauses
        )
        return [self.column.index.clause(name) for name in names]
