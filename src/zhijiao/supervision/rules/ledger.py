"""A unit's part as the sum of its entries: each entry leads from one standing to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from zhijiao.supervision.types import AssignmentState, EntryKind, Refused


@dataclass(frozen=True)
class Standing:
    """What a part's row says."""

    state: AssignmentState = AssignmentState.OPEN
    percent: int | None = None
    last_on: date | None = None
    last_words: str = ""
    help_wanted: str = ""
    period: str = ""
    done_period: str = ""
    claimed_by: int | None = None
    entries_count: int = 0


@dataclass(frozen=True)
class Line:
    """A new entry, as far as it changes the standing."""

    kind: EntryKind
    on: date
    by: int | None = None
    period: str = ""
    percent: int | None = None
    words: str = ""
    help_wanted: str = ""


_S = AssignmentState
_FROM: dict[EntryKind, frozenset[AssignmentState]] = {
    EntryKind.PROGRESS: frozenset({_S.OPEN, _S.CLAIMED}),
    EntryKind.CLAIM: frozenset({_S.OPEN, _S.CLAIMED}),
    EntryKind.CONFIRM: frozenset({_S.CLAIMED}),
    EntryKind.RETURN: frozenset({_S.CLAIMED, _S.DONE}),
    EntryKind.RELEASE: frozenset({_S.OPEN, _S.CLAIMED, _S.DONE}),
    EntryKind.RESUME: frozenset({_S.RELEASED}),
}
"""From which states an entry may follow. A rhythmic part that is done for a period is open for the next."""


def follow(standing: Standing, line: Line) -> Standing:
    """The standing after an entry. Raises Refused where the entry may not follow."""
    if _state_for(standing, line) not in _FROM[line.kind]:
        raise Refused(_refusal(standing, line))
    after = replace(standing, entries_count=standing.entries_count + 1)
    match line.kind:
        case EntryKind.PROGRESS | EntryKind.CLAIM:
            claimed = line.kind is EntryKind.CLAIM
            return replace(
                after,
                state=_S.CLAIMED if claimed else _S.OPEN,
                percent=100 if claimed else line.percent if line.percent is not None else standing.percent,
                last_on=line.on,
                last_words=line.words,
                help_wanted=line.help_wanted,
                period=line.period,
                claimed_by=line.by if claimed else None,
            )
        case EntryKind.CONFIRM:
            if line.by is not None and line.by == standing.claimed_by:
                raise Refused("报完成的人不能自己确认，请由牵头单位或交办单位的其他人员确认。")
            return replace(
                after,
                state=_S.DONE,
                claimed_by=None,
                help_wanted="",
                done_period=max(standing.done_period, standing.period),
            )
        case EntryKind.RETURN:
            if not line.words.strip():
                raise Refused("退回要写明理由：缺什么、差在哪里、补什么。", "words")
            return replace(after, state=_S.OPEN, claimed_by=None)
        case EntryKind.RELEASE:
            return replace(after, state=_S.RELEASED, claimed_by=None)
        case EntryKind.RESUME:
            return replace(after, state=_S.OPEN)


def replay(lines: Iterable[Line]) -> Standing:
    """The standing that a whole ledger gives. Raises Refused at the first entry that may not follow."""
    standing = Standing()
    for line in lines:
        standing = follow(standing, line)
    return standing


def may_follow(standing: Standing, kind: EntryKind, period: str = "") -> bool:
    """Whether an entry of a kind may come next."""
    return _state_for(standing, Line(kind, date.min, period=period)) in _FROM[kind]


def _state_for(standing: Standing, line: Line) -> AssignmentState:
    """The state with regard to the period of the entry: done for one period is open for another."""
    reports = line.kind in (EntryKind.PROGRESS, EntryKind.CLAIM)
    if reports and line.period and standing.period != line.period and standing.state is _S.DONE:
        return _S.DONE if line.period <= standing.done_period else _S.OPEN
    return standing.state


def _refusal(standing: Standing, line: Line) -> str:
    if standing.state is _S.RELEASED:
        return "本单位已不再承担这一事项，不能再报。如仍由本单位承担，请联系交办单位。"
    if line.kind in (EntryKind.PROGRESS, EntryKind.CLAIM):
        return "这一期已经确认完成，不用再报。确需更正，请牵头单位先退回。"
    if line.kind is EntryKind.CONFIRM:
        return f"现在是“{standing.state.words}”，没有可以确认的完成情况；可能已有人办理，请刷新页面。"
    return f"现在是“{standing.state.words}”，不能“{line.kind.words}”；可能已有人办理，请刷新页面。"
