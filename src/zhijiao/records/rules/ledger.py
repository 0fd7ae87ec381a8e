"""What events make of a record. Pure: the state on any day follows from the events up to it, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from zhijiao.lib.dates import in_chinese
from zhijiao.records.types import EventKind, Impossible, LedgerEvent, State, Status

_K, _S = EventKind, Status
BEGIN: Mapping[EventKind, Status] = {_K.REGISTER: _S.PENDING, _K.TRANSFER_IN: _S.ENROLLED}
"""Events with which a ledger begins."""
MOVES: Mapping[EventKind, tuple[frozenset[Status], Status | None]] = {
    _K.APPROVE: (frozenset({_S.PENDING}), _S.ENROLLED),
    _K.CHANGE_MAJOR: (frozenset({_S.ENROLLED}), None),
    _K.PLACE: (frozenset({_S.PENDING, _S.ENROLLED, _S.SUSPENDED}), None),
    _K.CORRECT: (frozenset(_S), None),
    _K.REPEAT: (frozenset({_S.ENROLLED}), None),
    _K.SUSPEND: (frozenset({_S.ENROLLED, _S.SUSPENDED}), _S.SUSPENDED),
    _K.RESUME: (frozenset({_S.SUSPENDED}), _S.ENROLLED),
    _K.TRANSFER_OUT: (frozenset({_S.ENROLLED}), _S.TRANSFERRED),
    _K.WITHDRAW: (frozenset({_S.ENROLLED, _S.SUSPENDED}), _S.WITHDRAWN),
    _K.CANCEL: (frozenset({_S.PENDING, _S.ENROLLED, _S.SUSPENDED}), _S.CANCELLED),
    _K.GRADUATE: (frozenset({_S.ENROLLED}), _S.GRADUATED),
    _K.COMPLETE: (frozenset({_S.ENROLLED}), _S.COMPLETED),
    _K.LEAVE: (frozenset({_S.ENROLLED, _S.SUSPENDED}), _S.PARTIAL),
    _K.DECEASE: (frozenset({_S.PENDING, _S.ENROLLED, _S.SUSPENDED}), _S.DECEASED),
}
"""By kind of event: the statuses in which it may come, and the status that it gives (None: as before)."""


def follow(state: State | None, event: LedgerEvent, last_on: date | None = None) -> State:
    """The state after one more event. `last_on`: the day of the event before it. Raises Impossible."""
    if last_on is not None and event.on < last_on:
        raise Impossible(
            f"“{event.kind.words}”的日期 {event.on} 早于上一条记录的日期 {last_on}；请改为{in_chinese(last_on.isoformat())}或以后。",
            "on",
        )
    if state is None:
        if event.kind not in BEGIN:
            raise Impossible(f"还没有学籍，不能“{event.kind.words}”；请先建立学籍。")
        return State(BEGIN[event.kind], event.on, dict(event.sets), event.on)
    if event.kind in BEGIN:
        raise Impossible("这份学籍已经建立，不能再建立一次。")
    allowed, target = MOVES[event.kind]
    if state.status not in allowed:
        raise Impossible(
            f"学籍现在是“{state.status.words}”，不能办理“{event.kind.words}”；"
            f"要先是{'、'.join(f'“{s.words}”' for s in Status if s in allowed)}。"
        )
    details = {**state.details, **event.sets}
    if target is None or target is state.status:
        changed = replace(state, details=details)
    else:
        changed = replace(state, status=target, since=event.on, details=details)
    if event.kind is _K.SUSPEND:
        return replace(
            changed,
            suspended_for=event.reason,
            suspended_until=event.until,
            suspended_on=state.suspended_on if state.status is _S.SUSPENDED else event.on,
        )
    if event.kind is _K.RESUME:
        return replace(changed, suspended_for="", suspended_until=None, suspended_on=None)
    return changed if changed.live or state.ended else replace(changed, ended=event.on)


def fold(events: Iterable[LedgerEvent]) -> State | None:
    """The state after all events; None without any. Raises Impossible."""
    state: State | None = None
    last: date | None = None
    for event in events:
        state = follow(state, event, last)
        last = event.on
    return state


def state_on(events: Iterable[LedgerEvent], day: date) -> State | None:
    """The state at the end of a day; None before the record was begun."""
    return fold(event for event in events if event.on <= day)


def is_live_on(events: Iterable[LedgerEvent], day: date) -> bool:
    """Whether the record is the person's place on a day."""
    state = state_on(events, day)
    return state is not None and state.live
